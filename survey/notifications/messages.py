"""The letters about a survey: their words, the links in them, and sending all that are due.

A letter tells that something happened and leads to it. Of outcomes it says what came out, on which source, and of a
correction what stood before and why. No forecast and no score stands in one, its subject is the same for all, and
nothing in it tells its sender that it was opened.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import current_app, render_template
from flask_babel import force_locale
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm import Session

from .. import clock
from ..config import DOORS, derive_key
from ..errors import NotFound
from ..i18n.locale import LANGUAGES, current_language, ngettext
from ..i18n.locale import gettext as _
from ..models import Contact, Resolution, Survey
from ..progress import Progress, telling, untold
from ..questions.outcome_words import in_words, said_by
from ..store.engine import db
from ..store.staleness import age_words
from ..store.transaction import transaction
from . import contacts, queue, transport
from .outcome_notices import DueOutcome
from .queue import DueNotice, DueReminder, Parcel

logger = logging.getLogger(__name__)

#: With more of one kind a letter leads to the list of questions instead of to each.
MOST_LINKS = 5


@dataclass(frozen=True)
class Letter:
    """A letter that is ready to go."""

    subject: str
    text: str
    headers: dict[str, str]


@dataclass(frozen=True)
class News:
    """What a letter says of one kind of event, and the addresses it leads to."""

    words: str
    links: tuple[str, ...]


@dataclass(frozen=True)
class QuestionNews:
    """What came out of a question, or of some of its dates, as one reason decided it."""

    title: str
    lines: tuple[str, ...]
    now: Resolution
    by: str
    link: str


@dataclass(frozen=True)
class OutcomeNews:
    """What a letter says of outcomes, or of corrections, question by question."""

    words: str
    questions: tuple[QuestionNews, ...]


def deliver(progress: Progress = untold) -> tuple[int, int]:
    """Note what is due and send it; how many things were noted, how many letters went.

    Addresses that were not confirmed in time are forgotten first.

    Any number of processes may do so at once, on any number of hosts: nobody is told anything twice.
    """
    forget_unconfirmed()
    # One moment for all: what comes while letters go is the next round's.
    moment = clock.now(db.session)
    noted = transaction(partial(queue.due, moment=moment))
    if current_app.config["PARLEY"]["MAIL_SERVER"] and not current_app.config["PARLEY"]["PUBLIC_URL"]:
        logger.warning("Emails wait: set PARLEY_PUBLIC_URL, or their links would lead nowhere.")
        return noted, 0
    people = queue.waiting(db.session, moment)
    return noted, sum(_send_to(participant_id) for participant_id in telling(people, "news", progress))


def _send_to(participant_id: int) -> bool:
    """Send one person what is due; whether a letter went."""
    moment = clock.now(db.session)
    parcel = transaction(partial(queue.claim, participant_id=participant_id, moment=moment))
    if parcel is None:
        return False
    letter = news_letter(parcel)
    try:
        transport.send(parcel.address, letter.subject, letter.text, letter.headers)
    except transport.NotSent as fault:
        logger.error("An email was not sent: %s", fault)
        # An address that is refused for good would be refused every quarter of an hour.
        if fault.surely and not fault.for_good:
            transaction(partial(queue.put_back, parcel=parcel, moment=moment))
        return False
    return True


def news_letter(parcel: Parcel) -> Letter:
    """What one person is told, in their language."""
    survey = parcel.survey
    stop = link("letters.before_stopping", token=stop_token(parcel))
    with force_locale(spoken(parcel.language, survey)):
        text = render_template(
            "notifications/news.txt",
            title=survey.text(parcel.language).title,
            zone=survey.zone,
            news=[*news(survey.slug, parcel.told), *reminder_news(survey.slug, parcel.reminder)],
            outcomes=outcome_news(survey.slug, parcel.outcomes),
            choices=link("participant.notices", slug=survey.slug),
            stop=stop,
        )
        # Neither survey nor news: that somebody takes part may be what nobody else is to know.
        subject = _("News from Parley")
    return Letter(subject, text, letter_headers(survey, stop))


def confirming_letter(survey: Survey, language: str, token: str) -> Letter:
    """The letter that asks whether an address wants letters: the only one before its owner said yes."""
    with force_locale(spoken(language, survey)):
        text = render_template(
            "notifications/confirm.txt",
            confirm=link("letters.before_confirming", token=token),
            days=current_app.config["PARLEY"]["CONFIRM_DAYS"],
        )
        subject = _("Please confirm your address")
    return Letter(subject, text, letter_headers(survey))


def news(slug: str, told: Sequence[DueNotice]) -> list[News]:
    """A sentence for each kind of event, single dates apart, with the questions it leads to; each question once.

    Of several dates of one question the first alone is named.
    """
    found: dict[tuple[str, bool], dict[str, str]] = {}
    for one in told:
        found.setdefault((one.kind, bool(one.date)), {}).setdefault(one.question, one.date)
    return [
        News(
            _dates_sentence(list(dates.values())) if single else _sentence(kind, len(dates)),
            _links(slug, list(dates)),
        )
        for (kind, single), dates in found.items()
    ]


def reminder_news(slug: str, reminder: DueReminder | None) -> list[News]:
    """How many forecasts have stood untouched, for how long, and the list of these alone."""
    if reminder is None:
        return []
    words = ngettext(
        "%(num)s forecast of yours has stood untouched for %(age)s or longer. See whether it is still so.",
        "%(num)s forecasts of yours have stood untouched for %(age)s or longer. See whether they are still so.",
        reminder.count,
        age=age_words(reminder.days),
    )
    return [News(words, (link("participant.mine", slug=slug, show="stale", days=reminder.days),))]


def outcome_news(slug: str, told: Sequence[DueOutcome]) -> list[OutcomeNews]:
    """What came out, then what was corrected, by question and reason: dates that one source decided are together."""
    return [
        OutcomeNews(
            _outcomes_sentence(corrected, len({one.question.id for one in found})),
            tuple(_question_news(slug, list(of_one)) for of_one in _by_question_and_reason(found)),
        )
        for corrected in (False, True)
        if (found := [one for one in told if (one.before is not None) is corrected])
    ]


def _by_question_and_reason(told: Sequence[DueOutcome]) -> Iterable[list[DueOutcome]]:
    found: dict[tuple[object, ...], list[DueOutcome]] = {}
    for one in told:
        now = one.now
        found.setdefault((one.question.id, now.known_from, now.source, now.why), []).append(one)
    return found.values()


def _question_news(slug: str, told: Sequence[DueOutcome]) -> QuestionNews:
    question, now = told[0].question, told[0].now
    return QuestionNews(
        title=question.text(current_language()).title,
        lines=tuple(map(_outcome_line, told)),
        now=now,
        by=said_by(now),
        link=link("participant.question", slug=slug, key=question.key),
    )


def _outcome_line(one: DueOutcome) -> str:
    """What came out, and in whose place, of the whole question or of a date or branch."""
    words = in_words(one.question, one.now)
    if one.before is not None:
        words = _("%(before)s → %(after)s", before=in_words(one.question, one.before), after=words)
    about = one.now.option.text(current_language()) if one.now.option else _("Outcome")
    return f"{about}: {words}"


def forget(survey: Survey, address: str) -> None:
    """Delete letters about a survey to an address that wait in the outbox of a site without a mail server."""
    if address:
        transport.forget(address, list_id(survey))


def forget_unconfirmed() -> None:
    """Delete the addresses that were not confirmed in time, and the letters to them that wait in the outbox."""
    for survey, address in transaction(contacts.forget_unconfirmed):
        forget(survey, address)


def list_id(survey: Survey) -> str:
    """What names the letters of one survey (RFC 2919)."""
    return f"<{survey.slug}.surveys.parley>"


def stop_token(parcel: Parcel) -> str:
    """What the link that ends all letters carries: signed, and good for this address alone."""
    return str(_signer().dumps([parcel.participant_id, parcel.mark]))


def read_stop_token(token: str) -> tuple[int, str]:
    """Participant and mark of a link that ends all letters.

    :raise NotFound: for one that was never in a letter of this site.
    """
    try:
        participant_id, mark = _signer().loads(token)
    except BadData:
        raise NotFound() from None
    return int(participant_id), str(mark)


def stop(session: Session, token: str) -> Contact | None:
    """End all letters that a link belongs to; None where other things hold by now."""
    return contacts.stop(session, *read_stop_token(token))


def link(endpoint: str, **values: Any) -> str:
    """The whole address of a page."""
    # A command has no pages until it writes of one.
    current_app.extensions[DOORS]()
    # Bound to no host: what a request calls this site anybody can write, and a link would lead there.
    return transport.public_address(current_app.url_map.bind("").build(endpoint, values))


def _links(slug: str, keys: Sequence[str]) -> tuple[str, ...]:
    if len(keys) > MOST_LINKS:
        return (link("participant.themes", slug=slug),)
    return tuple(link("participant.question", slug=slug, key=key) for key in keys)


def _sentence(kind: str, count: int) -> str:
    match kind:
        case "opening":
            return ngettext("%(num)s question has opened.", "%(num)s questions have opened.", count)
        case "clarification":
            return ngettext(
                "The words of %(num)s question you answered have changed. See whether your forecast stands.",
                "The words of %(num)s questions you answered have changed. See whether your forecasts stand.",
                count,
            )
        case _:
            return ngettext(
                "%(num)s question closes within three days.",
                "%(num)s questions close within three days.",
                count,
            )


def _outcomes_sentence(corrected: bool, count: int) -> str:
    if corrected:
        return ngettext(
            "The outcome of %(num)s question you answered was corrected.",
            "The outcomes of %(num)s questions you answered were corrected.",
            count,
        )
    return ngettext(
        "The outcome of %(num)s question you answered is known.",
        "The outcomes of %(num)s questions you answered are known.",
        count,
    )


def _dates_sentence(dates: Sequence[str]) -> str:
    """What a letter says of single dates that close, each of another question."""
    return ngettext(
        "One date of a question closes within three days: %(dates)s.",
        "Dates of %(num)s questions close within three days: %(dates)s.",
        len(dates),
        dates="; ".join(dates),
    )


def letter_headers(survey: Survey, stop: str = "") -> dict[str, str]:
    """What mail programs are told of a letter; `stop` is the address that ends letters in one step (RFC 8058)."""
    # RFC 3834: no absence note answers what says that a program wrote it.
    common = {"List-Id": list_id(survey), "Auto-Submitted": "auto-generated"}
    one_click = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return common | (one_click if stop else {})


def spoken(language: str, survey: Survey) -> str:
    """The language of a letter: the person's, else the first of the survey that the site speaks."""
    return next((code for code in (language, *survey.languages) if code in LANGUAGES), "en")


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(derive_key(current_app.config["PARLEY"]["SECRET_KEY"], "letters"), salt="stop")
