"""The script that draws pictures in the page: made once from the wheel that draws them on the server."""

import hashlib
import subprocess
import sys
from functools import cache
from importlib.metadata import version
from typing import Any

import vl_convert

from survey.charts.look import Spec
from survey.charts.words import number_locale, time_locale

#: What the bundle does once it is loaded.
GIVEN = "window.vegaEmbed=vegaEmbed;"
#: Prints the bundle.
MAKING = "import sys, vl_convert; sys.stdout.buffer.write(vl_convert.javascript_bundle(sys.argv[1]).encode())"


@cache
def fingerprint() -> str:
    """The fingerprint of what the bundle is made of: known before it is made, which takes three seconds.

    A released wheel never changes, and with our line it is all that goes in.
    """
    return hashlib.sha256(f"{version('vl-convert-python')}\0{GIVEN}".encode()).hexdigest()[:16]


def bundle() -> bytes:
    """The script, made now, which takes three seconds.

    It is made in a process apart: in this one the library would let nobody else be answered until it is done.
    """
    # Without -P the folder in which the server was started could stand in for any package.
    making = [sys.executable, "-P", "-c", MAKING, GIVEN]
    return subprocess.run(making, stdout=subprocess.PIPE, check=True).stdout


def as_file(spec: Spec, kind: str) -> bytes:
    """A specification drawn on the server: `svg`, or `png` at twice its size; nothing is fetched for it.

    Months and numbers on its axes are the reader's language's, as `static/charts.js` has them in the page.
    """
    told: dict[str, Any] = {
        "allowed_base_urls": [],
        "format_locale": number_locale(),
        "time_format_locale": time_locale(),
    }
    if kind == "svg":
        return str(vl_convert.vegalite_to_svg(spec, **told)).encode()
    return bytes(vl_convert.vegalite_to_png(spec, scale=2, **told))
