"""What no page may have, whoever typed what: markup that runs, addresses that lead elsewhere, typed tags."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

#: Hosts of this site in tests; an address without one is its own too.
OWN_HOSTS = ("", "localhost")
#: What a link may lead to (a reason may name any site), and what a page may load or send a form to.
LINKS = ("", "http", "https", "mailto")
LOADED_BY = ("src", "action", "formaction", "data", "srcset", "poster", "xlink:href")
FOREIGN_TAGS = ("iframe", "object", "embed", "base", "applet", "frame", "portal")
#: A tag as somebody may type it; one that closes does nothing by itself.
_TAG = re.compile(r"<[a-zA-Z][^<>]*>")


def unsafe(page: str) -> str:
    """The first thing of a page that could run, or load from elsewhere; empty where there is none.

    >>> unsafe('<p onclick="x()">'), unsafe('<a href=" java\\nscript:x">'), unsafe('<a href="https://example.org">')
    ('onclick in <p>', "href to 'javascript:x'", '')
    """
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return next(iter(reader.found), "")


def echoed(typed: str, page: str) -> str:
    """The first tag of what was typed that stands in the page as a tag; empty where none does.

    >>> echoed("<b class=x>", "<p>&lt;b class=x&gt;</p>"), echoed("<b class=x>", "<p><b class=x></p>")
    ('', '<b class=x>')
    """
    return next((tag for tag in _TAG.findall(typed) if tag in page), "")


def elsewhere(location: str) -> bool:
    """Whether an address leads a browser off this site; browsers take `\\` for `/` and drop control characters.

    >>> elsewhere("/s/ukraine"), elsewhere("//evil.example"), elsewhere("/\\\\evil.example"), elsewhere("x:y")
    (False, True, True, True)
    """
    plain = re.sub(r"[\x00-\x20\x7f]", "", location).replace("\\", "/")
    parts = urlsplit(plain)
    return parts.scheme not in ("", "http", "https") or parts.netloc not in OWN_HOSTS


def fault_of_list(page: str) -> str:
    """What is wrong with the list of faults that a refused form begins with; empty where nothing is.

    Every field beside which a sentence stands is led to, or its first choice is; and every link leads somewhere.
    """
    named = [name for name in re.findall(r'class="p-error" id="([^"]+)-error"', page) if name not in UNLISTED]
    listed = re.findall(r'<div class="p-wrong"[^>]*role="alert".*?</div>', page, re.DOTALL)
    if not named:
        return ""
    if not listed:
        return "no list of what is wrong"
    led = [place for one in listed for place in re.findall(r'href="#([^"]+)"', one)]
    for place in led:
        if f'id="{place}"' not in page:
            return f"the list leads to {place}, which is not there"
    missing = [
        name for name in named if not any(re.fullmatch(rf"{re.escape(name)}(-\d+)?", one) for one in led)
    ]
    return f"the list does not lead to {missing[0]}" if missing else ""


#: A token is no field that anybody could go to; the rows of a file are listed in the place of the list.
UNLISTED = ("csrf_token", "questions_file")


class _Reader(HTMLParser):
    """Collects what is unsafe."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in FOREIGN_TAGS:
            self.found.append(f"<{tag}>")
        if tag == "script" and "src" not in given and "json" not in given.get("type", ""):
            self.found.append("a script in the page")
        if tag == "meta" and "http-equiv" in given:
            self.found.append("<meta http-equiv>")
        for name, value in given.items():
            if name.startswith("on"):
                self.found.append(f"{name} in <{tag}>")
            address = re.sub(r"[\x00-\x20]", "", value)
            if name == "href" and address.partition(":")[0].lower() in ("javascript", "data", "vbscript"):
                self.found.append(f"href to {address!r}")
            if name in LOADED_BY and elsewhere(value):
                self.found.append(f"{name} from {address!r}")
