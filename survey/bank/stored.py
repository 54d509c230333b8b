"""Reads the store back into the terms of a bank, so that the two compare with `==`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, lazyload, selectinload

from .. import models
from .content import (
    Axis,
    Background,
    Bank,
    Event,
    Leaf,
    Option,
    Question,
    RangeFacts,
    Relation,
    RoundFacts,
    Scenario,
    Settings,
)
from .stored_words import stored_words

#: What a survey is read back with. Its events are read before, each with its options: here they are found, not asked.
_OF_QUESTIONS = (
    selectinload(models.Question.condition).lazyload(models.Condition.event),
    lazyload(models.Question.resolutions),
)
_OF_RELATIONS = (
    selectinload(models.Relation.texts),
    selectinload(models.Relation.members)
    .joinedload(models.RelationEvent.event)
    .lazyload(models.Event.members),
)
_OF_SCENARIOS = selectinload(models.Scenario.axes).lazyload(models.ScenarioAxis.event)
Row = TypeVar("Row", models.Event, models.Question, models.Relation, models.Scenario)


@dataclass(frozen=True)
class Ties:
    """What ties questions together, with the options that events are made of."""

    options: Mapping[str, tuple[Option, ...]]
    conditions: Mapping[str, Event]
    relations: tuple[Relation, ...]
    scenarios: tuple[Scenario, ...]


def ties_of(bank: Bank) -> Ties:
    """The ties that a bank declares."""
    return Ties(
        options={question.key: question.options for question in bank.questions},
        conditions={question.key: question.given for question in bank.questions if question.given},
        relations=bank.relations,
        scenarios=bank.scenarios,
    )


def _rows_of(table: type[Row], survey: models.Survey) -> Select[Row]:
    return select(table).where(table.survey_id == survey.id)


def stored_questions(session: Session, survey: models.Survey) -> dict[str, models.Question]:
    """Every question of a survey by its key, also an organizer's own."""
    rows = session.scalars(_rows_of(models.Question, survey))
    return {row.key: row for row in rows}


def stored_ties(session: Session, survey: models.Survey, rows: Collection[models.Question]) -> Ties:
    """The ties in the store; options and conditions of these questions."""
    questions = [stored_question(row) for row in rows]
    relations = session.scalars(_rows_of(models.Relation, survey).order_by(models.Relation.position))
    scenarios = session.scalars(_rows_of(models.Scenario, survey).order_by(models.Scenario.position))
    return Ties(
        options={question.key: question.options for question in questions},
        conditions={question.key: question.given for question in questions if question.given},
        relations=tuple(_relation(row) for row in relations),
        scenarios=tuple(_scenario(row) for row in scenarios),
    )


def stored_question(row: models.Question) -> Question:
    """The facts of a question."""
    return Question(
        key=row.key,
        theme=row.theme.key,
        kind=row.kind,
        options=tuple(Option(option.key, option.closes_at, option.given_holds) for option in row.options),
        opens=row.opens_at,
        closes=row.closes_at,
        resolves=row.resolves_at,
        range=_range(row),
        given=_event(row.condition.event) if row.condition else None,
        rationale_required=row.rationale_required,
        base_rate=None if row.is_draft else row.version.base_rate,
    )


def stored_background(session: Session, survey: models.Survey) -> dict[str, models.BackgroundQuestion]:
    """Every question about the person of a survey by its key."""
    table = models.BackgroundQuestion
    # Words beside their rows: two statements, not four.
    words = joinedload(table.texts), selectinload(table.options).joinedload(models.BackgroundOption.texts)
    of_survey = select(table).where(table.survey_id == survey.id).order_by(table.position)
    rows = session.scalars(of_survey.options(*words)).unique()
    return {row.key: row for row in rows}


def stored_about(row: models.BackgroundQuestion) -> Background:
    """The facts of a question about the person."""
    return Background(row.key, row.kind, tuple(option.key for option in row.options), row.lower, row.upper)


def _range(row: models.Question) -> RangeFacts | None:
    if row.scale is None or row.lower is None or row.upper is None:
        return None
    levels = tuple(row.quantile_levels)
    return RangeFacts(row.scale, row.lower, row.upper, row.open_lower, row.open_upper, row.whole, levels)


def _event(row: models.Event) -> Event:
    return Event(row.question.key, tuple(option.key for option in row.options), row.holds)


def _relation(row: models.Relation) -> Relation:
    events = tuple(_event(event) for event in row.events)
    return Relation(row.key, row.kind, events, row.pair.key if row.pair else None)


def _scenario(row: models.Scenario) -> Scenario:
    axes = tuple(
        Axis(axis.key, _event(axis.event), axis.pair.key if axis.pair else None, axis.role)
        for axis in row.axes
    )
    return Scenario(row.key, axes, tuple(Leaf(leaf.key, leaf.holds) for leaf in row.leaves))


def stored_bank(session: Session, survey: models.Survey) -> Bank:
    """A survey as a bank: what participants may read of it now, drafts of questions left out.

    The worked answer is not stored, nor are sentences of relations that none declares.
    """
    # All at once, before each asks for its own. Held here: what nobody holds the session forgets, and reads again.
    _held = survey.consent_versions, list(session.scalars(_rows_of(models.Event, survey)))
    themes = tuple(theme.key for theme in survey.themes)
    rows = session.scalars(_rows_of(models.Question, survey).options(*_OF_QUESTIONS))
    questions = [question for question in rows if not question.is_draft]
    questions.sort(key=lambda question: question.position)
    in_order = _rows_of(models.Relation, survey).order_by(models.Relation.position)
    relations = session.scalars(in_order.options(*_OF_RELATIONS)).all()
    trees = _rows_of(models.Scenario, survey).order_by(models.Scenario.position)
    scenarios = session.scalars(trees.options(_OF_SCENARIOS)).all()
    about = stored_background(session, survey)
    rounds = tuple(RoundFacts(one.opens_at, one.closes_at, one.feedback) for one in survey.rounds)
    whole = (RoundFacts(survey.opens_at, survey.closes_at),)
    return Bank(
        settings=_settings(survey),
        themes=themes,
        questions=tuple(stored_question(question) for question in questions),
        relations=tuple(_relation(row) for row in relations),
        scenarios=tuple(_scenario(row) for row in scenarios),
        words={
            language: stored_words(survey, language, questions, relations, scenarios, about)
            for language in survey.languages
        },
        worked={},
        background=tuple(stored_about(row) for row in about.values()),
        rounds=() if rounds == whole else rounds,
    )


def _settings(survey: models.Survey) -> Settings:
    columns = {name: getattr(survey, name, None) for name in Settings.__dataclass_fields__}
    columns |= {"opens": survey.opens_at, "closes": survey.closes_at, "languages": tuple(survey.languages)}
    return Settings(**columns)  # type: ignore[arg-type]
