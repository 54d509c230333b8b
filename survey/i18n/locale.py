"""Which language a page is in: what the reader chose, else what the browser asks for."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.numbers import format_decimal
from babel.support import Translations
from flask import Flask, has_request_context, request, session
from flask_babel import Babel, force_locale, get_locale
from jinja2 import pass_context
from jinja2.runtime import Context

#: Languages of the interface, each named in itself.
LANGUAGES = {"en": "English", "uk": "Українською"}

#: Where a request says that its page is in this language, whatever its reader had chosen.
SPOKEN = "parley.language"

#: Each language's catalogs of words, but for English, which is the source.
TRANSLATIONS = Path(__file__).with_name("translations")

babel = Babel()


#: A number and its percent sign stand on one line.
BEFORE_PERCENT = re.compile(r"(?<=\d) (?=%)")


def gettext(message: str, **values: object) -> str:
    """`message` in the reader's language, its `%(name)s` filled in; no number is broken from its percent sign."""
    words = _catalog().ugettext(message)
    return unbroken(words % values if values else words)


def ngettext(one: str, many: str, count: int, **values: object) -> str:
    """The form for `count` in the reader's language; `%(num)s` is the count, in groups of three digits."""
    return unbroken(str(_catalog().ungettext(one, many, count) % {"num": grouped(count), **values}))


def grouped(count: int) -> str:
    """A count as every sentence writes it: its thousands are grouped.

    >>> grouped(7), grouped(1715)
    ('7', '1,715')
    """
    return str(format_decimal(count, locale=current_language()))


def unbroken(words: str) -> str:
    """Words in which no percent sign can be broken from its number.

    >>> unbroken("a 90 % interval")
    'a 90\xa0% interval'
    """
    return BEFORE_PERCENT.sub("\u00a0", words)


def _catalog() -> Any:
    """The words of this request's language, which Babel does not type; English ones outside of a request."""
    return _words_of(get_locale() or "en")


@cache
def _words_of(locale: Locale | str) -> Any:
    # A page asks for some two hundred words: flask_babel's own way to them spells out the locale for each.
    return Translations.load(TRANSLATIONS, [locale])


def _grouping(fill_in: Any) -> Any:
    """Templates' own way to words with a count, which would write `%(num)s` as Python does."""

    @pass_context
    def ngettext(context: Context, one: str, many: str, count: int, **values: object) -> Any:
        return fill_in(context, one, many, count, **{"num": grouped(count), **values})

    return ngettext


def choose_language() -> str:
    """The reader's language for this request."""
    # Commands and the worker; a letter forces its reader's language itself.
    if not has_request_context():
        return "en"
    chosen = request.environ.get(SPOKEN) or session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(list(LANGUAGES)) or "en"


def current_language() -> str:
    """The language of the page being made, as a code such as `en`."""
    locale = get_locale()
    return str(locale.language) if locale is not None else "en"


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Words in a language inside a `with` block: in English where the interface has no words in that one.

    A survey may be written in any language; what the interface says around it has those that are translated.
    """
    with force_locale(code if code in LANGUAGES else "en"):
        yield


def init_language(app: Flask) -> None:
    """Teach the application and its templates to speak."""
    # Flask-Security has catalogs of its own; where it lacks a language, ours stands in.
    app.config["SECURITY_I18N_DIRNAME"] = [str(TRANSLATIONS), "builtin"]
    babel.init_app(app, locale_selector=choose_language)
    # Templates fill in values themselves: words come to them as they stand in the catalogs.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda words: unbroken(_catalog().ugettext(words)),
        lambda one, many, count: unbroken(_catalog().ungettext(one, many, count)),
        newstyle=True,
        pgettext=lambda about, words: unbroken(_catalog().upgettext(about, words)),
    )
    app.jinja_env.globals["ngettext"] = _grouping(app.jinja_env.globals["ngettext"])

    @app.context_processor
    def language_in_templates() -> dict[str, object]:
        return {"languages": list(LANGUAGES.items()), "language": current_language()}
