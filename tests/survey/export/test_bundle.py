"""What is in a bundle: tables that describe themselves to archives and programs, in formats that say the same."""

import csv
import importlib.util
import io
import json
import math
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from threading import Thread
from typing import Any
from xml.etree import ElementTree

import frictionless
import mlcroissant
import pandas
import polars
import pyreadstat
import pytest
from click.testing import CliRunner
from flask import Flask
from pyarrow import parquet
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.cli import main
from survey.export.bundle import write
from survey.export.statistics import convert
from survey.export.tables import TABLES
from survey.models import Snapshot
from survey.security.signing import pem_of, sign
from survey.security.site_keys import site_keys, written
from tests.conftest import database_after

from .test_forecasts import three_days

database = database_after(three_days)


@pytest.fixture
def folder(app: Flask, session: Session, tmp_path: Path) -> Path:
    """A bundle, taken apart."""
    file = io.BytesIO()
    steps = list(write(session, session.scalars(select(Snapshot)).one(), app.config["PARLEY"], file))
    assert [step.share for step in steps] == sorted(step.share for step in steps)
    (tmp_path.parent / "bundle.zip").write_bytes(file.getvalue())
    with zipfile.ZipFile(file) as archive:
        archive.extractall(tmp_path)
    return tmp_path


def test_it_describes_itself_and_its_formats_say_the_same(app: Flask, folder: Path) -> None:
    check_documents(folder)
    check_ddi(folder)
    check_codebook(folder)
    check_formats(folder)
    check_layouts(folder)
    check_readers(folder)
    check_validators(folder)
    check_commands(folder.parent / "bundle.zip", app.config["PARLEY"])


def test_how_far_it_is_goes_by_rows_and_not_by_files(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey.export.bundle.LINES", 20)
    snapshot = session.scalars(select(Snapshot)).one()
    with closing(write(session, snapshot, app.config["PARLEY"], io.BytesIO())) as steps:
        told = [step for step in steps if step.name == "forecasts_long.csv"]
    shares = [step.share for step in told]
    assert len(shares) > 10 and shares == sorted(shares)
    # Each piece has as many rows as the one before, and brings it as far.
    pieces = [later - sooner for sooner, later in pairwise(shares[:-1])]
    assert max(pieces) - min(pieces) < 1e-9 < pieces[0]


def check_documents(folder: Path) -> None:
    """Every file that is promised is there, and the manifest has each."""
    package = json.loads((folder / "datapackage.json").read_text())
    assert [one["name"] for one in package["resources"]] == [
        *(one.name for one in TABLES),
        "forecasts_wide",
    ]
    for one in package["resources"]:
        header = (folder / one["path"]).read_text().partition("\n")[0]
        assert header == ",".join(field["name"] for field in one["schema"]["fields"])
        for field in one["schema"]["fields"]:
            assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,31}", field["name"]), field["name"]
    named = {line.split("  ")[1] for line in (folder / "MANIFEST.sha256").read_text().splitlines()}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert there - named == {"MANIFEST.sha256", "MANIFEST.sha256.sig", "SIGNATURE.json"}
    assert {"README.md", "CITATION.cff", "codebook.csv", "codebook.md", "load.py", "load.R"} <= named
    assert "@example.org" not in (folder / "README.md").read_text()


#: The order in which DDI-Codebook 2.5 lets elements stand; what is not named has none below it here.
ORDER = {
    "codeBook": ("docDscr", "stdyDscr", "fileDscr", "dataDscr"),
    "docDscr": ("citation",),
    "stdyDscr": ("citation", "stdyInfo", "method", "dataAccs"),
    "citation": ("titlStmt", "rspStmt", "prodStmt", "distStmt"),
    "titlStmt": ("titl", "parTitl", "IDNo"),
    "rspStmt": ("AuthEnty",),
    "prodStmt": ("prodDate", "software"),
    "distStmt": ("contact", "distDate"),
    "stdyInfo": ("abstract", "sumDscr"),
    "sumDscr": ("collDate", "anlyUnit", "universe", "dataKind"),
    "method": ("dataColl",),
    "dataColl": ("collMode", "resInstru"),
    "dataAccs": ("useStmt",),
    "useStmt": ("conditions",),
    "fileDscr": ("fileTxt",),
    "fileTxt": ("fileName", "fileCont", "dimensns", "fileType"),
    "dimensns": ("caseQnty", "varQnty"),
    "dataDscr": ("var",),
    "var": ("labl", "qstn", "valrng", "universe", "catgry", "varFormat"),
    "qstn": ("qstnLit",),
    "valrng": ("range",),
    "catgry": ("catValu", "labl"),
}


