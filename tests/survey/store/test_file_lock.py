"""Without the system's file lock (`fcntl`) SQLite is refused in a sentence, and PostgreSQL is not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

#: A process in which the module is not there, as on Windows.
WITHOUT = """
import sys
sys.modules["fcntl"] = None
from survey import create_app
from survey.config import WeakSetting
try:
    create_app({"PARLEY_DATABASE_URL": sys.argv[1], "PARLEY_INSTANCE": sys.argv[2], "PARLEY_SECRET_KEY": "k" * 64})
except WeakSetting as refused:
    print(refused)
else:
    print("started")
"""


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "no file lock (fcntl) for writers to SQLite"),
        ("postgresql://nobody@127.0.0.1:1/none", "started"),
    ],
)
def test_without_the_file_lock_only_sqlite_is_refused(url: str, said: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, url, str(tmp_path)],
        capture_output=True,
        text=True,
        env=dict(os.environ),
    )
    assert done.returncode == 0, done.stderr
    assert said in done.stdout
