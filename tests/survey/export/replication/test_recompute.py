"""Every figure of a bundle follows from its rows; one that was altered is named, with both values."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy
import pytest
import scipy

from survey.export.options import FreezeOptions
from survey.export.replication import on_dask, parquet
from survey.export.replication import recompute as recomputing
from survey.export.replication.bundle import Bundle
from survey.export.replication.command import compare
from survey.export.replication.recompute import everybody, recompute, tasks
from tests.conftest import do_in, fresh, template_after, template_of

from ....test_packaging import wheel as wheel
from . import worlds

BundleOf = Callable[..., Path]
Rows = list[dict[str, str]]
Change = Callable[[Rows], None]

#: As a snapshot is frozen where nothing else is said.
WITHHELD = FreezeOptions()


@pytest.fixture(scope="module")
def bundle_of(
    tmp_path_factory: pytest.TempPathFactory, workplace: Path, request: pytest.FixtureRequest
) -> BundleOf:
    """A world's bundle; each is made once, and with it, where asked for, the same with answers withheld."""
    made: dict[tuple[worlds.World, FreezeOptions], Path] = {}

    def of(world: worlds.World, options: FreezeOptions = worlds.WHOLE) -> Path:
        if (world, options) not in made:
            folder = tmp_path_factory.mktemp("bundle")
            asked = (worlds.WHOLE, WITHHELD) if world is worlds.by_invitation else (worlds.WHOLE,)
            paths = {folder / f"{world.__name__}-{one.k}.zip": one for one in asked}
            made.update({(world, one): path for path, one in paths.items()})
            if world in worlds.ANSWERED:
                template, _people = template_after(worlds.answered, "sqlite", request)
            else:
                template = template_of("sqlite", request)
            do_in(worlds.bundled(world, paths), fresh(workplace, template), workplace)
        return made[world, options]

    return of


@pytest.mark.parametrize(
    ("world", "publications", "aggregates"),
    [(worlds.by_invitation, 24, 20_000), (worlds.for_anybody, 7, 2000)],
)
def test_every_figure_follows_from_the_rows(
    bundle_of: BundleOf, world: worlds.World, publications: int, aggregates: int
) -> None:
    report = recompute(bundle_of(world))
    assert [str(one) for one in report.mismatches] == []
    assert {name: tally.left_out for name, tally in report.tallies.items() if tally.left_out} == {}
    counts = {name: tally.compared for name, tally in report.tallies.items()}
    assert counts["publications"] == publications
    with zipfile.ZipFile(bundle_of(world)) as whole:
        assert b",entry results," in whole.read("aggregates.csv"), "readers are told, and computed again"
    assert counts["aggregates"] > aggregates
    assert counts["scores"] > 2000
    if world is worlds.by_invitation:
        assert counts["consistent"] > 20 and counts["scenario_chances"] > 20
    assert max(tally.largest for tally in report.tallies.values()) < 1e-12


def test_what_somebody_who_erased_may_have_been_in_is_listed_and_not_compared(bundle_of: BundleOf) -> None:
    report = recompute(bundle_of(worlds.erased))
    assert [str(one) for one in report.mismatches] == []
    told = report.tallies["publications"]
    assert (told.compared, told.left_out) == (7, {"erased": 24})
    assert report.tallies["scores"].compared > 100


@pytest.mark.parametrize(
    ("world", "publications"),
    [
        (worlds.joined_the_team, 31),
        pytest.param(worlds.joined_the_open_team, 7, marks=pytest.mark.long),
    ],
)
def test_who_came_to_work_on_the_survey_counts_in_the_figures_of_days_before_alone(
    bundle_of: BundleOf, tmp_path: Path, world: worlds.World, publications: int
) -> None:
    report = recompute(bundle_of(world))
    assert [str(one) for one in report.mismatches] == []
    assert report.tallies["publications"].compared == publications
    assert {name: tally.left_out for name, tally in report.tallies.items() if tally.left_out} == {}
    assert report.tallies["scores"].compared > 100
    unsaid = worlds.altered(bundle_of(world), tmp_path / "a.zip", {"forecasts_long.csv": never_counted})
    assert len(recompute(unsaid).mismatches) > 100, "without the day they would be in no figure"


