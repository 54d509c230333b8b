"""Which fields each page of the editor has: words in columns of languages, facts that are the same in every one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...bank import labels
from ...bank.base_rates import BASE_RATE_FACTS
from ...bank.content import Bank
from ...bank.document import option_keys
from ...bank.paths import KeyPath, value_at
from ...bank.ties import KINDS_WITH_EVENTS
from ...bank.words import LONGEST_NOTE, LONGEST_PREREGISTRATION, LONGEST_SHORT, LONGEST_TITLE
from ...i18n.locale import LANGUAGES, current_language
from ...i18n.locale import gettext as _
from ...models import BACKGROUND_KINDS, KIND_NAMES, RELATION_KINDS, Question
from ...models.licence import LICENCES, NOT_STATED, OWN_WORDS, SPDX
from ...models.survey import PUBLICATIONS, READERS, REVEALS, VISIBILITIES
from ...presenters import draft_words
from .editor_fields import EditField, EditForm, event_code, event_of

#: One kind of text beside itself in every language.
Row = list[EditField]


def words_in_languages(form: EditForm, languages: Sequence[str], end: KeyPath, **more: Any) -> Row:
    """One kind of text in every language; `end` is its path behind the language."""
    return [form.field(("words", code, *end), language=code, **more) for code in languages]


def purpose_fields(form: EditForm, languages: Sequence[str]) -> dict[str, Any]:
    """Words of the survey itself, in rows of languages; and its address and languages."""
    long_texts = (("summary", 4), ("rules", 8))
    # From the opening on its owner says on a page of its own who asks: what is written here is older.
    who_asks = ("name", "contact", "legal_basis", "kept_until") if not form.is_open else ()
    known = {**{code: code for code in languages}, **LANGUAGES}
    return {
        "words": [
            words_in_languages(form, languages, ("survey", "title"), longest=LONGEST_TITLE),
            words_in_languages(form, languages, ("survey", "headline"), control="area", rows=2),
            *(
                words_in_languages(form, languages, ("survey", name), control="area", rows=rows)
                for name, rows in long_texts
            ),
            *(
                words_in_languages(form, languages, ("organizer", name), control="area", rows=2)
                for name in who_asks
            ),
            words_in_languages(form, languages, ("consent", "text"), control="area", rows=16),
        ],
        "facts": [
            form.field(("structure", "survey", "languages"), choices=list(known.items())),
            form.field(
                ("structure", "survey", "slug"),
                hint=_("Small letters, digits and hyphens; part of the link that people get."),
            ),
        ],
    }


def preregistration_fields(form: EditForm, languages: Sequence[str]) -> list[Row]:
    """What organizers say of the analysis before the opening, in rows of languages."""
    hints = {
        "primary_analysis": _(
            "Which figure answers your question, of which answers, at which day. May be empty."
        ),
        "exclusions": _("Beside those who are never counted: insiders, and people who saw the crowd first."),
        "stop_rule": _("Such as: after 200 people, or with the last day alone. May be empty."),
    }
    return [
        words_in_languages(
            form,
            languages,
            ("preregistration", name),
            control="area",
            rows=4,
            hint=hint,
            longest=LONGEST_PREREGISTRATION,
        )
        for name, hint in hints.items()
    ]


def people_fields(form: EditForm) -> list[EditField]:
    """The rules under which a survey is asked."""
    at: KeyPath = ("structure", "survey")
    time = _("In UTC, such as 2027-03-01 or 2027-03-01 14:30.")
    percent = _("In percent.")
    return [
        form.field((*at, "opens"), hint=time),
        form.field((*at, "closes"), hint=time + " " + _("From this moment on no answer is taken.")),
        form.field((*at, "visibility"), control="choice", choices=_visibilities()),
        form.field((*at, "reveal"), control="choice", choices=_reveals()),
        form.field((*at, "reveal_unit"), control="choice", choices=_units()),
        form.field(
            (*at, "readers"),
            control="choice",
            choices=_readers(),
            hint=_(
                "People who have seen the crowd before they take part are kept apart: their first forecasts do not"
                " enter it. The more people read first, the fewer count. Everybody reads of it before they agree, and"
                " from the opening on it stays."
            ),
        ),
        form.field((*at, "readers_days"), hint=_("Only where results are published some days later.")),
        form.field((*at, "publication"), control="choice", choices=_publications()),
        form.field((*at, "minimum_cell"), hint=_("5 or more; 10 where nothing is chosen.")),
        form.field((*at, "lowest_probability"), hint=percent),
        form.field((*at, "highest_probability"), hint=percent),
        form.field((*at, "explain_change"), hint=percent),
        form.field((*at, "zone"), hint=_("Such as Europe/Kyiv; UTC where nothing is chosen.")),
        form.field(
            (*at, "licence"),
            control="choice",
            choices=_licences(),
            hint=_(
                "People who have a snapshot may pass it on under this. Each snapshot has the licence of the day on"
                " which it was made."
            ),
        ),
        form.field((*at, "licence_words"), control="area", rows=2, hint=_("Only with words of your own.")),
        form.field((*at, "licence_address"), hint=_("Only with words of your own; begins with https://.")),
        form.field((*at, "protected")),
        form.field((*at, "base_rates_before")),
        form.field(
            ("structure", "round"),
            control="area",
            rows=3,
            hint=_(
                "One a line: when it opens, when it closes, and “crowd” or “none” for what is shown of the round"
                " before. None: one round from the opening to the close."
            ),
        ),
    ]


def _default(words: str) -> str:
    return _("%(choice)s (where nothing is chosen)", choice=words)


def _licences() -> list[tuple[str, str]]:
    """The names of licences are said as their authors write them, in every language."""
    words = {
        NOT_STATED: _("Not stated: people who want to pass the data on have to ask"),
        **{key: f"{one.title} ({key})" for key, one in SPDX.items()},
        OWN_WORDS: _("In words of your own"),
    }
    return _choices(LICENCES, words)


def _visibilities() -> list[tuple[str, str]]:
    words = {
        "public": _("Anybody; the survey is listed"),
        "link": _("Anybody with the link"),
        "invited": _("Invited people alone"),
    }
    return _choices(VISIBILITIES, words)


def _reveals() -> list[tuple[str, str]]:
    words = {
        "after answering": _("After they have answered or skipped"),
        "after close": _("After the question has closed"),
        "organizers only": _("Never"),
        "always": _("At once, also before they answer"),
    }
    return _choices(REVEALS, words)


def _readers() -> list[tuple[str, str]]:
    words = {
        "nobody": _("Nobody: as far as participants are shown them"),
        "always": _("Everybody, with each publication"),
        "after close": _("Everybody, once a question has closed"),
        "after days": _("Everybody, some days after each publication"),
    }
    return _choices(READERS, words)


def _units() -> list[tuple[str, str]]:
    words = {"tied": _("every question that is tied to it"), "single": _("nothing else")}
    return _choices(("tied", "single"), words)


def _publications() -> list[tuple[str, str]]:
    words = {
        "batched": _("Each day on which enough has changed"),
        "at close": _("Once, after the close"),
        "live": _("At every moment"),
    }
    return _choices(PUBLICATIONS, words)


def _choices(keys: Sequence[str], words: dict[str, str]) -> list[tuple[str, str]]:
    return [("", _default(words[keys[0]])), *((key, words[key]) for key in keys)]


def thing_words(form: EditForm, noun: str, key: str, languages: Sequence[str]) -> list[Row]:
    """The words of one question, theme, relation or question about the person, in rows of languages."""
    if noun == "relation":
        sentence = words_in_languages(
            form, languages, ("relation", key.split(".")[0]), label=_("Sentence"), control="area", rows=3
        )
        return [sentence]
    if noun == "theme":
        return [
            words_in_languages(form, languages, ("theme", key, "title"), longest=LONGEST_TITLE),
            words_in_languages(form, languages, ("theme", key, "summary"), control="area", rows=3),
            words_in_languages(form, languages, ("theme", key, "note"), control="area", rows=2),
        ]
    if noun == "background":
        return [
            words_in_languages(form, languages, ("background", key, "label"), longest=LONGEST_TITLE),
            words_in_languages(form, languages, ("background", key, "hint"), control="area", rows=2),
            *_labels(form, languages, ("background", key), _options(form, noun, key)),
        ]
    return _question_words(form, key, languages)


def note_words(form: EditForm, languages: Sequence[str], published: Question | None) -> list[Row]:
    """What changes with the next version of a question that participants see, said by whoever publishes it."""
    if published is None:
        return []
    number = published.version.number + 1
    label = _("What changes with version %(number)s, in a sentence", number=number)
    hint = _("People who have answered read it. If it is left empty, they are told which texts have changed.")
    path: KeyPath = ("question", published.key, "notes", str(number))
    return [words_in_languages(form, languages, path, label=label, hint=hint, longest=LONGEST_NOTE)]


def _question_words(form: EditForm, key: str, languages: Sequence[str]) -> list[Row]:
    at: KeyPath = ("question", key)
    facts, kind = value_at(form.document, ("structure", *at)), _kind(form, key)
    rows = [
        words_in_languages(form, languages, (*at, "short"), longest=LONGEST_SHORT),
        words_in_languages(
            form,
            languages,
            (*at, "title"),
            label=_("Question"),
            control="area",
            rows=3,
            longest=LONGEST_TITLE,
        ),
        words_in_languages(form, languages, (*at, "criteria"), control="area", rows=6),
        words_in_languages(form, languages, (*at, "fine_print"), control="area", rows=4),
        words_in_languages(form, languages, (*at, "background"), control="area", rows=4),
        words_in_languages(
            form,
            languages,
            (*at, "sources"),
            control="area",
            rows=2,
            hint=_("Two publishers or more, one a line; no links, they rot."),
        ),
    ]
    if kind == "numeric":
        rows.append(words_in_languages(form, languages, (*at, "unit")))
    if facts.get("base_rate"):
        rows += [
            words_in_languages(form, languages, (*at, "base_rate", name))
            for name in ("reference_class", "source")
        ]
    if kind in ("choice", "ordered", "ladder", "pair"):
        rows += _labels(form, languages, at, option_keys(facts))
    return rows


def _labels(form: EditForm, languages: Sequence[str], at: KeyPath, keys: Sequence[str]) -> list[Row]:
    words = {"if_yes": _("Answer where it happens"), "if_no": _("Answer where it does not")}
    return [
        words_in_languages(
            form, languages, (*at, "options", key), label=words.get(key) or _("Answer “%(key)s”", key=key)
        )
        for key in keys
    ]


def _options(form: EditForm, noun: str, key: str) -> list[str]:
    listed = value_at(form.document, ("structure", noun, key, "options"))
    return [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []


def _kind(form: EditForm, key: str, noun: str = "question") -> str:
    return str(value_at(form.document, ("structure", noun, key, "kind")) or "")


def thing_facts(form: EditForm, noun: str, key: str) -> list[EditField]:
    """What is the same in every language."""
    at: KeyPath = ("structure", noun, key)
    if noun == "question":
        return _question_facts(form, key)
    if noun == "relation":
        return _relation_facts(form, key)
    if noun == "background":
        kinds = [(kind, draft_words.about_in_words(kind)) for kind in BACKGROUND_KINDS]
        fields = [form.field((*at, "kind"), control="choice", choices=kinds)]
        kind = _kind(form, key, noun)
        if kind in ("single", "multi"):
            fields.append(form.field((*at, "options"), control="area", rows=4, hint=_keys_hint()))
        if kind == "number":
            fields += [form.field((*at, "lower")), form.field((*at, "upper"))]
        return fields
    return []


def _keys_hint() -> str:
    return _("One key a line, such as “red” or “18-29”; each gets its words above once this is saved.")


def _question_facts(form: EditForm, key: str) -> list[EditField]:
    at: KeyPath = ("structure", "question", key)
    kind = _kind(form, key)
    bank, language = form.reading.bank, current_language()
    themes = [(one, draft_words.title_of(form.document, "theme", one, language)) for one in bank.themes]
    kinds = [(one, labels.kind_in_words(one)) for one in KIND_NAMES]
    time = _("In UTC, such as 2027-03-01.")
    fields = [
        form.field((*at, "kind"), control="choice", choices=kinds),
        form.field((*at, "theme"), control="choice", choices=themes),
    ]
    if kind in ("choice", "ordered"):
        fields.append(form.field((*at, "options"), control="area", rows=5, hint=_keys_hint()))
    if kind == "ladder":
        fields.append(
            form.field(
                (*at, "deadlines"), control="area", rows=4, hint=_("One day a line, the earliest first.")
            )
        )
    else:
        fields.append(form.field((*at, "deadline"), hint=time))
    fields.append(form.field((*at, "resolves"), hint=time))
    if kind in ("numeric", "date"):
        fields += _range_fields(form, at)
    choices = [("", _("always")), *events_to_choose(form, bank, key)]
    fields += [
        form.field((*at, "given"), control="choice", choices=choices),
        form.field((*at, "opens"), hint=_("Where it is later than the survey’s.")),
        form.field((*at, "closes"), hint=_("Where it is not the end of the last day.")),
        form.field((*at, "rationale_required")),
    ]
    return fields


def base_rate_fields(form: EditForm, key: str) -> list[EditField]:
    """What is counted of a question's base rate: how often it happened before."""
    at: KeyPath = ("structure", "question", key, "base_rate")
    return [form.field((*at, name)) for name in BASE_RATE_FACTS]


