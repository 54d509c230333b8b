"""Charts that stand elsewhere: as a picture with its title, source and day in it, or bare for a small box."""

import json
from collections.abc import Sequence
from textwrap import wrap

from survey.charts.look import DARK, PALETTE, WIDTH, Chart, Spec

#: Letters of a title and of a line beneath it that fit the width of a picture made on the server.
TITLE_LETTERS, LINE_LETTERS = 62, 96

BOXES: dict[str, tuple[int, int]] = {"wide": (336, 150), "narrow": (286, 108)}
"""Width and height in pixels of a bare picture inside a box of 600, or of 320 pixels."""


def travelling(chart: Chart, lines: Sequence[str], *, dark: bool = False) -> Spec:
    """The specification of a picture that says itself what it shows, of whom, as of when, and where it is from.

    Parameters
    ----------
    lines
        Of the source, beneath title and subtitle; each is wrapped.
    dark
        Whether colours are those of the dark scheme.
    """
    # Vega does not wrap: in a page titles stand in HTML, and here there is none.
    under = [line for told in (chart.subtitle, *lines) if told for line in wrap(told, LINE_LETTERS)]
    over = wrap(chart.title, TITLE_LETTERS)
    title = {
        "text": over,
        "subtitle": under,
        "anchor": "start",
        "frame": "bounds",
        "fontSize": 20,
        "color": PALETTE["ink"],
        "subtitleColor": PALETTE["ink-3"],
        "subtitleFontSize": 14,
        "subtitleLineHeight": 19,
        "subtitlePadding": 6,
        "offset": 16,
    }
    heads = 26 * len(over) + 19 * len(under) + 24
    spec = {
        **chart.spec,
        "title": title,
        "background": PALETTE["paper"],
        "padding": 20,
        "width": WIDTH,
        "height": int(chart.spec["height"]) + heads,
    }
    return _coloured(spec, dark)


def boxed(chart: Chart, box: str, *, dark: bool = False) -> Spec:
    """The picture alone, for one of `BOXES`, on the paper of the page it stands in."""
    width, height = BOXES[box]
    return _coloured({**chart.spec, "width": width, "height": height}, dark)


def _coloured(spec: Spec, dark: bool) -> Spec:
    """In the colours of a scheme; a specification holds those of the light one."""
    if not dark:
        return spec
    text = json.dumps(spec)
    for name, colour in PALETTE.items():
        # Marked first: a dark colour may be another's light one.
        text = text.replace(f'"{colour}"', f'"--{name}--"')
    for name, colour in DARK.items():
        text = text.replace(f'"--{name}--"', f'"{colour}"')
    found: Spec = json.loads(text)
    return found
