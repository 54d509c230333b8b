"""Private files: an instance's are their owner's alone, whatever the umask, and written whole."""

import contextlib
import os
import stat
import tempfile
from pathlib import Path

FOLDER, FILE = 0o700, 0o600
#: What lies in an instance folder, and tells one from a folder that is somebody's for other things too.
OURS = (
    "secret_key",
    "signing_key*",
    "address",
    "*.sqlite",
    "*.sqlite-*",
    "*.sqlite.lock",
    "outbox",
    "last_backup",
)


def make_private(folder: Path) -> None:
    """Make the instance folder if there is none, and take from everybody else what they may do in it.

    A folder that holds other things, and nothing of ours, stays as whoever made it wants it: ours in it are private.
    """
    folder.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    # No links: a change of rights goes to what they lead to, which may be somebody else's.
    ours = [path for pattern in OURS for path in folder.glob(pattern) if not path.is_symlink()]
    if ours or not any(folder.iterdir()):
        _take(folder, FOLDER)
    for path in ours:
        _take(path, FOLDER if path.is_dir() else FILE)


def private_file(path: Path) -> None:
    """Make a file that its owner alone can read; SQLite gives its log beside it the same rights."""
    # Where it cannot be made SQLite says why, when it opens it.
    with contextlib.suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE))
    _take(path, FILE)


def write_whole(path: Path, content: bytes) -> None:
    """Make a file of which nobody ever reads a part, though several processes may be making it at once.

    Each writes a file of its own beside it, and the last name wins whole.
    """
    descriptor, made = tempfile.mkstemp(dir=path.parent, suffix=path.suffix)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(made).replace(path)
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise


def open_to_others(*paths: Path) -> list[Path]:
    """Which of these anybody but their owner may do something with; what is not there nobody may."""
    return [path for path in paths if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077]


def _take(path: Path, mode: int) -> None:
    # What belongs to somebody else, or lies on a disk that takes no writes, stays as it is: `open_to_others` names it
    # before anybody is answered.
    with contextlib.suppress(OSError):
        for open_one in open_to_others(path):
            open_one.chmod(mode)
