"""The table of methods on folders small enough to work out by hand."""

from math import log

import numpy as np
import pytest

from scoring.backtest.comparing import NothingToCompare, plan
from scoring.backtest.crowds import crowd_at
from scoring.backtest.editions import beside
from scoring.backtest.reading import read_folder
from scoring.backtest.report import text
from scoring.pools import averages, default
from scoring.pools.catalog import METHODS

from .folders import HEADER, QUANTILES, by_key, compared, of, write

#: Three people on two questions, of which the first came true.
ANSWERS = {"q1": (0.2, 0.4, 0.9), "q2": (0.1, 0.2, 0.3)}
CAME = {"q1": 1, "q2": 0}


def left_out(comparison, begin):
    """The sentences on what was left out that begin so."""
    return [sentence for sentence in comparison.left_out if sentence.startswith(begin)]


class TestProbabilities:
    def test_the_mean_and_the_median_by_hand(self, tmp_path):
        rows = by_key(compared(of(tmp_path, ANSWERS, CAME)))
        # Means 0.5 and 0.2: Brier 2·0.25 and 2·0.04. Medians 0.4 and 0.2: 2·0.36 and 2·0.04.
        assert rows["mean"].scores == pytest.approx((0.29, -(log(0.5) + log(0.8)) / 2))
        assert rows["median"].scores == pytest.approx((0.40, -(log(0.4) + log(0.8)) / 2))
        assert (rows["mean"].questions, rows["mean"].people) == (2, 3)

    def test_differences_are_paired(self, tmp_path):
        rows = by_key(compared(of(tmp_path, ANSWERS, CAME)))
        median = rows["median"]
        assert median.to_mean.mean == pytest.approx((log(0.5) - log(0.4)) / 2)
        assert rows["mean"].to_median.mean == pytest.approx(-median.to_mean.mean)
        # Two questions: a draw has the first twice, once or never.
        assert (median.to_mean.low, median.to_mean.high) == pytest.approx((0, log(0.5 / 0.4)))

    def test_a_method_differs_from_itself_by_nothing(self, tmp_path):
        row = by_key(compared(of(tmp_path, ANSWERS, CAME)))["mean"]
        assert (row.to_mean.mean, row.to_mean.low, row.to_mean.high) == (0, 0, 0)

    def test_every_method_that_runs_alone_is_there(self, tmp_path):
        keys = set(by_key(compared(of(tmp_path, ANSWERS, CAME))))
        assert {key for key, method in METHODS.items() if method.runs_alone} <= keys

    def test_a_pool_that_is_always_right_is_ahead_and_certain_forecasts_are_clipped(self, tmp_path):
        answers = {f"q{at}": (1, 1, 0.5) if at % 2 else (0, 0, 0.5) for at in range(12)}
        comparison = compared(of(tmp_path, answers, {f"q{at}": at % 2 for at in range(12)}))
        row = by_key(comparison)["median"]
        assert row.scores == pytest.approx((0, -log(0.999)))
        assert row.clipped == 12
        assert row.to_mean.high < 0
        place = [row.key for row in comparison.rows]
        assert place.index("median") < place.index("mean")

    def test_rows_stand_by_their_difference_to_the_mean(self, tmp_path):
        ahead = [row.to_mean.mean for row in compared(of(tmp_path, ANSWERS, CAME)).rows]
        assert ahead == sorted(ahead)

    def test_certainty_that_was_wrong_is_bounded(self, tmp_path):
        row = by_key(compared(of(tmp_path, {"q": (1, 1), "r": (1, 1)}, {"q": 0, "r": 0})))["median"]
        assert row.scores == pytest.approx((2, -log(0.001)))
        assert row.clipped == 2

    def test_a_bound_that_is_met_is_not_clipped(self, tmp_path):
        row = by_key(compared(of(tmp_path, {"q": (0.001, 0.001)}, {"q": 1})))["median"]
        assert (row.clipped, row.scores[1]) == (0, pytest.approx(-log(0.001)))

    def test_one_question_has_no_interval(self, tmp_path):
        row = by_key(compared(of(tmp_path, {"q": (0.2, 0.6)}, {"q": 1})))["median"]
        assert np.isnan([row.to_mean.low, row.to_mean.high]).all()


