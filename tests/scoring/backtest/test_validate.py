"""`parley validate`: what it prints, what it writes, and what it says of a folder it can't read."""

import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner

from scoring.backtest.report import markdown, text
from survey.cli import main

from .folders import HEADER, QUANTILES, compared, of, seasoned, write

ANSWERS = {"q1": (0.2, 0.4, 0.9), "q2": (0.1, 0.2, 0.3)}
CAME = {"q1": 1, "q2": 0}


def run(*arguments):
    return CliRunner().invoke(main, ["validate", *map(str, arguments)])


def line_of(printed, name):
    """The cells of one method's line."""
    line = next(line for line in printed.splitlines() if line.startswith(name + "  "))
    return [cell for cell in line.split("  ") if cell]


class TestPrinted:
    def test_a_line_for_each_method(self, tmp_path):
        result = run(of(tmp_path, ANSWERS, CAME), "--seed", 1, "--resamples", 200)
        assert result.exit_code == 0
        cells = [cell.strip() for cell in line_of(result.stdout, "Mean")]
        assert cells == ["Mean", "2", "3", "0.2900", "0.4581", "0", "0.0000 [0.0000, 0.0000]", cells[-1]]
        assert (
            f"{tmp_path.name}: 2 questions, 3 forecasters, 3 to 3 on a question (median 3)." in result.stdout
        )

    def test_the_table_does_not_depend_on_the_terminal_and_progress_goes_elsewhere(self, tmp_path):
        folder = of(tmp_path, ANSWERS, CAME)
        result = run(folder, "--resamples", 200)
        assert result.stdout == text(compared(folder))
        assert "Trying methods" in result.stderr

    def test_rules_that_a_reader_needs_are_stated(self, tmp_path):
        printed = text(compared(of(tmp_path, ANSWERS, CAME), seed=7))
        for stated in ("two-sided, 0 to 2", "0.001 to 0.999", "clipped", "200 resamples", "seed 7", "95 %"):
            assert stated in printed
        assert "With 2 questions the intervals are too narrow." in printed

    def test_methods_that_learn_are_marked_and_how_is_said(self, tmp_path):
        (tmp_path / "a").mkdir()
        (tmp_path / "b").mkdir()
        printed = text(compared(seasoned(tmp_path / "a", questions=12)))
        assert line_of(printed, "Contribution-weighted model *")
        assert "later questions are among them" in printed
        printed = text(compared(seasoned(tmp_path / "b", questions=12, known=lambda at: at + 0.5)))
        assert "known before its newest forecast" in printed

    def test_one_question_is_told_to_have_no_interval(self, tmp_path):
        printed = text(compared(of(tmp_path, {"q": (0.2, 0.6)}, {"q": 1})))
        assert "with one question there is no interval" in printed
        assert "[" not in printed

    def test_the_share_of_the_life_is_told(self, tmp_path):
        lines = ["a,q,1,1,0.3", "b,q,1,2,0.5", "c,q,1,9,0.5"]
        result = run(write(tmp_path, lines, {"q": 1}), "--at", 0.5)
        assert "Each person's latest forecast at 50 % of the time" in result.stdout
        assert line_of(result.stdout, "Mean")[2].strip() == "2"

    def test_levels_that_make_no_interval_print_a_dash(self, tmp_path):
        lines = [f"{who},q,1,{level},{level}" for who in "ab" for level in (0.25, 0.5, 0.75)]
        result = run(write(tmp_path, lines, {"q": 0.6}, QUANTILES, "value"))
        assert line_of(result.stdout, "Mean of quantiles")[5].strip() == "–"


class TestMarkdown:
    def test_the_file_holds_the_same_figures(self, tmp_path):
        folder, to = of(tmp_path, ANSWERS, CAME), tmp_path / "table.md"
        result = run(folder, "--resamples", 200, "--table", to)
        written = to.read_text(encoding="utf-8")
        assert written == markdown(compared(folder))
        for name in ("Mean", "Median", "Parley"):
            cells = [cell.strip() for cell in line_of(result.stdout, name)]
            assert "| " + " | ".join(cells) + " |" in written

    def test_every_row_has_as_many_cells_as_the_head(self, tmp_path):
        parts = markdown(compared(seasoned(tmp_path, questions=12))).split("\n\n")
        tables = [part.splitlines() for part in parts if part.startswith("|")]
        assert len(tables) == 2, "all methods, and the default beside its first edition"
        for table in tables:
            assert len({line.count("|") for line in table}) == 1
            assert table[1].startswith("| :--- | ---: |")

    def test_a_mark_is_no_emphasis(self, tmp_path):
        written = markdown(compared(seasoned(tmp_path, questions=12)))
        assert written.count("*") == written.count("\\*") > 1

    def test_a_place_that_can_not_be_written_is_named(self, tmp_path):
        result = run(of(tmp_path, ANSWERS, CAME), "--table", tmp_path / "nowhere" / "table.md")
        assert result.exit_code == 1
        assert "can't be written (No such file or directory)" in result.stderr

    def test_what_was_compared_is_printed_though_it_can_not_be_written(self, tmp_path):
        """To compare may have taken hours."""
        folder = of(tmp_path, ANSWERS, CAME)
        result = run(folder, "--table", tmp_path / "nowhere" / "table.md")
        assert result.stdout == run(folder).stdout
        assert "the comparison above is whole" in result.stderr


