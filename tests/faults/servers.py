"""Servers of the application in processes of their own, to be killed and started again."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import psutil  # type: ignore[import-untyped]

from .door import Door

ROOT = Path(__file__).parents[2]
#: Seconds a server may take until it answers; it takes two or three.
START = 30.0


class DidNotStart(RuntimeError):
    """The server ended or kept silent; its own words are the message."""


class Server:
    """One server on a free port of this machine; the port stays the same when it is started again."""

    def __init__(self, database: str, folder: Path, spoiled: str = "") -> None:
        self.port = _free_port()
        self.spoiled = spoiled
        self.words = folder / "server.log"
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")},
            "PARLEY_DATABASE_URL": database,
            "PARLEY_INSTANCE": str(folder),
            "PARLEY_SECRET_KEY": "a key for tests alone, long enough 0123456789",
            "PARLEY_RATE_LIMITS": "no",
            "PARLEY_PORT": str(self.port),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """What is run: `parley run` with the clock held."""
        return [sys.executable, "-m", "tests.faults.application", self.spoiled]

    @property
    def pid(self) -> int:
        """The process that was started."""
        assert self._process is not None
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether the process that was started is still there."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises
        ------
        DidNotStart
            Where it does not.
        """
        with self.words.open("ab") as words:
            self._process = subprocess.Popen(
                self.command(), cwd=ROOT, env=self._environment, stdout=words, stderr=words
            )
        deadline = time.monotonic() + START
        while not Door(self.port).answers():
            if not self.runs or time.monotonic() > deadline:
                raise DidNotStart(self.words.read_text())
            time.sleep(0.05)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_fault: object) -> None:
        self.stop()

    def kill(self) -> None:
        """SIGKILL all of it, no word to anybody: its workers are looked up first, nobody's children afterwards."""
        assert self._process is not None
        workers = psutil.Process(self.pid).children(recursive=True) if self.runs else []
        self._process.kill()
        self._process.wait()
        for worker in workers:
            worker.kill()

    def restart(self) -> None:
        """Kill it and start it again."""
        self.kill()
        self.start()

    def stop(self) -> None:
        """End it in order, and by force where it does not listen."""
        if self._process is None or not self.runs:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()


class Workers(Server):
    """gunicorn: two processes of four threads under one that watches them."""

    def command(self) -> list[str]:
        """What is run: the embedded server's place taken by gunicorn."""
        options = ["--workers=2", "--threads=4", "--worker-class=gthread", "--no-control-socket"]
        listen = f"--bind=127.0.0.1:{self.port}"
        application = f"tests.faults.application:served({self.spoiled!r})"
        return [sys.executable, "-m", "gunicorn", *options, listen, application]

    def kill_one(self) -> None:
        """SIGKILL one of the workers, whichever; the other goes on."""
        worker = random.choice(psutil.Process(self.pid).children())
        os.kill(worker.pid, signal.SIGKILL)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