class TestTime:
    def lines(self):
        """The older say yes, the newer no; the oldest comes back."""
        said = [("a", 1, 0.7), ("b", 2, 0.8), ("c", 3, 0.1), ("d", 4, 0.2), ("a", 0.5, 0.1)]
        return [f"{who},q,1,{time},{probability}" for who, time, probability in said]

    def test_the_latest_of_each_counts(self, tmp_path):
        row = by_key(compared(write(tmp_path, self.lines(), {"q": 1})))["mean"]
        assert row.people == 4
        assert row.scores[0] == pytest.approx(2 * (1 - 0.45) ** 2)

    def test_weights_by_rank_and_the_fade_by_hand(self, tmp_path):
        comparison = compared(write(tmp_path, self.lines(), {"q": 1}))
        rows = by_key(comparison)
        # exp(√i − 2) is 0.37, 0.56, 0.76 and 1: the newest two, 0.1 and 0.2, hold more than half, 1.76 of 2.69.
        assert rows["median_by_rank"].scores[1] == pytest.approx(-log(0.2))
        assert rows["median"].scores[1] == pytest.approx(-log(0.45))
        assert comparison.median == "Median by recency rank"
        # One person a day, of 1, 1, 2, 3 and 4: the first day is a's earlier forecast, which is gone.
        kept = np.array(
            [(3 / 4) ** 2 * (2 / 3) ** 2 * (1 / 2) ** 2, (3 / 4) ** 2 * (2 / 3) ** 2, (3 / 4) ** 2, 1]
        )
        crowd = default.parley([0.7, 0.8, 0.1, 0.2], 1 / 3 + 2 / 3 * kept).value
        assert rows["parley_fading"].scores[1] == pytest.approx(-log(crowd))

    def test_at_a_share_of_the_life_later_forecasts_are_not_seen(self, tmp_path):
        folder = write(tmp_path, self.lines(), {"q": 1})
        row = by_key(compared(folder, share=0.5))["mean"]
        assert row.scores[0] == pytest.approx(2 * (1 - 0.75) ** 2)

    def test_too_early_there_is_no_crowd(self, tmp_path):
        question = read_folder(write(tmp_path, self.lines(), {"q": 1})).questions[0]
        assert crowd_at(question, 0.01) is None

    def test_without_times_the_plain_median_is_compared_with_and_it_is_said(self, tmp_path):
        comparison = compared(of(tmp_path, ANSWERS, CAME))
        assert comparison.median == "Median"
        assert left_out(comparison, "weights by time")

    def test_dates_are_days(self, tmp_path):
        lines = ["a,q,1,2026-03-01T08:00,0.2", "b,q,1,2026-03-01T21:00,0.4", "c,q,1,2026-03-02,0.9"]
        question = read_folder(write(tmp_path, lines, {"q": 1})).questions[0]
        crowd = crowd_at(question, 1.0)
        older = 1 / 3 + 2 / 3 * (2 / 3) ** 2
        assert crowd.fade.tolist() == pytest.approx([older, older, 1])


class TestOptions:
    LINES = [
        f"{who},q,{option},1,{probability}"
        for who, row in {"a": (0.5, 0.3, 0.2), "b": (0.7, 0.1, 0.2)}.items()
        for option, probability in enumerate(row)
    ]

    def test_the_mean_and_a_method_used_option_by_option(self, tmp_path):
        rows = by_key(compared(write(tmp_path, self.LINES, {"q": 1})))
        assert rows["mean"].scores == pytest.approx((0.6**2 + 0.8**2 + 0.2**2, -log(0.2)))
        products = np.sqrt([0.5 * 0.7, 0.3 * 0.1, 0.2 * 0.2])
        assert rows["geometric_mean"].scores[1] == pytest.approx(-log(products[1] / products.sum()))

    def test_the_default_has_its_own_form(self, tmp_path):
        row = by_key(compared(write(tmp_path, self.LINES, {"q": 0})))["parley"]
        value = default.parley_options([[0.5, 0.3, 0.2], [0.7, 0.1, 0.2]]).value
        assert row.scores[1] == pytest.approx(-log(value[0]))

    def test_a_method_that_refuses_a_question_is_named_with_its_reason(self, tmp_path):
        lines = [
            f"{who},q,{option},1,{float(option == at)}" for at, who in enumerate("abc") for option in range(3)
        ]
        comparison = compared(write(tmp_path, lines, {"q": 1}))
        assert "median" not in by_key(comparison)
        assert left_out(comparison, "Median:") == [
            "Median: it has no number on 1 question, as probability must leave one option a median above 0"
        ]

    def test_both_kinds_stand_in_one_table(self, tmp_path):
        lines = [*self.LINES, "a,r,1,1,0.2", "b,r,1,1,0.4", "a,s,1,1,0.2", "b,s,1,1,0.4"]
        rows = by_key(compared(write(tmp_path, lines, {"q": 0, "r": 1, "s": 0})))
        assert rows["mean"].scores[1] == pytest.approx(-(log(0.6) + log(0.3) + log(0.7)) / 3)
        assert (rows["mean"].questions, rows["skill_weights"].questions) == (3, 2)


