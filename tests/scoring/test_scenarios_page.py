"""The page on how questions hang together: its worked example is what `scoring` computes."""

import doctest
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "scenarios.md"


def test_every_figure_of_the_worked_example_is_computed():
    found = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    assert found.failed == 0 and found.attempted > 12


def test_every_product_of_the_text_is_what_the_code_beside_it_says():
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert round(((1 / 0.21) * 0.3 + (1 / 0.1875) * 0.25) / (1 / 0.21 + 1 / 0.1875), 4) == 0.2736
    for said in ("= 0.2736:", "27.5 % for both, 2.5 points", "= 0.0031.", "= 0.263 %", "/ 5 = 0.29."):
        assert said in text
