"""Whatever a run starts ends with it, also when it is interrupted or killed. The control leaves something behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from .teardown import MARK, ROOT

#: Starts what no Ctrl-C reaches, says who it is and where its files are, and waits.
SLEEPER = """
import signal, subprocess, sys, tempfile, time
from contextlib import nullcontext
from tests.teardown import torn_down
# Where the suite runs in the background of a shell, Ctrl-C would be ignored here too.
signal.signal(signal.SIGINT, signal.default_int_handler)
with (torn_down() if sys.argv[1] == "torn down" else nullcontext()):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    print(child.pid, tempfile.mkdtemp(), flush=True)
    time.sleep(float(sys.argv[2]))
"""
POSTGRESQL = """
import signal, time
from tests.postgresql import Cluster
from tests.teardown import torn_down
signal.signal(signal.SIGINT, signal.default_int_handler)
with torn_down(), Cluster() as cluster:
    print(cluster._process.pid, cluster._folder, flush=True)
    time.sleep(60)
"""


class Run:
    """A run in a process of its own, which is no part of this one."""

    def __init__(self, program: str, *arguments: str) -> None:
        environment = {name: value for name, value in os.environ.items() if name != MARK}
        command = [sys.executable, "-c", program, *arguments]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self.process.stdout is not None
        child, folder = self.process.stdout.readline().decode().split(maxsplit=1)
        self.child, self.folder = int(child), Path(folder.strip())

    def end(self, number: signal.Signals | None) -> None:
        if number is not None:
            self.process.send_signal(number)
        self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def left(self) -> list[str]:
        """What of it is still there."""
        running = psutil.pid_exists(self.child) and psutil.Process(self.child).status() != "zombie"
        return ["process"] * running + ["folder"] * self.folder.exists()


def soon(done: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        time.sleep(0.05)
    return done()


@pytest.mark.parametrize("number", [None, signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=str)
def test_a_run_leaves_nothing_however_it_ends(number: signal.Signals | None) -> None:
    run = Run(SLEEPER, "torn down", "60" if number else "0.5")
    assert run.left() == ["process", "folder"]
    run.end(number)
    assert soon(lambda: run.left() == []), run.left()


@pytest.mark.postgresql
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_postgresql_ends_with_its_run(number: signal.Signals) -> None:
    run = Run(POSTGRESQL)
    run.end(number)
    assert soon(lambda: run.left() == []), run.left()


def test_without_a_teardown_something_is_left() -> None:
    run = Run(SLEEPER, "left alone", "60")
    run.end(signal.SIGKILL)
    time.sleep(0.5)
    assert run.left() == ["process", "folder"]
    psutil.Process(run.child).kill()
    run.folder.rmdir()
