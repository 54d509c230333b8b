"""What every page needs beside its own words: the way through the site, and how templates say figures."""

from typing import Any

from flask import Flask, current_app, flash, g, render_template, request, url_for
from flask_babel import get_locale
from flask_security import current_user
from markupsafe import Markup

from .. import clock
from ..errors import AnswersGone
from ..i18n.locale import LANGUAGES, current_language
from ..i18n.locale import gettext as _
from ..i18n.markdown import bank_text, rationale, stored_rationale
from ..i18n.written_language import language_of
from ..models import Participant, Survey
from ..notifications import transport
from ..presenters.question_state import state_in_words
from ..services.readers import readers_apart, when_published
from ..store.engine import db
from .identity import current_participant, current_role
from .page_help import page_help
from .pagination import where_reading

#: Label, address, whether it is the page shown.
Link = tuple[str, str, bool]


def init_pages(app: Flask) -> None:
    """Teach templates the reader's language and the markup of `markdown`."""
    app.jinja_env.globals.update(
        get_locale=get_locale,
        who_runs=who_runs,
        when_published=when_published,
        readers_apart=readers_apart,
        is_over=is_over,
        where_reading=where_reading,
        invited_days=app.config["PARLEY"]["INVITED_DAYS"],
        no_mail_server=no_mail_server,
        page_help=page_help,
    )
    transport.letter_kept.connect(_say_where_letters_lie, app)
    app.jinja_env.filters.update(
        bank_text=bank_text,
        rationale=rationale,
        stored_rationale=stored_rationale,
        state_in_words=state_in_words,
        its_language=its_language,
    )


def its_language(text: str) -> Markup:
    """The attribute `lang` of what somebody wrote, where its letters are not those of the page's language."""
    page_language = current_language()
    written = language_of(text, page_language)
    return Markup(' lang="{}"').format(written) if written != page_language else Markup("")


def page(template: str, survey: Survey | None = None, **values: Any) -> str:
    """A page, inside a survey or outside of any."""
    person = known_person(survey) if survey is not None else None
    return render_template(
        template,
        survey=survey,
        participant=person,
        navigation=_navigation(survey, person),
        languages=list(LANGUAGES.items()),
        **values,
    )


def is_over(survey: Survey | None) -> bool:
    """Whether the survey of a page has closed; a page of none has none that could."""
    return survey.is_over(clock.now(db.session)) if survey else False


def who_runs(survey: Survey) -> list[tuple[str, str]]:
    """Who runs a survey, and what whoever is asked has to be told of it: label and words.

    A demonstration says that nobody does.
    """
    if survey.simulated:
        return [("", _("A demonstration; nobody runs this survey."))]
    words = survey.text(current_language())
    told = [
        ("", words.organizer or _("Nobody has said yet who runs this survey.")),
        (_("Contact"), words.contact),
        (_("Legal basis"), words.legal_basis),
        (_("How long answers are kept"), words.kept_until),
    ]
    return [(label, said) for label, said in told if said]


def no_mail_server() -> str:
    """Where letters lie that nobody sends, in a sentence; empty where they go out, and on a site for strangers."""
    settings = current_app.config["PARLEY"]
    if settings["MAIL_SERVER"] or settings["ENVIRONMENT"] == "production":
        return ""
    return _(
        "This site has no mail server: emails are kept as files in %(folder)s.",
        folder=transport.outbox(settings),
    )


def _say_where_letters_lie(_app: Flask) -> None:
    """Once a page, however many letters it wrote: it may say that one is on its way."""
    sentence = no_mail_server()
    if sentence and not g.get("letters_lie"):
        g.letters_lie = True
        flash(sentence, "warning")


def known_person(survey: Survey) -> Participant | None:
    """The participant this browser is; nobody where their answers were erased."""
    try:
        return current_participant(survey)
    except AnswersGone:
        return None


def _navigation(survey: Survey | None, person: Participant | None) -> list[Link]:
    methods = _link(_("Methods"), "public.methods")
    if survey is None:
        return [methods, *_account(None)]
    slug = survey.slug
    has_results = is_over(survey) or survey.is_public
    results = [_link(_("Results"), "participant.survey_results", slug)] if has_results else []
    if person is None and survey.visibility == "invited" and current_role(survey) is None:
        # Results for everybody, of a survey whose other pages are for those who were invited.
        return [*results, methods, *_account(survey)]
    scenarios = _link(_("Scenarios"), "participant.scenarios", slug)
    themes = _link(_("Themes"), "participant.themes", slug)
    if person is None:
        take_part = [] if is_over(survey) else [_link(_("Take part"), "participant.join", slug)]
        first = [*results, *take_part]
        return [themes, *first, scenarios, methods, *_account(survey)]
    mine = _link(_("Mine"), "participant.mine", slug)
    return [themes, mine, *results, scenarios, methods, *_account(None)]


def _account(survey: Survey | None) -> list[Link]:
    """The way to one's account, or into it; in a survey that does not know its reader, to where a code is typed."""
    if current_user.is_authenticated:
        return [_link(_("Your account"), "account.account")]
    code = [_link(_("I have a code"), "participant.come_back", survey.slug)] if survey else []
    return [*code, _link(_("Sign in"), "security.login")]


def _link(label: str, endpoint: str, slug: str | None = None) -> Link:
    address = url_for(endpoint, slug=slug) if slug else url_for(endpoint)
    return label, address, request.endpoint == endpoint
