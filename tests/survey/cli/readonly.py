"""A folder that is read-only for whoever runs the tests, also for root."""

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterator
from pathlib import Path

#: The rights by which root passes over a file's mode (capabilities(7)): CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH.
PASSES_MODES = 1 << 1 | 1 << 2
_VERSION_3 = 0x20080522


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Rights(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let nobody write in `folder` for the length of a `with` block: this thread obeys modes as everybody does."""
    paths = [folder, *folder.rglob("*")]
    modes = {path: path.stat().st_mode for path in paths}
    for path in paths:
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        with _obeying_modes():
            yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


@contextlib.contextmanager
def _obeying_modes() -> Iterator[None]:
    if os.geteuid() != 0 or sys.platform != "linux":
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header, rights = _Header(_VERSION_3, 0), (_Rights * 2)()
    assert libc.capget(ctypes.byref(header), rights) == 0
    had = rights[0].effective
    rights[0].effective = had & ~PASSES_MODES
    assert libc.capset(ctypes.byref(header), rights) == 0
    try:
        yield
    finally:
        rights[0].effective = had
        assert libc.capset(ctypes.byref(header), rights) == 0
