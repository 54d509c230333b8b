"""A form that was half filled when its page is made again: which form that is, and its values put back into it.

Pages are our own HTML, written by templates that escape `<`, `>` and quotes in attributes.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

from markupsafe import Markup
from werkzeug.datastructures import MultiDict

_FORM = re.compile(r"(<form\b[^>]*>)(.*?</form>)", re.DOTALL)
#: Something a person types, ticks or chooses; the line beneath a chance (`range`) has no name and is never sent.
_TYPED = re.compile(
    r'<(?:textarea|select|input)\b(?![^>]*type="(?:hidden|submit|button|password|range|file)")'
)
_SUBMIT = re.compile(r'<button\b(?![^>]*type="(?:button|reset)")[^>]*>')
_OF_SUBMIT = re.compile(r'\s(?:name|value|formaction|formnovalidate)(?:="[^"]*")?(?=[\s>])')
_ID = re.compile(r'\sid="([^"]*)"')

#: Never sent back into a page: secrets, files, buttons, and the token, which each page has anew.
NOT_KEPT = {"password", "file", "submit", "button", "image", "reset"}


@dataclass(frozen=True)
class Keepable:
    """The inside of a page: its forms have ids, and `form` is the first that is filled by hand, or empty."""

    body: Markup
    form: str = ""
    #: The attributes of that form's first button, as markup: what Enter in a field does.
    submit: str = ""


def keepable(body: Markup) -> Keepable:
    """The inside of a page, ready for a button outside of its forms that sends one of them."""
    found: list[tuple[str, str]] = []

    def name_it(match: re.Match[str]) -> str:
        start, rest = match.groups()
        if 'method="post"' not in start or not _TYPED.search(rest):
            return match[0]
        known = _ID.search(start)
        name = known[1] if known else f"form-{len(found) + 1}"
        found.append((name, _what_enter_sends(rest)))
        return match[0] if known else f'<form id="{name}"{start[5:]}{rest}'

    named = Markup(_FORM.sub(name_it, body))
    return Keepable(named, *found[0]) if found else Keepable(named)


def _what_enter_sends(form: str) -> str:
    button = _SUBMIT.search(form)
    return Markup("").join(map(Markup, _OF_SUBMIT.findall(button[0]))) if button else ""


Attributes = Mapping[str, str | None]
#: Whether a form is the one that was sent, by its attributes; `action` is there.
Which = Callable[[Attributes], bool]


def named(form: str) -> Which:
    """The form of an id."""
    return lambda given: given.get("id") == form


def refilled(page: str, which: Which, values: MultiDict[str, str], address: str) -> str:
    """A page with `values` in one form, the first that is meant; empty where none is.

    `address` is the page's own, for forms that name none.

    >>> refilled('<form id="f"><input name="a"></form>', named("f"), MultiDict({"a": "<1>"}), "/")
    '<form id="f" action="/"><input name="a" value="&lt;1&gt;"></form>'
    >>> refilled('<svg><path d="M0 0"/></svg><form id="f"></form>', named("f"), MultiDict(), "/")
    '<svg><path d="M0 0"/></svg><form id="f" action="/"></form>'
    """
    filler = _Filler(which, values, address)
    filler.feed(page)
    filler.close()
    return "".join(filler.written) if filler.found else ""


class _Filler(HTMLParser):
    """Copies a page as it is, but for the fields of one form."""

    def __init__(self, which: Which, values: MultiDict[str, str], address: str) -> None:
        # Entities are copied as they stand: once they were read, `&lt;` would be written as markup.
        super().__init__(convert_charrefs=False)
        self.written: list[str] = []
        self._which, self._address = which, address
        #: Whether the form that is meant was there.
        self.found = False
        self._values = {name: values.getlist(name) for name in values if name != "csrf_token"}
        self._inside = False
        #: What is chosen of the list that is being copied; none outside of one.
        self._chosen: list[str] | None = None
        #: Whether the text area that is being copied has its new text already.
        self._skipping = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._inside = not self.found and self._which({**given, "action": self._action(given)})
            self.found |= self._inside
            self.written.append(self._with_action(given))
        elif self._inside and tag in ("input", "textarea", "select", "option"):
            getattr(self, f"_{tag}")(given)
        else:
            self._copy_tag()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # What a picture draws ends where it begins: the parser would tell of an end that stands nowhere.
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._chosen = None
        elif tag == "textarea":
            self._skipping = False
        self.written.append(f"</{tag}>")

    def _copy_tag(self) -> None:
        self.written.append(self.get_starttag_text() or "")

    def _with_action(self, given: dict[str, str | None]) -> str:
        text = self.get_starttag_text() or ""
        return text if given.get("action") else _tag("form", {**given, "action": self._action(given)})

    def _action(self, given: Attributes) -> str:
        return given.get("action") or self._address

    def _input(self, given: dict[str, str | None]) -> None:
        name, kind = given.get("name") or "", given.get("type") or "text"
        if not name or name == "csrf_token" or kind in NOT_KEPT:
            self._copy_tag()
        elif kind in ("checkbox", "radio"):
            chosen = (given.get("value") or "on") in self._values.get(name, ())
            self.written.append(_tag("input", _marked(given, "checked", chosen)))
        else:
            self.written.append(_tag("input", {**given, "value": self._next(name, given.get("value"))}))

    def _textarea(self, given: dict[str, str | None]) -> None:
        self._copy_tag()
        name = given.get("name") or ""
        if name in self._values:
            # A first line break is the tag's own and not shown.
            self.written.append("\n" + escape(self._next(name, "") or "", quote=False))
            self._skipping = True

    def _select(self, given: dict[str, str | None]) -> None:
        self._copy_tag()
        self._chosen = self._values.get(given.get("name") or "")

    def _option(self, given: dict[str, str | None]) -> None:
        if self._chosen is None or given.get("value") is None:
            self._copy_tag()
        else:
            self.written.append(_tag("option", _marked(given, "selected", given["value"] in self._chosen)))

    def _next(self, name: str, otherwise: str | None) -> str | None:
        """The next value of a field; fields of one name take them in turn."""
        left = self._values.get(name)
        return left.pop(0) if left else otherwise

    def _copy(self, text: str) -> None:
        if not self._skipping:
            self.written.append(text)

    def handle_data(self, data: str) -> None:
        self._copy(data)

    def handle_entityref(self, name: str) -> None:
        self._copy(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._copy(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self._copy(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._copy(f"<!{decl}>")


def _marked(given: dict[str, str | None], mark: str, wanted: bool) -> dict[str, str | None]:
    rest = {name: value for name, value in given.items() if name != mark}
    return {**rest, mark: None} if wanted else rest


def _tag(name: str, given: dict[str, str | None]) -> str:
    return f"<{name}{''.join(_written(given.items()))}>"


def _written(given: Iterable[tuple[str, str | None]]) -> Iterable[str]:
    for name, value in given:
        yield f" {name}" if value is None else f' {name}="{escape(value)}"'
