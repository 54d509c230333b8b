"""Figures of the leading platform, computed by its own functions: scores over time, pools, histories, ranks.

Deliberate differences (a row: case and figure, theirs, ours, why):

| case | figure | theirs | ours | reason |
|---|---|---|---|---|
| mc-7 | peer and relative: coverage of forecast [2] and so of person 2 | 0.329523… | 0.303892… | 1 |
| mc-7 | peer: coverage of both pools | 0.708110… | 0.682478… | 1 |
| h-3 | geometric mean: end of the step from 104307.206 | 2251260.582 | 1528907.173 | 1 |
| h-7 | geometric mean: end of the step from -303413.843 | 213293.583 | 133164.244 | 1 |
| all | geometric mean: count where one person stands | 0 | 1 | 2 |

1. When everybody has withdrawn, theirs lets the last step run on until someone comes or the question closes,
   though nobody has a forecast. Where one person was the last it is their coverage alone that grows too
   large; where several leave at one moment it is their scores too.
2. Theirs writes 0 where there is nobody to compare with.

A third difference touches none of the figures here: at a spot time equal to an update, theirs compares the
new forecast with the crowd before it. `test_peer.py` shows what that does to the sum, and the second case of
1.
"""

import numpy as np
import pytest

from scoring.cdfs import from_place, percentile_places, to_bucket, to_place
from scoring.timeline.histories import geometric_mean_history, history
from scoring.timeline.leaderboards import medals, prize_shares, ranks, shrunk, standings, takes
from scoring.timeline.over_time import (
    baseline_over_time,
    continuous_baseline_over_time,
    continuous_spot_baseline,
    relative,
    spot_baseline,
)
from scoring.timeline.peer_scores import peer, spot_peer, totals
from scoring.timeline.recency import (
    percentiles,
    recency_weights,
    reputation,
    reputation_weights,
    semi_deviations,
)
from scoring.timeline.recency_changes import recency_history
from scoring.timeline.summaries import binary_summary, cdf_summary, options_summary, probability_histogram
from tests.folding import folded
from tests.scoring.spells import peer_by_hand
from tests.scoring.timelines import WEIGHTS, cases, numbers, read

QUESTIONS = [
    case
    for name in ("a_scores_binary", "b_scores_multiple_choice", "c_scores_continuous")
    for case in cases(name)
]


def scored(case, kind, person, start, end, value, crowd=None):
    """One kind of score of forecasts on a case's question; a crowd is what outsiders are compared with."""
    rows, told, life = (person, start, end), case.told(value), case.life
    time = case.case["spot_time"]
    if kind == "baseline" and case.continuous:
        return continuous_baseline_over_time(*rows, told, life, baseline=case.baseline)
    if kind == "baseline":
        return baseline_over_time(*rows, told, life, options=case.options(value))
    if kind == "spot_baseline" and case.continuous:
        return continuous_spot_baseline(*rows, told, life, time, baseline=case.baseline)
    if kind == "spot_baseline":
        return spot_baseline(*rows, told, life, time, options=case.options(value))
    if kind == "relative_legacy":
        past = history(
            *case.rows, case.value, case.pool(WEIGHTS["recency_weighted"]), opened=0, closed=life.closed
        )
        reference = {"reference_start": past.start, "reference_end": past.end}
        return relative(*rows, told, life, **reference, reference=case.told(past.value))
    # Theirs scores pools by the formula of the people they are made of.
    more = {"counts": crowd, "as_members": True, "factor": case.factor}
    return peer(*rows, told, life, **more) if kind == "peer" else spot_peer(*rows, told, life, time, **more)


#: The time for which theirs lets the withdrawn last forecast of mc-7 run on, as a share of its life.
RUNS_ON = (864000 - 841854.022) / 864000


def excess(case, kind, last):
    """How much coverage theirs has too much, for rows of which some end last."""
    return np.where(last & (case.id == "mc-7") & (kind in ("peer", "relative_legacy")), RUNS_ON, 0.0)


KINDS = ["baseline", "spot_baseline", "peer", "spot_peer", "relative_legacy"]


@folded
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", QUESTIONS, ids=repr)
def test_scores_of_every_forecast(case, kind):
    ours = scored(case, kind, *case.rows, case.value)
    theirs = case.case["expected"]["per_forecast"][kind]
    assert ours.score == pytest.approx([row["score"] for row in theirs], abs=1e-8, rel=0)
    coverage = ours.coverage + excess(case, kind, case.end == 841854.022)
    assert coverage == pytest.approx([row["coverage"] for row in theirs], abs=1e-8, rel=0)


