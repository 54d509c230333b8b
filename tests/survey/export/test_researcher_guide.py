"""The guide for researchers: its lines give the site's own figure, from a bundle of today, in each language."""

import csv
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from survey import clock
from survey.export.files import BUNDLE, unpacked
from survey.services.publication import publish
from survey.services.snapshots import freeze, frozen_file
from tests.factories import on, say, someone, the_question, the_survey, withdraw

GUIDE = Path(__file__).parents[3] / "docs" / "researcher.md"
QUESTION, DAY = "leaders-meet", "2026-11-21"


def lived_in(session: Session) -> None:
    """Fifteen people on four days: some change, one withdraws, two are insiders in time, one had seen the crowd."""
    asked = the_question(session, QUESTION)
    with clock.at(on(18)):
        people = [someone(session) for _ in range(15)]
        people[0].insider_since = on(16)
        for place, person in enumerate(people):
            say(session, person, asked, 0.05 + 0.06 * place)
    with clock.at(on(19)):
        say(session, someone(session), asked, 0.99, crowd_seen=True)
        for person in people[3:6]:
            say(session, person, asked, 0.3)
            say(session, person, asked, 0.35)
    with clock.at(on(21)):
        withdraw(session, people[7], asked)
        say(session, people[8], asked, 0.61)
    with clock.at(on(22)):
        publish(session, the_survey(session))
        people[10].insider_since = on(22)
        say(session, people[9], asked, 0.01)


@pytest.fixture
def bundle(app: Flask, session: Session, tmp_path: Path) -> Path:
    """A folder with everything that is in a bundle."""
    lived_in(session)
    session.commit()
    with clock.at(on(24)):
        snapshot = freeze(session, the_survey(session), app.config["PARLEY"])
        session.commit()
        content = b"".join(unpacked(frozen_file(session, snapshot, BUNDLE, app.config["PARLEY"])))
    (tmp_path / "all.zip").write_bytes(content)
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        archive.extractall(tmp_path)
    return tmp_path


def lines_for(program: str) -> str:
    return re.findall(rf"### {program}\n\n```\w+\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)[0]


def figure_of_the_site(bundle: Path) -> float:
    with (bundle / "aggregates.csv").open(encoding="utf-8", newline="") as file:
        (told,) = [
            row
            for row in csv.DictReader(file)
            if (row["question_id"], row["as_of"], row["segment"]) == (QUESTION, DAY, "all")
            and (row["method"], row["statistic"]) == ("median", "value")
        ]
    return float(told["value"])


@pytest.mark.filterwarnings("ignore")
def test_the_guides_lines_give_the_sites_figure(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(bundle)
    for program in ("pandas", "polars"):
        names: dict[str, float] = {}
        exec(lines_for(program), names)
        assert names["median"] == pytest.approx(figure_of_the_site(bundle), abs=1e-12), program


def test_the_guides_lines_in_r_give_the_sites_figure(bundle: Path) -> None:
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("R: apt-get install r-base-core r-cran-jsonlite")
    lines = f'{lines_for("R")}\ncat(sprintf("%.15f", median))\n'
    told = subprocess.run(
        [program, "-e", lines], cwd=bundle, capture_output=True, text=True, check=False, timeout=120
    )
    assert told.returncode == 0, told.stderr
    assert float(told.stdout) == pytest.approx(figure_of_the_site(bundle), abs=1e-12)
