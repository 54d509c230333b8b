"""The lock in requirements/ is whole: each package at one version with its hashes, within the ranges of setup.cfg."""

import re
import tomllib
from configparser import ConfigParser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
#: What each file is installed for: the extras of setup.cfg beside what the application needs.
EXTRAS = {"run": (), "test": ("test", "e2e"), "lint": ("lint",)}


def locked(name: str) -> dict[str, list[Requirement]]:
    """Every requirement of a file by name: more than one where versions of Python or systems differ."""
    found: dict[str, list[Requirement]] = {}
    for line in _lines(name):
        requirement = Requirement(line.partition("--hash")[0])
        found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


def _lines(name: str) -> list[str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def wanted(name: str) -> list[Requirement]:
    """The ranges of setup.cfg that a file is made from."""
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    lists = [setup["options"]["install_requires"]]
    lists += [setup["options.extras_require"][extra] for extra in EXTRAS[name]]
    return [
        Requirement(line) for text in lists for line in text.split("\n") if line and not line.startswith("#")
    ]


def outside(name: str) -> list[str]:
    """Ranges of setup.cfg that the lock does not meet."""
    pins = locked(name)
    return [
        str(one)
        for one in wanted(name)
        if not all(one.specifier.contains(_version(pin)) for pin in pins[canonicalize_name(one.name)])
    ]


def _version(pin: Requirement) -> str:
    (only,) = pin.specifier
    assert only.operator == "=="
    return only.version


@pytest.mark.parametrize("name", EXTRAS)
def test_the_lock_meets_every_range(name: str) -> None:
    assert outside(name) == [], "run `make lock`"


def test_a_range_that_the_lock_does_not_meet_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.wanted", lambda _name: [Requirement("Flask>=999")])
    assert outside("run") == ["Flask>=999"]


@pytest.mark.parametrize("name", ["build", *EXTRAS])
def test_every_locked_package_has_its_hashes(name: str) -> None:
    lines = _lines(name)
    assert lines
    assert [line for line in lines if not re.search(r"==\S+ .*--hash=sha256:[0-9a-f]{64}", line)] == []


@pytest.mark.parametrize("name", ["test", "lint"])
def test_all_files_are_parts_of_one_solution(name: str) -> None:
    parts, base = locked(name), locked("run")
    # Compared as texts: which version on which Python.
    assert {key: sorted(map(str, parts[key])) for key in base} == {
        key: sorted(map(str, pins)) for key, pins in base.items()
    }


def test_the_lock_holds_what_a_checkout_is_built_with() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pins = locked("build")
    for one in map(Requirement, project["build-system"]["requires"]):
        assert all(one.specifier.contains(_version(pin)) for pin in pins[one.name])


def test_no_file_of_the_lock_names_an_address() -> None:
    for path in (ROOT / "requirements").iterdir():
        assert "://" not in path.read_text(encoding="utf-8"), path
