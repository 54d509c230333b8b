"""All that one person said, as a list to work in: what stands and how it moved, what waits, how it scored."""

from collections.abc import Mapping
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for

from ... import disclosure
from ...errors import InvalidAnswer, SurveyClosed
from ...i18n.locale import current_language, ngettext
from ...i18n.locale import gettext as _
from ...models import Participant, Question, Survey
from ...presenters.calibration import calibration_of
from ...presenters.leaderboard import has_leaderboard
from ...presenters.own_forecast import standings, when
from ...presenters.scores import comparison_of, corrections_of, points, rule_in_words, scores_of, share
from ...services import background_answers, forecast_submit
from ...services.enrollment import has_agreed
from ...services.forecast_history import histories, history, last_format
from ...store.engine import db
from ...store.staleness import age_words
from ...store.transaction import transaction
from ..forms.forecast import ActForm, AnswerForm, fresh_key
from ..forms.whole_number import whole_number
from ..identity import as_participant, survey_by_slug
from ..layout import page
from ..public import own_path
from ..readers import sees_crowd
from .dashboard import by_theme, came_out
from .enrollment import PageAnswer, blueprint, require_participant
from .forecast_list import (
    RESOLVED,
    SORTS,
    Choice,
    asked_for,
    choices,
    shown_rows,
    theme_choices,
    view_in,
)
from .last_visit import last_visit
from .own_rows import OwnRow, list_receipt, own_row, refused_row, stale_from, touched


@blueprint.get("/mine")
def mine(slug: str) -> PageAnswer:
    """The page; a view that does not exist is the usual one."""
    survey = survey_by_slug(slug)
    return list_page(survey, require_participant(survey), request.args)


def list_page(
    survey: Survey, person: Participant, address: Mapping[str, str], refused: OwnRow | None = None
) -> str:
    """The page as HTML, with what its address asks for; `refused` stands in the place of its question's row."""
    themes = by_theme(survey, person)
    stands = [stand for theme in themes for stand in theme.questions]
    acts, since = histories(db.session, person), last_visit(survey, person)
    disclosure.load_aggregates(db.session, as_participant(survey), [stand.question for stand in stands])
    view = view_in(address, themes)
    rows = [
        touched(own_row(stand, acts.get(stand.question.id, []), since.day, view.days), person, address)
        for stand in stands
    ]
    if refused:
        rows = [refused if row.stand.question is refused.stand.question else row for row in rows]
    shown = shown_rows(rows, view)
    just = next((row for row in rows if row.just), None)
    last = [stand.last for stand in stands if stand.last is not None]
    return page(
        "participant/my_forecasts.html",
        survey,
        view=view,
        shown=shown,
        themes=themes,
        receipt=list_receipt(person, just) if just else None,
        choices=choices(survey, view, rows),
        theme_choices=theme_choices(survey, view, rows, themes),
        sort_choices=[Choice(sort, view.address(survey, sort=sort), sort == view.sort) for sort in SORTS],
        answered=sum(stand.answered for stand in stands),
        skipped=sum(stand.skipped and not stand.answered for stand in stands),
        total=len(stands),
        done=sum(stand.done for stand in stands),
        resolved=sum(stand.answered and stand.state in RESOLVED for stand in stands),
        stale=[row for row in rows if row.is_stale],
        stale_age=age_words(view.days),
        last=max(last, key=lambda act: act.received_at, default=None),
        outdated=[stand for stand in stands if stand.outdated or stand.void],
        since=since,
        scores=scores_of(person),
        comparison=comparison_of(person),
        came_out=came_out,
        has_leaderboard=has_leaderboard(as_participant(survey), survey),
        points=points,
        share=share,
        corrections=corrections_of(person),
        calibration=calibration_of([stand.question for stand in stands], acts),
        about=len(background_answers.asked(db.session, survey)),
        said_about=len(background_answers.said(db.session, person)),
        must_agree=not has_agreed(db.session, person),
        rule_in_words=rule_in_words,
        form_key=fresh_key,
        when=when,
    )


def row_part(
    survey: Survey, person: Participant, question: Question, back: str, refused: OwnRow | None = None
) -> str:
    """The one row of a list that somebody acted on, with its receipt: what a script puts in its place."""
    row = refused or touched(row_of(survey, person, question, back), person, {"saved": question.key})
    if "undone" in request.form:
        row = replace(row, undone=True)
    return render_template(
        "participant/_row_stored.html",
        survey=survey,
        participant=person,
        entry=row,
        back=back,
        receipt=None if refused else list_receipt(person, row),
        came_out=came_out,
        form_key=fresh_key,
        when=when,
    )


def row_of(survey: Survey, person: Participant, question: Question, back: str) -> OwnRow:
    """The row of one question alone, as it stands in the list that `back` leads to."""
    stand = standings(db.session, person, [question])[question.id]
    since = last_visit(survey, person)
    return own_row(stand, history(db.session, person, question), since.day, stale_from(asked_for(back)))


def refused_in_list(
    survey: Survey, person: Participant, question: Question, form: AnswerForm, sentence: str
) -> str:
    """The list, or its one row, with what was typed and refused, and what is wrong."""
    back = request.form["back"]
    row = refused_row(row_of(survey, person, question, back), form, sentence)
    if "part" in request.form:
        return row_part(survey, person, question, back, row)
    return list_page(survey, person, asked_for(back), row)


@blueprint.post("/mine/affirm")
def affirm_all(slug: str) -> PageAnswer:
    """Say "still so" to every forecast that was shown as old, all of them or none."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    form = ActForm()
    if not form.validate():
        raise InvalidAnswer({"key": _("The form had lost its key. Nothing was changed; reload the page.")})
    acts = list(_affirmed(survey, person, form.key.data))
    try:
        count = transaction(lambda session: forecast_submit.act_on_each(session, person, acts), keep=True)
    except (InvalidAnswer, SurveyClosed) as refused:
        told = " ".join(refused.errors.values()) if isinstance(refused, InvalidAnswer) else refused.sentence
        flash(told, "error")
    else:
        flash(
            ngettext(
                "Still so: %(num)s forecast counts as given today.",
                "Still so: %(num)s forecasts count as given today.",
                count,
            )
        )
    return redirect(own_path(request.form.get("back") or url_for("participant.mine", slug=slug)), 303)


def _affirmed(survey: Survey, person: Participant, key: str) -> list[forecast_submit.Act]:
    """An act for each row that was sent, "question revision"; what names neither is left out."""
    shown = dict(row.rpartition(" ")[::2] for row in request.form.getlist("row"))
    return [
        forecast_submit.Act(
            question,
            forecast_submit.ForecastInput(
                key=f"{key} {question.key}",
                entries={},
                input_format=last_format(db.session, person, question),
                language=current_language(),
                crowd_seen=sees_crowd(survey, question),
            ),
            affirms=revision,
        )
        for question in survey.questions
        if (revision := whole_number(shown.get(question.key)))
    ]
