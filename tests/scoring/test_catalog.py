"""The catalog of methods, and the documentation of every public name of the package."""

import ast
import doctest
import importlib.util
import inspect
import pkgutil
from pathlib import Path

import pytest

import scoring
from scoring.pools.catalog import METHODS, SHOWN
from scoring.pools.catalog.method import Method, example_of

#: Every module of the package, rooms and all, and its file.
MODULES = {
    module.name: Path(importlib.util.find_spec(module.name).origin)
    for module in pkgutil.walk_packages(scoring.__path__, "scoring.")
}
ROOMS = ["scoring", *sorted(name for name, path in MODULES.items() if path.name == "__init__.py")]

BY_MODULE = pytest.mark.parametrize("path", MODULES.values(), ids=MODULES)

BY_KEY = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)


def public_functions(source):
    """(name, docstring) of the functions of a module that anybody may call."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node.name, ast.get_docstring(node) or ""


def public_classes(source):
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name, ast.get_docstring(node) or ""


def has_example(docstring):
    return any(example.source.strip() for example in doctest.DocTestParser().get_examples(docstring))


def undocumented(source):
    """Public names of a module that lack words, or, being functions, an example that runs."""
    functions = [name for name, told in public_functions(source) if not told or not has_example(told)]
    return functions + [name for name, told in public_classes(source) if not told]


class TestDocumentation:
    @BY_MODULE
    def test_every_module_says_what_it_is(self, path):
        assert ast.get_docstring(ast.parse(path.read_text()))

    @BY_MODULE
    def test_every_public_name_is_told_and_every_function_has_an_example(self, path):
        assert undocumented(path.read_text()) == []

    @pytest.mark.parametrize(
        ("source", "missing"),
        [
            ("def told():\n    '''Words.\n\n    >>> told()\n    '''", []),
            ("def silent():\n    pass", ["silent"]),
            ("def no_example():\n    '''Words.'''", ["no_example"]),
            ("def _own():\n    pass", []),
            ("class Silent:\n    pass", ["Silent"]),
            ("class Told:\n    '''Words.'''", []),
        ],
    )
    def test_a_name_that_is_not_told_is_caught(self, source, missing):
        assert undocumented(source) == missing

    def test_the_walk_finds_the_rooms(self):
        assert {"scoring.rules", "scoring.pools.default", "scoring.timeline.days"} < MODULES.keys()

    @pytest.mark.parametrize("name", ROOMS)
    def test_the_index_of_each_room_names_every_module(self, name):
        room = importlib.import_module(name)
        for module in pkgutil.iter_modules(room.__path__):
            assert f"``{module.name}``" in room.__doc__, module.name


class TestCatalog:
    def test_it_opens_with_what_surveys_show(self):
        assert tuple(METHODS)[: len(SHOWN)] == SHOWN == ("parley", "median", "mean")

    @BY_KEY
    def test_every_method_says_what_it_does_how_when_and_where_it_comes_from(self, method):
        for said in (method.words, method.formula, method.when, method.source):
            assert said.endswith(".")
            assert said == " ".join(said.split())
        assert method.name
        assert method.group

    @BY_KEY
    def test_its_example_is_that_of_its_function(self, method):
        assert has_example(method.example)
        assert method.example in inspect.getdoc(method.function)

    @BY_KEY
    def test_its_source_names_a_year_unless_it_is_our_own(self, method):
        assert method.source.startswith("Own rule") or any(year in method.source for year in map(str, YEARS))

    @BY_KEY
    def test_its_constants_are_numbers(self, method):
        assert all(type(value) in (int, float) for value in method.parameters.values())

    def test_constants_are_the_defaults_of_the_functions(self):
        for key, method in METHODS.items():
            if key in SHOWN:
                continue
            given = inspect.signature(method.function).parameters
            for name, value in method.parameters.items():
                argument = given.get(name.replace(" ", "_"))
                assert argument is None or argument.default == value, (key, name)

    def test_no_two_have_the_same_name(self):
        assert len({method.name for method in METHODS.values()}) == len(METHODS)

    def test_a_group_stands_together(self):
        groups = [method.group for method in METHODS.values()]
        runs = [group for at, group in enumerate(groups) if at == 0 or groups[at - 1] != group]
        assert len(runs) == len(set(runs))

    def test_what_runs_alone_runs_alone(self):
        alone = {key for key, method in METHODS.items() if method.runs_alone}
        assert alone >= {*SHOWN, "trimmed_mean", "geometric_mean_of_odds", "neyman_roughgarden", "beta_pool"}
        for key in alone:
            assert 0 <= METHODS[key].function([0.2, 0.4, 0.5], [1.0, 2.0, 0.0]) <= 1

    @pytest.mark.parametrize("key", ["fit_stretch", "surprisingly_popular", "interval_width", "logit_normal"])
    def test_what_needs_more_says_so(self, key):
        assert not METHODS[key].runs_alone
        assert METHODS[key].needs

    def test_the_default_says_the_constants_it_uses(self):
        assert METHODS["parley"].parameters == {
            "stretch": 1.3,
            "cut": 0.2,
            "pull": 0.2,
            "lowest": 0.01,
            "highest": 0.99,
            "floor": 1 / 3,
            "nearest": 0.6,
        }

    def test_every_method_is_computed_in_a_room_of_pools(self):
        for method in METHODS.values():
            assert method.function.__module__.startswith("scoring.pools.")


YEARS = range(1878, 2027)


def test_a_function_without_examples_has_none():
    def silent():
        pass

    assert example_of(silent) == ""
    assert Method("n", "w", "f", "s", "when", "g", silent).example == ""
