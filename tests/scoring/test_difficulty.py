"""Difficulty: additive tables are recovered exactly, least squares is met, and broken tables are named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.evaluation import difficulty
from scoring.evaluation.difficulty import adjusted_scores


@st.composite
def tables(draw, most=8):
    """Rows (person, question) that hang together: whoever is new is tied to what is there; others follow."""
    rows, people, questions = [(0, 0)], 1, 1
    for new_person in draw(st.lists(st.booleans(), max_size=2 * most - 2)):
        if new_person and people < most:
            rows.append((people, draw(st.integers(0, questions - 1))))
            people += 1
        elif questions < most:
            rows.append((draw(st.integers(0, people - 1)), questions))
            questions += 1
    more = st.tuples(st.integers(0, people - 1), st.integers(0, questions - 1))
    rows += draw(st.lists(more, max_size=20))
    person, question = np.array(rows).T
    return person, question


effects = st.lists(st.floats(-2, 2), min_size=8, max_size=8).map(np.array)


@given(tables(), effects, effects)
def test_an_additive_table_is_recovered_exactly(table, ability, hardness):
    person, question = table
    found = adjusted_scores(person, question, ability[person] + hardness[question])
    centre = hardness[found.question].mean()
    assert found.difficulty == pytest.approx(hardness[found.question] - centre, abs=1e-9)
    assert found.adjusted == pytest.approx(ability[found.person] + centre, abs=1e-9)
    if person.size > found.person.size + found.question.size - 1:
        assert found.residual_variance == pytest.approx(0, abs=1e-15)


@given(tables(), st.data())
def test_the_effects_are_those_of_least_squares_on_indicators(table, data):
    person, question = table
    score = np.array(data.draw(st.lists(st.floats(0, 2), min_size=person.size, max_size=person.size)))
    found = adjusted_scores(person, question, score)
    design = np.hstack([person[:, None] == found.person, question[:, None] == found.question]).astype(float)
    fitted = design @ np.linalg.lstsq(design, score, rcond=None)[0]
    ours = design @ np.r_[found.adjusted, found.difficulty]
    assert ours == pytest.approx(fitted, abs=1e-9)
    assert found.difficulty.mean() == pytest.approx(0, abs=1e-12)
    freedom = score.size - found.person.size - found.question.size + 1
    if freedom:
        assert found.residual_variance == pytest.approx(((score - fitted) ** 2).sum() / freedom, abs=1e-9)
    else:
        assert np.isnan(found.residual_variance)


@given(tables(), effects, st.floats(-3, 3))
def test_an_adjusted_score_is_the_mean_of_what_difficulty_leaves(table, score, shift):
    person, question = table
    score = score[(person + 3 * question) % 8]
    found = adjusted_scores(person, question, score)
    left = score - found.difficulty[np.searchsorted(found.question, question)]
    means = [left[person == each].mean() for each in found.person]
    assert found.adjusted == pytest.approx(means, abs=1e-9)
    assert adjusted_scores(person, question, score + shift).adjusted == pytest.approx(
        found.adjusted + shift, abs=1e-9
    )


@given(tables(), effects, st.randoms(use_true_random=False))
def test_neither_order_nor_names_matter(table, score, random):
    person, question = table
    score = score[(person + 3 * question) % 8]
    order = list(range(person.size))
    random.shuffle(order)
    before = adjusted_scores(person, question, score)
    after = adjusted_scores(7 * person[order] - 5, 3 * question[order] + 1000, score[order])
    assert after.adjusted == pytest.approx(before.adjusted, abs=1e-9)
    assert after.difficulty == pytest.approx(before.difficulty, abs=1e-9)
    assert after.person.tolist() == (7 * before.person - 5).tolist()


def test_a_full_table_needs_no_adjustment():
    person, question = np.repeat(np.arange(4), 5), np.tile(np.arange(5), 4)
    found = adjusted_scores(person, question, np.random.default_rng(1).random(20))
    assert found.adjusted == pytest.approx(found.raw, abs=1e-12)


def test_who_picks_easy_questions_gains_nothing():
    """The second has the better mean and is worse on the question that both answered."""
    found = adjusted_scores([0, 0, 1, 1, 2, 2, 2], [1, 2, 2, 3, 1, 2, 3], [0.9, 0.3, 0.4, 0.1, 0.9, 0.3, 0.0])
    assert found.raw[1] < found.raw[0]
    assert found.adjusted[1] > found.adjusted[0]


def test_counts_and_coverage_are_told():
    found = adjusted_scores([5, 5, 5, 9], [1, 1, 2, 1], [0.1, 0.2, 0.3, np.nan])
    assert (found.person.tolist(), found.answered.tolist(), found.coverage.tolist()) == ([5], [3], [1.0])
    both = adjusted_scores([5, 5, 5, 9], [1, 1, 2, 1], [0.1, 0.2, 0.3, 0.4])
    assert both.answered.tolist() == [3, 1]
    assert both.coverage.tolist() == [1.0, 0.5]


def test_many_people_or_many_questions_are_solved_alike(monkeypatch):
    random = np.random.default_rng(2)
    person, question = random.integers(60, size=900), random.integers(25, size=900)
    score = random.random(900)
    dense, turned = adjusted_scores(person, question, score), adjusted_scores(question, person, score)
    monkeypatch.setattr(difficulty, "DENSE", 3)
    sparse = adjusted_scores(person, question, score)
    assert sparse.adjusted == pytest.approx(dense.adjusted, abs=1e-12)
    assert turned.adjusted - turned.adjusted.mean() == pytest.approx(dense.difficulty, abs=1e-12)


def test_a_large_table_is_recovered_too():
    random = np.random.default_rng(3)
    ability, hardness = random.random(4000), random.random(1800)
    person, question = random.integers(4000, size=60_000), random.integers(1800, size=60_000)
    found = adjusted_scores(person, question, ability[person] + hardness[question])
    assert found.adjusted == pytest.approx(ability[found.person] + hardness[found.question].mean(), abs=1e-9)


def test_two_tables_in_one_are_refused_and_named():
    with pytest.raises(
        ValueError,
        match=r"^person and question must hang together as one table, got 2 parts that share neither: "
        r"people 1, 2 on questions 10; people 3 on questions 11, 12$",
    ):
        adjusted_scores([1, 2, 3, 3], [10, 10, 11, 12], [0.1, 0.2, 0.3, 0.4])


def test_many_parts_are_not_all_named():
    with pytest.raises(ValueError, match=r"got 30 parts") as refusal:
        adjusted_scores(range(30), range(30), np.zeros(30))
    assert str(refusal.value).count("on questions") == 5
    with pytest.raises(ValueError, match=r"people 0, 1, 2, 3, 4 and 4 more on questions 0; people 9 on"):
        adjusted_scores(range(10), [0] * 9 + [1], np.zeros(10))


def test_the_answer_that_ties_a_table_together_does_not_count_when_it_is_missing():
    rows = [1, 2, 2], [10, 11, 10]
    assert adjusted_scores(*rows, [0.1, 0.2, 0.3]).person.tolist() == [1, 2]
    with pytest.raises(ValueError, match=r"got 2 parts"):
        adjusted_scores(*rows, [0.1, 0.2, np.nan])


def test_supplied_difficulty_is_taken_off_as_it_is():
    found = adjusted_scores([1, 1, 2], [10, 11, 12], [0.5, 0.3, 0.4], difficulty={10: 0.3, 11: 0.2, 12: 0.5})
    assert found.adjusted == pytest.approx([0.15, -0.1])
    assert found.difficulty.tolist() == [0.3, 0.2, 0.5]
    assert found.residual_variance == pytest.approx(2 * 0.05**2)


@given(tables(), effects)
def test_estimated_difficulty_supplied_again_gives_the_same(table, score):
    person, question = table
    score = score[(person + 3 * question) % 8]
    found = adjusted_scores(person, question, score)
    known = dict(zip(found.question.tolist(), found.difficulty.tolist(), strict=True))
    again = adjusted_scores(person, question, score, difficulty=known)
    assert again.adjusted == pytest.approx(found.adjusted, abs=1e-12)


@pytest.mark.parametrize(
    ("person", "question", "score", "supplied", "message"),
    [
        ([1, 2], [1, 1], [0.1], None, r"^person must be as long as score, 1, got 2"),
        ([1, 2], [1], [0.1, 0.2], None, r"^question must be as long as score, 2, got 1"),
        ([1.0, 2.0], [1, 1], [0.1, 0.2], None, r"^person must be whole numbers"),
        ([1, 2], [True, True], [0.1, 0.2], None, r"^question must be whole numbers"),
        ([1, 2], [1, 1], [0.1, np.inf], None, r"^score must be finite or NaN"),
        ([[1, 2]], [[1, 1]], [[0.1, 0.2]], None, r"^score must have one axis"),
        ([1, 2], [1, 1], [np.nan, np.nan], None, r"^score must hold one score or more that is not missing"),
        ([], [], [], None, r"^score must hold one score or more that is not missing, got 0"),
        ([1, 2], [1, 2], [0.1, 0.2], {1: 0.3}, r"^difficulty must hold each question .* got none for \[2\]"),
        ([1], [1], [0.1], {1: np.nan}, r"^difficulty must be finite"),
        ([1], [1], [0.1], {1: "hard"}, r"^difficulty must be real numbers"),
    ],
)
def test_wrong_tables_are_refused_by_name(person, question, score, supplied, message):
    with pytest.raises(ValueError, match=message):
        adjusted_scores(person, question, score, difficulty=supplied)
