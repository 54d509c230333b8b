"""What needs an organizer today: outcomes due, figures to publish, reports and questions of participants, refused
letters, questions that many skip, a log that does not fit together, a front page that does not say who runs the
survey, a backup that is missing or old.
"""

from dataclasses import dataclass

from flask import current_app, url_for
from flask_security import current_user
from sqlalchemy.orm import Session

from ...aggregation.participation import questions_to_publish
from ...aggregation.segments import MIN_CHANGED
from ...i18n.formatting import day, percent
from ...i18n.locale import LANGUAGES, current_language, ngettext
from ...i18n.locale import gettext as _
from ...models import Option, Question, Survey
from ...services.audit_log import first_broken
from ...services.data_controller import missing_words
from ...services.invitations import invited_counts
from ...services.moderation import reports_by_question, waiting_by_question
from ...services.resolution_proposals import proposals
from ...services.resolution_rules import is_overtaken
from ...store.lifecycle import overdue
from ..forms.data_controller import field_labels
from .backups import age_words, is_overdue, noted_backup
from .question_rows import answer_counts


@dataclass(frozen=True)
class Task:
    """One thing to do: what it is, why, and the button that begins it (`post`: that does it)."""

    title: str
    words: str
    url: str = ""
    label: str = ""
    post: bool = False


def tasks(session: Session, survey: Survey, role: str = "owner") -> list[Task]:
    """Everything that needs somebody today, the most pressing first."""
    return [
        *_broken_log(session, survey),
        *_nobody_named(survey, role),
        *_backup(survey, role),
        *_publication(session, survey),
        *_proposed(session, survey),
        *_outcomes(session, survey),
        *_overtaken(session, survey),
        *_reports(session, survey),
        *_refused_letters(session, survey),
        *_unclear(session, survey),
        *_often_skipped(session, survey),
    ]


def _broken_log(session: Session, survey: Survey) -> list[Task]:
    place = first_broken(session, survey)
    if place is None:
        return []
    return [
        Task(
            _("The log does not fit together from entry %(place)s on.", place=place),
            _("Somebody changed the database past this site. Compare it with a backup before anything else."),
            url_for("audit.check", slug=survey.slug),
            _("Look"),
        )
    ]


def _nobody_named(survey: Survey, role: str) -> list[Task]:
    missing = missing_words(survey)
    if not missing:
        return []
    labels = field_labels()
    wanted = ", ".join(
        f"{labels[field]} ({LANGUAGES.get(language, language)})" for language, field in missing
    )
    words = _(
        "On a server of production nobody can join a survey before that; one in which people take part already goes"
        " on. Missing: %(wanted)s.",
        wanted=wanted,
    )
    if role != "owner":
        words += " " + _("Ask an owner to say it.")
    url, label = (
        (url_for("controller.who_asks", slug=survey.slug), _("Say it")) if role == "owner" else ("", "")
    )
    return [Task(_("Nobody can read who runs this survey."), words, url, label)]


def _backup(survey: Survey, role: str) -> list[Task]:
    """Nobody but an owner can have one made; what is tried at home, or with invented people, needs none."""
    in_production = current_app.config["PARLEY"]["ENVIRONMENT"] == "production"
    if role != "owner" or survey.simulated or not in_production:
        return []
    last = noted_backup()
    if not is_overdue(last):
        return []
    title = age_words(last) if last else _("No backup is known of.")
    words = _(
        "What people answered since is lost with the disk. The person who runs the server makes one by a command."
    )
    return [Task(title, words, url_for("backups.overview", slug=survey.slug), _("Look"))]


def _publication(session: Session, survey: Survey) -> list[Task]:
    count = len(questions_to_publish(session, survey))
    if not count:
        return []
    title = ngettext(
        "%(num)s question has enough for a publication.",
        "%(num)s questions have enough for a publication.",
        count,
    )
    return [
        Task(title, _why_publish(survey), url_for("organizer.publish", slug=survey.slug), _("Publish"), True)
    ]


def _why_publish(survey: Survey) -> str:
    if survey.publication == "at close":
        return _("They have closed; their figures are published once.")
    return _("Since their last one %(people)s people or more have changed what they say.", people=MIN_CHANGED)


