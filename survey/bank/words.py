"""Reads the words of a bank in one language, and compares languages."""

import re
from collections.abc import Iterable, Iterator

from ..i18n.locale import gettext as _
from .base_rates import read_base_rate_words
from .content import (
    BASE_RATE_WORDS,
    CONTROLLER,
    OWN_LABELS,
    VERSION_WORDS,
    Background,
    BackgroundWords,
    ControllerWords,
    PreregistrationWords,
    Question,
    QuestionWords,
    Relation,
    Scenario,
    ScenarioWords,
    SurveyWords,
    ThemeWords,
    Words,
    branch_parts,
)
from .keys import look_alikes, said_alike
from .lines import Place
from .tables import Table

LONGEST_TITLE = 120
LONGEST_SHORT = 40
LONGEST_CONTROLLER = 1_000
LONGEST_PREREGISTRATION = 4_000
LONGEST_NOTE = 500
FEWEST_PUBLISHERS = 2
_PARTS = (
    "survey",
    "organizer",
    "consent",
    "preregistration",
    "theme",
    "question",
    "relation",
    "scenario",
    "background",
)
_OF_QUESTION = (
    *(name for name in VERSION_WORDS if name not in BASE_RATE_WORDS.values()),
    "options",
    "base_rate",
    "notes",
)
_VERSION = re.compile(r"[2-9]|[1-9][0-9]{1,5}")


def read_words(
    file: Table,
    language: str,
    themes: tuple[str, ...],
    questions: tuple[Question, ...],
    relations: tuple[Relation, ...],
    scenarios: tuple[Scenario, ...],
    background: tuple[Background, ...] = (),
) -> Words:
    """All words in one language; what the facts name must have words, and nothing else may."""
    file.only(_PARTS)
    consent = file.table("consent")
    consent.only(("text",))
    return Words(
        survey=_survey(file.table("survey")),
        consent=consent.text("text"),
        themes={key: _theme(table) for key, table in _each(file, "theme", themes)},
        questions=_questions(file, language, questions),
        relations=_relations(file, relations),
        scenarios=_scenarios(file, scenarios),
        background=_background(file, background),
        controller=_controller(file),
        preregistration=_preregistration(file),
    )


def _each(table: Table, name: str, keys: tuple[str, ...]) -> Iterator[tuple[str, Table]]:
    """The table of each key; keys without a table and tables without a key are faults."""
    if not keys and name not in table:
        return
    group = table.table(name)
    group.only(keys, "structure.toml has none of that name")
    for key in keys:
        yield key, group.table(key)


def _survey(table: Table) -> SurveyWords:
    table.only(("title", "headline", "summary", "rules"))
    return SurveyWords(
        title=table.text("title", longest=LONGEST_TITLE),
        headline=table.text("headline"),
        summary=table.text("summary"),
        rules=table.text("rules", ""),
    )


def _controller(file: Table) -> ControllerWords | None:
    """Who runs the survey, whole or not at all: a half would look as if the rest were not needed."""
    if "organizer" not in file:
        return None
    table = file.table("organizer")
    table.only(tuple(CONTROLLER))
    return ControllerWords(
        **{name: table.text(key, longest=LONGEST_CONTROLLER) for key, name in CONTROLLER.items()}
    )


def _preregistration(file: Table) -> PreregistrationWords:
    """What the organizer says of the analysis before the opening; nothing of it has to be said."""
    if "preregistration" not in file:
        return PreregistrationWords()
    table, names = file.table("preregistration"), tuple(PreregistrationWords.__dataclass_fields__)
    table.only(names)
    return PreregistrationWords(*(table.text(name, "", LONGEST_PREREGISTRATION) for name in names))


def _theme(table: Table) -> ThemeWords:
    table.only(("title", "summary", "note"))
    title = table.text("title", longest=LONGEST_TITLE)
    return ThemeWords(title, table.text("summary"), table.text("note", ""))


def _questions(file: Table, language: str, questions: tuple[Question, ...]) -> dict[str, QuestionWords]:
    tables = _each(file, "question", tuple(question.key for question in questions))
    return {
        key: _question(table, question, language)
        for (key, table), question in zip(tables, questions, strict=True)
    }


def _question(table: Table, question: Question, language: str) -> QuestionWords:
    table.only(_OF_QUESTION)
    reference_class, source = read_base_rate_words(table, question)
    return QuestionWords(
        title=table.text("title", longest=LONGEST_TITLE),
        short=table.text("short", longest=LONGEST_SHORT),
        background=table.text("background"),
        criteria=table.text("criteria"),
        fine_print=table.text("fine_print", ""),
        sources=_sources(table),
        unit=table.text("unit", ""),
        options=_labels(table, question, language),
        reference_class=reference_class,
        base_rate_source=source,
        notes=_notes(table.table("notes", required=False)),
    )


def _notes(table: Table) -> dict[str, str]:
    for key in table.content:
        if not _VERSION.fullmatch(key):
            table.fault(key, _("is not a version that a note can be about: they are numbered, from 2 on"))
    return {key: table.text(key, longest=LONGEST_NOTE) for key in table.content}


