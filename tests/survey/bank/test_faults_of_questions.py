"""Faults in the facts of questions and their ranges."""

from pathlib import Path

import pytest

from .faults import STRUCTURE, Fault

PRICE = 'key = "price"\ntheme = "only"'
AGAIN = """\
key = "rain" #
theme = "only"
kind = "binary"
deadline = 2027-12-31
resolves = 2028-02-29T00:00:00Z

[[question]]
"""
BRANCH = 'given = { question = "peace", options = ["2027-06-30"], holds = true }\ndeadline = 2027-06-30'

FAULTS = {
    "question twice": Fault(
        STRUCTURE, PRICE, AGAIN + PRICE, "question.rain.key: rain is there already", 'key = "rain" #'
    ),
    "unknown kind": Fault(
        STRUCTURE,
        PRICE + '\nkind = "numeric"',
        PRICE + '\nkind = "guess"',
        "question.price.kind: must be one of",
        'kind = "guess"',
    ),
    "unknown theme": Fault(
        STRUCTURE,
        PRICE,
        'key = "price"\ntheme = "other"',
        "question.price.theme: must be one of only",
        'theme = "other"',
    ),
    "key of another kind": Fault(
        STRUCTURE,
        PRICE,
        PRICE + "\ndeadlines = []",
        "question.price.deadlines: a question of kind numeric has no such key",
        "deadlines = []",
    ),
    "choice of one": Fault(
        STRUCTURE, '["small", "large"]', '["large"]', "question.size.options: must list 2 or more"
    ),
    "option twice": Fault(
        STRUCTURE,
        '["red", "green", "blue"]',
        '["red", "green", "blue", "red"]',
        "question.colour.options: red stands in it twice",
    ),
    "option that is a number": Fault(
        STRUCTURE,
        '["red", "green", "blue"]',
        '["red", "green", 3]',
        "question.colour.options: must be a list of option keys",
    ),
    "ladder downwards": Fault(
        STRUCTURE,
        "[2027-06-30, 2028-06-30]",
        "[2028-06-30, 2027-06-30]",
        "question.peace.deadlines: must go from",
    ),
    "deadline that is a time": Fault(
        STRUCTURE,
        "[2027-06-30, 2028-06-30]",
        "[2027-06-30T00:00:00Z]",
        "question.peace.deadlines: must be a list of dates",
    ),
    "no deadline": Fault(
        STRUCTURE,
        BRANCH,
        BRANCH.partition("\n")[0],
        "question.branch.deadline: is missing",
        '[[question]]\nkey = "branch"',
    ),
    "closes after the survey": Fault(
        STRUCTURE,
        "closes = 2027-07-01T00:00:00Z\nresolves = 2028-12-31",
        "closes = 2031-07-01T00:00:00Z\nresolves = 2032-12-31",
        "question.lasts.closes: must not be after the survey closes",
        "closes = 2031",
    ),
    "closes before it opens": Fault(
        STRUCTURE,
        "closes = 2027-07-01T00:00:00Z",
        "closes = 2026-07-01T00:00:00Z",
        "question.lasts.closes: must be after the question opens",
    ),
    "opens before the survey": Fault(
        STRUCTURE,
        PRICE,
        PRICE + "\nopens = 2020-01-01T00:00:00Z",
        "question.price.closes: must be after the question opens",
        '[[question]]\nkey = "price"',
    ),
    "resolves before it closes": Fault(
        STRUCTURE,
        'resolves = 2028-12-31T00:00:00Z\n\n[[question]]\nkey = "lasts"',
        'resolves = 2028-01-31T00:00:00Z\n\n[[question]]\nkey = "lasts"',
        "question.peace.resolves: must not be before",
        "resolves = 2028-01-31",
    ),
    "unknown scale": Fault(
        STRUCTURE, 'scale = "log"', 'scale = "cubic"', "question.price.scale: must be one of linear, log"
    ),
    "log scale from zero": Fault(
        STRUCTURE, "lower = 0.5", "lower = 0", "question.price.lower: must be above 0 on a log scale"
    ),
    "range upside down": Fault(
        STRUCTURE, "lower = 0.5", "lower = 50", "question.price.lower: must be below upper"
    ),
    "endless bound": Fault(
        STRUCTURE,
        "upper = 40",
        "upper = inf",
        "question.price.lower: both bounds must be finite",
        "lower = 0.5",
    ),
    "date bound that is a number": Fault(
        STRUCTURE, "lower = 2026-11-15", "lower = 3", "question.day.lower: must be a date"
    ),
    "levels that fall": Fault(
        STRUCTURE,
        "upper = 40\nopen_upper = true\nquantile_levels = [0.05, 0.5, 0.95]",
        "upper = 40\nopen_upper = true\nquantile_levels = [0.5, 0.05, 0.95]",
        "question.price.quantile_levels: must ascend",
        "quantile_levels = [0.5,",
    ),
    "level of one": Fault(
        STRUCTURE,
        "open_upper = true\nquantile_levels = [0.05, 0.5, 0.95]",
        "open_upper = true\nquantile_levels = [0.05, 0.5, 1.0]",
        "question.price.quantile_levels: must ascend between 0 and 1",
        "quantile_levels = [0.05, 0.5, 1.0]",
    ),
    "levels without the median": Fault(
        STRUCTURE,
        "open_upper = true\nquantile_levels = [0.05, 0.5, 0.95]",
        "open_upper = true\nquantile_levels = [0.05, 0.25, 0.95]",
        "question.price.quantile_levels: must have the median, 0.5, among them",
        "quantile_levels = [0.05, 0.25, 0.95]",
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_told_with_its_file_line_and_key(fault: Fault, tmp_path: Path) -> None:
    fault.check(tmp_path)