@folded
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", QUESTIONS, ids=repr)
def test_scores_of_every_person(case, kind):
    ours = totals(case.person, scored(case, kind, *case.rows, case.value))
    theirs = sorted(
        (row for row in case.case["expected"]["per_user"][kind] if row["coverage"] > 0),
        key=lambda row: row["user"],
    )
    assert ours.person.tolist() == [row["user"] for row in theirs]
    assert ours.score == pytest.approx([row["score"] for row in theirs], abs=1e-8, rel=0)
    coverage = ours.coverage + excess(case, kind, ours.person == 2)
    assert coverage == pytest.approx([row["coverage"] for row in theirs], abs=1e-8, rel=0)


@folded
@pytest.mark.parametrize("case", QUESTIONS, ids=repr)
def test_ours_are_those_by_hand_and_sum_to_zero_where_theirs_differ_too(case):
    rows = list(zip(*case.rows, case.told(case.value), strict=True))
    ours = scored(case, "peer", *case.rows, case.value)
    by_hand = peer_by_hand(rows, 0.0, case.life.due, case.life.closed)
    assert ours.score == pytest.approx(np.array(by_hand) * case.factor / 100, abs=1e-9, rel=0)
    assert ours.score.sum() == pytest.approx(0, abs=1e-9)
    until = np.minimum(np.where(np.isnan(case.end), np.inf, case.end), case.life.closed)
    stood = np.maximum(until - np.maximum(case.start, 0), 0)
    assert ours.coverage == pytest.approx(stood / case.life.due, abs=1e-12)


@folded
@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("kind", KINDS[:4])
@pytest.mark.parametrize("case", QUESTIONS, ids=repr)
def test_scores_of_pools_against_the_crowd(case, kind, weights):
    past = history(*case.rows, case.value, case.pool(WEIGHTS[weights]), opened=0, closed=case.life.closed)
    steps = past.start.size
    if kind in ("peer", "spot_peer"):
        everyone = [
            np.concatenate(pair)
            for pair in zip(
                (*case.rows, case.value),
                (np.zeros(steps, int), past.start, past.end, past.value),
                strict=True,
            )
        ]
        counts = np.arange(len(everyone[0])) < len(case.person)
        ours = scored(case, kind, *everyone, crowd=counts)
        score, coverage = ours.score[~counts], ours.coverage[~counts]
    else:
        ours = scored(case, kind, np.zeros(steps, int), past.start, past.end, past.value)
        score, coverage = ours.score, ours.coverage
    theirs = case.case["expected"]["aggregate_scores"][weights][kind]
    assert score.sum() == pytest.approx(theirs["score"], abs=1e-8, rel=0)
    coverage = coverage + excess(case, kind, past.end == 841854.022)
    assert coverage.sum() == pytest.approx(theirs["coverage"], abs=1e-8, rel=0)


def exactly(theirs):
    """Figures to the tolerance of the files; null is NaN."""
    return pytest.approx(np.array(theirs, dtype=float), abs=1e-9, rel=0, nan_ok=True)


@folded
@pytest.mark.parametrize("case", QUESTIONS, ids=repr)
def test_the_geometric_mean_of_scores(case):
    steps = case.case["expected"]["geometric_means"]
    if case.continuous:
        past = geometric_mean_history(*case.rows, case.told(case.value))
        assert past.value == exactly([step["pmf_at_bucket"] for step in steps])
    else:
        compare_means(case, steps, "t", "pmf")


def compare_means(case, steps, time, value):
    """The geometric mean of every option against theirs, without the options not on offer."""
    columns = case.value if case.value.ndim == 2 else np.column_stack((1 - case.value, case.value))
    theirs = numbers([step[value] for step in steps])
    for option, column in enumerate(columns.T):
        if not np.isnan(column).any():
            past = geometric_mean_history(*case.rows, column)
            assert past.start == exactly([step[time] for step in steps])
            assert past.value == exactly(theirs[:, option])
            counts = np.where(past.count == 1, 0, past.count)
            assert counts.tolist() == [step.get("n", step.get("count")) for step in steps]


ENTRIES = read("d_aggregation_entries")
HISTORIES = cases("d_aggregation_histories")


def test_recency_weights():
    for case in ENTRIES["recency_weights"]:
        expected = np.ones(case["n"]) if case["weights"] is None else case["weights"]
        assert recency_weights(case["n"]) == exactly(expected)


def test_weighted_percentiles():
    for case in ENTRIES["weighted_percentile"]:
        yes = np.array(case["p_yes"])
        for values, expected in ((yes, case["expected_yes"]), (1 - yes, case["expected_no"])):
            assert percentiles(values, case["percentiles"], case["weights"]) == exactly(expected)


