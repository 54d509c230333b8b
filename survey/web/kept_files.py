"""What is the same for everybody and costs much to make: kept in this process, made by one request at a time.

As in `page_cache` a thing is kept with the fingerprint of what it was made of. Its answer may be shown for some
minutes by every cache it passes, so the fingerprint is read again only every few seconds.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from flask import Flask, Response, current_app, request

from ..store.engine import db
from ..store.fingerprint import Facts, fingerprint
from ..store.newest import Newest
from .identity import NUL

#: Name of the cache among the application's extensions.
NAME = "parley.kept_files"
#: Pictures of thirty questions over some days in both schemes and languages; 40 kB each.
MOST = 512
#: So long a kept thing is served unasked, and so long others may keep it.
UNASKED_SECONDS, MAX_AGE = 5.0, 300


@dataclass
class Kept:
    """A thing with what it was made of, and until when it is served unasked, by the monotonic clock."""

    facts: Facts | None
    content: bytes
    mime: str
    unasked_until: float


class KeptFiles(Newest[str, Kept]):
    """The things that were asked for last, by address."""

    def __init__(self) -> None:
        super().__init__(MOST)
        #: The renderer takes a processor for itself: a second one at the same moment would help nobody.
        self.making = Lock()


def init_kept_files(app: Flask) -> None:
    """Give the application a cache of its own."""
    app.extensions[NAME] = KeptFiles()


def kept_for_everybody(slug: str, variant: str, mime: str, make: Callable[[], bytes | str]) -> Response:
    """The answer kept under this address, or made now; it may be kept by whoever it is sent to.

    Parameters
    ----------
    variant
        What it depends on beside host, path and survey: everything else in an address changes nothing.
    make
        Makes the content; what it raises is raised, and nothing is kept.
    """
    files: KeptFiles = current_app.extensions[NAME]
    place = f"{request.root_url}|{request.path}|{variant}"
    kept = files.get(place)
    if kept is None or kept.unasked_until < time.monotonic():
        kept = _asked(files, place, slug, mime, make)
    response = Response(kept.content, mimetype=kept.mime)
    response.cache_control.public = True
    response.cache_control.max_age = MAX_AGE
    return response


def _asked(files: KeptFiles, place: str, slug: str, mime: str, make: Callable[[], bytes | str]) -> Kept:
    """What is kept where it is made of what there is now, else made anew."""
    # Read before the thing is made: what changes meanwhile makes it another.
    facts = None if NUL in slug else fingerprint(db.session, slug)
    until = time.monotonic() + UNASKED_SECONDS
    kept = files.get(place)
    if not _is_of(kept, facts):
        with files.making:
            # Whoever waited for their turn finds what the one before them has made of the same.
            kept = files.get(place)
            if not _is_of(kept, facts):
                made = make()
                kept = Kept(facts, made.encode() if isinstance(made, str) else made, mime, until)
                files.put(place, kept)
    assert kept is not None
    kept.unasked_until = until if facts is not None else 0.0
    return kept


def _is_of(kept: Kept | None, facts: Facts | None) -> bool:
    """Whether a thing was made of these facts; where there are none, nobody knows of what it would be made."""
    return kept is not None and facts is not None and kept.facts == facts
