"""The catalog of methods, and the documentation of every public name of the package."""

import ast
import doctest
import importlib.util
import inspect
import pkgutil
from pathlib import Path

import numpy as np
import pytest

import scoring
from scoring.pools.catalog import METHODS, SHOWN
from scoring.pools.catalog.method import Method, example_of
from scoring.pools.default import parley, parley_options
from scoring.pools.mixtures import nearest_pool, vincent_median
from scoring.pools.odds import geometric_mean_of_odds
from scoring.pools.options import lifted, median_options
from tests.folding import folded

#: Every module of the package, rooms and all, and its file.
#: The library. The backtest beside it is a program: what it does is told by its command, not by examples.
MODULES = {
    module.name: Path(importlib.util.find_spec(module.name).origin)
    for module in pkgutil.walk_packages(scoring.__path__, "scoring.")
    if not module.name.startswith("scoring.backtest")
}
ROOMS = ["scoring", *sorted(name for name, path in MODULES.items() if path.name == "__init__.py")]

BY_MODULE = pytest.mark.parametrize("path", MODULES.values(), ids=MODULES)
#: Those that anybody may import from: what the others are made of is told in their words, not by examples.
OPEN = {
    name: path for name, path in MODULES.items() if not path.name.startswith("_") or path.stem == "__init__"
}