def never_counted(rows: Rows) -> None:
    for row in rows:
        row["insider_since"] = ""


def test_of_a_bundle_from_before_there_were_days_insiders_are_in_no_figure(
    bundle_of: BundleOf, tmp_path: Path
) -> None:
    def without_days(rows: Rows) -> None:
        for row in rows:
            del row["insider_since"]

    path = worlds.altered(
        bundle_of(worlds.by_invitation), tmp_path / "a.zip", {"forecasts_long.csv": without_days}
    )
    assert recompute(path).mismatches == []
    # What a process apart does with its question, and without the process: it reads Parquet.
    bundle, kept = Bundle(path), tmp_path / "a.parquet"
    parquet.write(kept, bundle)
    people, questions = everybody(bundle), bundle.required("questions")
    done = [on_dask._of_file(task, kept, people) for task in tasks(bundle, questions, (), with_answers=False)]
    assert [one.report.mismatches for one in done] == [[] for _question in questions]
    tallies = [one.report.tallies for one in done]
    assert sum(one["aggregates"].compared for one in tallies if "aggregates" in one) > 20_000


def test_figures_of_groups_with_withheld_answers_are_counted_by_name_and_not_compared(
    bundle_of: BundleOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One person moved from one region to another, which nobody else did: alone they would be known."""
    path = bundle_of(worlds.by_invitation, WITHHELD)
    report = recompute(path)
    assert [str(one) for one in report.mismatches] == []
    with zipfile.ZipFile(path) as archive:
        aggregates, memberships = (
            list(csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode())))
            for name in ("aggregates", "memberships")
        )
    of_region = [row for row in aggregates if row["segment"].startswith("group region ")]
    assert of_region and {row["value"] for row in of_region} == {""}
    assert report.tallies["aggregates"].left_out == {"suppressed group region": len(of_region)}
    assert report.tallies["aggregates"].compared > 15_000
    blank = [row for row in memberships if row["status"] == "suppressed" and row["family"] == "group region"]
    assert 5 <= len({row["participant_id"] for row in blank}) < 31
    assert {row["segments"] for row in blank} == {""}
    monkeypatch.setattr(recomputing, "recompute", lambda *_asked: report)
    assert compare(path, as_json=False) == 0


def test_two_processes_find_the_same(bundle_of: BundleOf, tmp_path: Path) -> None:
    """Each reads its questions from Parquet; what was altered is named there too."""
    pytest.importorskip("distributed", reason="distributed is not installed")
    change = first_with("value", "0.123", method="mean")
    path = worlds.altered(bundle_of(worlds.by_invitation), tmp_path / "a.zip", {"aggregates.csv": change})
    alone, shared = recompute(path), recompute(path, workers=2)
    assert len(alone.mismatches) == 1
    assert shared.mismatches == alone.mismatches
    assert {name: tally.compared for name, tally in shared.tallies.items()} == {
        name: tally.compared for name, tally in alone.tallies.items()
    }


def first_with(column: str, value: str, **where: str) -> Callable[[Rows], None]:
    """Alters the first row that has something else in a column, and these cells."""

    def change(rows: Rows) -> None:
        row = next(
            one
            for one in rows
            if one[column] not in ("", value) and all(one[name] == cell for name, cell in where.items())
        )
        row[column] = value

    return change


#: Cells of which nothing else is made: what is altered in each is named, and nothing beside. Of which table,
#: the column, its new value, other cells of the row, what is named.
STATED = [
    ("publications", "people", "999", {}, "publications.csv, {}, people: 999 is stated"),
    ("aggregates", "value", "0.123", {"method": "mean"}, ", value: 0.123 is stated"),
    (
        "aggregates",
        "value",
        "0.321",
        {"segment": "group region eu"},
        "group region eu, {}, value: 0.321 is stated",
    ),
    ("aggregates", "shown", "0.123", {}, ", shown: 0.123 is stated"),
    (
        "aggregates",
        "figures_of",
        "2026-11-01",
        {"segment": "round 1"},
        "figures_of: '2026-11-01' is stated",
    ),
    ("scores", "value", "0.124", {"rule": "peer"}, "peer, value: 0.124 is stated"),
    ("scores", "coverage", "0.123", {}, ", coverage: 0.123 is stated"),
    ("coherence", "distance", "0.123", {}, ", distance: 0.123 is stated"),
    ("consistent", "value", "0.125", {}, "consistent.csv, {}, value: 0.125 is stated"),
    ("scenario_chances", "shown", "0.456", {"figure": "leaf"}, ", shown: 0.456 is stated"),
]
#: Cells of which figures are made, some of which do not follow any more; two that share no figure.
MADE_OF = [
    # Of somebody who is in the crowd: rows stand in the order of pseudonyms, which are drawn for each bundle.
    (
        (
            "forecasts_long",
            "crowd_value",
            "0.5",
            {"is_latest": "true", "is_insider": "false", "crowd_seen": "false"},
            "aggregates.csv, ",
        ),
        ("questions", "last_scored_days", "2026-11-10", {"kind": "binary"}, "scores.csv, "),
    ),
    (
        ("relations", "kind", "equals", {"kind": "implies"}, "consistent.csv, "),
        ("memberships", "segments", "eu", {"segments": "elsewhere"}, "group region e"),
    ),
]
Alteration = tuple[str, str, str, dict[str, str], str]


def with_all(path: Path, to: Path, alterations: Sequence[Alteration]) -> Path:
    """A bundle in which each of these is altered in the first row it can be."""
    changes: dict[str, list[Change]] = {}
    for table, column, value, where, _named in alterations:
        changes.setdefault(f"{table}.csv", []).append(first_with(column, value, **where))

    def one_after_the_other(some: list[Change]) -> Change:
        def change(rows: Rows) -> None:
            for one in some:
                one(rows)

        return change

    return worlds.altered(path, to, {name: one_after_the_other(some) for name, some in changes.items()})


def test_what_was_altered_is_named_and_nothing_else(
    bundle_of: BundleOf, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = with_all(bundle_of(worlds.by_invitation), tmp_path / "a.zip", STATED)
    assert compare(path, as_json=False) == 1
    told = [line for line in capsys.readouterr().out.splitlines() if "is stated" in line]
    named = [[line for line in told if all(part in line for part in one[-1].split("{}"))] for one in STATED]
    assert [one[-1] for one, lines in zip(STATED, named, strict=True) if len(lines) != 1] == []
    assert len(told) == len(STATED) == len({lines[0] for lines in named})


@pytest.mark.parametrize("alterations", MADE_OF)
def test_what_does_not_follow_from_altered_rows_is_named(
    bundle_of: BundleOf,
    tmp_path: Path,
    alterations: Sequence[Alteration],
) -> None:
    path = with_all(bundle_of(worlds.by_invitation), tmp_path / "a.zip", alterations)
    told = [str(one) for one in recompute(path).mismatches]
    for *_altered, named in alterations:
        assert any(named in line for line in told), named


def test_what_was_altered_is_named_to_programs_too(
    bundle_of: BundleOf, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change = first_with("people", "999")
    path = worlds.altered(bundle_of(worlds.by_invitation), tmp_path / "a.zip", {"publications.csv": change})
    assert compare(path, as_json=True) == 1
    report = json.loads(capsys.readouterr().out)
    assert not report["agrees"]
    (told,) = report["mismatches"]
    assert (told["table"], told["column"], told["stated"]) == ("publications", "people", 999)


def without(name: str) -> Callable[[Path, Path], None]:
    """Writes the bundle again without a file."""

    def change(path: Path, to: Path) -> None:
        with zipfile.ZipFile(path) as whole, zipfile.ZipFile(to, "w") as made:
            for one in whole.namelist():
                if one != name:
                    made.writestr(one, whole.read(one))

    return change


def with_text(name: str, old: str, new: str) -> Callable[[Path, Path], None]:
    """Writes the bundle again with other text in a file."""

    def change(path: Path, to: Path) -> None:
        with zipfile.ZipFile(path) as whole, zipfile.ZipFile(to, "w") as made:
            for one in whole.namelist():
                text = whole.read(one).decode()
                made.writestr(one, text.replace(old, new, 1) if one == name else text)

    return change


def with_noise(content: bytes) -> bytes:
    """A zip of which some packed bytes are others."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        at = archive.getinfo("forecasts_long.csv").header_offset + 200
    return content[:at] + bytes(byte ^ 0x55 for byte in content[at : at + 50]) + content[at + 50 :]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda path, to: to.write_bytes(b"not a zip"), "is no bundle: it is no zip file"),
        (lambda path, to: to.write_bytes(path.read_bytes()[:5000]), "is no bundle"),
        (lambda path, to: to.mkdir(), "can't be read"),
        (lambda path, to: None, "can't be read"),
        (lambda path, to: to.write_bytes(with_noise(path.read_bytes())), "can't be read"),
        (with_text("publications.csv", ",ceasefire-when,", ",nobody,"), "nobody is no question"),
        (without("relations.csv"), "there is no relations.csv"),
        (without("scores.csv"), "there is no scores.csv"),
        (without("memberships.csv"), "there is no memberships.csv"),
        (without("questions.csv"), "there is no questions.csv"),
        (with_text("aggregates.csv", ",statistic,", ",other,"), "aggregates.csv has no column statistic"),
        (with_text("questions.csv", ",kind,", ",sort,"), "kind"),
        (with_text("forecasts_long.csv", ",p,", ',"p,'), "forecasts_long.csv"),
        (with_text("publications.csv", ",parley,", ",unheard,"), "unheard"),
        (with_text("scores.csv", "scores", "scores"), ""),
    ],
)
def test_what_is_no_bundle_ends_in_a_sentence(
    bundle_of: BundleOf,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[Path, Path], object],
    sentence: str,
) -> None:
    path = tmp_path / "b.zip"
    change(bundle_of(worlds.by_invitation), path)
    assert compare(path, as_json=False) == (1 if sentence else 0)
    assert sentence in capsys.readouterr().err


