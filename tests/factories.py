"""Invented people and what they say: the short way for tests to fill a survey."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload, object_session

from survey import clock
from survey.bank.checking import checked_bank
from survey.bank.content import Bank
from survey.bank.loading import store_bank
from survey.bank.reading import bank_folder
from survey.disclosure import linked_question_ids
from survey.models import BaseRate, Participant, Question, QuestionVersion, Submission, Survey, VersionText
from survey.questions import EnteredValue, kind_of
from survey.services import enrollment, forecast_submit
from survey.store.lifecycle import open_options


def the_survey(session: Session, slug: str = "ukraine") -> Survey:
    """The survey the fixtures load."""
    return session.scalars(select(Survey).filter_by(slug=slug)).one()


#: Of the shipped questions one of each kind and more, in every theme, with relations, a condition and all that the
#: scenario is made of.
FEW = (
    "ceasefire-when",
    "treaty-when",
    "war-state-2027",
    "leaders-meet",
    "ceasefire-holds",
    "guarantee-form",
    "guarantee-if-ceasefire",
    "aid-total",
    "foreign-plants",
    "sanctions-end",
    "clash",
    "clash-if-ceasefire",
    "article-4",
    "escalation-rung",
    "nuclear-use",
    "cyber",
)


@cache
def bank_of(*keys: str) -> Bank:
    """The shipped bank with these questions alone, and with the relations and scenarios about nothing else.

    For tests to whom one question is as good as thirty, of which every page, snapshot and copy takes its time.
    """
    whole = checked_bank(bank_folder("ukraine"))
    return replace(
        whole,
        questions=tuple(map(whole.question, keys)),
        relations=tuple(
            one
            for one in whole.relations
            if {one.pair or keys[0], *(event.question for event in one.events)} <= set(keys)
        ),
        scenarios=tuple(
            one for one in whole.scenarios if {axis.event.question for axis in one.axes} <= set(keys)
        ),
    )


def ask_few(session: Session, *keys: str) -> Survey:
    """Have the survey at that address ask these questions alone; the one before, at another, is known to nobody."""
    before = the_survey(session)
    before.slug, before.visibility = "before", "invited"
    session.flush()
    survey = store_bank(session, bank_of(*keys))
    survey.noise_key = None
    return survey


def the_question(session: Session, key: str, slug: str = "ukraine") -> Question:
    """One of its questions, without the others: to load them costs more than most of what is done with it."""
    return session.scalars(
        select(Question).join(Survey).where(Survey.slug == slug, Question.key == key)
    ).one()


def someone(session: Session, slug: str = "ukraine", **facts: object) -> Participant:
    """A participant who has just agreed to the consent."""
    return someone_in(session, the_survey(session, slug), **facts)


def someone_in(session: Session, survey: Survey, **facts: object) -> Participant:
    """The same of a survey that is at hand: to read it again for each takes half of what it takes to join."""
    person, _ = enrollment.join(
        session,
        survey,
        language="en",
        join_key=uuid.uuid4().hex,
        code=enrollment.new_code(),
    )
    for name, value in facts.items():
        setattr(person, name, value)
    session.flush()
    return person


def numbers(session: Session, question: Question, chance: float = 0.3) -> dict[str, EnteredValue]:
    """A whole answer that any kind accepts, higher where `chance` is."""
    slots = kind_of(question).slots(question, open_options(session, question))
    count = len(slots)
    values: list[float]
    match question.kind:
        case "choice" | "ordered":
            values = [chance] + [(1 - chance) / (count - 1)] * (count - 1)
        case "ladder":
            values = [chance * (place + 1) / count for place in range(count)]
        case "numeric" | "date":
            values = [
                _between(question, (place + 1) / (count + 1) * (0.5 + chance)) for place in range(count)
            ]
        case _:
            values = [chance] * count
    return {slot.field: EnteredValue(value, f"{value}") for slot, value in zip(slots, values, strict=True)}


def _between(question: Question, share: float) -> float:
    assert question.lower is not None and question.upper is not None
    value = question.lower + (question.upper - question.lower) * min(share, 1)
    return float(round(value))


def say(
    session: Session,
    person: Participant,
    question: Question,
    chance: float | Mapping[str, float] = 0.3,
    **more: object,
) -> str:
    """Answer a question, with one chance for the whole or with values by field; the key that the answer came with."""
    if isinstance(chance, Mapping):
        entries = {field: EnteredValue(value, f"{value}") for field, value in chance.items()}
    else:
        entries = numbers(session, question, chance)
    facts: dict[str, object] = {
        "key": uuid.uuid4().hex,
        "input_format": "percent",
        "language": "en",
        # Tests of figures let people change their minds by any amount, without a word.
        "nothing_to_add": True,
        **more,
    }
    answer = forecast_submit.ForecastInput(entries=entries, **facts)  # type: ignore[arg-type]
    forecast_submit.submit(session, person, question, answer)
    return answer.key


def say_and_read(
    session: Session,
    person: Participant,
    question: Question,
    chance: float | Mapping[str, float] = 0.3,
    **more: object,
) -> Submission:
    """The same; what is stored, which few ask for: to read it takes a third of what it takes to store it."""
    return stored(session, person, say(session, person, question, chance, **more))


def stored(session: Session, person: Participant, key: str) -> Submission:
    """The submission that came with an idempotency key; its numbers are read where a test asks for them."""
    found = select(Submission).filter_by(participant_id=person.id, idempotency_key=key)
    return session.scalars(found.options(lazyload("*"))).one()


def withdraw(session: Session, person: Participant, question: Question) -> Submission:
    """Take the standing answer back."""
    answer = forecast_submit.ForecastInput(
        key=uuid.uuid4().hex, entries={}, input_format="percent", language="en"
    )
    forecast_submit.withdraw(session, person, question, answer)
    return stored(session, person, answer.key)


def tied_questions(question: Question) -> set[Question]:
    """A question with those whose crowd waits for the same answers."""
    session = object_session(question)
    assert session is not None
    ids = linked_question_ids(session, question)
    return {other for other in question.survey.questions if other.id in ids}


def on(day: int, month: int = 11, year: int = 2026, hour: int = 12) -> datetime:
    """A moment in the survey's first days."""
    return datetime(year, month, day, hour, tzinfo=UTC)


def crowd(session: Session, question: Question, chances: list[float], day: int = 20) -> list[Participant]:
    """One person for each chance, all answering on one day of November 2026."""
    with clock.at(on(day)):
        survey = the_survey(session)
        people = [someone_in(session, survey) for _ in chances]
        for person, chance in zip(people, chances, strict=True):
            say(session, person, question, chance)
    return people


#: Three meetings in twelve cases.
BASE_RATE = BaseRate(3, 12, date(1949, 4, 4), date(2024, 12, 31), "https://example.org/count?a=1&b=2")


def give_base_rate(
    session: Session, key: str, rate: BaseRate = BASE_RATE, *, before: bool = False
) -> QuestionVersion:
    """The next version of a question, the same but for its base rate; committed."""
    question = the_question(session, key)
    kept = ("title", "short", "background", "criteria", "fine_print", "sources", "unit")
    version = QuestionVersion(
        number=question.version.number + 1,
        published_at=clock.now(session),
        base_rate=rate,
        texts=[
            VersionText(
                language=text.language,
                reference_class=f"Wars <b>& truces</b> {text.language}",
                base_rate_source="Uppsala",
                **{name: getattr(text, name) for name in kept},
            )
            for text in question.version.texts
        ],
    )
    question.versions.append(version)
    question.survey.base_rates_before = before
    session.commit()
    return version
