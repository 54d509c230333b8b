"""Markdown to HTML: the only place where text becomes markup.

CommonMark without raw HTML, then an allow-list: what people write can carry emphasis, lists, quotes and links,
never an image, a style or a script. Links tell the site they lead to nothing about where the reader came from;
those in what participants write are marked as written by users.
"""

import re
from difflib import SequenceMatcher
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_TAGS = {"p", "br", "em", "strong", "a", "ul", "ol", "li", "blockquote", "code", "pre", "hr"}
#: Headings of the bank's longer texts; the page's own heading is the only h1.
_HEADINGS = {"h2", "h3", "h4"}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
_LINKS = "nofollow noopener noreferrer"

#: Stand around a changed word while its text is rendered; no text keeps them.
_BEGIN, _END = "\ue000", "\ue001"
#: What makes a line a heading or an item of a list, and is no word of it.
_LINE_MARK = re.compile(r"#{1,6}|[-*+>]|\d{1,9}[.)]")
#: A word between the signs that open and close emphasis, which have to keep their places at its ends.
_CORE = re.compile(r"([*_]*)(.*?)([*_]*)", re.DOTALL)

# An image is asked for by everybody who reads the page: whoever wrote it would learn from where, and when.
_WRITTEN = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable("image")
_BANK = MarkdownIt("commonmark", {"html": False}).disable("image")


def rationale(text: str) -> Markup:
    """What a participant wrote, lines kept as they were typed.

    >>> rationale("Spring is *the* risk.")
    Markup('<p>Spring is <em>the</em> risk.</p>\\n')
    """
    return _clean(_WRITTEN.render(text), _TAGS, f"{_LINKS} ugc")


#: A reason as it is stored, rendered once: a long one takes 50 ms, and every reader of a page asks for twenty.
#: Thirteen pages of reasons are kept: 15 MB where each is as long as may be, three times that if all are links.
#: What is read is always asked of the store: an erased reason is not shown, though its words may stay here, in this
#: process's memory alone, until others take their place. What was never sent (a preview) does not come here.
stored_rationale = lru_cache(maxsize=256)(rationale)


@lru_cache(maxsize=1024)
def bank_text(text: str) -> Markup:
    """A text of the question bank: one sentence a line, which flow together; headings from the second level on.

    >>> bank_text("One.\\nTwo.")
    Markup('<p>One.\\nTwo.</p>\\n')
    """
    # Kept: every page of a question renders the same texts, a millisecond each.
    return _clean(_BANK.render(text), _TAGS | _HEADINGS)


def changed_words(old: str, new: str) -> tuple[Markup, Markup]:
    """Two versions of a text of the bank: `<del>` around words the new one lacks, `<ins>` around its own.

    >>> changed_words("In Geneva.", "In Vienna.")[1]
    Markup('<p>In <ins>Vienna.</ins></p>\\n')
    """
    # Without the signs in them: one that somebody wrote would open or close a mark of ours.
    before, after = (re.split(r"(\s+)", re.sub(f"[{_BEGIN}{_END}]", "", text)) for text in (old, new))
    # Words stand at even places, what separates them at odd ones.
    # Without `autojunk`, which in texts of two hundred words and more matches none that is frequent.
    blocks = SequenceMatcher(None, before[::2], after[::2], autojunk=False).get_matching_blocks()
    kept_before = {place for block in blocks for place in range(block.a, block.a + block.size)}
    kept_after = {place for block in blocks for place in range(block.b, block.b + block.size)}
    return _marked(before, kept_before, "del"), _marked(after, kept_after, "ins")


def word_changes(old: str, new: str, around: int = 6) -> list[tuple[str, str]]:
    """Two versions of a text in one: words with `del`, `ins` or, where both have them, an empty kind before them.

    Of what did not change so many words stand `around` a change; what is left out between is an ellipsis.

    >>> word_changes("be deployed to Ukraine", "be stationed in Ukraine")
    [('', 'be'), ('del', 'deployed to'), ('ins', 'stationed in'), ('', 'Ukraine')]
    """
    before, after = old.split(), new.split()
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    found: list[tuple[str, str]] = []
    for place, (kind, start, end, first, last) in enumerate(steps):
        if kind == "equal":
            found.append(("", _shortened(before[start:end], around, place > 0, place + 1 < len(steps))))
        else:
            pieces = (("del", before[start:end]), ("ins", after[first:last]))
            found += [(name, " ".join(words)) for name, words in pieces if words]
    return found


def _shortened(words: list[str], around: int, follows: bool, leads: bool) -> str:
    """Words that did not change: those beside a change that goes before them (`follows`) or comes after (`leads`)."""
    head, tail = around if follows else 0, around if leads else 0
    if len(words) <= head + tail + 1:
        return " ".join(words)
    return " ".join([*words[:head], "…", *words[len(words) - tail :]])


def _marked(pieces: list[str], kept: set[int], tag: str) -> Markup:
    marked = [
        piece if place % 2 or place // 2 in kept or _LINE_MARK.fullmatch(piece) else _mark(piece)
        for place, piece in enumerate(pieces)
    ]
    html = _BANK.render("".join(marked)).replace(_BEGIN, f"<{tag}>").replace(_END, f"</{tag}>")
    # Neighbours are one change.
    html = re.sub(rf"</{tag}>(\s+)<{tag}>", r"\1", html)
    return _clean(html, _TAGS | _HEADINGS | {tag})


def _mark(word: str) -> str:
    found = _CORE.fullmatch(word)
    if found is None or not found[2]:
        return word
    return f"{found[1]}{_BEGIN}{found[2]}{_END}{found[3]}"


def _clean(html: str, tags: set[str], link_rel: str = _LINKS) -> Markup:
    # What the allow-list lets through is markup by definition: nothing else in the project says so.
    return Markup(nh3.clean(html, tags=tags, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=link_rel))