class TestQuantiles:
    LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)

    def folder(self, path, people, outcomes, levels=LEVELS):
        lines = [
            f"{who},{question},1,{level},{value}"
            for question in outcomes
            for who, values in people.items()
            for level, value in zip(levels, values, strict=True)
        ]
        return write(path, lines, outcomes, QUANTILES, "value")

    def test_relative_score_and_coverage_by_hand(self, tmp_path):
        people = {"a": (0, 2, 4, 6, 8), "b": (2, 4, 6, 8, 10)}
        row = by_key(compared(self.folder(tmp_path, people, {"q": 5})))["vincent_mean"]
        # The mean, 1 3 5 7 9, scores (0.2 + 0.5 + 0 + 0.5 + 0.2)·2/5; each person 1.9·2/5.
        assert row.scores == pytest.approx((1.4 / 1.9, 1, 1))

    def test_coverage_tells_narrow_from_wide(self, tmp_path):
        people = {"a": (0, 2, 4, 6, 8), "b": (0, 2, 4, 6, 8)}
        rows = by_key(compared(self.folder(tmp_path, people, {"q": 3, "r": 7, "s": 70, "t": 8})))
        for key in ("vincent_mean", "vincent_median", "nearest_pool", "linear_pool"):
            assert rows[key].scores == pytest.approx((1, 0.25, 0.75))
            assert rows[key].to_mean.mean == pytest.approx(0)

    def test_levels_without_an_interval_leave_its_column_empty(self, tmp_path):
        people = {"a": (1, 2, 3), "b": (2, 3, 4)}
        folder = self.folder(tmp_path, people, {"q": 2}, levels=(0.25, 0.5, 0.75))
        scores = by_key(compared(folder))["vincent_mean"].scores
        assert (scores[1], np.isnan(scores[2])) == (1, True)

    def test_times_bring_the_fade_and_the_weights_by_rank(self, tmp_path):
        lines = [
            f"{who},q,{at},{level},{value + shift}"
            for at, (who, shift) in enumerate(zip("abcd", (9, 8, 1, 0), strict=True))
            for level, value in zip(self.LEVELS, (0, 2, 4, 6, 8), strict=True)
        ]
        rows = by_key(compared(write(tmp_path, lines, {"q": 5}, QUANTILES, "value")))
        assert {"nearest_pool_fading", "vincent_median_by_rank"} <= set(rows)
        # The newest two hold more than half, so the median by rank is the second newest: 1 3 5 7 9.
        assert rows["vincent_median_by_rank"].scores[0] < rows["vincent_median"].scores[0]

    def test_where_everybody_was_exactly_right_nothing_is_relative(self, tmp_path):
        people = {"a": (5, 5, 5, 5, 5), "b": (5, 5, 5, 5, 5)}
        comparison = compared(self.folder(tmp_path, people, {"q": 5, "r": 6}))
        assert by_key(comparison)["vincent_median"].questions == 1
        assert "1 question on which everybody was exactly right" in comparison.left_out


class TestThreePoints:
    def folder(self, path, lines):
        return write(path, lines, {"q": 1, "r": 0}, HEADER + ",lower,upper")

    def test_weights_by_width_by_hand(self, tmp_path):
        lines = ["a,q,1,1,0.3,0.2,0.4", "b,q,1,1,0.6,0.4,0.8", "a,r,1,1,0.5,0.4,0.6", "b,r,1,1,0.5,0.4,0.6"]
        comparison = compared(self.folder(tmp_path, lines))
        # b's interval on q is twice as wide: (2·0.3 + 0.6) / 3.
        assert by_key(comparison)["interval_width"].scores[1] == pytest.approx(-(log(0.4) + log(0.5)) / 2)
        assert "By change between two rounds: nobody changed an answer" in comparison.left_out

    def test_the_change_between_two_rounds(self, tmp_path):
        lines = [
            *("a,q,1,1,0.3,0.2,0.4", "a,q,1,2,0.5,0.2,0.6", "b,q,1,1,0.7,0.6,0.8", "b,q,1,2,0.7,0.6,0.8"),
            *("a,r,1,1,0.4,0.4,0.6", "b,r,1,1,0.4,0.4,0.6"),
        ]
        row = by_key(compared(self.folder(tmp_path, lines)))["shift"]
        assert row.scores[1] == pytest.approx(-(log(0.5) + log(0.6)) / 2)

    def test_answers_without_an_end_or_out_of_order_are_left_out_and_counted(self, tmp_path):
        lines = ["a,q,1,1,0.3,0.2,0.4", "b,q,1,1,0.6,,0.8", "a,r,1,1,0.5,0.6,0.7", "b,r,1,1,0.5,0.4,0.6"]
        comparison = compared(self.folder(tmp_path, lines))
        assert by_key(comparison)["interval_width"].scores[1] == pytest.approx(-(log(0.3) + log(0.5)) / 2)
        assert left_out(comparison, "2 of 4 answers")
        assert by_key(comparison)["mean"].scores[1] == pytest.approx(-(log(0.45) + log(0.5)) / 2)

    def test_no_whole_answer_at_all(self, tmp_path):
        comparison = compared(self.folder(tmp_path, ["a,q,1,1,0.3,,", "b,q,1,1,0.3,,"]))
        assert left_out(comparison, "weights by three-point answers: no answer")


