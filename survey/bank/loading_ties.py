"""Puts what ties questions together into the store: events, conditions, relations, scenarios.

They are compared as a whole with what is stored; where anything differs they are dropped before the
questions are loaded and written anew afterwards. No other table refers to them. An event that several of
them speak of is one row.
"""

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from .. import models
from .content import Bank, Event, Relation, Scenario
from .texts import put_texts

Questions = Mapping[str, models.Question]


def drop_ties(session: Session, survey: models.Survey, bank: Bank) -> None:
    """Drop all relations and scenarios, the conditions of the bank's questions, and events nobody needs."""
    relations = select(models.Relation.id).where(models.Relation.survey_id == survey.id)
    scenarios = select(models.Scenario.id).where(models.Scenario.survey_id == survey.id)
    questions = select(models.Question.id).where(
        models.Question.survey_id == survey.id,
        models.Question.key.in_(bank.keys),
    )
    for table in (models.RelationText, models.RelationEvent):
        session.execute(delete(table).where(table.relation_id.in_(relations)))
    for owned in (models.ScenarioText, models.ScenarioAxis, models.ScenarioLeaf):
        session.execute(delete(owned).where(owned.scenario_id.in_(scenarios)))
    session.execute(delete(models.Relation).where(models.Relation.survey_id == survey.id))
    session.execute(delete(models.Scenario).where(models.Scenario.survey_id == survey.id))
    session.execute(delete(models.Condition).where(models.Condition.question_id.in_(questions)))
    _drop_events(session, survey)
    session.expire_all()


def _drop_events(session: Session, survey: models.Survey) -> None:
    needed = select(models.Condition.event_id).where(models.Condition.survey_id == survey.id)
    unneeded = select(models.Event.id).where(
        models.Event.survey_id == survey.id, models.Event.id.not_in(needed)
    )
    # Asked first: what counts as needed must not change while rows go.
    gone = list(session.scalars(unneeded))
    session.execute(delete(models.EventOption).where(models.EventOption.event_id.in_(gone)))
    session.execute(delete(models.Event).where(models.Event.id.in_(gone)))


def write_ties(session: Session, survey: models.Survey, bank: Bank, questions: Questions) -> None:
    """Write conditions, relations and scenarios of the bank; none of the bank's is there."""
    events = Events(session, survey, questions)
    for question in bank.questions:
        if question.given:
            row = questions[question.key]
            event_id = events.id(question.given)
            session.add(models.Condition(question_id=row.id, survey_id=survey.id, event_id=event_id))
    for position, relation in enumerate(bank.relations):
        session.add(_relation(survey, relation, position, events))
    for position, scenario in enumerate(bank.scenarios):
        session.add(_scenario(survey, scenario, position, events))
    session.flush()


class Events:
    """The events of a survey, each stored once however often it is spoken of."""

    def __init__(self, session: Session, survey: models.Survey, questions: Questions) -> None:
        self.session = session
        self.survey = survey
        self.questions = questions
        self._ids: dict[tuple[str, frozenset[str], bool], int] = {}
        for row in session.scalars(select(models.Event).where(models.Event.survey_id == survey.id)):
            options = frozenset(option.key for option in row.options)
            self._ids[row.question.key, options, row.holds] = row.id

    def id(self, event: Event) -> int:
        """The row's id; the row is written if it is not there yet. The order of options does not matter."""
        same = (event.question, frozenset(event.options), event.holds)
        if same not in self._ids:
            self._ids[same] = self._write(event)
        return self._ids[same]

    def _write(self, event: Event) -> int:
        question = self.questions[event.question]
        row = models.Event(survey_id=self.survey.id, question_id=question.id, holds=event.holds)
        self.session.add(row)
        self.session.flush()
        for key in event.options:
            option_id = question.option(key).id
            self.session.add(
                models.EventOption(event_id=row.id, option_id=option_id, question_id=question.id)
            )
        return row.id

    def pair_id(self, key: str | None) -> int | None:
        """The id of a conditional pair."""
        return self.questions[key].id if key else None


def _relation(survey: models.Survey, relation: Relation, position: int, events: Events) -> models.Relation:
    return models.Relation(
        survey_id=survey.id,
        key=relation.key,
        position=position,
        kind=relation.kind,
        pair_id=events.pair_id(relation.pair),
        members=[
            models.RelationEvent(position=place, survey_id=survey.id, event_id=events.id(event))
            for place, event in enumerate(relation.events)
        ],
    )


def _scenario(survey: models.Survey, scenario: Scenario, position: int, events: Events) -> models.Scenario:
    return models.Scenario(
        survey_id=survey.id,
        key=scenario.key,
        position=position,
        axes=[
            models.ScenarioAxis(
                position=place,
                survey_id=survey.id,
                key=axis.key,
                role=axis.role,
                event_id=events.id(axis.event),
                pair_id=events.pair_id(axis.pair),
            )
            for place, axis in enumerate(scenario.axes)
        ],
        leaves=[
            models.ScenarioLeaf(position=place, key=leaf.key, holds=dict(leaf.holds))
            for place, leaf in enumerate(scenario.leaves)
        ],
    )


def load_sentences(session: Session, survey: models.Survey, bank: Bank) -> None:
    """Make the sentences of relations those of the bank."""
    keys = {relation.key: relation.words for relation in bank.relations}
    for row in session.scalars(select(models.Relation).where(models.Relation.survey_id == survey.id)):
        key = keys[row.key]
        texts = {language: {"sentence": words.relations[key]} for language, words in bank.words.items()}
        put_texts(session, models.RelationText, row.texts, {"relation_id": row.id}, texts)


def load_words_of_scenarios(session: Session, survey: models.Survey, bank: Bank) -> None:
    """Make the words of scenario trees, their leaves and axes those of the bank."""
    parts = {scenario.key: scenario.parts for scenario in bank.scenarios}
    for row in session.scalars(select(models.Scenario).where(models.Scenario.survey_id == survey.id)):
        for part in parts[row.key]:
            there = [text for text in row.texts if text.part == part]
            owner = {"scenario_id": row.id, "part": part}
            told = {language: words.scenarios[row.key].get(part) for language, words in bank.words.items()}
            texts = {language: vars(words) for language, words in told.items() if words is not None}
            put_texts(session, models.ScenarioText, there, owner, texts)
