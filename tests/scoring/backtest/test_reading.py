"""Reading a folder of forecasts and outcomes: both layouts, what is left out, and every error by its place."""

import numpy as np
import pytest

from scoring.backtest.reading import read_folder
from scoring.backtest.tables import UnreadableData

HEADER = "forecaster,question,option,time,probability"
OUTCOMES = "question,resolved_option\nq,1\n"


def folder(path, forecasts, outcomes=OUTCOMES):
    for name, text in (("forecasts.csv", forecasts), ("outcomes.csv", outcomes)):
        (path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def rows(*lines, header=HEADER):
    return "\n".join((header, *lines)) + "\n"


class TestYesOrNo:
    def test_forecasts_stand_in_order_of_time(self, tmp_path):
        data = read_folder(folder(tmp_path, rows("b,q,1,2,0.4", "a,q,1,1,0.3", "a,q,1,3,0.5")))
        question = data.questions[0]
        assert data.forecasters == ("a", "b")
        assert question.person.tolist() == [0, 1, 0]
        assert question.time.tolist() == [1.0, 2.0, 3.0]
        assert question.forecast.tolist() == [0.3, 0.4, 0.5]
        assert (question.outcome, question.options, question.ends) == (1.0, (), None)

    def test_any_other_option_means_no(self, tmp_path):
        data = read_folder(folder(tmp_path, rows("a,q,1,1,0.3"), "question,resolved_option\nq,0\n"))
        assert data.questions[0].outcome == 0.0

    def test_lower_and_upper_ends_are_read_where_they_are_given(self, tmp_path):
        header = HEADER + ",lower,upper"
        data = read_folder(folder(tmp_path, rows("a,q,1,1,0.3,0.1,0.5", "b,q,1,1,0.3,,", header=header)))
        assert data.questions[0].ends[0].tolist() == [0.1, 0.5]
        assert np.isnan(data.questions[0].ends[1]).all()

    def test_rows_without_a_forecaster_are_people_of_their_own(self, tmp_path):
        data = read_folder(folder(tmp_path, rows(",q,1,1,0.3", ",q,1,1,0.3", "a,q,1,1,0.3")))
        assert len(set(data.questions[0].person.tolist())) == 3

    @pytest.mark.parametrize("missing", ["", "NA", "nan"])
    def test_a_missing_probability_is_left_out_and_counted(self, tmp_path, missing):
        data = read_folder(folder(tmp_path, rows("a,q,1,1,0.3", f"b,q,1,1,{missing}")))
        assert data.questions[0].forecast.tolist() == [0.3]
        assert data.missing == 1

    def test_dates_and_times_are_days(self, tmp_path):
        data = read_folder(folder(tmp_path, rows("a,q,1,2026-11-24,0.3", "a,q,1,2026-11-25T12:00:00,0.4")))
        assert np.diff(data.questions[0].time).tolist() == [1.5]

    def test_questions_without_an_outcome_are_named(self, tmp_path):
        outcomes = "question,resolved_option\nq,1\nempty,\nnobody,1\n"
        data = read_folder(folder(tmp_path, rows("a,q,1,1,0.3", "a,z,1,1,0.3", "a,empty,1,1,0.3"), outcomes))
        assert [question.key for question in data.questions] == ["q"]
        assert data.unresolved == ("empty", "z")


class TestOptions:
    def test_rows_of_one_forecast_are_brought_together_whatever_their_order(self, tmp_path):
        lines = ["a,q,10,1,0.2", "b,q,2,1,0.5", "a,q,2,1,0.8", "b,q,10,1,0.5"]
        question = read_folder(folder(tmp_path, rows(*lines), "question,resolved_option\nq,10\n")).questions[
            0
        ]
        assert question.options == ("2", "10")
        assert question.forecast.tolist() == [[0.8, 0.2], [0.5, 0.5]]
        assert question.outcome == 1.0

    def test_rounded_figures_are_brought_to_1(self, tmp_path):
        lines = ["a,q,0,1,0.33", "a,q,1,1,0.33", "a,q,2,1,0.33"]
        assert read_folder(folder(tmp_path, rows(*lines))).questions[0].forecast.sum() == pytest.approx(1)

    def test_one_missing_option_makes_the_forecast_missing(self, tmp_path):
        lines = ["a,q,0,1,0.5", "a,q,1,1,", "b,q,0,1,0.5", "b,q,1,1,0.5"]
        data = read_folder(folder(tmp_path, rows(*lines)))
        assert (data.questions[0].person.tolist(), data.missing) == ([1], 1)


class TestQuantiles:
    HEADER = "forecaster,question,time,quantile_level,value"

    def test_levels_rise(self, tmp_path):
        lines = ["a,q,1,0.9,7", "a,q,1,0.1,3", "a,q,1,0.5,5"]
        data = read_folder(folder(tmp_path, rows(*lines, header=self.HEADER), "question,value\nq,4.5\n"))
        question = data.questions[0]
        assert (question.levels, question.outcome) == ((0.1, 0.5, 0.9), 4.5)
        assert question.forecast.tolist() == [[3.0, 5.0, 7.0]]

    @pytest.mark.parametrize(
        ("lines", "message"),
        [
            (["a,q,1,0.1,7", "a,q,1,0.9,3"], "row 2, column value: the quantiles .* fall"),
            (["a,q,1,0.1,7", "a,q,1,1,8"], "row 3, column quantile_level: must lie between 0 and 1"),
            (["a,q,1,0.1,7", "b,q,1,0.9,8"], "row 2: the forecast lacks 0.9"),
            (["a,q,1,0.1,seven"], "row 2, column value: must be a number, got 'seven'"),
        ],
    )
    def test_errors(self, tmp_path, lines, message):
        with pytest.raises(UnreadableData, match="forecasts.csv, " + message):
            read_folder(folder(tmp_path, rows(*lines, header=self.HEADER), "question,value\nq,4.5\n"))


class TestFiles:
    def test_byte_order_mark_windows_line_ends_and_columns_in_any_order(self, tmp_path):
        text = 'probability,time,note,question,option,forecaster\r\n0.3,1,"so,\r\nso",q,1,a\r\n\r\n0.4,1,,q,1,b\r\n'
        data = read_folder(
            folder(tmp_path, b"\xef\xbb\xbf" + text.encode(), b"\xef\xbb\xbf" + OUTCOMES.encode())
        )
        assert data.questions[0].forecast.tolist() == [0.3, 0.4]

    @pytest.mark.parametrize(
        ("forecasts", "message"),
        [
            ("", "row 1: must begin with the names of its columns"),
            ("a,b\n", "row 1: lacks forecaster, question, time; it has a, b"),
            ("forecaster,question,time\n", "row 1: lacks option, probability"),
            (HEADER + ",time\n", "row 1, column time: the column occurs twice"),
            (rows("a,q,1,1"), "row 2: has 4 cells where the header has 5"),
            (
                rows("a,q,1,1,0.3", "", "a,q,1,2,1.3"),
                "row 4, column probability: must lie between 0 and 1, got 1.3",
            ),
            (rows("a,q,1,1,30 %"), "row 2, column probability: must be a number"),
            (rows("a,q,1,1,inf"), "row 2, column probability: must be a finite number"),
            (rows("a,,1,1,0.3"), "row 2, column question: must not be empty"),
            (rows("a,q,1,soon,0.3"), "row 2, column time: must be a number or a date"),
            (rows("a,q,1,1,0.3", "a,q,1,1,0.3"), "row 3: row 2 is by the same forecaster"),
            (rows("a,q,0,1,0.3", "a,q,1,1,0.3"), "row 2, column probability: the options .* sum to 0.6"),
            (rows("a,q,0,1,0.3", "b,q,1,1,0.3"), "row 2: the forecast lacks 1"),
            (b"\xff" + HEADER.encode(), "is not UTF-8: byte 0"),
            (rows('a,q,1,1,"0.3'), "is not CSV"),
        ],
    )
    def test_errors_name_the_place(self, tmp_path, forecasts, message):
        with pytest.raises(UnreadableData, match=r"forecasts\.csv(, |: )" + message):
            read_folder(folder(tmp_path, forecasts))

    @pytest.mark.parametrize(
        ("outcomes", "message"),
        [
            ("question\nq\n", "row 1: lacks resolved_option"),
            ("question,resolved_option\nq,1\nq,0\n", "row 3, column question: q has two outcomes"),
            ("question,resolved_option\nq,7\n", "column resolved_option: q came out as '7'"),
        ],
    )
    def test_errors_of_outcomes(self, tmp_path, outcomes, message):
        with pytest.raises(UnreadableData, match=r"outcomes\.csv, " + message):
            read_folder(folder(tmp_path, rows("a,q,0,1,0.5", "a,q,1,1,0.5"), outcomes))

    def test_a_missing_file(self, tmp_path):
        with pytest.raises(UnreadableData, match=r"forecasts\.csv: there is no such file"):
            read_folder(tmp_path)
