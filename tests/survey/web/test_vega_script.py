"""The script that draws pictures: made once, by one, and nobody is kept waiting meanwhile."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import CalledProcessError, CompletedProcess

import pytest

from survey.charts import script
from survey.web import vega_script


def test_others_are_answered_while_it_is_made(tmp_path: Path) -> None:
    """In this very process it would hold the interpreter's lock for three seconds."""
    maker = threading.Thread(target=vega_script.kept_in, args=(tmp_path,))
    waited, before = [], time.monotonic()
    maker.start()
    while maker.is_alive():
        time.sleep(0.01)
        waited.append(-before + (before := time.monotonic()))
    assert len(waited) > 20 and max(waited) < 1
    (made,) = tmp_path.iterdir()
    assert made.name == f"vega-{script.fingerprint()}.js"
    assert "vegaEmbed" in made.read_text(encoding="utf-8")


def test_of_several_who_ask_at_once_one_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []

    def make(command: list[str], **_how: object) -> CompletedProcess[bytes]:
        begun.append(1)
        time.sleep(0.2)
        return CompletedProcess(command, 0, b"made")

    monkeypatch.setattr("subprocess.run", make)
    with ThreadPoolExecutor(4) as readers:
        found = {*readers.map(vega_script.kept_in, [tmp_path] * 4)}
    assert (len(begun), len(found)) == (1, 1)
    assert found.pop().read_bytes() == b"made"


def test_one_that_could_not_be_made_leaves_nothing_that_is_given_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script, "MAKING", "raise SystemExit(3)")
    with pytest.raises(CalledProcessError):
        vega_script.kept_in(tmp_path)
    assert [*tmp_path.iterdir()] == []