ALONE = """
import sys
sys.path[:0] = sys.argv[1:3]
from survey.export.replication.command import run
code = run(sys.argv[3:], "recompute")
assert not {"flask", "sqlalchemy", "wtforms", "click", "babel"} & {name.partition(".")[0] for name in sys.modules}
sys.exit(code)
"""


def test_the_wheel_with_numpy_and_scipy_alone_computes_everything_again(
    bundle_of: BundleOf, wheel: Path, tmp_path: Path
) -> None:
    """In a process that finds what the wheel holds and these two, and nothing else that is installed."""
    inside, beside = tmp_path / "wheel", tmp_path / "beside"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(inside)
    beside.mkdir()
    for package in (numpy, scipy):
        installed = Path(package.__file__).parent
        for folder in installed.parent.glob(f"{installed.name}*"):
            (beside / folder.name).symlink_to(folder)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", ALONE, inside, beside, bundle_of(worlds.by_invitation)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert (done.returncode, done.stderr.splitlines()[-1:]) == (0, ["16/16"]), done.stderr
    assert "Every figure that was compared follows from the rows." in done.stdout


@pytest.mark.long
def test_every_figure_of_two_thousand_people_follows_from_the_rows(tmp_path: Path) -> None:
    """The whole shipped survey: two rounds, groups, days of publications, and outcomes."""
    worlds.of_the_bank(tmp_path, people=2000)
    report = recompute(tmp_path / "bank.zip")
    assert [str(one) for one in report.mismatches] == []
    counts = {name: tally.compared for name, tally in report.tallies.items()}
    assert counts["publications"] > 28 * 2 and counts["scores"] > 30_000 and counts["consistent"] > 100
