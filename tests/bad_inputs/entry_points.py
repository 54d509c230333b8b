"""The forms that came with taking part: where each is sent, what a right one says, what is stored of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from survey import clock
from survey.bank.loading import load_bank
from survey.models import (
    BackgroundAnswer,
    BackgroundOption,
    BackgroundOptionText,
    BackgroundQuestion,
    BackgroundText,
    Contact,
    Invitation,
    NoticeChoice,
    Participant,
    Rationale,
    RationaleMark,
    Unclear,
    User,
)
from survey.services import accounts
from survey.services.publication import publish
from tests.factories import on, say, someone, the_question, the_survey

from .roles import assume_limits

QUESTION = "leaders-meet"
#: A survey beside the shipped one: protected, and it asks nothing about the people who answer.
SECOND = "second"
ORGANIZER = "organizer@example.org"
PASSWORD = "four words of one's own"

#: For a form that stores nothing of its own.
PEOPLE_ALONE = select(Participant.id)


@dataclass(frozen=True)
class Door:
    """One form.

    Attributes
    ----------
    path
        Where it is sent; `{slug}`, `{question}` and `{value}` are the case's.
    rest
        What a right form says beside the case's field; it has to stand in the page again when that is refused.
    stored
        Reads every value of the kind that the form stores.
    comes_as
        Who sends it, where a case says nothing else.
    """

    path: str
    rest: Mapping[str, str] = field(default_factory=dict)
    stored: Select[tuple[object]] = PEOPLE_ALONE
    comes_as: str = "somebody who takes part"


def _about(kind: str) -> Select[tuple[object]]:
    """What was said about oneself, but for the answer that every form here has beside it."""
    asked = BackgroundAnswer.background_question_id == BackgroundQuestion.id
    return (
        select(BackgroundAnswer.value).join(BackgroundQuestion, asked).where(BackgroundQuestion.key != kind)
    )


def _marks(act: str) -> Select[tuple[object]]:
    return select(RationaleMark.reason).filter_by(act=act)


DOORS = {
    "about-me": Door("/s/{slug}/about-me", {"about-experience": "some"}, _about("experience")),
    "take back": Door("/s/{slug}/about-me/take-back", stored=_about("")),
    "answer": Door(
        "/s/{slug}/q/{question}", {"p-yes": "50", "confidence": "4", "key": "<a key>"}, select(Rationale.text)
    ),
    "preview": Door(
        "/s/{slug}/q/{question}/preview",
        {"p-yes": "50", "confidence": "4", "key": "<a key>"},
        select(Rationale.text),
    ),
    "own reason": Door(
        "/s/{slug}/q/{question}/reason",
        {"act": "hide", "revision": "1"},
        select(RationaleMark.act),
        "somebody with a reason",
    ),
    "report": Door(
        "/s/{slug}/q/{question}/report",
        {"about": "<the reason of somebody else>", "why": "It names a person."},
        _marks("report"),
        "somebody with a reason",
    ),
    "withhold": Door(
        "/s/{slug}/organize/q/{question}/reason",
        {"about": "<the reason of somebody else>", "act": "withhold", "why": "It names a person."},
        _marks("withhold"),
        "an organizer",
    ),
    "settle": Door(
        "/s/{slug}/organize/q/{question}/unclear",
        stored=select(Unclear.settled_by_id),
        comes_as="an organizer",
    ),
    "unclear": Door("/s/{slug}/q/{question}/unclear", stored=select(Unclear.text)),
    "address": Door("/s/{slug}/letters/address", stored=select(Contact.address)),
    "ways": Door(
        "/s/{slug}/letters/ways",
        dict.fromkeys(("opening", "clarification", "closing", "resolved", "corrected"), "digest")
        | {"stale": "28"},
        select(NoticeChoice.way).where(NoticeChoice.way.not_in(("digest", "28"))),
    ),
    "confirm": Door("/letters/confirm/{value}", stored=select(Contact.confirmed_at)),
    "stop": Door("/letters/stop/{value}", stored=select(Contact.address)),
    "sign in": Door("/sign-in/{value}", stored=select(User.sign_in_nonce), comes_as="a stranger"),
    "invitation": Door("/i/{value}", {"agree": "y", "join_key": "12345678"}, comes_as="a stranger"),
    "make invitations": Door(
        "/s/{slug}/organize/invitations",
        {"batch": "experts", "count": "2", "days": "7"},
        select(Invitation.batch),
        "an organizer",
    ),
    "revoke invitations": Door(
        "/s/{slug}/organize/invitations/revoke", stored=select(Invitation.revoked_at), comes_as="an organizer"
    ),
    "erase": Door("/s/{slug}/erase", {"sure": "yes"}, select(Participant.erased_on)),
    "leave": Door("/s/{slug}/leave"),
    "come back": Door("/s/{slug}/return", comes_as="a stranger"),
    "bring answers": Door("/account/answers", stored=select(Participant.user_id), comes_as="an organizer"),
    "remove code": Door(
        "/account/codes/remove", stored=select(Participant.code_hash), comes_as="an organizer"
    ),
    "language": Door("/language", {"language": "uk"}),
    "language, form kept": Door("/language?form=form-1", {"language": "uk"}),
    "register": Door(
        "/register",
        {"email": "new@example.org", "password": PASSWORD, "password_confirm": PASSWORD},
        select(User.email),
        "a stranger",
    ),
    "log in": Door("/login", {"email": ORGANIZER, "password": PASSWORD}, comes_as="a stranger"),
    "link": Door("/sign-in", {"email": "nobody@example.org"}, select(User.sign_in_nonce), "a stranger"),
    "reset": Door("/reset", {"email": "nobody@example.org"}, select(User.password), "a stranger"),
    "confirm account": Door(
        "/confirm", {"email": "nobody@example.org"}, select(User.confirmed_at), "a stranger"
    ),
    "change password": Door(
        "/change",
        {"password": PASSWORD, "new_password": f"{PASSWORD} now", "new_password_confirm": f"{PASSWORD} now"},
        select(User.password),
        "an organizer",
    ),
}


def ask_for_words(session: Session) -> None:
    """Let the survey ask people for a text too."""
    survey = the_survey(session)
    asked = BackgroundQuestion(
        survey_id=survey.id, key="words", kind="text", position=9, lower=None, upper=None
    )
    asked.texts = [BackgroundText(language="en", label="Anything else?", hint="")]
    session.add(asked)


def let_somebody_explain(session: Session) -> None:
    """Ten people answer, one of them says why; it is published."""
    question = the_question(session, QUESTION)
    with clock.at(on(20)):
        for place in range(10):
            why = "Somebody's reason." if place == 3 else ""
            say(session, someone(session), question, 0.2 + 0.01 * place, rationale=why)
    publish(session, the_survey(session), on(20).date())


def appoint_an_organizer(session: Session) -> None:
    """One who signs in by link or by password."""
    user = accounts.create_user(session, ORGANIZER, password=PASSWORD)
    accounts.grant(session, user, the_survey(session), "organizer")


def add_a_second_survey(session: Session) -> None:
    """A protected one that asks nothing about the people who answer."""
    second = load_bank(session, "ukraine", slug=SECOND)
    second.protected = True
    asked = select(BackgroundQuestion.id).filter_by(survey_id=second.id)
    offered = select(BackgroundOption.id).where(BackgroundOption.background_question_id.in_(asked))
    for column, rows in (
        (BackgroundOptionText.background_option_id, offered),
        (BackgroundOption.background_question_id, asked),
        (BackgroundText.background_question_id, asked),
        (BackgroundQuestion.id, asked),
    ):
        ids = list(session.scalars(rows))
        session.execute(delete(column.class_).where(column.in_(ids)))


#: Areas whose cases assume more than the survey that ships.
SETTLED = {"about-me", "remarks", "unclear", "letters", "links", "leaving", "accounts"}


def settle(session: Session) -> None:
    """All that the cases of those areas assume, one world for all: what it takes is done once."""
    for assume in (
        assume_limits,
        ask_for_words,
        add_a_second_survey,
        let_somebody_explain,
        appoint_an_organizer,
    ):
        assume(session)
        session.flush()
