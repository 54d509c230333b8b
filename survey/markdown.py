"""Markdown to HTML: the only place where text becomes markup.

CommonMark without raw HTML, then an allow-list: what people write can carry emphasis, lists, quotes and links,
never an image, a style or a script. Links tell the site they lead to nothing about where the reader came from.
"""

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_TAGS = {"p", "br", "em", "strong", "a", "ul", "ol", "li", "blockquote", "code", "pre", "hr"}
#: Headings of the bank's longer texts; the page's own heading is the only h1.
_HEADINGS = {"h2", "h3", "h4"}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}

_WRITTEN = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable("image")
_BANK = MarkdownIt("commonmark", {"html": False}).disable("image")


def rationale(text: str) -> Markup:
    """What a participant wrote, lines kept as they were typed.

    >>> rationale("Spring is *the* risk.")
    Markup('<p>Spring is <em>the</em> risk.</p>\\n')
    """
    return _clean(_WRITTEN.render(text), _TAGS)


def bank_text(text: str) -> Markup:
    """A text of the question bank: one sentence a line, which flow together; headings from the second level on.

    >>> bank_text("One.\\nTwo.")
    Markup('<p>One.\\nTwo.</p>\\n')
    """
    return _clean(_BANK.render(text), _TAGS | _HEADINGS)


def _clean(html: str, tags: set[str]) -> Markup:
    # What the allow-list lets through is markup by definition: nothing else in the project says so.
    return Markup(
        nh3.clean(
            html,
            tags=tags,
            attributes=_ATTRIBUTES,
            url_schemes=_SCHEMES,
            link_rel="nofollow noopener noreferrer",
        )
    )