def _range_fields(form: EditForm, at: KeyPath) -> list[EditField]:
    scales = [("linear", _("Even")), ("log", _("In ratios (logarithmic)"))]
    return [
        form.field((*at, "lower")),
        form.field((*at, "upper")),
        form.field((*at, "open_lower")),
        form.field((*at, "open_upper")),
        form.field((*at, "scale"), control="choice", choices=scales),
        form.field((*at, "whole")),
        form.field((*at, "quantile_levels"), hint=_("In percent, such as 5, 25, 50, 75, 95.")),
    ]


def _relation_facts(form: EditForm, key: str) -> list[EditField]:
    at: KeyPath = ("structure", "relation", key)
    bank = form.reading.bank
    kinds = [(kind, labels.relation_in_words(kind)) for kind in RELATION_KINDS]
    fields = [form.field((*at, "kind"), control="choice", choices=kinds)]
    choices = [("", _("nothing")), *events_to_choose(form, bank, "")]
    stored = value_at(form.document, (*at, "events"))
    codes = [event_code(event) for event in stored] if isinstance(stored, list) else []
    path: KeyPath = (*at, "events")
    # Room for one more than there are; no relation is of fewer than two.
    for place in range(max(len(codes) + 1, 2)):
        own = codes[place] if place < len(codes) else ""
        field = form.field(
            path, control="choice", choices=choices, label=_("Event %(number)s", number=place + 1)
        )
        fields.append(_chosen(field, own, place))
    if _kind(form, key, "relation") == "total":
        pairs = [
            (one.key, draft_words.title_of(form.document, "question", one.key, current_language()))
            for one in bank.questions
            if one.kind == "pair"
        ]
        fields.append(form.field((*at, "pair"), control="choice", choices=[("", "–"), *pairs]))
    return fields


