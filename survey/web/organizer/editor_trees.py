"""A scenario tree as the editor shows it: events chosen from lists, the scenarios they span, the tree as drawn."""

from dataclasses import dataclass
from typing import Any

from flask import render_template
from markupsafe import Markup

from ...bank.paths import KeyPath, value_at
from ...i18n.locale import current_language, speaking
from ...i18n.locale import gettext as _
from ...presenters import draft_words
from ...presenters.scenario_charts import even_scenarios, told_scenarios
from ...services.draft_scenarios import ASIDES, AXES, LEAVES, parts_of
from .editor_fields import EditField, EditForm, event_code
from .editor_forms import Row, events_to_choose, words_in_languages
from .editor_pages import Written
from .editor_preview import scenario_row


@dataclass(frozen=True)
class TreePart:
    """One axis, aside or leaf with its fields: words in rows of languages, facts; what is wrong with the whole."""

    key: str
    number: int
    title: str
    words: list[Row]
    facts: list[EditField]


def scenario_values(page: Written, form: EditForm, key: str) -> dict[str, Any]:
    """What the page of one tree shows: its words, its parts with their fields, the tree as drawn in each language."""
    at: KeyPath = ("structure", "scenario", key)
    return {
        "words": [
            words_in_languages(form, page.languages, ("scenario", key, "title")),
            words_in_languages(form, page.languages, ("scenario", key, "note"), control="area", rows=3),
        ],
        "axes": _parts(page, form, key, AXES),
        "asides": _parts(page, form, key, ASIDES),
        "leaves": _parts(page, form, key, LEAVES),
        "problems": {
            part: next(
                (one.sentence for one in page.faults if one.path == (*at, part) and not one.is_gap), ""
            )
            for part in (AXES, LEAVES)
        },
        "drawn": _drawn(page, key),
    }


def _parts(page: Written, form: EditForm, key: str, part: str) -> list[TreePart]:
    make = _leaf if part == LEAVES else _event
    return [
        make(page, form, key, part, name, number)
        for number, name in enumerate(parts_of(page.draft.document, key, part), start=1)
    ]


def _event(page: Written, form: EditForm, key: str, part: str, name: str, number: int) -> TreePart:
    """An event of the tree: which one, and for all but the root the question that has its chance in both cases."""
    at: KeyPath = ("structure", "scenario", key, part, name)
    path = at if part == ASIDES else (*at, "event")
    own = event_code(value_at(form.document, path))
    choices = [("", _("nothing")), *events_to_choose(form, form.reading.bank, "", own)]
    facts = [form.field(path, control="choice", choices=choices, label=_("Event"))]
    if part == AXES and number > 1:
        pairs = [
            (one.key, draft_words.title_of(form.document, "question", one.key, current_language()))
            for one in form.reading.bank.questions
            if one.kind == "pair"
        ]
        label = _("Its chance with and without the first event, from")
        facts.append(form.field((*at, "given"), control="choice", choices=[("", "–"), *pairs], label=label))
    words = words_in_languages(form, page.languages, ("scenario", key, part, name), label=_("In words"))
    rows = [words]
    if part == AXES:
        branches: KeyPath = ("scenario", key, "branches", name)
        rows += [
            words_in_languages(form, page.languages, (*branches, "yes"), label=_("Branch: it comes true")),
            words_in_languages(form, page.languages, (*branches, "no"), label=_("Branch: it does not")),
        ]
    return TreePart(name, number, _title(page, ("scenario", key, part, name), name), rows, facts)


def _leaf(page: Written, form: EditForm, key: str, part: str, name: str, number: int) -> TreePart:
    """A scenario: which events come true in it, which do not, and which may go either way."""
    at: KeyPath = ("structure", "scenario", key, part, name)
    states = [("", _("either way")), ("y", _("comes true")), ("n", _("does not come true"))]
    facts = [
        form.field(
            (*at, axis),
            control="choice",
            choices=states,
            label=_title(page, ("scenario", key, AXES, axis), axis),
        )
        for axis in parts_of(form.document, key, AXES)
    ]
    end: KeyPath = ("scenario", key, part, name)
    words = [
        words_in_languages(form, page.languages, (*end, "title")),
        words_in_languages(
            form, page.languages, (*end, "definition"), label=_("What it means"), control="area", rows=3
        ),
    ]
    return TreePart(name, number, _title(page, (*end, "title"), name), words, facts)


def _title(page: Written, end: KeyPath, name: str) -> str:
    """The words of a part: in the reader's language, else in another, else its key."""
    texts = (
        value_at(page.draft.document, ("words", code, *end)) for code in (current_language(), *page.languages)
    )
    return next((text for text in texts if isinstance(text, str) and text.strip()), name)


def _drawn(page: Written, key: str) -> list[tuple[str, Markup]]:
    """The tree by language, by the template of the page that participants see; its chances are even and made up."""
    made = []
    for code in page.languages:
        with speaking(code):
            row = scenario_row(page.reading.bank, key, code)
            if row is not None:
                shown = told_scenarios(row, even_scenarios(row), code)
                html = render_template(
                    "participant/_scenario_tree.html",
                    shown=shown,
                    words=row.text(code),
                    id=f"tree-{code}",
                    level=3,
                )
                made.append((code, Markup(html)))
    return made
