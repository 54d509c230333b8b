"""Scores of many quantile forecasts: block by block they are the plain formula, and refuse what it refuses."""

import tracemalloc

import numpy as np
import pytest

from scoring.quantiles import BLOCK, crps_quantiles, pinball, wis

LEVELS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
ROWS = BLOCK // LEVELS.size


def forecasts(*shape: int) -> tuple[np.ndarray, np.ndarray]:
    """Outcomes of this shape, and five quantiles for each."""
    random = np.random.default_rng(20261128)
    return random.normal(size=shape), np.sort(random.normal(size=(*shape, LEVELS.size)), axis=-1)


def plain(outcome: np.ndarray, quantiles: np.ndarray, levels: np.ndarray = LEVELS) -> np.ndarray:
    """The formula as Koenker and Bassett give it, all rows at once."""
    above = np.asarray(outcome, float)[..., np.newaxis] - np.asarray(quantiles, float)
    return np.where(above < 0, (levels - 1) * above, levels * above)


def assert_close(found: np.ndarray, expected: np.ndarray, within: float = 2e-15, share: float = 0) -> None:
    """The same shape, and no number further away; `pytest.approx` takes seconds for so many."""
    np.testing.assert_allclose(found, expected, atol=within, rtol=share, strict=True)


@pytest.mark.parametrize("rows", [0, 1, 2, ROWS - 1, ROWS, ROWS + 1, 2 * ROWS, 2 * ROWS + 1])
def test_any_number_of_rows_is_the_plain_formula(rows):
    outcome, quantiles = forecasts(rows)
    expected = plain(outcome, quantiles)
    assert_close(pinball(outcome, quantiles, LEVELS), expected)
    for score in (wis, crps_quantiles):
        assert_close(score(outcome, quantiles, LEVELS), 2 * expected.mean(axis=-1))


@pytest.mark.parametrize("shape", [(3, 0), (3, 7), (2, ROWS + 1), (ROWS + 1, 1, 2)])
def test_forecasts_of_any_shape_keep_it(shape):
    outcome, quantiles = forecasts(*shape)
    expected = plain(outcome, quantiles)
    assert np.array_equal(pinball(outcome, quantiles, LEVELS).shape, expected.shape)
    assert_close(wis(outcome, quantiles, LEVELS), 2 * expected.mean(axis=-1))


def test_one_outcome_holds_for_every_row_of_every_block():
    _, quantiles = forecasts(2 * ROWS + 1)
    every = np.full(2 * ROWS + 1, 0.3)
    assert np.array_equal(wis(0.3, quantiles, LEVELS), wis(every, quantiles, LEVELS))
    assert np.array_equal(pinball(0.3, quantiles, LEVELS), pinball(every, quantiles, LEVELS))


@pytest.mark.parametrize("lay", [np.asfortranarray, lambda rows: np.repeat(rows, 2, axis=0)[::2]])
def test_rows_may_lie_anyhow_in_memory_and_stay_as_they_were(lay):
    outcome, quantiles = forecasts(ROWS + 1)
    given = lay(quantiles)
    assert np.array_equal(wis(outcome, given, LEVELS), wis(outcome, quantiles, LEVELS))
    assert np.array_equal(pinball(outcome, given, LEVELS), pinball(outcome, quantiles, LEVELS))
    assert np.array_equal(given, quantiles)


@pytest.mark.parametrize("kind", [np.float32, np.int64, np.uint8])
def test_numbers_of_any_kind_are_read_as_doubles(kind):
    outcome, quantiles = forecasts(ROWS + 1)
    given, came = np.sort((100 + 20 * quantiles).astype(kind)), (100 + 20 * outcome).astype(kind)
    expected = 2 * plain(came, given).mean(axis=-1)
    assert_close(wis(came, given, LEVELS), expected, within=0, share=1e-14)
    assert pinball(came, given, LEVELS).dtype == np.float64


@pytest.mark.parametrize("row", [0, 1, ROWS - 1, ROWS, 2 * ROWS])
def test_a_missing_row_of_any_block_scores_nan_alone(row):
    outcome, quantiles = forecasts(2 * ROWS + 1)
    quantiles[row] = np.nan
    assert np.flatnonzero(np.isnan(wis(outcome, quantiles, LEVELS))).tolist() == [row]
    assert np.flatnonzero(np.isnan(pinball(outcome, quantiles, LEVELS)).all(axis=1)).tolist() == [row]


@pytest.mark.parametrize("row", [0, ROWS - 1, ROWS, 2 * ROWS])
@pytest.mark.parametrize(
    ("place", "value", "rule"),
    [
        (0, np.inf, "be finite or NaN"),
        (4, np.inf, "be finite or NaN"),
        (0, -np.inf, "be finite or NaN"),
        (2, np.nan, "be NaN for all quantiles or for none"),
        (0, np.nan, "be NaN for all quantiles or for none"),
        (3, -1e9, "not decrease"),
    ],
)
@pytest.mark.parametrize("with_missing", [False, True])
def test_a_wrong_row_of_any_block_is_refused_by_its_own_place(row, place, value, rule, with_missing):
    outcome, quantiles = forecasts(2 * ROWS + 1)
    if with_missing:
        quantiles[3::7] = np.nan
    quantiles[row] = np.arange(5.0)
    quantiles[row, place] = value
    for score in (pinball, wis, crps_quantiles):
        with pytest.raises(ValueError, match=rf"^quantiles must {rule}.* at \[{row}, "):
            score(outcome, quantiles, LEVELS)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_one_level_alone_is_checked_too(value):
    quantiles = np.zeros((BLOCK + 1, 1))
    quantiles[BLOCK] = value
    if np.isnan(value):
        assert np.flatnonzero(np.isnan(wis(1.0, quantiles, [0.5]))).tolist() == [BLOCK]
    else:
        with pytest.raises(ValueError, match=r"^quantiles must be finite or NaN \(missing\), got inf"):
            wis(1.0, quantiles, [0.5])


@pytest.mark.parametrize("quantiles", [[["a", "b"]], [[True, False]], [[1.0, 2.0], [3.0]]])
def test_what_is_no_number_is_refused(quantiles):
    for score in (pinball, wis, crps_quantiles):
        with pytest.raises(ValueError, match=r"^quantiles must be "):
            score(0.0, quantiles, [0.25, 0.75])


def test_forecasts_alike_score_alike_wherever_they_stand():
    """A score that rounds by its place in a block would break ties."""
    quantiles = np.tile([0.1, 0.4, 0.5, 0.9, 1.3], (2 * ROWS + 3, 1))
    assert np.unique(wis(0.3, quantiles, LEVELS)).size == 1
    assert np.unique(pinball(0.3, quantiles, LEVELS), axis=0).shape[0] == 1


def test_scoring_many_needs_little_memory_beside_its_answer():
    """As many levels as an ensemble has make no block of gigabytes either."""
    for levels in (LEVELS, (np.arange(1000) + 0.5) / 1000):
        quantiles = np.zeros((4_000_000 // levels.size, levels.size))
        tracemalloc.start()
        wis(1.0, quantiles, levels)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 0.8 * quantiles.nbytes
