"""Atom (RFC 4287): news as a feed that any reader of feeds follows."""

import xml.etree.ElementTree as xml
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from .news import News

NAMESPACE = "http://www.w3.org/2005/Atom"
#: What XML 1.0 has no letters for; no text that is stored has one, but a feed with one could not be read at all.
_UNSAYABLE = {code: None for code in range(32) if chr(code) not in "\t\n\r"}


def atom(
    title: str,
    subtitle: str,
    entries: Sequence[News],
    *,
    address: str,
    page: str,
    begun: datetime,
    language: str,
    link: Callable[[News], str],
) -> bytes:
    """A feed, with everything that RFC 4287 section 4.1 asks of it.

    Parameters
    ----------
    address, page
        Of the feed itself, which names it and its entries for good, and of the page it is of.
    begun
        What it says to be updated at where it has no entry yet.
    link
        The page of an entry.
    """
    xml.register_namespace("", NAMESPACE)
    feed = xml.Element(_name("feed"), {"{http://www.w3.org/XML/1998/namespace}lang": language})
    _text(feed, "id", address)
    _text(feed, "title", title)
    _text(feed, "subtitle", subtitle)
    # A feed of nothing has to say a moment too, and one that stays (RFC 4287, 4.1.1).
    _text(feed, "updated", _moment(max([begun, *(one.at for one in entries)])))
    _text(xml.SubElement(feed, _name("author")), "name", "Parley")
    xml.SubElement(feed, _name("link"), rel="self", type="application/atom+xml", href=address)
    xml.SubElement(feed, _name("link"), rel="alternate", type="text/html", href=page)
    for one in entries:
        entry = xml.SubElement(feed, _name("entry"))
        # Without the language: a piece of news told in two languages is one (RFC 4287, 4.2.6).
        _text(entry, "id", f"{address.partition('?')[0]}#{one.name}")
        _text(entry, "title", one.title)
        _text(entry, "updated", _moment(one.at))
        xml.SubElement(entry, _name("link"), rel="alternate", type="text/html", href=link(one))
        _text(entry, "summary", one.words)
    return bytes(xml.tostring(feed, encoding="utf-8", xml_declaration=True))


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _text(above: xml.Element, name: str, text: str) -> None:
    xml.SubElement(above, _name(name)).text = text.translate(_UNSAYABLE)


def _moment(moment: datetime) -> str:
    """As RFC 3339 has it, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