def publishers(sources: Iterable[str]) -> set[str]:
    """The publishers that sources name; one that is named twice, however it is spelled, is one.

    >>> len(publishers(["UN News", "un  news ", ""]))
    1
    """
    return {" ".join(source.casefold().split()) for source in sources if source.strip()}


def _sources(table: Table) -> tuple[str, ...]:
    sources = tuple(source.strip() for source in table.items("sources", str, "publishers"))
    if table.is_sound("sources") and len(publishers(sources)) < FEWEST_PUBLISHERS:
        named = ", ".join(sources)
        table.fault("sources", _("must name two different publishers, got %(named)s", named=named))
    return sources


def _labels(table: Table, question: Question, language: str) -> dict[str, str]:
    """The label of each option; a kind with one option has a label of its own in the languages we know."""
    own = OWN_LABELS.get(question.kind, {}).get(language)
    # Of options that are wrong themselves no labels are missed: that would be told twice.
    labels = table.table("options", required=own is None and bool(question.options))
    keys = [option.key for option in question.options]
    if not keys:
        return {}
    labels.only(keys, "there is no such option")
    return _told_apart(
        labels, {key: labels.text(key) if own is None or key in labels else own for key in keys}
    )


def _told_apart(table: Table, labels: dict[str, str]) -> dict[str, str]:
    """The labels, once each that looks like another one is noted as a fault."""
    for key, twin in look_alikes(labels):
        table.fault(key, said_alike(twin))
    return labels


def _relations(file: Table, relations: tuple[Relation, ...]) -> dict[str, str]:
    """Sentences by key; more than the declared ones are welcome, for what the kinds say by themselves."""
    declared = dict.fromkeys(relation.words for relation in relations)
    table = file.table("relation", required=bool(declared))
    return {key: table.text(key) for key in {**declared, **dict.fromkeys(table.content)}}


def _scenarios(file: Table, scenarios: tuple[Scenario, ...]) -> dict[str, dict[str, ScenarioWords]]:
    tables = _each(file, "scenario", tuple(scenario.key for scenario in scenarios))
    return {key: _scenario(table, scenario) for (key, table), scenario in zip(tables, scenarios, strict=True)}


def _scenario(table: Table, scenario: Scenario) -> dict[str, ScenarioWords]:
    table.only(("title", "note", "leaves", "axes", "also", "branches"))
    words = {"": ScenarioWords(table.text("title"), table.text("note", ""))}
    for key, leaf in _each(table, "leaves", tuple(leaf.key for leaf in scenario.leaves)):
        leaf.only(("title", "definition"))
        words[f"leaf:{key}"] = ScenarioWords(leaf.text("title"), leaf.text("definition"))
    for role, group in {"axis": "axes", "aside": "also"}.items():
        keys = [axis.key for axis in scenario.axes if axis.role == role]
        labels = table.table(group, required=bool(keys))
        labels.only(keys, "there is no such axis")
        words |= {f"axis:{key}": ScenarioWords(labels.text(key), "") for key in keys}
    return words | _branches(table, [axis.key for axis in scenario.axes if axis.role == "axis"])


def _branches(table: Table, axes: list[str]) -> dict[str, ScenarioWords]:
    """What each branch of the tree is called; where nothing is said it is yes or no, and can hardly be read."""
    labels = table.table("branches", required=False)
    labels.only(axes, "there is no such axis")
    words: dict[str, ScenarioWords] = {}
    for key in axes:
        branches = labels.table(key, required=False)
        branches.only(tuple(branch_parts(key)))
        for state, part in branch_parts(key).items():
            title = branches.text(state, "", longest=LONGEST_SHORT)
            words |= {part: ScenarioWords(title, "")} if title else {}
    return words


def _background(file: Table, background: tuple[Background, ...]) -> dict[str, BackgroundWords]:
    tables = _each(file, "background", tuple(one.key for one in background))
    return {key: _about(table, one) for (key, table), one in zip(tables, background, strict=True)}


def _about(table: Table, one: Background) -> BackgroundWords:
    table.only(("label", "hint", "options"))
    labels = table.table("options", required=bool(one.options))
    labels.only(one.options, "there is no such option")
    return BackgroundWords(
        label=table.text("label", longest=LONGEST_TITLE),
        hint=table.text("hint", ""),
        options=_told_apart(labels, {key: labels.text(key) for key in one.options}),
    )


def compare_languages(files: list[Table]) -> None:
    """Note in each file the words that another one has and it lacks, unless they are missed already."""
    places = [dict(_places(file.content)) for file in files]
    for file, own in zip(files, places, strict=True):
        for other, others in zip(files, places, strict=True):
            for place in sorted(others.keys() - own.keys(), key=str):
                _miss(file, other, place)


def _miss(file: Table, other: Table, place: Place) -> None:
    around = {place[:length] for length in range(1, len(place) + 1)}
    if around & (file.source.faulty | other.source.faulty):
        return
    has_it = other.source.at(place)
    file.source.fault(
        place, ".".join(map(str, place)), _("is missing; %(place)s has it", place=has_it), is_gap=True
    )


def _places(content: dict[str, object], above: Place = ()) -> Iterator[tuple[Place, object]]:
    for key, value in content.items():
        if isinstance(value, dict):
            yield from _places(value, (*above, key))
        elif value:
            yield (*above, key), value
