"""Workers by name: who works at a task, and whether they can still be at it."""

import hashlib
import os
import platform
import secrets
from contextlib import suppress
from functools import lru_cache
from pathlib import Path


def new_worker() -> str:
    """A name for a claim of this process, unlike every other: machine, process, chance.

    >>> new_worker() == new_worker()
    False
    """
    return f"{_machine()}:{os.getpid()}:{secrets.token_hex(8)}"


def is_gone(worker: str | None) -> bool:
    """Whether the process of a claim has surely ended: one of this machine, which has no such process any more.

    Of other machines nothing can be said; their claims end for want of a sign of life.

    >>> is_gone(new_worker())
    False
    """
    machine, _, rest = (worker or "").partition(":")
    # On Windows signal 0 is Ctrl-C: whoever is asked after would be stopped by it.
    if machine != _machine() or os.name != "posix":
        return False
    try:
        # Signal 0 reaches nobody: it asks whether somebody is there.
        os.kill(int(rest.partition(":")[0]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False


@lru_cache
def _machine() -> str:
    """This start of this machine; of a container that counts its own processes, the container."""
    facts = [platform.node()]
    with suppress(OSError):
        # After a restart the same number is another process, which would stand for the one that is gone.
        facts.append(Path("/proc/sys/kernel/random/boot_id").read_text())
    with suppress(OSError):
        # Containers of one host count processes each for itself.
        facts.append(os.readlink("/proc/self/ns/pid"))
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:12]
