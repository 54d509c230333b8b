"""A test that was folded runs every case, and fails with each that is a breach."""

import pytest

from .folding import folded


@folded
@pytest.mark.parametrize(("low", "high"), [(1, 2), pytest.param(3, 2, id="wrong"), (5, 4)])
@pytest.mark.parametrize("factor", [1, -1])
def rule(low: int, high: int, factor: int) -> None:
    """What holds of no case in which the sign or the order is wrong."""
    assert low * factor < high * factor


def test_each_breach_is_told_with_its_case_and_the_others_have_been_tried() -> None:
    with pytest.raises(BaseExceptionGroup, match="3 of 6 cases") as caught:
        rule()
    told = {breach.__notes__[-1] for breach in caught.value.exceptions}
    assert told == {
        f"With {{'factor': {factor}, 'low': {low}, 'high': {high}}}"
        for factor, low, high in ((1, 3, 2), (1, 5, 4), (-1, 1, 2))
    }


@folded
@pytest.mark.parametrize("refused", ["x", "1"])
def refusal(refused: str) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        int(refused)


def test_what_should_have_been_refused_and_was_not_is_a_breach() -> None:
    with pytest.raises(BaseExceptionGroup, match="1 of 2 cases"):
        refusal()


@folded
@pytest.mark.parametrize("name", ["one", "two"])
def test_fixtures_are_given_to_every_case(tmp_path: object, name: str) -> None:
    assert tmp_path and name in ("one", "two")
