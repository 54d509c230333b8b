"""Reading a specification: what is drawn, in which order, and what is written where."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import vl_convert

from survey.charts import PALETTE, Spec


class Mark(NamedTuple):
    """One thing that is drawn: its look, its rows, how they are placed; later marks lie upon earlier ones."""

    look: Spec
    rows: list[Spec]
    encoding: Spec

    @property
    def is_halo(self) -> bool:
        return self.look["type"] == "text" and self.look.get("stroke") == PALETTE["paper"]

    @property
    def words(self) -> list[str]:
        """What a text says, whatever the width of the picture."""
        text = self.encoding.get("text", {})
        if "value" in text:
            return [text["condition"]["value"]]
        return [row[text["field"]] for row in self.rows]


def marks(spec: Spec) -> list[Mark]:
    """Every mark in the order of drawing."""
    return list(_marks({"layer": spec["layer"]}, [], {}))


def _marks(layer: Spec, rows: list[Spec], encoding: Spec) -> Iterator[Mark]:
    rows = layer.get("data", {}).get("values", rows)
    encoding = encoding | layer.get("encoding", {})
    if "mark" in layer:
        yield Mark(layer["mark"], rows, encoding)
    for inner in layer.get("layer", []):
        yield from _marks(inner, rows, encoding)


def texts(spec: Spec) -> list[Mark]:
    """Every text, without the halo behind it."""
    return [mark for mark in marks(spec) if mark.look["type"] == "text" and not mark.is_halo]


def said(spec: Spec) -> list[Any]:
    """Everything that is written, spaces that do not break made plain."""
    plain = [words for mark in texts(spec) for words in mark.words]
    return [words.replace("\xa0", " ") if isinstance(words, str) else words for words in plain]


def written_at(spec: Spec, pattern: str) -> list[tuple[float, float]]:
    """Labels that are seen and are of a pattern: where they begin and end in pixels, about."""
    svg = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    found = re.findall(
        r'<text text-anchor="(\w+)"[^>]*translate\(([-\d.]+),[^>]* opacity="1">([^<]*)</text>', svg
    )
    before = {"start": 0.0, "middle": 0.5, "end": 1.0}
    seen = [(float(x), before[anchor], 7.0 * len(w)) for anchor, x, w in found if re.fullmatch(pattern, w)]
    return sorted((x - share * wide, x + (1 - share) * wide) for x, share, wide in seen)