def _outcomes(session: Session, survey: Survey) -> list[Task]:
    return [
        _outcome(question, parts) for question in survey.questions if (parts := overdue(session, question))
    ]


def _proposed(session: Session, survey: Survey) -> list[Task]:
    """Outcomes that somebody else proposed, and that this person may approve."""
    titles = {one.key: one.text(current_language()).short for one in survey.questions if not one.is_draft}
    return [
        Task(
            _(
                "An outcome of “%(title)s” waits for your approval.",
                title=titles[one.outcomes[0]["question"]],
            ),
            _("Nothing counts before a second person has looked at the source."),
            url_for("organizer.proposal", slug=survey.slug, number=one.id),
            _("Look"),
        )
        for one in proposals(session, survey)
        # One's own waits for somebody else.
        if one.by_id != getattr(current_user, "id", None)
    ]


def _overtaken(session: Session, survey: Survey) -> list[Task]:
    """Questions whose outcome does not fit that of their condition, and cannot be put right by itself."""
    return [
        Task(
            _(
                "The outcome of “%(title)s” does not fit its condition any more.",
                title=question.text(current_language()).short,
            ),
            _("Its condition was resolved or corrected since. Say again what came out."),
            url_for("organizer.resolve", slug=survey.slug, key=question.key),
            _("Look"),
        )
        for question in survey.questions
        if not question.is_draft and is_overtaken(session, question)
    ]


def _reports(session: Session, survey: Survey) -> list[Task]:
    waiting = reports_by_question(session, survey)
    return [
        _reported(question, waiting[question.id]) for question in survey.questions if waiting[question.id]
    ]


def _reported(question: Question, count: int) -> Task:
    words = ngettext(
        "%(num)s report waits: withhold the reason, or let it stand.",
        "%(num)s reports wait: withhold the reasons, or let them stand.",
        count,
    )
    title = _("A reason under “%(title)s” was reported.", title=question.text(current_language()).short)
    return Task(title, words, _on_page(question, "reasons"), _("Read"))


def _refused_letters(session: Session, survey: Survey) -> list[Task]:
    _invited, refused = invited_counts(session, survey)
    if not refused:
        return []
    title = ngettext(
        "%(num)s invitation was refused by a mail server.",
        "%(num)s invitations were refused by mail servers.",
        refused,
    )
    url = url_for("invitations.overview", slug=survey.slug, show="refused", _anchor="people")
    return [
        Task(title, _("Correct the address and send it again, or give the link by hand."), url, _("Look"))
    ]


def _unclear(session: Session, survey: Survey) -> list[Task]:
    waiting = waiting_by_question(session, survey)
    return [_asked(question, waiting[question.id]) for question in survey.questions if question.id in waiting]


def _often_skipped(session: Session, survey: Survey) -> list[Task]:
    counts = answer_counts(session, survey)
    return [
        Task(
            _(
                "“%(title)s” is skipped by %(share)s.",
                title=question.text(current_language()).short,
                share=percent(counts[question.id].share),
            ),
            _("Look whether its words, its range or its place ask too much."),
            url_for("organizer.question", slug=survey.slug, key=question.key),
            _("Look"),
        )
        for question in survey.questions
        if counts[question.id].answered >= survey.cell and counts[question.id].is_often_skipped
    ]


def _asked(question: Question, count: int) -> Task:
    words = ngettext(
        "%(num)s participant’s question about what counts waits for you.",
        "%(num)s questions of participants about what counts wait for you.",
        count,
    )
    title = _("“%(title)s” is unclear to somebody.", title=question.text(current_language()).short)
    return Task(title, words, _on_page(question, "unclear"), _("Read"))


def _on_page(question: Question, place: str) -> str:
    return url_for("organizer.question", slug=question.survey.slug, key=question.key, _anchor=place)


def _outcome(question: Question, parts: list[Option | None]) -> Task:
    language = current_language()
    named = ", ".join(part.text(language) for part in parts if part is not None)
    last = day(question.resolves_at.date())
    words = named if question.kind == "ladder" else _("Evidence counted until %(day)s.", day=last)
    return Task(
        _("“%(title)s” waits for its outcome.", title=question.text(language).short),
        words,
        url_for("organizer.resolve", slug=question.survey.slug, key=question.key),
        _("Resolve"),
    )