def compare_binary(ours, theirs, weighs, given):
    """One yes-or-no summary against theirs."""
    assert ours.count == theirs["count"]
    for name, low, high in (
        ("values", ours.value, ours.value),
        ("lower", ours.upper, ours.lower),
        ("centers", ours.centre, ours.centre),
        ("upper", ours.lower, ours.upper),
        ("means", ours.mean, ours.mean),
    ):
        assert [1 - low[0], high[0]] == exactly(theirs[name]), name
    if theirs["histogram_sparse"] is not None:
        compare_histogram(probability_histogram(given, weighs), theirs["histogram_sparse"])


def compare_histogram(ours, theirs):
    """A histogram against theirs, which leaves out empty columns."""
    column, weight = np.array(theirs).T
    assert np.flatnonzero(ours).tolist() == column.tolist()
    assert ours[column.astype(int)] == exactly(weight)


@folded
@pytest.mark.parametrize("case", ENTRIES["binary_entries"], ids=lambda case: case["id"])
def test_binary_entries(case):
    yes = np.array(case["p_yes_in_start_order"])
    for name, weigh in WEIGHTS.items():
        compare_binary(binary_summary(yes, weigh(yes.size)), case[name], weigh(yes.size), yes)
    member = np.array(case["member"])
    if case["filtered_recency_weighted"] is None:
        assert not member.any()
    else:
        weighs = recency_weights(yes.size) * member
        compare_binary(binary_summary(yes, weighs), case["filtered_recency_weighted"], weighs, yes)


@folded
@pytest.mark.parametrize("case", ENTRIES["binary_entries"], ids=lambda case: case["id"])
def test_means_with_an_interval_on_either_side_and_weights_by_skill(case):
    yes = np.array(case["p_yes_in_start_order"])
    age = (case["timestep"] - np.array(case["starts"])) / case["horizon_end"]
    weighs = reputation_weights(age, case["reputations"])
    assert weighs == pytest.approx(case["single_aggregation_weights"], rel=1e-9, abs=0)
    for name, weight in (("mean_unweighted_with_semi_sd_interval", None), ("single_aggregation", weighs)):
        theirs, mean = case[name], np.average(yes, weights=weight)
        below, above = semi_deviations(yes, weight)
        for figure, high in (("values", mean), ("lower", mean - below), ("upper", mean + above)):
            assert high == pytest.approx(theirs[figure][1], abs=1e-9), figure


def compare_options(ours, theirs, weighs, given):
    """One summary of several options against theirs."""
    assert ours.count == theirs["count"]
    for name, figure in (
        ("values", ours.value),
        ("lower", ours.lower),
        ("centers", ours.centre),
        ("upper", ours.upper),
        ("means", ours.mean),
    ):
        assert figure == exactly(theirs[name]), name
    for column, sparse in zip(given.T, theirs["histogram_sparse"] or [], strict=False):
        compare_histogram(probability_histogram(column, weighs), sparse)


@folded
@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("case", ENTRIES["multiple_choice_entries"], ids=lambda case: case["id"])
def test_entries_of_several_options(case, weights):
    given = numbers(case["values_in_start_order"])
    weighs = WEIGHTS[weights](len(given))
    compare_options(options_summary(given, weighs), case[weights], weighs, given)


@folded
@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("case", ENTRIES["continuous_entries"], ids=lambda case: case["id"])
def test_entries_of_numbers(case, weights):
    given = np.array(case["cdfs_in_start_order"])
    ours, theirs = cdf_summary(given, WEIGHTS[weights](len(given))), case[weights]
    assert ours.count == theirs["count"]
    assert ours.value == exactly(theirs["values"])
    for name, figure in (("lower", ours.lower), ("centers", ours.centre), ("upper", ours.upper)):
        assert figure == exactly(theirs[name]), name


def test_reputations():
    for case in ENTRIES["reputation_value"]:
        assert reputation(case["scores"], case["coverages"]) == pytest.approx(case["expected"], abs=1e-9)


@folded
@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("case", HISTORIES, ids=repr)
def test_histories_of_pools(case, weights):
    theirs, seen = case.case[weights], []
    weigh = WEIGHTS[weights]

    def pool(stands, made):
        summary = binary_summary if stands.ndim == 1 else options_summary
        compare = compare_binary if stands.ndim == 1 else compare_options
        ours = summary(stands, weigh(len(stands)))
        compare(ours, theirs[len(seen)], weigh(len(stands)), stands)
        seen.append(ours)
        return ours.value

    past = history(*case.rows, case.value, pool, opened=0, closed=case.life.closed)
    assert past.start == exactly([step["start"] for step in theirs])
    assert past.end == exactly([step["end"] for step in theirs])
    assert len(seen) == len(theirs)


