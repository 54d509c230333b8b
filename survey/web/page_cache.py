"""Page cache: pages for readers the site does not know, kept in this process while nothing they say has changed.

A page is kept for its address, host and language, with the fingerprint of what it was made of, and served while the
fingerprint is the same: it is read anew for each reader, so no page is ever old. What is the reader's own on it (the
token of its forms, the key of the consent) is cut out before it is kept, and theirs put in its place.
"""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from flask import Flask, current_app, request
from flask import session as browser
from flask_security import current_user
from flask_wtf.csrf import generate_csrf

from ..i18n.locale import current_language
from ..store.engine import db
from ..store.fingerprint import Facts, fingerprint
from ..store.newest import Newest
from .identity import NUL, OFFERS

#: Name of the cache among the application's extensions.
NAME = "parley.page_cache"

#: Pages of sixty surveys in both languages; 40 kB a page. Hosts that are made up can fill no more.
MOST = 512

#: All that the cookie of a reader the site does not know may hold; none of it is seen on a page, but for
#: the language.
STRANGERS_KEEP = {"csrf_token", "language", OFFERS}

View = TypeVar("View", bound=Callable[..., object])
Place = tuple[str, ...]


class PageCache(Newest[Place, tuple[Facts, str]]):
    """The pages that were asked for last, each with what it was made of."""

    def __init__(self) -> None:
        super().__init__(MOST)
        #: No text of a survey has these letters, for nobody knows them.
        self.hole = secrets.token_hex(16)

    def page(self, place: Place, facts: Facts) -> str | None:
        """The page, where it was made of these facts."""
        made_of, page = self.get(place) or ((), None)
        return page if made_of == facts else None


def init_page_cache(app: Flask) -> None:
    """Give the application a cache of its own: another one has another database."""
    app.extensions[NAME] = PageCache()


def _nothing(_slug: str) -> list[str]:
    return []


def kept_for_strangers(own: Callable[[str], list[str]] = _nothing) -> Callable[[View], View]:
    """Keep a view's page for readers the site does not know; everybody else's is made for them.

    Parameters
    ----------
    own
        What is the reader's own on the page beside the token of its forms.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def kept(**address: str) -> object:
            slug = address.get("slug", "")
            facts = _facts(slug) if _is_stranger() else None
            if facts is None:
                return view(**address)
            cache: PageCache = current_app.extensions[NAME]
            place = (request.root_url, request.path, current_language())
            page = cache.page(place, facts)
            if page is None:
                made = view(**address)
                # A redirect or a refusal is this reader's: pages alone are kept.
                if not isinstance(made, str):
                    return made
                page = made
                for number, words in enumerate(_own_words(own, slug)):
                    page = page.replace(words, f"{cache.hole}-{number}-")
                cache.put(place, (facts, page))
            for number, words in enumerate(_own_words(own, slug)):
                page = page.replace(f"{cache.hole}-{number}-", words)
            return page

        return cast(View, kept)

    return decorate


def _facts(slug: str) -> Facts | None:
    """What pages of a survey are made of; those outside of any, of the program alone."""
    if NUL in slug:
        return None
    return fingerprint(db.session, slug) if slug else ()


def _own_words(own: Callable[[str], list[str]], slug: str) -> list[str]:
    return [generate_csrf(), *own(slug)]


def _is_stranger() -> bool:
    """Whether the site knows nothing of this reader but a language, and their address asks for nothing special."""
    known = {name for name, value in browser.items() if value}
    return not request.query_string and known <= STRANGERS_KEEP and not current_user.is_authenticated
