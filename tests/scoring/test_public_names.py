"""Public names of the formulas: each is reached from `import scoring`, is one thing's only name, is documented."""

import ast
import importlib
import inspect
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import scoring

ROOT = Path(scoring.__file__).parent
#: The top of the package and its rooms.
PLACES = [
    "scoring",
    "scoring.coherence",
    "scoring.consensus",
    "scoring.evaluation",
    "scoring.pools",
    "scoring.timeline",
]
#: Argument rules, sorting, and what makes the names available: reached as modules, for who writes a formula.
NOT_FORMULAS = {"checks", "crowds", "foreign_names", "labels", "lazy_names", "ordering"}


def defined(path: Path) -> set[str]:
    """Functions and classes of a file that say by their name that they are public."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {node.name for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_")}


def files(place: str) -> dict[str, Path]:
    """The modules of formulas of one place; what begins with an underscore is what others are made of."""
    folder = ROOT.joinpath(*place.split(".")[1:])
    return {path.stem: path for path in folder.glob("[!_]*.py") if path.stem not in NOT_FORMULAS}


def formulas(place: str) -> list[str]:
    """What `__all__` has beside modules and packages."""
    package = importlib.import_module(place)
    return [name for name in package.__all__ if not inspect.ismodule(getattr(package, name))]


@pytest.mark.parametrize("place", PLACES)
def test_every_public_name_of_a_module_is_a_name_of_its_package(place: str) -> None:
    there = {name for path in files(place).values() for name in defined(path)}
    extra = {"METHODS", "SHOWN", "Method"} if place == "scoring.pools" else set()
    assert set(formulas(place)) == there | extra


def test_a_name_is_one_thing_in_the_whole_package() -> None:
    times = Counter(name for place in PLACES for name in formulas(place))
    assert [name for name, count in times.items() if count > 1] == []


@pytest.mark.parametrize("place", PLACES)
def test_no_formula_has_the_name_of_a_module_beside_it(place: str) -> None:
    """Loading the module would put it in the formula's place."""
    folder = ROOT.joinpath(*place.split(".")[1:])
    beside = {path.stem for path in folder.iterdir() if path.stem != "__init__"}
    assert set(formulas(place)) & beside == set()


@pytest.mark.parametrize("place", PLACES)
def test_every_public_name_says_what_it_is(place: str) -> None:
    package = importlib.import_module(place)
    for name in formulas(place):
        value = getattr(package, name)
        if callable(value):
            # A data class without words of its own gets its signature for a docstring.
            assert value.__doc__ and not value.__doc__.startswith(f"{name}("), f"{place}.{name}"


@pytest.mark.parametrize("place", PLACES)
def test_type_checkers_are_told_of_every_module(place: str) -> None:
    """They read the star imports: the same modules as the list that is used."""
    source = ROOT.joinpath(*place.split(".")[1:], "__init__.py").read_text(encoding="utf-8")
    told = {
        node.module.rpartition(".")[2]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(f"{place}.")
    }
    assert {name for name, path in files(place).items() if defined(path)} <= told


def test_names_are_listed_and_others_are_refused() -> None:
    assert set(dir(scoring)) == set(scoring.__all__)
    assert "brier" in dir(scoring) and "mean" in dir(scoring.pools)
    with pytest.raises(AttributeError, match=r"^module 'scoring.pools' has no attribute 'brier'"):
        _ = scoring.pools.brier


def test_importing_the_package_loads_nothing_until_it_is_asked_for() -> None:
    code = (
        "import sys, scoring; assert not {'numpy', 'scipy'} & set(sys.modules);"
        "scoring.brier(1, 0.5); assert 'numpy' in sys.modules and 'scipy' not in sys.modules;"
        "assert 'scoring.rewards' not in sys.modules; scoring.crps_normal(0, 0, 1); scoring.pools.mean([0.5])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr


def test_the_version_is_that_of_the_application() -> None:
    import survey

    assert scoring.__version__ == survey.__version__
