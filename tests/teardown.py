"""Teardown of a whole run: whatever it started ends with it, however it ends; also when it is killed.

A fixture's own teardown is not run where the run is killed, and a server in a session of its own hears no Ctrl-C.
So a second process, in a session of its own too, waits at a pipe that the run alone holds: the system closes it
whichever way the run ends. Then it ends every process that carries the run's mark in its environment, and removes
the run's temporary folder.
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]

#: The variable that every process of a run inherits.
MARK = "TEST_RUN_MARK"
#: Memory that is mounted as a folder, and bytes of it (and of what the machine has left) that a run may need.
MEMORY = Path("/dev/shm")
ROOM = 2 * 2**30
#: Seconds a process has to end in order before it is ended by force.
PATIENCE = 3.0
ROUNDS = 3
ROOT = Path(__file__).parents[1]


def in_memory() -> Path | None:
    """Where a run's files need no disk: most of a test's time would be waiting for one to confirm what it wrote.

    None where there is too little room, or where no program may be started from. The databases keep the settings
    under which nothing is lost: a process that is killed leaves the same behind in memory as on a disk.
    """
    if not os.access(MEMORY, os.W_OK):
        return None
    found = os.statvfs(MEMORY)
    room = min(found.f_bavail * found.f_frsize, psutil.virtual_memory().available)
    return MEMORY if room >= ROOM and not found.f_flag & os.ST_NOEXEC else None


@contextmanager
def torn_down(where: Path | None = None) -> Iterator[Path]:
    """A run: its temporary folder, made for it; the folder and all processes of the run are gone at its end.

    Inside another run it is part of that one.

    Parameters
    ----------
    where
        The folder in which it is made, such as `in_memory()`; None for the system's own.
    """
    if MARK in os.environ:
        yield Path(tempfile.gettempdir())
        return
    former = dict(os.environ)
    folder = Path(tempfile.mkdtemp(prefix="parley-", dir=where)).resolve()
    # PostgreSQL run by another user has its files below.
    folder.chmod(0o711)
    mark = secrets.token_hex(8)
    watcher = subprocess.Popen(
        [sys.executable, "-m", "tests.teardown", mark, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    os.environ |= {MARK: mark, "TMPDIR": str(folder)}
    tempfile.tempdir = None
    try:
        yield folder
    finally:
        _restore(former)
        # Closes the pipe, and waits until all is put away.
        watcher.communicate()


def _restore(former: Mapping[str, str]) -> None:
    for name in (MARK, "TMPDIR"):
        os.environ.pop(name)
        if name in former:
            os.environ[name] = former[name]
    tempfile.tempdir = None


def marked(mark: str) -> list[psutil.Process]:
    """Every process that a run started, directly or not."""
    return [process for process in psutil.process_iter() if _mark_of(process) == mark]


def _mark_of(process: psutil.Process) -> str | None:
    # Other people's processes and those that have just ended tell nothing.
    with suppress(psutil.Error, OSError):
        found: str | None = process.environ().get(MARK)
        return found
    return None


def end(processes: list[psutil.Process]) -> None:
    """End them in order, and by force those that do not listen."""
    for process in processes:
        with suppress(psutil.Error):
            process.terminate()
    for process in psutil.wait_procs(processes, PATIENCE)[1]:
        with suppress(psutil.Error):
            process.kill()


def watch(mark: str, folder: Path) -> None:
    """Wait until the run has ended, then put away what it left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    # A process may start another while it is being ended; what cannot be ended at all is not waited for.
    for _round in range(ROUNDS):
        end(marked(mark))
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    watch(sys.argv[1], Path(sys.argv[2]))
