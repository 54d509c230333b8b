"""Tables of what was asked: versions, options, rounds, relations and scenarios, in every language of the survey."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from ..models import Event, Snapshot
from .cells import Value
from .columns import OF_QUESTION, OPTION, QUESTION, SNAPSHOT, STUDY, study_of
from .declaration import Column, Table

Row = tuple[Value, ...]


def _versions(session: Session, snapshot: Snapshot, _key: bytes) -> Iterator[Row]:
    languages = snapshot.survey.languages
    for question in snapshot.survey.questions:
        for version in question.versions:
            if version.published_at is None or version.published_at > snapshot.created_at:
                continue
            texts = [version.text(language) for language in languages]
            yield (
                *study_of(snapshot),
                question.key,
                version.number,
                version.published_at,
                version.substantive,
                *(text.title for text in texts),
                *(text.background or None for text in texts),
                *(text.criteria or None for text in texts),
                *(text.fine_print or None for text in texts),
                *("\n".join(text.sources) or None for text in texts),
                *(version.note_in(language) or None for language in languages),
            )


VERSIONS = Table(
    "question_versions",
    "One version of a question's words; answers keep the version they were given to.",
    (
        STUDY,
        SNAPSHOT,
        QUESTION,
        Column("version", "integer", "1, 2, … of the question", required=True),
        Column("published_at", "datetime", "When it was published (UTC)", required=True),
        Column(
            "substantive",
            "boolean",
            "Whether answers to older versions count no more since then",
            required=True,
        ),
        Column("title", "string", "The question", text=True, required=True, by_language=True),
        Column("background", "string", "What is known, as it was told", text=True, by_language=True),
        Column("criteria", "string", "How it is resolved", text=True, by_language=True),
        Column("fine_print", "string", "What holds in cases of doubt", text=True, by_language=True),
        Column("sources", "string", "Sources, one a line", text=True, by_language=True),
        Column("note", "string", "What changed with this version", text=True, by_language=True),
    ),
    _versions,
    key=("question_id", "version"),
    references=(OF_QUESTION,),
)


def _options(session: Session, snapshot: Snapshot, _key: bytes) -> Iterator[Row]:
    for question in snapshot.survey.questions:
        for place, option in enumerate(question.options, start=1):
            labels = [option.text(language) for language in snapshot.survey.languages]
            yield (
                *study_of(snapshot),
                question.key,
                option.key,
                place,
                option.closes_at,
                option.given_holds,
                *labels,
            )


OPTIONS = Table(
    "options",
    "One thing a number is asked for: yes, an answer, a deadline, a value, a branch.",
    (
        STUDY,
        SNAPSHOT,
        QUESTION,
        OPTION,
        Column(
            "code",
            "integer",
            "Its place in the question, 1, 2, …; its code in statistical packages",
            required=True,
        ),
        Column("closes", "datetime", "When it closes, if before the question (UTC)"),
        Column("given_holds", "boolean", "Which way the condition comes out, of a branch"),
        Column("label", "string", "Its words", text=True, required=True, by_language=True),
    ),
    _options,
    key=("question_id", "option_id"),
    references=(OF_QUESTION,),
)


def _rounds(session: Session, snapshot: Snapshot, _key: bytes) -> Iterator[Row]:
    for one in snapshot.survey.rounds:
        yield *study_of(snapshot), one.number, one.opens_at, one.closes_at, one.feedback


ROUNDS = Table(
    "rounds",
    "One round; a survey without rounds has one.",
    (
        STUDY,
        SNAPSHOT,
        Column("round_id", "integer", "1, 2, …", required=True),
        Column("opens", "datetime", "From when on (UTC)", required=True),
        Column("closes", "datetime", "Until when (UTC)", required=True),
        Column(
            "feedback",
            "string",
            "What participants are shown of the round before",
            values={"crowd": "The crowd's figures", "none": "Nothing"},
            required=True,
        ),
    ),
    _rounds,
    key=("round_id",),
)


def event_cells(event: Event) -> Row:
    """An event: its question, its options joined by `|`, and whether one of them comes true, or none."""
    return event.question.key, "|".join(option.key for option in event.options), event.holds


EVENT = (
    QUESTION,
    Column("option_ids", "string", "Options of the event, joined by |", required=True),
    Column(
        "holds",
        "boolean",
        "Whether the event is that one of them comes true, or that none does",
        required=True,
    ),
)


def _relations(session: Session, snapshot: Snapshot, _key: bytes) -> Iterator[Row]:
    for relation in snapshot.survey.relations:
        pair = relation.pair.key if relation.pair is not None else None
        sentences = [relation.text(language) or None for language in snapshot.survey.languages]
        # Of a total the branches of the pair say the rest.
        for place, event in enumerate(relation.events, start=1):
            yield (
                *study_of(snapshot),
                relation.key,
                relation.kind,
                place,
                *event_cells(event),
                pair,
                *sentences,
            )


RELATIONS = Table(
    "relations",
    "One event at its place in a declared relation between questions.",
    (
        STUDY,
        SNAPSHOT,
        Column("relation_id", "string", "The relation's key", required=True),
        Column(
            "kind",
            "string",
            "How its events hang together",
            values={
                "implies": "The first implies the second",
                "equals": "All are one event",
                "excludes": "No two come true",
                "partition": "Exactly one comes true",
                "total": "The law of total probability over a conditional pair",
            },
            required=True,
        ),
        Column("position", "integer", "1, 2, … in the relation", required=True),
        *EVENT,
        Column("pair_question_id", "string", "Of a total: the conditional pair"),
        Column("sentence", "string", "The relation in words", text=True, by_language=True),
    ),
    _relations,
    key=("relation_id", "position"),
    references=(OF_QUESTION,),
)


def _axes(session: Session, snapshot: Snapshot, _key: bytes) -> Iterator[Row]:
    for scenario in snapshot.survey.scenarios:
        for axis in scenario.axes:
            titles = [scenario.text(code, f"axis:{axis.key}").title for code in snapshot.survey.languages]
            pair = axis.pair.key if axis.pair is not None else None
            yield (
                *study_of(snapshot),
                scenario.key,
                axis.position,
                axis.key,
                axis.role,
                *event_cells(axis.event),
                pair,
                *titles,
            )


SCENARIO = Column("scenario_id", "string", "The key of the tree", required=True)

AXES = Table(
    "scenario_axes",
    "One event that the scenarios of a tree differ in, its root first, or one told beside them.",
    (
        STUDY,
        SNAPSHOT,
        SCENARIO,
        Column("position", "integer", "Its place in the tree", required=True),
        Column("axis_id", "string", "Its key", required=True),
        Column(
            "role",
            "string",
            "What it does",
            values={"axis": "Scenarios differ in it", "aside": "Told beside them"},
            required=True,
        ),
        *EVENT,
        Column(
            "pair_question_id",
            "string",
            "The conditional pair that gives its chance on both sides of the root",
        ),
        Column("title", "string", "Its words", text=True, by_language=True),
    ),
    _axes,
    key=("scenario_id", "axis_id"),
    references=(OF_QUESTION,),
)


def _leaves(session: Session, snapshot: Snapshot, _key: bytes) -> Iterator[Row]:
    for scenario in snapshot.survey.scenarios:
        for leaf in scenario.leaves:
            words = [scenario.text(code, f"leaf:{leaf.key}") for code in snapshot.survey.languages]
            holds = "|".join(f"{axis}={'yes' if side else 'no'}" for axis, side in sorted(leaf.holds.items()))
            yield (
                *study_of(snapshot),
                scenario.key,
                leaf.position,
                leaf.key,
                holds or None,
                *(text.title for text in words),
                *(text.definition or None for text in words),
            )


LEAVES = Table(
    "scenarios",
    "One scenario: a leaf of a tree of events.",
    (
        STUDY,
        SNAPSHOT,
        SCENARIO,
        Column("position", "integer", "Its place among the leaves", required=True),
        Column("leaf_id", "string", "Its key", required=True),
        Column(
            "axes",
            "string",
            "Which axes hold, as axis=yes or axis=no joined by |; others may go either way",
        ),
        Column("title", "string", "Its name", text=True, by_language=True),
        Column("definition", "string", "What it means", text=True, by_language=True),
    ),
    _leaves,
    key=("scenario_id", "leaf_id"),
)

TABLES = (VERSIONS, OPTIONS, ROUNDS, RELATIONS, AXES, LEAVES)
