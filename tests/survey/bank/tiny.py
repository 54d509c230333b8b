"""A bank as small as can be: one question of each kind, one relation of each kind, one scenario tree."""

from collections.abc import Mapping
from pathlib import Path

STRUCTURE = """\
[survey]
slug = "tiny"
opens = 2026-11-01T00:00:00Z
closes = 2030-01-01T00:00:00Z
minimum_cell = 10
lowest_probability = 0.001
highest_probability = 0.999
zone = "Europe/Kyiv"
languages = ["en", "uk"]

[[theme]]
key = "only"

[[question]]
key = "rain"
theme = "only"
kind = "binary"
deadline = 2027-12-31
resolves = 2028-02-29T00:00:00Z

[[question]]
key = "colour"
theme = "only"
kind = "choice"
options = ["red", "green", "blue"]
deadline = 2027-12-31
resolves = 2028-02-29T00:00:00Z

[[question]]
key = "size"
theme = "only"
kind = "ordered"
options = ["small", "large"]
deadline = 2027-12-31
resolves = 2028-02-29T00:00:00Z

[[question]]
key = "peace"
theme = "only"
kind = "ladder"
deadlines = [2027-06-30, 2028-06-30]
resolves = 2028-12-31T00:00:00Z

[[question]]
key = "lasts"
theme = "only"
kind = "binary"
given = { question = "peace", options = ["2027-06-30"], holds = true }
deadline = 2028-06-30
closes = 2027-07-01T00:00:00Z
resolves = 2028-12-31T00:00:00Z

[[question]]
key = "branch"
theme = "only"
kind = "pair"
given = { question = "peace", options = ["2027-06-30"], holds = true }
deadline = 2027-06-30
resolves = 2028-02-29T00:00:00Z

[[question]]
key = "price"
theme = "only"
kind = "numeric"
scale = "log"
lower = 0.5
upper = 40
open_upper = true
quantile_levels = [0.05, 0.5, 0.95]
deadline = 2027-12-31
resolves = 2028-02-29T00:00:00Z

[[question]]
key = "day"
theme = "only"
kind = "date"
scale = "linear"
lower = 2026-11-15
upper = 2029-12-31
whole = true
quantile_levels = [0.05, 0.5, 0.95]
deadline = 2027-12-31
resolves = 2028-02-29T00:00:00Z

[[relation]]
key = "I.a"
kind = "implies"
events = [
  { question = "rain", options = ["yes"], holds = true },
  { question = "peace", options = ["2028-06-30"], holds = true },
]

[[relation]]
key = "I.b"
kind = "implies"
events = [
  { question = "lasts", options = ["yes"], holds = false },
  { question = "rain", options = ["yes"], holds = false },
]

[[relation]]
key = "Q"
kind = "equals"
events = [
  { question = "colour", options = ["red"], holds = true },
  { question = "rain", options = ["yes"], holds = true },
]

[[relation]]
key = "X"
kind = "excludes"
events = [
  { question = "rain", options = ["yes"], holds = true },
  { question = "peace", options = ["2027-06-30"], holds = true },
]

[[relation]]
key = "P"
kind = "partition"
events = [
  { question = "rain", options = ["yes"], holds = true },
  { question = "size", options = ["large"], holds = true },
]

[[relation]]
key = "T"
kind = "total"
pair = "branch"
events = [{ question = "size", options = ["large"], holds = true }]

[[scenario]]
key = "tree"
leaves = [
  { key = "best", peace = true, large = true },
  { key = "other", peace = true, large = false },
  { key = "none", peace = false },
]

[[scenario.axes]]
key = "peace"
event = { question = "peace", options = ["2027-06-30"], holds = true }

[[scenario.axes]]
key = "large"
event = { question = "size", options = ["large"], holds = true }
given = "branch"

[scenario.also]
wet = { question = "rain", options = ["yes"], holds = true }
"""

WORKED = """\
[answer]
rain.yes = 0.3
colour = { red = 0.3, green = 0.5, blue = 0.2 }
size = { small = 0.3, large = 0.7 }
lasts.yes = 0.5

[answer.peace]
"2027-06-30" = 0.2
"2028-06-30" = 0.4

[answer.branch]
if_yes = 0.9
if_no = 0.65
"""

#: Options that must have labels; the other kinds have one of their own.
LABELS = {
    "rain": [],
    "colour": ["red", "green", "blue"],
    "size": ["small", "large"],
    "peace": ["2027-06-30", "2028-06-30"],
    "lasts": [],
    "branch": ["if_yes", "if_no"],
    "price": [],
    "day": [],
}


def words(language: str) -> str:
    """The words of the bank; each says its key and its language."""
    questions = "".join(_question(key, language) for key in LABELS)
    return f"""\
[survey]
title = "Tiny {language}"
headline = "Headline {language}"
summary = "Summary {language}"
# Who runs it stands at the end.
rules = "Rules {language}"

[consent]
text = \"\"\"
Consent {language},
over two lines.\"\"\"

[theme.only]
title = "Theme {language}"
summary = "Theme summary {language}"
note = "Theme note {language}"

{questions}
[relation]
I = "I {language}"
Q = "Q {language}"
X = "X {language}"
P = "P {language}"
T = "T {language}"
KINDS = "What the kinds say {language}"

[scenario.tree]
title = "Tree {language}"
note = "Tree note {language}"
leaves.best = {{ title = "Best {language}", definition = "Best defined {language}" }}
leaves.other = {{ title = "Other {language}", definition = "Other defined {language}" }}
leaves.none = {{ title = "None {language}", definition = "None defined {language}" }}
axes = {{ peace = "Peace {language}", large = "Large {language}" }}
also.wet = "Wet {language}"
branches.peace = {{ yes = "At peace {language}", no = "At war {language}" }}

[organizer]
name = "Organizer {language}"
contact = "Contact {language}"
legal_basis = "Basis {language}"
kept_until = "Until {language}"
"""


def _question(key: str, language: str) -> str:
    labels = "".join(f'options."{option}" = "{option} {language}"\n' for option in LABELS[key])
    return f"""\
[question.{key}]
title = "Title of {key} {language}"
short = "Short {key} {language}"
background = "Background of {key} {language}"
criteria = "Criteria of {key} {language}"
fine_print = "Fine print of {key} {language}"
sources = ["Reuters", "AP"]
unit = "{"€" if key == "price" else ""}"
{labels}
"""


def files() -> dict[str, str]:
    """The bank's files, name to text."""
    return {
        "structure.toml": STRUCTURE,
        "worked.toml": WORKED,
        "en.toml": words("en"),
        "uk.toml": words("uk"),
    }


def write(folder: Path, changed: Mapping[str, str] | None = None) -> Path:
    """The bank as a folder, with some files other than they are; the folder."""
    folder.mkdir(exist_ok=True)
    for name, text in {**files(), **(changed or {})}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def write_edited(folder: Path, file: str, old: str, new: str) -> Path:
    """The bank with one piece of one file, which must be there once, replaced by another."""
    text = files()[file]
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    return write(folder, {file: text.replace(old, new)})
