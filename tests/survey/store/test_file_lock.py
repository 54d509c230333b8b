"""Without the system's file lock (`fcntl`) SQLite is refused in a sentence, and PostgreSQL is not."""

import os
import subprocess
import sys
from pathlib import Path

#: A process in which the module is not there, as on Windows.
WITHOUT = """
import sys
sys.modules["fcntl"] = None
from survey import create_app
from survey.config import WeakSetting
for url in sys.argv[2:]:
    settings = {"PARLEY_DATABASE_URL": url, "PARLEY_INSTANCE": sys.argv[1], "PARLEY_SECRET_KEY": "k" * 64}
    try:
        create_app(settings, doors=False)
    except WeakSetting as refused:
        print(refused)
    else:
        print("started")
"""


def test_without_the_file_lock_only_sqlite_is_refused(tmp_path: Path) -> None:
    """A process refuses the one and then starts on the other: to begin a process takes longest."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, str(tmp_path), "", "postgresql://nobody@127.0.0.1:1/none"],
        capture_output=True,
        text=True,
        env=dict(os.environ),
    )
    assert done.returncode == 0, done.stderr
    refused, started = done.stdout.splitlines()
    assert "no file lock (fcntl) for writers to SQLite" in refused
    assert started == "started"
