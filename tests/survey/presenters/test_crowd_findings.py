"""Titles of pictures: findings where they are more than chance, names where not."""

from datetime import date
from typing import Any

import pytest

from survey.disclosure import Shown, ShownOption
from survey.presenters import crowd_findings as findings


def option(value: float, low: float | None = None, high: float | None = None, **facts: Any) -> ShownOption:
    """What is shown of one option."""
    told: dict[str, Any] = {
        "key": "yes",
        "people": 50,
        "effective": 45,
        "rule": "parley",
        "methods": {"parley": value, "median": value, "mean": value},
        "spread": (value, value),
        "bins": (),
        "flags": (),
        "influence": None,
    }
    return ShownOption(value=value, low=low, high=high, **told | facts)


def plain(words: str) -> str:
    return words.replace("\u00a0", " ")


def publications(*options: ShownOption) -> list[Shown]:
    return [Shown(date(2026, 11, 15 + place), 50, {"yes": one}) for place, one in enumerate(options)]


LOW = ((0.0, 0.05, 0.22), (0.05, 0.1, 0.42), (0.1, 0.2, 0.1), (0.2, 1.0, 0.26))
HIGH = ((0.0, 0.8, 0.2), (0.8, 0.9, 0.3), (0.9, 1.0, 0.5))


class TestHistogram:
    @pytest.mark.parametrize(
        ("value", "bins", "said"),
        [
            (0.08, LOW, "About 3 in 4 people say less than 20 %"),
            (0.88, HIGH, "About 4 in 5 people say 80 % or more"),
            (0.3, ((0.0, 0.5, 0.5), (0.5, 1.0, 0.5)), "Where people stand"),
            (0.01, ((0.0, 1.0, 1.0),), "Where people stand"),
        ],
    )
    def test_it_says_where_most_people_stand(self, value: float, bins: Any, said: str) -> None:
        assert plain(findings.histogram_title(option(value, bins=bins))) == said


class TestOverTime:
    def test_a_move_beyond_both_intervals_is_told_with_its_direction(self) -> None:
        told = publications(option(0.3, 0.26, 0.34), option(0.2, 0.17, 0.23))
        assert (
            plain(findings.over_time_title(told, "yes"))
            == "Less likely than on 15 November 2026: 20 % now, 30 % then"
        )
        assert plain(findings.over_time_title(told[::-1], "yes")).startswith("More likely than on")

    def test_figures_that_stay_near_each_other_have_hardly_moved(self) -> None:
        told = publications(option(0.3, 0.26, 0.34), option(0.31, 0.27, 0.35))
        assert plain(findings.over_time_title(told, "yes")) == "Little has moved since 15 November 2026"

    def test_a_move_within_chance_is_no_finding(self) -> None:
        told = publications(option(0.3, 0.2, 0.4), option(0.38, 0.28, 0.48))
        assert findings.over_time_title(told, "yes") == "The crowd over time"

    def test_without_intervals_nothing_is_claimed(self) -> None:
        told = publications(option(0.3), option(0.6))
        assert findings.over_time_title(told, "yes") == "The crowd over time"

    def test_one_publication_is_no_history(self) -> None:
        assert findings.over_time_title(publications(option(0.3)), "yes") == "One publication so far"


class TestGroups:
    def test_the_least_and_the_most_are_told_where_they_lie_apart(self) -> None:
        groups = [option(0.1, 0.05, 0.12), option(0.15, 0.1, 0.2), option(0.3, 0.25, 0.36)]
        assert plain(findings.groups_title(groups)) == "Groups say 10 to 30 %"
        assert findings.groups_title(groups[:2]) == "Crowd forecast by group"


class TestMethods:
    def test_they_are_told_with_their_ends(self) -> None:
        methods = {"parley": 0.14, "median": 0.14, "mean": 0.16}
        assert plain(findings.methods_title(option(0.14, methods=methods))) == "Three methods say 14 to 16 %"
        assert plain(findings.methods_title(option(0.14))) == "Three methods say 14 %"


@pytest.mark.parametrize(
    ("quantiles", "middle"),
    [([1, 2, 3, 4, 5], (2, 4)), ([1, 2, 3], (1, 3)), ([1, 2, 3, 4], (2, 3)), ([1, 2, 3, 4, 5, 6, 7], (3, 5))],
)
def test_the_middle_is_between_the_innermost_two_around_it(
    quantiles: list[float], middle: tuple[float, float]
) -> None:
    assert findings.middle_of(quantiles) == middle
