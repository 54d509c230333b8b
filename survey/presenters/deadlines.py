"""Deadlines as a calendar (iCalendar, RFC 5545): of a survey, or of what one person has left to answer."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event
from sqlalchemy.orm import Session

from ..i18n.locale import current_language
from ..i18n.locale import gettext as _
from ..models import Participant, Question, Survey
from ..store.lifecycle import answered_questions, ends_at, is_over, skipped_questions

#: A deadline is a moment; shown with some length calendars do not hide it.
SHOWN = timedelta(minutes=30)


def survey_calendar(session: Session, survey: Survey, host: str, link: Callable[[Question], str]) -> bytes:
    """When each question of a survey stops taking answers, and the survey itself."""
    made = _calendar(survey)
    for question in _still_open(session, survey):
        title = _("Closes: %(title)s", title=question.text(current_language()).title)
        _put(made, f"{survey.slug}/{question.key}@{host}", title, ends_at(session, question), link(question))
    end = _("The survey closes: %(title)s", title=survey.text(current_language()).title)
    _put(made, f"{survey.slug}@{host}", end, survey.closes_at, "")
    return bytes(made.to_ical())


def own_calendar(session: Session, person: Participant, host: str, link: Callable[[Question], str]) -> bytes:
    """What somebody has left to answer or may still change, each with its last moment.

    It says which questions they answered, and nothing of what they said.
    """
    survey = person.survey
    made = _calendar(survey)
    done = answered_questions(session, person) | skipped_questions(session, person)
    for question in _still_open(session, survey):
        title = question.text(current_language()).title
        said = (
            _("Last chance to change: %(title)s", title=title)
            if question.id in done
            else _("Not answered yet: %(title)s", title=title)
        )
        _put(
            made, f"{survey.slug}/{question.key}/own@{host}", said, ends_at(session, question), link(question)
        )
    return bytes(made.to_ical())


def _still_open(session: Session, survey: Survey) -> Iterable[Question]:
    return (one for one in survey.questions if not one.is_draft and not is_over(session, one))


def _calendar(survey: Survey) -> Calendar:
    made = Calendar()
    # These two every calendar has to have (RFC 5545, 3.6).
    made.add("prodid", "-//Parley//Deadlines//EN")
    made.add("version", "2.0")
    # Nobody is invited and nothing is answered: it is only told (RFC 5546, 3.2.1).
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", survey.text(current_language()).title)
    made.add("refresh-interval", timedelta(days=1), parameters={"VALUE": "DURATION"})
    return made


def _put(calendar: Calendar, uid: str, title: str, end: datetime, link: str) -> None:
    event = Event()
    event.add("uid", uid)
    # The same as long as the deadline is: what has not changed is sent as it was.
    event.add("dtstamp", end.astimezone(UTC))
    event.add("dtstart", (end - SHOWN).astimezone(UTC))
    event.add("dtend", end.astimezone(UTC))
    event.add("summary", title)
    if link:
        event.add("url", link)
    # A deadline takes nobody's time: who is asked whether they are free, still is.
    event.add("transp", "TRANSPARENT")
    calendar.add_component(event)
