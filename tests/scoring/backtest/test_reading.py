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

    @pytest.mark.parametrize(
        ("option", "spelled", "came"),
        [
            ("1", "0", 0.0),
            ("1", "1.0", 1.0),
            ("1", "Yes", 1.0),
            ("yes", "TRUE", 1.0),
            ("yes", "No", 0.0),
            ("Yes", "yes", 1.0),
            ("no", "Yes", 0.0),
            ("no", "no", 1.0),
            ("A", "a", 1.0),
            ("A", "no", 0.0),
            ("так", "Ні", 0.0),
        ],
    )
    def test_an_outcome_is_known_in_every_usual_spelling(self, tmp_path, option, spelled, came):
        outcomes = f"question,resolved_option\nq,{spelled}\n"
        data = read_folder(folder(tmp_path, rows(f"a,q,{option},1,0.3"), outcomes))
        assert data.questions[0].outcome == came

    @pytest.mark.parametrize("spelled", ["maybe", "2", "b", "yes?"])
    def test_an_outcome_that_is_neither_is_refused_and_never_read_as_no(self, tmp_path, spelled):
        outcomes = f"question,resolved_option\nother,1\nq,{spelled}\n"
        with pytest.raises(
            UnreadableData, match=r"outcomes\.csv, row 3, column resolved_option: must be '1' or a no"
        ):
            read_folder(folder(tmp_path, rows("a,q,1,1,0.3"), outcomes))

    @pytest.mark.parametrize("spelled", ["annulled", "Ambiguous", "void", "N/A", "cancelled"])
    def test_a_question_that_came_to_nothing_is_left_out_and_counted(self, tmp_path, spelled):
        outcomes = f"question,resolved_option\nq,{spelled}\nr,1\n"
        data = read_folder(folder(tmp_path, rows("a,q,1,1,0.3", "a,r,1,1,0.3"), outcomes))
        assert ([question.key for question in data.questions], data.void, data.unresolved) == (
            ["r"],
            ("q",),
            (),
        )

    def test_times_are_moments_whatever_their_offset_and_fraction(self, tmp_path):
        lines = [
            "a,q,1,2026-11-24T02:00:00+02:00,0.1",
            "b,q,1,2026-11-24T00:00:00.500Z,0.2",
            "c,q,1,20261123T190001-0500,0.3",
        ]
        question = read_folder(folder(tmp_path, rows(*lines))).questions[0]
        assert question.forecast.tolist() == [0.1, 0.2, 0.3]
        assert np.diff(question.time) * 86400 == pytest.approx([0.5, 0.5], abs=1e-4)

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("1", "2026-11-24"),
            ("2026-11-24", "2026-11-24T10:00Z"),
            ("2026-11-24T10:00+02:00", "2026-11-24T10:00"),
        ],
    )
    def test_times_of_two_kinds_are_refused(self, tmp_path, first, second):
        with pytest.raises(
            UnreadableData, match=r"forecasts\.csv, row 3, column time: .* must be of one kind"
        ):
            read_folder(folder(tmp_path, rows(f"a,q,1,{first},0.3", f"b,q,1,{second},0.3")))
        with pytest.raises(
            UnreadableData, match=r"outcomes\.csv, row 2, column time: .* must be of one kind"
        ):
            outcomes = f"question,resolved_option,time\nq,1,{second}\n"
            read_folder(folder(tmp_path, rows(f"a,q,1,{first},0.3"), outcomes))

    def test_a_date_is_a_moment_without_an_offset(self, tmp_path):
        lines = ["a,q,1,2026-11-24,0.3", "b,q,1,2026-11-24T10:00,0.3"]
        assert np.diff(read_folder(folder(tmp_path, rows(*lines))).questions[0].time) * 24 == pytest.approx(
            [10]
        )

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

    def test_an_incomplete_forecast_is_left_out_and_counted_and_the_others_stay(self, tmp_path):
        lines = ["a,q,0,1,0.5", "b,q,0,1,0.5", "b,q,1,1,0.5"]
        data = read_folder(folder(tmp_path, rows(*lines)))
        assert (data.questions[0].forecast.tolist(), data.missing) == ([[0.5, 0.5]], 1)

    @pytest.mark.parametrize(("spelled", "place"), [("b", 1), ("A", 0), (" a ", 0)])
    def test_the_option_that_came_true_is_known_in_either_case(self, tmp_path, spelled, place):
        lines = ["x,q,A,1,0.5", "x,q,B,1,0.5"]
        data = read_folder(folder(tmp_path, rows(*lines), f"question,resolved_option\nq,{spelled}\n"))
        assert data.questions[0].outcome == place

    def test_options_that_differ_in_case_alone_are_told_apart_as_they_are_written(self, tmp_path):
        lines = ["x,q,a,1,0.5", "x,q,A,1,0.5"]
        data = read_folder(folder(tmp_path, rows(*lines), "question,resolved_option\nq,a\n"))
        assert data.questions[0].options[int(data.questions[0].outcome)] == "a"


class TestQuantiles:
    HEADER = "forecaster,question,time,quantile_level,value"

    def test_levels_that_differ_by_rounding_are_one(self, tmp_path):
        lines = ["a,q,1,0.3,3", "a,q,1,0.7,7", f"b,q,1,{0.1 + 0.2!r},4", f"b,q,1,{1 - 0.3:.18f},8"]
        data = read_folder(folder(tmp_path, rows(*lines, header=self.HEADER), "question,value\nq,4.5\n"))
        assert (data.questions[0].levels, data.missing) == ((0.3, 0.7), 0)
        assert data.questions[0].forecast.tolist() == [[3.0, 7.0], [4.0, 8.0]]

    def test_a_forecast_that_lacks_a_level_is_left_out_and_counted(self, tmp_path):
        lines = ["a,q,1,0.1,7", "b,q,1,0.1,7", "b,q,1,0.9,8"]
        data = read_folder(
            folder(tmp_path, rows(*lines, header=self.HEADER), "question,value\nq,annulled\nr,1\n")
        )
        assert data.void == ("q",)
        data = read_folder(folder(tmp_path, rows(*lines, header=self.HEADER), "question,value\nq,4.5\n"))
        assert (data.questions[0].forecast.tolist(), data.missing) == ([[7.0, 8.0]], 1)

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
            ("question,resolved_option\nq,7\n", "row 2, column resolved_option: q came out as '7'"),
        ],
    )
    def test_errors_of_outcomes(self, tmp_path, outcomes, message):
        with pytest.raises(UnreadableData, match=r"outcomes\.csv, " + message):
            read_folder(folder(tmp_path, rows("a,q,0,1,0.5", "a,q,1,1,0.5"), outcomes))

    def test_a_missing_file(self, tmp_path):
        with pytest.raises(UnreadableData, match=r"forecasts\.csv: there is no such file"):
            read_folder(tmp_path)
