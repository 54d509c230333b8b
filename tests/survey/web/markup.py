"""What is wrong with a page whatever it says: names used twice, references to nothing, elements where none may be."""

import re
from collections import Counter
from dataclasses import dataclass
from html.parser import HTMLParser

#: Elements without an end.
VOID = frozenset(["br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"])
#: Attributes that name other elements of the page.
REFERENCES = ("aria-controls", "aria-describedby", "aria-errormessage", "aria-labelledby", "for", "form")
#: Where a browser ends a paragraph, so that what follows stands outside of it.
BLOCKS = frozenset(
    (
        *("article", "aside", "blockquote", "details", "div", "dl", "fieldset", "figure", "footer", "form"),
        *("h1", "h2", "h3", "h4", "header", "hr", "main", "nav", "ol", "p", "pre", "section", "table", "ul"),
    )
)
#: What needs words of its own to be called by.
NAMED = frozenset(["a", "button", "h1", "h2", "h3", "h4", "h5", "summary"])
TYPED = frozenset(("input", "select", "textarea"))
#: Elements that cannot hold another of their own kind.
ALONE = ("a", "button", "form")
LISTS = ("ol", "ul")
#: Text that is of a program, or of somebody's file, and is told as it is.
AS_IT_IS = frozenset(["code", "pre", "script", "style", "svg", "td", "template", "textarea", "title"])
#: What nobody writes: numbers as the machine has them, signs left over from a message that was filled in.
LEFT_OVER = re.compile(r"\(\)|%\(\w+\)[sd]|%%|\d[.,]\d{6,}|&\w+;|\bnan\b|\.\.(?!\.)|\bNone\b(?=[,;)]|$)")


@dataclass
class Element:
    """A start tag, and the text up to its end."""

    tag: str
    own: dict[str, str]
    said: str = ""

    @property
    def name(self) -> str:
        """What it is called by."""
        return self.said.strip() or self.own.get("aria-label", "")


class Markup(HTMLParser):
    """A page, or a part of one, taken apart: its elements in their order, and what was wrong on the way."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.found: list[str] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one = self._met(tag, attrs)
        if tag not in VOID:
            self.open.append(one)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._met(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1].tag != tag:
            self.found.append(f"</{tag}> ends <{self.open[-1].tag if self.open else ''}>")
            return
        self.open.pop()

    def handle_data(self, data: str) -> None:
        is_said = True
        for one in self.open:
            # The text of what nothing is called by, such as a whole page, is nobody's question.
            if one.tag in NAMED:
                one.said += data
            is_said = is_said and one.tag not in AS_IT_IS
        if is_said:
            self.text.append(data)

    def _met(self, tag: str, attrs: list[tuple[str, str | None]]) -> Element:
        own = {name: value or "" for name, value in attrs}
        if len(own) < len(attrs):
            named = Counter(name for name, _value in attrs)
            self.found += [f"<{tag}> has two of {name}" for name, many in named.items() if many > 1]
        if tag in BLOCKS or tag in ALONE:
            inside = [one.tag for one in self.open]
            if (tag in BLOCKS and "p" in inside) or (tag in ALONE and tag in inside):
                self.found.append(f"<{tag}> in <{'p' if 'p' in inside else tag}>")
        if self.open and (tag == "li") != (self.open[-1].tag in LISTS):
            self.found.append(f"<{tag}> in <{self.open[-1].tag}>")
        one = Element(tag, own)
        self.elements.append(one)
        return one


def breaches(page: str) -> list[str]:
    """Each thing that is wrong with a page or a part of one, in words.

    >>> breaches('<p id="a"><label for="b">x</label></p><ul id="a"></ul>')
    ["id 'a' stands 2 times", "<label> for: 'b' is not there"]
    """
    return breaches_of(Markup(page), whole="<html" in page)


def breaches_of(reader: Markup, *, whole: bool) -> list[str]:
    """The same of what was taken apart; `whole` says whether it is a page, whose heads have an order."""
    ids = Counter(one.own["id"] for one in reader.elements if "id" in one.own)
    labelled = {one.own.get("for") for one in reader.elements if one.tag == "label"}
    found = reader.found + [f"id {name!r} stands {many} times" for name, many in ids.items() if many > 1]
    for one in reader.elements:
        found += [
            f"<{one.tag}> {name}: {to!r} is not there"
            for name in REFERENCES
            for to in one.own.get(name, "").split() + ([""] if one.own.get(name) == "" else [])
            if to not in ids
        ]
        if one.tag in NAMED and not one.name and "hidden" not in one.own:
            found.append(f"<{one.tag}> without words")
        if one.tag in TYPED and not _is_labelled(one, labelled):
            found.append(f"<{one.tag}> {one.own.get('name')!r} without a label")
    if whole:
        found += _order_of_heads(
            [int(one.tag[1]) for one in reader.elements if re.fullmatch("h[1-6]", one.tag)]
        )
    text = " ".join(" ".join(reader.text).split())
    return found + [
        f"says {text[max(hit.start() - 30, 0) : hit.end() + 9]!r}" for hit in LEFT_OVER.finditer(text)
    ]


def _is_labelled(one: Element, labelled: set[str | None]) -> bool:
    # The choices of a row of segments stand in their labels.
    return (
        one.own.get("type") in ("hidden", "radio", "submit")
        or one.own.get("id") in labelled
        or bool(one.own.get("aria-label") or one.own.get("aria-labelledby"))
    )


def _order_of_heads(levels: list[int]) -> list[str]:
    found = [] if levels.count(1) == 1 else [f"{levels.count(1)} h1"]
    pairs = zip([0, *levels], levels, strict=False)
    return found + [f"h{level} after h{before}" for before, level in pairs if level > before + 1]
