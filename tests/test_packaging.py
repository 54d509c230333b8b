"""What pip installs: the wheel holds everything the README says that it brings."""

import re
import shutil
import subprocess
import sys
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from survey import __version__

ROOT = Path(__file__).parents[1]
#: What the distribution is made of.
PARTS = (
    "setup.cfg",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "scoring",
    "survey",
    "templates",
    "migrations",
)
BUILD = "import sys; from setuptools.build_meta import build_wheel; print(build_wheel(sys.argv[1]))"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the tree: what lies about in a checkout is in none."""
    copy, made = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("made")
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    built = subprocess.run(
        [sys.executable, "-c", BUILD, str(made)], cwd=copy, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    return made / built.stdout.split()[-1]


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def brought(metadata: Message, extra: str) -> set[str]:
    """The packages that an extra brings, beside those that come always."""
    wanted = map(Requirement, metadata.get_all("Requires-Dist", []))
    return {one.name.lower() for one in wanted if one.marker is None or one.marker.evaluate({"extra": extra})}


def test_the_wheel_is_of_the_one_version(wheel: Path, metadata: Message) -> None:
    assert metadata["Version"] == __version__
    assert f"-{__version__}-" in wheel.name


def test_every_extra_that_the_readme_installs_is_one_of_the_wheel(metadata: Message) -> None:
    named = set(re.findall(r"parley-forecast\[(\w+)\]", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert named == {"dask", "production", "redis"}
    assert named <= set(metadata.get_all("Provides-Extra", []))


def test_the_extra_for_production_brings_every_server_of_the_readme(metadata: Message) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    servers = set(re.findall(r"^(\w+) .*survey\.server\.http:production", readme, re.MULTILINE))
    assert servers == {"gunicorn", "granian"}
    assert servers <= brought(metadata, "production")
    assert not servers & brought(metadata, "")
    assert "psycopg" in brought(metadata, "")


def test_the_wheel_holds_every_file_that_is_read_as_it_runs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    wanted = [
        *(f"survey/{path.relative_to(ROOT)}" for path in (ROOT / "templates").rglob("*.html")),
        *(f"survey/{path.relative_to(ROOT)}" for path in (ROOT / "migrations").glob("*.py")),
        *(str(path.relative_to(ROOT)) for path in (ROOT / "survey").rglob("*.mo")),
        *(str(path.relative_to(ROOT)) for path in (ROOT / "survey" / "static").rglob("*.*")),
        *(str(path.relative_to(ROOT)) for path in (ROOT / "survey" / "export" / "loaders").iterdir()),
    ]
    assert [name for name in wanted if name not in held] == []


def test_the_changelog_dates_every_version() -> None:
    headings = re.findall(r"^## (.*)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    undated = [
        line for line in headings if not re.fullmatch(r"\d+\.\d+\.\d+, \d{1,2} [A-Z][a-z]+ \d{4}", line)
    ]
    assert undated == []