#: A crowd of each kind, the shape of its aggregate, and what pools of that kind are given besides.
FORECASTS = {
    "probability": ([0.2, 0.4, 0.5, 0.6, 0.9], (), {}),
    "options": ([[0.2, 0.8], [0.4, 0.6], [0.5, 0.5], [0.6, 0.4], [0.9, 0.1]], (2,), {}),
    "quantiles": (
        [[0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [9, 9, 9]],
        (3,),
        {"levels": [0.25, 0.5, 0.75]},
    ),
}
WEIGHT = [1.0, 2.0, 0.0, 1.0, 0.5]
#: What some methods ask for besides, by name.
MORE = {
    "prior_variance": 1.0,
    "noise_variance": 1.0,
    "correlation": 0.2,
    "predicted": [0.3, 0.4, 0.4, 0.5, 0.7],
}

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
    @folded
    @BY_MODULE
    def test_every_module_says_what_it_is(self, path):
        assert ast.get_docstring(ast.parse(path.read_text()))

    @folded
    @pytest.mark.parametrize("path", OPEN.values(), ids=OPEN)
    def test_every_public_name_is_told_and_every_function_has_an_example(self, path):
        assert undocumented(path.read_text()) == []

    @folded
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

    @folded
    @pytest.mark.parametrize("name", ROOMS)
    def test_the_index_of_each_room_names_every_module(self, name):
        room = importlib.import_module(name)
        for module in pkgutil.iter_modules(room.__path__):
            assert f"``{module.name}``" in room.__doc__, module.name


class TestCatalog:
    def test_it_opens_with_what_surveys_show(self):
        assert tuple(METHODS)[: len(SHOWN)] == SHOWN == ("parley", "median", "mean")

    @folded
    @BY_KEY
    def test_every_method_says_what_it_does_how_when_and_where_it_comes_from(self, method):
        for said in (method.words, method.formula, method.when, method.source):
            assert said.endswith(".")
            assert said == " ".join(said.split())
        assert method.name
        assert method.group

    @folded
    @BY_KEY
    def test_its_example_is_that_of_its_function(self, method):
        assert has_example(method.example)
        assert method.example in inspect.getdoc(method.function)

    @folded
    @BY_KEY
    def test_its_source_names_a_year_unless_it_is_our_own(self, method):
        assert method.source.startswith("Own rule") or any(year in method.source for year in map(str, YEARS))

    @folded
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

    @folded
    @pytest.mark.parametrize("key", ["fit_stretch", "surprisingly_popular", "interval_width", "logit_normal"])
    def test_what_needs_more_says_so(self, key):
        assert not METHODS[key].runs_alone
        assert METHODS[key].needs

    def test_the_default_says_the_constants_it_uses(self):
        assert METHODS["parley"].parameters == {
            "stretch": 1.3,
            "pull": 0.2,
            "middle": 0.2,
            "outermost": 0.05,
            "point": 0.01,
            "lowest": 0.0001,
            "floor": 1 / 3,
            "nearest": 0.6,
        }

    @folded
    @pytest.mark.parametrize("kind", FORECASTS)
    @BY_KEY
    def test_it_aggregates_just_the_kinds_that_it_names(self, method, kind):
        crowd, shape, given = FORECASTS[kind]
        if kind not in method.kinds:
            with pytest.raises(ValueError, match="kind must be one of"):
                method.aggregate(kind, crowd)
            return
        needs = {**given, **(MORE if method.needs else {})}
        asked = inspect.signature(method.forms.get(kind) or method.function).parameters
        found = method.aggregate(
            kind, crowd, WEIGHT, **{name: needs[name] for name in asked if name in needs}
        )
        assert found.value.shape == shape
        assert np.isfinite(found.value).all()

    @folded
    @BY_KEY
    def test_whether_weights_count_is_as_it_says(self, method):
        for kind in method.kinds:
            form = method.forms.get(kind) or method.function
            if method.weighted:
                assert "weight" in inspect.signature(form).parameters

    def test_every_pool_and_no_set_of_weights_makes_an_aggregate(self):
        none = {key for key, method in METHODS.items() if not method.kinds}
        groups = {METHODS[key].group for key in none}
        assert {method.group for method in METHODS.values()} - groups >= {
            "Numbers and dates",
            "Pushed outwards",
        }
        assert none >= {
            "fade",
            "skill_weights",
            "fit_line",
            "interval_width",
            "surprisingly_popular",
            "cooke",
        }

    def test_every_method_is_computed_in_a_room_of_pools(self):
        for method in METHODS.values():
            assert method.function.__module__.startswith("scoring.pools.")


class TestWhatSurveysShow:
    """The figures of a publication, from the entries whose words stand beside them."""

    CROWD, RECENCY = [0.1, 0.1, 0.9], [1.0, 1.0, 1 / 3]

    def shown(self, kind, crowd, **needs):
        return {key: METHODS[key].aggregate(kind, crowd, self.RECENCY, **needs) for key in SHOWN}

    def test_the_mean_counts_everyone_once_and_the_median_by_recency(self):
        found = self.shown("probability", self.CROWD)
        assert found["mean"].value == pytest.approx(1.1 / 3, abs=1e-15)
        assert METHODS["mean"].function(self.CROWD, self.RECENCY) == pytest.approx(0.5 / (7 / 3))
        late = [1 / 3, 1 / 3, 1.0]
        assert METHODS["median"].aggregate("probability", self.CROWD, late).value == 0.9
        assert METHODS["median"].aggregate("probability", self.CROWD).value == 0.1

    def test_words_and_formula_speak_of_weights_just_where_weights_count(self):
        for key in SHOWN:
            said = f"{METHODS[key].words} {METHODS[key].formula}"
            assert ("weigh" in said) == METHODS[key].weighted, key
        assert METHODS["mean"].formula.startswith("Σ p / n,")
        mean = METHODS["mean"].aggregate("probability", self.CROWD, self.RECENCY).value
        assert mean == sum(self.CROWD) / len(self.CROWD)

    def test_the_default_has_its_interval_and_flags(self):
        found, direct = self.shown("probability", self.CROWD)["parley"], parley(self.CROWD, self.RECENCY)
        assert (found.value, found.low, found.high) == (direct.value, direct.low, direct.high)
        assert found.flags == {
            "held": direct.held,
            "outer pull": direct.outer_pull,
            "late wave": direct.late_wave,
        }
        assert found.value == METHODS["parley"].function(self.CROWD, self.RECENCY)

    def test_over_options(self):
        crowd = [[0.1, 0.2, 0.7], [0.1, 0.3, 0.6], [0.9, 0.05, 0.05]]
        found = self.shown("options", crowd)
        direct = parley_options(crowd, self.RECENCY)
        assert found["parley"].value.tolist() == direct.value.tolist()
        assert found["parley"].flags["late wave"].tolist() == direct.late_wave.tolist()
        assert found["median"].value.tolist() == median_options(crowd, self.RECENCY).tolist()
        assert found["mean"].value == pytest.approx(np.mean(crowd, axis=0))

    def test_of_numbers(self):
        crowd, levels = [[0, 1, 2], [1, 2, 3], [10, 20, 30]], [0.25, 0.5, 0.75]
        found = self.shown("quantiles", crowd, levels=levels)
        assert found["parley"].value.tolist() == nearest_pool(crowd, levels, self.RECENCY).tolist()
        assert found["median"].value.tolist() == vincent_median(crowd, levels, self.RECENCY).tolist()
        assert found["mean"].value == pytest.approx(np.mean(crowd, axis=0))
        assert all(one.low is None and one.high is None and one.flags == {} for one in found.values())

    def test_a_method_without_a_form_for_options_is_used_for_each(self):
        crowd = [[0.5, 0.3, 0.2], [0.9, 0.05, 0.05], [0.2, 0.2, 0.6]]
        found = METHODS["geometric_mean_of_odds"].aggregate("options", crowd, self.RECENCY)
        assert found.value.tolist() == lifted(geometric_mean_of_odds, crowd, self.RECENCY).value.tolist()


YEARS = range(1878, 2027)


def test_a_function_without_examples_has_none():
    def silent():
        pass

    assert example_of(silent) == ""
    assert Method("n", "w", "f", "s", "when", "g", silent).example == ""
