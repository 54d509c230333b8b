"""No method is judged on what it learned from: a question's own outcome never moves its own forecast."""

import numpy as np
import pytest

from scoring.backtest import learning
from scoring.backtest.crowds import crowds_of
from scoring.backtest.learning import CURVES, WEIGHTS, try_learning
from scoring.backtest.reading import read_folder
from scoring.backtest.trials import Refused
from scoring.pools import averages

from .folders import by_key, compared, of, seasoned, write

LEARNING = [*WEIGHTS, *CURVES]
FLIPPED = 7


def forecasts(path, key, **more):
    """What one method says on each question."""
    path.mkdir()
    crowds, _ = crowds_of(read_folder(seasoned(path, **more)), 1.0)
    return next(trial for trial in try_learning(crowds).trials if trial.key == key).values()


#: Fitted anew for each question; it learns from what the other curves do.
DEAREST = "fit_beta"
DEAREST_LONG = [pytest.param(key, marks=[pytest.mark.long] * (key == DEAREST)) for key in LEARNING]


@pytest.mark.parametrize("key", DEAREST_LONG)
def test_flipping_an_outcome_moves_other_forecasts_alone(tmp_path, key):
    as_it_was = np.array(forecasts(tmp_path / "a", key, questions=32))
    flipped = np.array(forecasts(tmp_path / "b", key, questions=32, flipped=FLIPPED))
    assert flipped[FLIPPED] == as_it_was[FLIPPED]
    # The control: the outcome is looked at, for others.
    assert (np.delete(flipped, FLIPPED) != np.delete(as_it_was, FLIPPED)).any()


@pytest.mark.parametrize("key", DEAREST_LONG)
def test_forward_in_time_an_outcome_moves_later_forecasts_alone(tmp_path, key):
    """Question q is forecast at time q, and its outcome known half a day later."""
    more = {"questions": 48, "known": lambda at: at + 0.5}
    at = 38
    as_it_was = np.array(forecasts(tmp_path / "a", key, **more))
    flipped = np.array(forecasts(tmp_path / "b", key, flipped=at, **more))
    assert flipped[: at + 1].tolist() == as_it_was[: at + 1].tolist()
    assert (flipped[at + 1 :] != as_it_was[at + 1 :]).any()


@pytest.mark.parametrize("key", LEARNING)
def test_what_is_known_too_late_is_not_used(tmp_path, key):
    """All outcomes become known after everything: nothing can be learned from any, and it shows."""
    more = {"questions": 40, "known": lambda at: 99}
    tmp_path.joinpath("a").mkdir()
    crowds, _ = crowds_of(read_folder(seasoned(tmp_path / "a", **more)), 1.0)
    tried = try_learning(crowds)
    if key in CURVES:
        assert any("there are 0" in sentence for sentence in tried.left_out)
    else:
        values = next(trial for trial in tried.trials if trial.key == key).values()
        assert values == pytest.approx([averages.mean(crowd.forecast) for crowd in crowds])


def test_an_outcome_known_at_the_very_time_of_the_forecast_is_not_used(tmp_path):
    values = forecasts(tmp_path / "a", "skill_weights", known=lambda at: at)
    flipped = forecasts(tmp_path / "b", "skill_weights", flipped=FLIPPED, known=lambda at: at)
    assert values[: FLIPPED + 1] == flipped[: FLIPPED + 1]


def test_with_half_of_the_times_told_all_other_questions_are_learned_from(tmp_path):
    values = forecasts(tmp_path / "a", "skill_weights", known=lambda at: at + 0.5 if at % 2 else "")
    assert values == forecasts(tmp_path / "b", "skill_weights")


@pytest.mark.long
def test_learning_pays_where_people_differ_in_skill(tmp_path):
    rows = by_key(compared(seasoned(tmp_path)))
    assert rows["contribution_weights"].to_mean.high < 0
    assert rows["skill_weights"].to_mean.mean < 0
    assert all(rows[key].learns for key in LEARNING)
    assert not rows["mean"].learns


def test_with_too_few_questions_no_curve_is_fitted_and_it_is_said(tmp_path):
    comparison = compared(seasoned(tmp_path, questions=20))
    assert not set(by_key(comparison)) & set(CURVES)
    assert any("need 30 other questions, there are 19" in sentence for sentence in comparison.left_out)


def test_one_question_teaches_nothing(tmp_path):
    comparison = compared(of(tmp_path, {"q": (0.2, 0.6)}, {"q": 1}))
    assert any(sentence.startswith("methods that learn from outcomes") for sentence in comparison.left_out)


def test_groups_that_share_no_question_are_refused_with_the_reason(tmp_path):
    lines = [
        f"{who}{group},q{group}{at},1,1,0.{3 + at}" for group in (1, 2) for at in range(3) for who in "ab"
    ]
    folder = write(tmp_path, lines, {f"q{group}{at}": at % 2 for group in (1, 2) for at in range(3)})
    crowds, _ = crowds_of(read_folder(folder), 1.0)
    trial = next(one for one in try_learning(crowds).trials if one.key == "select_crowd_weights")
    assert all(isinstance(value, Refused) and value.reason for value in trial.values())


@pytest.mark.parametrize("known", [None, lambda at: at + 0.5], ids=["leave out", "forward"])
@pytest.mark.parametrize("key", DEAREST_LONG)
def test_many_questions_learn_in_folds_and_never_from_their_own(tmp_path, monkeypatch, key, known):
    """A fold is fitted once; what came of its own questions changes nothing in it."""
    monkeypatch.setattr(learning, "EACH", 40)
    monkeypatch.setattr(learning, "FOLDS", 8)
    more = {"questions": 80, "known": known}
    for name, folder in (("a", {}), ("b", {"flipped": 41})):
        tmp_path.joinpath(name).mkdir()
        seasoned(tmp_path / name, **more, **folder)
    crowds = [crowds_of(read_folder(tmp_path / name), 1.0)[0] for name in "ab"]
    past = learning.Past.of(crowds[0])
    lessons = list(past.lessons())
    assert len(lessons) == 8 and sorted(np.concatenate([rows for rows, _ in lessons])) == list(range(80))
    assert not any(others[rows].any() for rows, others in lessons)
    own = next(rows for rows, _ in lessons if 41 in rows)
    values = [np.array(next(t for t in try_learning(one).trials if t.key == key).values()) for one in crowds]
    assert values[0][own].tolist() == values[1][own].tolist()
    # Who is selected does not hang on one of eighty outcomes; all else does.
    assert values[0].tolist() != values[1].tolist() or key == "select_crowd_weights"


def test_questions_that_came_out_together_are_in_one_fold(tmp_path, monkeypatch):
    monkeypatch.setattr(learning, "EACH", 4)
    keys = [f"q{at:02}" for at in range(12)]
    came = {key: f"{at % 2},c{at // 3}" for at, key in enumerate(keys)}
    folder = of(tmp_path, {key: [0.3, 0.6] for key in keys}, came, more=",cluster")
    fold = learning.folds(crowds_of(read_folder(folder), 1.0)[0])
    assert [len(set(fold[at : at + 3])) for at in range(0, 12, 3)] == [1] * 4 and len(set(fold)) == 4