def check_ddi(folder: Path) -> None:
    """Elements in the order of the standard, what it requires, ids once, and every reference to one that is there."""
    root = ElementTree.parse(folder / "ddi.xml").getroot()
    space = "{ddi:codebook:2_5}"
    assert root.tag == f"{space}codeBook"
    for element in root.iter():
        order = ORDER.get(element.tag.removeprefix(space), ())
        places = [order.index(child.tag.removeprefix(space)) for child in element]
        assert places == sorted(places), element.tag
    assert root.findtext(f"{space}stdyDscr/{space}citation/{space}titlStmt/{space}titl")
    ids = [element.attrib["ID"] for element in root.iter() if "ID" in element.attrib]
    assert len(ids) == len(set(ids))
    variables = list(root.iter(f"{space}var"))
    check_questions([one for one in variables if one.find(f"{space}qstn") is not None], space)
    assert {one.attrib["files"] for one in variables} <= set(ids)
    assert len(variables) == sum(
        len(one["schema"]["fields"])
        for one in json.loads((folder / "datapackage.json").read_text())["resources"]
    )


def check_questions(variables: list[ElementTree.Element], space: str) -> None:
    """A column for one question has its words in both languages, whom it was asked of, and of a chance the range."""
    assert len(variables) > 10
    for one in variables:
        words = one.findall(f"{space}qstn/{space}qstnLit")
        codes = [each.attrib["{http://www.w3.org/XML/1998/namespace}lang"] for each in words]
        assert codes == ["en", "uk"] and all(each.text for each in words)
        assert one.findtext(f"{space}universe")
        ends = one.find(f"{space}valrng/{space}range")
        if one.attrib["name"].endswith("_p"):
            assert ends is not None and ends.attrib == {"min": "0", "max": "1"}
        elif re.search(r"_\d+$", one.attrib["name"]):
            assert ends is None


def check_codebook(folder: Path) -> None:
    """An example, which is nobody's, and the share of empty cells of its file stand beside each column."""
    package = json.loads((folder / "datapackage.json").read_text())
    told = {(one["table"], one["column"]): one for one in table(folder / "codebook.csv")}
    for resource in package["resources"]:
        rows = table(folder / resource["path"])
        for declared in resource["schema"]["fields"]:
            name, cells = declared["name"], [row[declared["name"]] for row in rows]
            line = told[resource["name"], name]
            share = round(cells.count("") / len(cells), 4) if cells else 0
            assert float(line["share_empty"]) == declared["shareEmpty"] == share, name
            assert line["example"].removeprefix("'") == declared["example"] != ""
            if name in ("participant_id", "submission_id", "value_entered", "rationale", "words"):
                assert declared["example"] not in cells


def check_formats(folder: Path) -> None:
    """Parquet and JSON Lines hold what the CSV does, value by value."""
    rows = parquet.read_table(folder / "forecasts_long.parquet")
    lines = [json.loads(line) for line in (folder / "forecasts_long.jsonl").read_text().splitlines()]
    assert rows.num_rows == len(lines) > 100
    told = rows.to_pylist()
    for row, line in zip(told, lines, strict=True):
        assert {
            name: str(value) if hasattr(value, "isoformat") else value for name, value in row.items()
        } == line
    assert {type(row["value"]) for row in told} == {float, type(None)}
    assert "0.1" in {row["value_entered"] for row in told}


def check_layouts(folder: Path) -> None:
    """One row a person, with what stood; and the columns of the Good Judgment Project."""
    long = table(folder / "forecasts_long.csv")
    wide = table(folder / "forecasts_wide.csv")
    stood = sorted(row["value"] for row in long if row["is_latest"] == "true" and row["value"])
    assert [row["participant_id"] for row in wide] == sorted({row["participant_id"] for row in long})
    assert sorted(value for row in wide for value in list(row.values())[1:] if value) == stood
    told = table(folder / "gjp" / "survey_fcasts.yr1.csv")
    assert len(told) == sum(row["output_type"] != "quantile" for row in long)
    assert {row["fcast_type"] for row in told} == {"0", "1", "4"}


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def check_readers(folder: Path) -> None:
    """The loader that goes out, and what people read CSV with, untold: nothing fails, texts stay texts."""
    spec = importlib.util.spec_from_file_location("load", folder / "load.py")
    assert spec is not None and spec.loader is not None
    load = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(load)
    tables = load.tables()
    long = tables["forecasts_long"]
    assert long["value"].dtype == "float64" and "0.1" in set(long["value_entered"].dropna())
    assert set(long["action"].dropna()) >= {"Changed forecast", "Withdrawal"}
    for name in tables:
        assert polars.read_csv(folder / f"{name}.csv").height == len(tables[name]), name
        assert len(pandas.read_csv(folder / f"{name}.csv")) == len(tables[name]), name
    assert polars.read_csv(folder / "forecasts_long.csv").schema["value_entered"] == polars.String


