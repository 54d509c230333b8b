"""Language of what people write, by its letters: for voices that read a page aloud."""

import re

_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
#: Letters that Russian has and Ukrainian has not.
_RUSSIAN = re.compile("[ыэёъЫЭЁЪ]")


def language_of(text: str, page: str) -> str:
    """The language a text is taken to be in, a code of BCP 47: the page's own where no letter speaks against it.

    Its author's page is not asked: which language that was is theirs.

    >>> language_of("Перемовини йдуть.", "en"), language_of("Talks go on.", "en"), language_of("2027?", "uk")
    ('uk', 'en', 'uk')
    """
    cyrillic, latin = len(_CYRILLIC.findall(text)), len(_LATIN.findall(text))
    if cyrillic == latin:
        return page
    if cyrillic > latin:
        return "ru" if _RUSSIAN.search(text) else "uk"
    return "en" if page in ("uk", "ru") else page