@folded
@pytest.mark.parametrize("case", [case for case in HISTORIES if case.value.ndim == 1], ids=repr)
def test_quick_histories(case):
    theirs = case.case["recency_weighted"]
    past = recency_history(*case.rows, case.value, opened=0, closed=case.life.closed)
    assert past.start == exactly([step["start"] for step in theirs])
    assert past.end == exactly([step["end"] for step in theirs])
    expected = [[step[name][1] for name in ("lower", "centers", "upper")] for step in theirs]
    assert past.value == exactly(expected)


@folded
@pytest.mark.parametrize("case", HISTORIES, ids=repr)
def test_histories_of_the_geometric_mean(case):
    compare_means(case, case.case["geometric_mean"], "start", "values")


#: Steps which theirs lets run on, by case and start: where theirs end and ours.
GAPS = {("h-3", 104307.206): (2251260.582, 1528907.173), ("h-7", -303413.843): (213293.583, 133164.244)}


@folded
@pytest.mark.parametrize("case", HISTORIES, ids=repr)
def test_steps_of_the_geometric_mean_end_where_theirs_do_or_where_everybody_has_left(case):
    column = case.value if case.value.ndim == 1 else case.value[:, 0]
    past = geometric_mean_history(*case.rows, column)
    theirs = numbers([step["end"] for step in case.case["geometric_mean"]])
    for start, end, other in zip(past.start, past.end, theirs, strict=True):
        expected = GAPS.get((case.id, start), (end, end))
        assert [other, end] == exactly(expected)
        if (case.id, start) in GAPS:  # nobody stands between our end and theirs
            assert not ((case.start < other) & ~(case.end <= end)).any()


CONTINUOUS = read("c_scores_continuous")


@folded
@pytest.mark.parametrize("case", CONTINUOUS["location_to_bucket"])
def test_buckets_of_answers(case):
    scale = (case["question"]["range_min"], case["question"]["range_max"], case["question"]["zero_point"])
    points = [point for point in case["points"] if "unscaled" in point]
    value, place, bucket, back = (
        numbers([point[key] for point in points]) for key in ("value", "unscaled", "bucket", "back")
    )
    for point in case["points"]:
        if point not in points:  # known only to lie outside
            outside = {"below_lower_bound": -0.5, "above_upper_bound": 1.5}[point["value"]]
            assert to_bucket(outside, case["question"]["inbound_outcome_count"]) == point["bucket"]
    assert to_place(value, *scale) == exactly(place)
    assert (
        to_bucket(to_place(value, *scale), case["question"]["inbound_outcome_count"]).tolist()
        == bucket.tolist()
    )
    assert from_place(place, *scale) == exactly(back)


def test_percentiles_of_distribution_functions():
    for case in CONTINUOUS["percent_point_function"]:
        assert percentile_places(case["cdf"], case["percentiles"]) == exactly(case["expected"])


def board(case):
    """Ours: a row for each person, by id."""
    weight = {question["id"]: question["weight"] for question in case["questions"]}
    columns = (np.array([row[key] for row in case["scores"]]) for key in ("user", "score", "coverage"))
    ours = standings(*columns, [weight[row["question"]] for row in case["scores"]])
    score = ours.score
    if case["score_type"] == "peer_global":
        score = shrunk(score, ours.coverage, 30)
    if case["score_type"] == "peer_global_legacy":
        score = shrunk(score, ours.contributions.astype(float), 40)
    return ours, score


@folded
@pytest.mark.parametrize("case", read("e_leaderboards")["cases"], ids=lambda case: case["id"])
def test_leaderboards(case):
    ours, score = board(case)
    status = np.array([case["exclusion_status"][str(person)] for person in ours.person])
    place = ranks(score, excluded=status >= 2)
    medal = medals(place, excluded=status >= 2)
    tournament = case["score_type"].endswith("tournament")
    take = takes(score) if tournament else np.zeros(score.size)
    share = prize_shares(take, status > 0, case["minimum_prize_amount"] / case["prize_pool"])
    theirs = sorted(case["expected"], key=lambda row: row["user"])
    assert ours.person.tolist() == [row["user"] for row in theirs]
    assert score == exactly([row["score"] for row in theirs])
    assert ours.coverage == exactly([row["coverage"] for row in theirs])
    assert ours.contributions.tolist() == [row["contributions"] for row in theirs]
    assert place.tolist() == [row["rank"] for row in theirs]
    assert medal.tolist() == [row["medal"] or "" for row in theirs]
    assert share == exactly([row["percent_prize"] for row in theirs])
    if tournament:
        assert take == exactly([row["take"] for row in theirs])
        assert share * case["prize_pool"] == exactly([row["prize"] or 0 for row in theirs])