def check_validators(folder: Path) -> None:
    """Frictionless and Croissant, by the tools of those who keep them."""
    with frictionless.system.use_context(trusted=True):
        report = frictionless.Package(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "type", "message"])
    with warnings.catch_warnings():
        # The reader of JSON-LD beneath it uses what it itself calls deprecated.
        warnings.simplefilter("ignore")
        found = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
        record = next(iter(found.records("questions")))
    assert not found.metadata.issues.errors, found.metadata.issues.report()
    assert record["questions/study_id"] == b"ukraine"


@contextmanager
def told_at(keys: str) -> Iterator[str]:
    """The address of a site that tells keys where a site does, and has nothing else."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/.well-known/parley-keys.json" else 404)
            self.end_headers()
            self.wfile.write(keys.encode())

        def log_message(self, *_told: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def check_keys(path: Path, settings: Mapping[str, Any]) -> None:
    """Of a bundle it is said when the site signed with its key; others' keys, and what is none, are refused."""
    keys = path.with_name("keys.json")
    keys.write_text(written(site_keys(settings)))
    assert "(signs now, since " in typed("verify", str(path), f"--keys={keys}")
    with told_at(written(site_keys(settings))) as site:
        assert "(signs now, since " in typed("verify", str(path), f"--keys={site}")
        assert "cannot be read" in typed("verify", str(path), f"--keys={site}/elsewhere", code=1)
    other = {"SIGNING_KEY": "", "INSTANCE": path.parent / "other"}
    assert sign(b"", other).public_key
    pem = path.with_name("other.pem")
    pem.write_text(pem_of(sign(b"", other).public_key))
    # Both were asked for, so both have to say yes.
    assert "by another key" in typed("verify", str(path), f"--key={pem}", f"--keys={keys}", code=1)
    keys.write_text(written(site_keys(other)))
    assert "none of those of" in typed("verify", str(path), f"--keys={keys}", code=1)
    keys.write_text("[]")
    assert "holds no keys of a site" in typed("verify", str(path), f"--keys={keys}", code=1)
    assert "https://" in typed("verify", str(path), "--keys=http://parley.example.org", code=1)


def check_commands(path: Path, settings: Mapping[str, Any]) -> None:
    """Verified and converted from the terminal; what was changed is named, and files of packages read back."""
    assert "as it was signed" in typed("verify", str(path))
    check_keys(path, settings)
    for ending, read in (("sav", pyreadstat.read_sav), ("dta", pyreadstat.read_dta)):
        typed("convert", str(path), f"--to={ending}", f"--folder={path.parent}")
        frame, meta = read(str(path.parent / f"bundle-forecasts_long.{ending}"))
        with zipfile.ZipFile(path) as archive:
            rows = list(csv.DictReader(io.TextIOWrapper(archive.open("forecasts_long.csv"), "utf-8")))
        assert list(frame.columns) == list(rows[0])
        labels = meta.variable_value_labels
        assert labels["action"][4] == "Withdrawal" and labels["is_insider"] == {0: "false", 1: "true"}
        assert dict(zip(meta.column_names, meta.column_labels, strict=True))["seq"].startswith("1, 2, …")
        for place, row in enumerate(rows):
            found = frame.iloc[place]
            assert found["participant_id"] == row["participant_id"]
            assert str(found["submitted_date"]).startswith(row["submitted_date"])
            assert labels["question_id"][found["question_id"]] == row["question_id"]
            assert math.isnan(found["value"]) if not row["value"] else found["value"] == float(row["value"])
    content = bytearray(path.read_bytes())
    content[2_000] ^= 1
    path.write_bytes(content)
    assert "changed: questions.csv" in typed("verify", str(path), code=1)
    assert "damaged" in typed("verify", __file__, code=1)


def typed(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["bundle", *arguments])
    assert result.exit_code == code, result.output
    return result.output


def test_texts_that_a_package_would_cut_as_labels_stay_texts(tmp_path: Path) -> None:
    """Two questions that begin alike are still told apart: SPSS cuts a label at 120 bytes, and says nothing."""
    titles = [
        f"Чи набуде чинності загальне припинення вогню між двома сторонами до {year} року?"
        for year in (2027, 2030)
    ]
    fields = [{"name": "title_uk", "type": "string", "description": "The question's words"}]
    resource = {"name": "questions", "path": "questions.csv", "schema": {"fields": fields}}
    with zipfile.ZipFile(tmp_path / "bundle.zip", "w") as archive:
        archive.writestr("datapackage.json", json.dumps({"resources": [resource]}))
        archive.writestr("questions.csv", "\n".join(["title_uk", *titles]))
    for ending, read in (("sav", pyreadstat.read_sav), ("dta", pyreadstat.read_dta)):
        target = tmp_path / f"questions.{ending}"
        assert convert(tmp_path / "bundle.zip", "questions", target) == {}
        frame, meta = read(str(target))
        told = meta.variable_value_labels.get("title_uk")
        assert [told[one] if told else one for one in frame["title_uk"]] == titles