class TestRefused:
    @pytest.mark.parametrize(
        ("lines", "header", "said"),
        [
            ([], HEADER, "there is no question to compare on"),
            (["a,q1,1,1,0.5"], HEADER, "fewer than two people: q1"),
            (["a,q1,1,1,5"], HEADER, "forecasts.csv, row 2, column probability: must lie between 0 and 1"),
            (["a,q1,1"], "forecaster,question,time", "forecasts.csv, row 1: lacks option, probability"),
            (["a,b"], "x,y", "forecasts.csv, row 1: lacks forecaster, question, time; it has x, y"),
            (["a,q1,1,soon,0.5"], HEADER, "column time: must be a number or a date"),
        ],
    )
    def test_a_sentence_and_no_traceback(self, tmp_path, lines, header, said):
        result = run(write(tmp_path, lines, CAME, header))
        assert result.exit_code == 1
        assert result.stderr.startswith("Error: ")
        assert said in result.stderr

    def test_an_empty_folder(self, tmp_path):
        result = run(tmp_path)
        assert result.exit_code == 1
        assert "forecasts.csv: there is no such file" in result.stderr

    def test_outcomes_that_are_missing(self, tmp_path):
        of(tmp_path, ANSWERS, CAME)
        (tmp_path / "outcomes.csv").unlink()
        assert "outcomes.csv: there is no such file" in run(tmp_path).stderr

    def test_a_file_that_can_not_be_read_is_named_and_not_the_one_to_write(self, tmp_path):
        (tmp_path / "forecasts.csv").mkdir()
        assert "Error: forecasts.csv: can't be read (Is a directory)" in run(tmp_path).stderr

    def test_a_byte_that_is_no_text_is_told_by_its_place_in_the_file(self, tmp_path):
        """However far on it is: files are read in portions."""
        folder = of(tmp_path, ANSWERS, CAME)
        path, rows = folder / "forecasts.csv", b"a,q1,1,1,0.5\n" * 2_000
        start = path.read_bytes() + rows
        path.write_bytes(start + b"\xff")
        assert f"forecasts.csv: is not UTF-8: byte {len(start)} can't be read" in run(folder).stderr

    def test_an_outcome_time_that_is_none(self, tmp_path):
        folder = write(tmp_path, ["a,q,1,1,0.5", "b,q,1,1,0.5"], {"q": "1,soon"}, more=",time")
        assert "outcomes.csv, row 2, column time: must be a number or a date" in run(folder).stderr

    @pytest.mark.parametrize("arguments", [("--at", 0), ("--at", 1.5), ("--resamples", 5), ("--seed", -1)])
    def test_an_option_out_of_range(self, tmp_path, arguments):
        result = run(of(tmp_path, ANSWERS, CAME), *arguments)
        assert (result.exit_code, arguments[0] in result.stderr) == (2, True)

    def test_a_folder_that_is_not_there(self, tmp_path):
        assert run(tmp_path / "nowhere").exit_code == 2


def test_unused_columns_and_a_byte_order_mark_change_nothing(tmp_path):
    lines = [f"{who},q,1,1,0.{digit}" for who, digit in zip("abc", "258", strict=True)]
    (tmp_path / "plain").mkdir()
    (tmp_path / "odd").mkdir()
    plain = text(compared(write(tmp_path / "plain", lines, {"q": 1})))
    write(tmp_path / "odd", [f"{line},seen" for line in reversed(lines)], {"q": 1}, HEADER + ",note")
    for name in ("forecasts.csv", "outcomes.csv"):
        told = (tmp_path / "odd" / name).read_text().replace("\n", "\r\n")
        (tmp_path / "odd" / name).write_bytes(b"\xef\xbb\xbf" + told.encode())
    assert text(compared(tmp_path / "odd")) == plain.replace("plain:", "odd:")


def test_more_questions_and_resamples_than_one_portion_are_the_same_each_time(tmp_path):
    generator = np.random.default_rng(3)
    answers = {f"q{at}": generator.uniform(size=3).round(3) for at in range(25)}
    folder = of(tmp_path, answers, {f"q{at}": at % 2 for at in range(25)})
    assert text(compared(folder, resamples=4000)) == text(compared(folder, resamples=4000))


def test_it_runs_where_the_survey_is_not_installed(tmp_path):
    folder = of(tmp_path, ANSWERS, CAME)
    # A name that is None among the modules can't be imported.
    program = (
        "import runpy, sys; sys.modules.update(survey=None, flask=None, sqlalchemy=None, click=None);"
        " runpy.run_module('scoring.backtest', run_name='__main__')"
    )
    alone = subprocess.run(
        [sys.executable, "-c", program, folder, "--resamples", "200"], capture_output=True, text=True
    )
    assert (alone.returncode, alone.stdout) == (0, text(compared(folder)))