class TestWhatIsLeftOut:
    def test_unresolved_questions_small_crowds_and_missing_numbers_are_told(self, tmp_path):
        lines = ["a,q,1,1,0.3", "b,q,1,1,0.5", "c,q,1,1,NA", "a,alone,1,1,0.5", "a,open,1,1,0.5"]
        comparison = compared(write(tmp_path, lines, {"q": 1, "alone": 0}))
        assert comparison.left_out[:3] == (
            "1 question without an outcome: open",
            "1 question with fewer than two people: alone",
            "1 forecast that lacks a number",
        )

    def test_names_are_listed_up_to_five(self, tmp_path):
        lines = ["a,q,1,1,0.3", "b,q,1,1,0.5", *(f"a,z{at},1,1,0.5" for at in range(7))]
        comparison = compared(write(tmp_path, lines, {"q": 1}))
        assert comparison.left_out[0] == "7 questions without an outcome: z0, z1, z2, z3, z4 and 2 more"

    @pytest.mark.parametrize(
        ("lines", "reason"),
        [
            ([], "there is no question to compare on"),
            (["a,q,1,1,0.3"], "1 question with fewer than two people: q"),
            (["a,z,1,1,0.3"], "1 question without an outcome: z"),
            (["a,q,1,1,NA", "b,q,1,1,"], "2 forecasts that lack a number"),
        ],
    )
    def test_where_nothing_is_left_it_is_said_why(self, tmp_path, lines, reason):
        data = read_folder(write(tmp_path, lines, {"q": 1}))
        with pytest.raises(NothingToCompare, match=reason):
            plan(data)

    def test_people_without_a_name_make_a_crowd(self, tmp_path):
        lines = [",q,1,1,0.3", ",q,1,1,0.5", ",r,1,1,0.5", ",r,1,1,0.7"]
        rows = by_key(compared(write(tmp_path, lines, {"q": 1, "r": 1})))
        # Nobody comes twice, so that nothing is learned of anybody.
        assert rows["skill_weights"].scores == pytest.approx(rows["mean"].scores)


def test_the_same_seed_gives_the_same_table_and_another_one_other_intervals(tmp_path):
    generator = np.random.default_rng(1)
    answers = {f"q{at}": generator.uniform(size=4) for at in range(9)}
    folder = of(tmp_path, answers, {f"q{at}": at % 2 for at in range(9)})
    first, again, other = (by_key(compared(folder, seed=seed))["median"] for seed in (1, 1, 2))
    assert first == again
    assert (first.scores, first.to_mean.mean) == (other.scores, other.to_mean.mean)
    assert first.to_mean != other.to_mean


def test_a_weight_of_no_method_moves_the_plain_mean(tmp_path):
    """A control: the mean stays what the pool gives on the standing forecasts."""
    comparison = compared(of(tmp_path, ANSWERS, CAME))
    values = [averages.mean(crowd.forecast) for crowd in comparison.crowds]
    assert values == pytest.approx([0.5, 0.2])


@pytest.mark.long  # Daily, the drawing by itself: tests/scoring/test_resampling.py.
def test_questions_that_came_out_together_are_drawn_together(tmp_path):
    """One item asked of five groups is one piece of luck: as five questions it printed a sure difference."""
    answers = {f"q{item}.{group}": [0.7, 0.8, 0.95, 0.99] for item in range(9) for group in range(5)}
    came = {key: int(key[1] not in "03") for key in answers}
    alone = compared(of(tmp_path, answers, came))
    told = {key: f"{outcome},{key[:2]}" for key, outcome in came.items()}
    together = compared(of(tmp_path, answers, told, more=",cluster"))
    for row in alone.rows:
        wide = by_key(together)[row.key].to_mean
        assert wide.mean == pytest.approx(row.to_mean.mean)
        if row.to_mean.high - row.to_mean.low > 1e-9 and not row.learns:
            assert wide.high - wide.low > 1.5 * (row.to_mean.high - row.to_mean.low)
    assert "resamples of clusters of questions" in text(together)
    assert "resamples of questions" in text(alone)
    for one, wide in zip(beside(alone), beside(together), strict=True):
        assert wide.brier.mean == pytest.approx(one.brier.mean)
        assert wide.brier.high - wide.brier.low > 1.5 * (one.brier.high - one.brier.low)