def _chosen(field: EditField, value: str, place: int) -> EditField:
    """One of several fields of one name."""
    # They stand at one path and have one fault, which is said once.
    return replace(field, value=value, place=place, problem=field.problem if place == 0 else "")


def events_to_choose(form: EditForm, bank: Bank, but: str, own: str | None = None) -> list[tuple[str, str]]:
    """Every event that can be spoken of: a question's answer, and that it is not the answer.

    With `own`, the code of an event that stands, also of several answers: those of an order from one of them on, and
    the one that stands, whatever it is made of.
    """
    choices = _events_of_one_answer(form, bank, but)
    if own is not None:
        known = {code for code, _words in choices}
        choices += [one for one in _events_of_several(form, bank) if one[0] not in known]
        if own not in dict(choices) and event_of(own) is not None:
            choices.append((own, _event_in_words(form, own)))
    return choices


def _events_of_several(form: EditForm, bank: Bank) -> list[tuple[str, str]]:
    """Of each question whose answers have an order: from one of them on."""
    language, choices = current_language(), []
    for asked in bank.questions:
        keys = [option.key for option in asked.options]
        title = draft_words.title_of(form.document, "question", asked.key, language)
        # From the first answer on it is everything, from the last on that answer alone.
        for place in range(1, len(keys) - 1 if asked.kind == "ordered" else 0):
            code = f"{asked.key}={','.join(keys[place:])}"
            choices.append((code, _("%(title)s: %(answer)s or further", title=title, answer=keys[place])))
    return choices


def _event_in_words(form: EditForm, code: str) -> str:
    event = event_of(code)
    title = draft_words.title_of(form.document, "question", event["question"], current_language())
    answers = ", ".join(event["options"])
    if event["holds"]:
        return f"{title}: {answers}"
    return _("%(title)s: not %(answer)s", title=title, answer=answers)


def _events_of_one_answer(form: EditForm, bank: Bank, but: str) -> list[tuple[str, str]]:
    language = current_language()
    choices = []
    for asked in bank.questions:
        if asked.key == but or asked.kind not in KINDS_WITH_EVENTS:
            continue
        title = draft_words.title_of(form.document, "question", asked.key, language)
        for option in asked.options:
            said = _("yes") if option.key == "yes" else option.key
            choices.append((f"{asked.key}={option.key}", f"{title}: {said}"))
            choices.append(
                (f"{asked.key}!{option.key}", _("%(title)s: not %(answer)s", title=title, answer=said))
            )
    return choices
