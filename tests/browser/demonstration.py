"""The demonstration that the tour walks through: its survey, its people, and what happens there on the way."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.bank.document import document_of_folder
from survey.bank.loading import load_bank
from survey.bank.reading import bank_folder, read_bank
from survey.models import ConsentText, ConsentVersion, Invitation, Participant, Survey
from survey.notifications import contacts, messages
from survey.questions import kind_of
from survey.services import accounts, drafts, forecast_submit, moderation
from survey.services.forecast_submit import ForecastInput
from survey.services.pilots import start_pilot
from survey.services.second_readers import make_link
from survey.simulation import BANK, DEMO_SLUG
from survey.simulation.demo import simulate
from survey.simulation.participants import invent_entries, invent_person
from survey.store.alembic import alembic
from survey.store.lifecycle import open_options
from survey.store.transaction import transaction

from ..conftest import make_app

OWNER, ANALYST, PASSWORD = "organizer@example.org", "analyst@example.org", "four words of one's own"
#: A list of people to invite.
PEOPLE = """\
a.brandt@uni.example,academic,en
olha.m@institute.example,think tank,uk
p.hansen@mfa.example,government,en
j.kowalska@daily.example,journalist
"""
#: Answered by nobody until the end, so that pages without a crowd are shown too.
LEFT_OPEN = "cyber"
#: A question of each kind.
KINDS = (
    "leaders-meet",
    "war-state-2027",
    "guarantee-form",
    "ceasefire-when",
    "aid-total",
    "sanctions-end",
    "guarantee-if-ceasefire",
)


def demo_survey(session: Session) -> Survey:
    """The survey of the demonstration."""
    return session.scalars(select(Survey).filter_by(slug=DEMO_SLUG)).one()


def some_were_reached(session: Session) -> None:
    """Of those invited by letter one is refused, two got it days ago, one waits."""
    invited = session.scalars(
        select(Invitation).where(Invitation.address.is_not(None)).order_by(Invitation.id)
    ).all()
    for place, one in enumerate(invited[:3]):
        one.letter_due_at = None
        one.letters, one.last_letter_at = 1, clock.now(session) - timedelta(days=place + 2)
    invited[0].letters, invited[0].refusal = 0, "550"


def newest(session: Session) -> Participant:
    """Whoever joined last: the person of the browser."""
    return session.scalars(select(Participant).order_by(Participant.id.desc()).limit(1)).one()


def answer_everything(session: Session) -> None:
    """Let the person of the browser answer all questions but one, and ask about one; they are invented too."""
    person = newest(session)
    person.simulated = True
    draw = np.random.default_rng(1)
    invented = invent_person(draw, 0, ["en"])
    worked = read_bank(bank_folder(BANK)).worked
    for question in person.survey.questions:
        if question.key != LEFT_OPEN:
            asked = open_options(session, question)
            entries = invent_entries(draw, invented, question, asked, worked.get(question.key, {}))
            written = kind_of(question).input_formats[0]
            answer = ForecastInput(f"tour-{question.key}", entries, written, "en", confidence=3)
            forecast_submit.submit(session, person, question, answer)
        if question.key == KINDS[0]:
            moderation.ask(session, person, question, "Does a meeting by video count?")


def change_consent(session: Session) -> None:
    """A newer consent, which whoever takes part is asked for before anything else."""
    survey = demo_survey(session)
    consent = survey.consent
    newer = ConsentVersion(
        survey_id=survey.id, number=survey.consent.number + 1, published_at=clock.now(session)
    )
    newer.texts = [
        ConsentText(language=language, body=consent.text(language).body) for language in survey.languages
    ]
    session.add(newer)


def owner_link(session: Session) -> str:
    """The token of a link that signs the owner in once."""
    owner = accounts.user_by_email(session, OWNER)
    assert owner is not None
    return accounts.sign_in_link(session, owner)


def stop_token(session: Session) -> str:
    """The token of the link in the letters of whoever joined last that ends them."""
    person = newest(session)
    contact = contacts.contact_of(session, person)
    assert contact is not None
    parcel: Any = SimpleNamespace(participant_id=person.id, mark=contacts.mark_of(session, contact))
    return messages.stop_token(parcel)


def show_to_everybody(session: Session) -> None:
    """From now on strangers read the results too."""
    demo_survey(session).readers = "always"


def under_writing(session: Session) -> tuple[str, str]:
    """A copy of the bank that is tried and read before it is opened: the tokens of both links."""
    owner = accounts.user_by_email(session, OWNER)
    draft = drafts.start(session, owner, "draft", document_of_folder(bank_folder(BANK)))
    _pilot, trial = start_pilot(session, draft)
    return trial, make_link(session, draft)


def make_demonstration(folder: Path) -> Flask:
    """An application with the demonstration in it, forms with their tokens as in real life."""
    app = make_app(f"sqlite:///{folder / 'tour.sqlite'}", folder, PARLEY_THREADS="16")
    app.config.update(WTF_CSRF_ENABLED=True)
    with app.app_context():
        alembic.upgrade()
        transaction(lambda session: load_bank(session, BANK, slug=DEMO_SLUG, simulated=True))
        simulate(DEMO_SLUG)
        transaction(_people)
    return app


def _people(session: Session) -> None:
    survey = demo_survey(session)
    # A second survey, so that there is a list of them.
    surveys = survey, load_bank(session, BANK)
    for address, role in ((OWNER, "owner"), (ANALYST, "analyst")):
        user = accounts.create_user(session, address, password=PASSWORD)
        for each in surveys:
            accounts.grant(session, user, each, role)
