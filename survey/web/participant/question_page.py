"""The page of one question, put together from what it asks, what its reader said, and what they may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request

from ... import disclosure
from ...i18n.formatting import day_label, moment
from ...i18n.locale import current_language
from ...i18n.locale import gettext as _
from ...i18n.markdown import rationale
from ...models import Option, Participant, Question, Submission, Survey
from ...presenters.base_rate import ToldBaseRate, told_base_rate
from ...presenters.coherence import clashes_in_words
from ...presenters.crowd_summary import crowd_pictures
from ...presenters.forecast_history import acts_of
from ...presenters.input_context import beside
from ...presenters.outcome_history import outcome_history
from ...presenters.outcomes import outcomes
from ...presenters.own_forecast import (
    OwnFigure,
    OwnForecast,
    act_in_words,
    in_one_line,
    receipt_code,
    said_then,
    standings,
    when,
)
from ...presenters.results import reach_said
from ...presenters.scores import question_scores
from ...questions import kind_of
from ...services.base_rates import shown_base_rate
from ...services.forecast_history import history
from ...services.own_coherence import open_clashes
from ...store.engine import db
from ...store.lifecycle import QuestionState, current_resolutions
from ..forms.forecast import AnswerForm, fresh_key
from ..forms.whole_number import whole_number
from ..identity import as_participant
from ..layout import page
from .dashboard import closing
from .input_fields import boxes_of


@dataclass(frozen=True)
class Receipt:
    """What a submission stored, for its owner.

    Attributes
    ----------
    one
        The number, where there is only one.
    facts
        Everything else by name: the other numbers, when, version, why.
    before
        What stood before it.
    between
        What another tab had stored since the page of this one was made.
    """

    action: str
    one: OwnFigure | None
    facts: list[tuple[str, str]]
    before: str
    between: list[str]


def question_page(
    survey: Survey,
    question: Question,
    person: Participant | None,
    *,
    form: AnswerForm | None = None,
    boxes: Sequence[Option] = (),
    saved: Submission | None = None,
    refusal: str = "",
    must_agree: bool = False,
    status: int = 200,
) -> str:
    """The page as HTML.

    Parameters
    ----------
    form, boxes
        The form, and the options that have a box in it; None where nothing can be answered.
    saved
        The submission whose receipt heads the page.
    refusal
        Why what was sent was not stored; the form is then shown with all that was typed.
    """
    stands = standings(db.session, person, survey.questions)
    stand, neighbours = stands[question.id], [stands[other.id] for other in question.theme.questions]
    acts = history(db.session, person, question) if person else []
    viewer = as_participant(survey)
    done = saved is not None or bool(request.args.get("skipped"))
    seen = disclosure.get_aggregate(db.session, viewer, question) if stand.done and not refusal else None
    return page(
        "participant/question.html",
        survey,
        question=question,
        words=question.text(current_language()),
        condition=_condition(question),
        stand=stand,
        neighbours=neighbours,
        place=1 + [other.question.id for other in neighbours].index(question.id),
        following=_following(question, stands, person),
        before=_beside(question, stands, -1),
        after=_beside(question, stands, 1),
        form=form,
        boxes=boxes_of(question, form, boxes) if form is not None else [],
        beside=beside(question, person, boxes) if form is not None else None,
        base_rate=_base_rate(question, stand.done),
        receipt=_receipt(question, acts, saved) if saved is not None else None,
        clashes=clashes_in_words(db.session, person, open_clashes(db.session, person, question))
        if saved is not None and person is not None
        else [],
        changes=_changes(question, acts),
        refusal=refusal,
        must_agree=must_agree,
        status=status,
        collapsed=done and not refusal,
        kept=_kept(question) if refusal and stand.state is not QuestionState.OPEN else [],
        awaited=disclosure.pending_questions(db.session, person, question) if person else [],
        seen=seen if isinstance(seen, disclosure.Shown) else None,
        hidden=seen if isinstance(seen, disclosure.Denial) else None,
        reach=reach_said(db.session, question, seen) if seen is not None else "",
        pictures=crowd_pictures(db.session, viewer, question, seen)
        if isinstance(seen, disclosure.Shown)
        else None,
        outcomes=outcomes(question, current_resolutions(db.session, question)),
        outcome_history=outcome_history(db.session, viewer, question),
        scores=question_scores(viewer, question, acts, done=stand.done),
        form_key=fresh_key(),
        when=when,
        first_close=closing(question),
    )


def _base_rate(question: Question, done: bool) -> ToldBaseRate | None:
    known = shown_base_rate(db.session, question, done)
    return told_base_rate(question, known) if known else None


def _condition(question: Question) -> str:
    """What a conditional question is conditional on, as the title of the other question's option."""
    if question.condition is None:
        return ""
    event, language = question.condition.event, current_language()
    other = event.question.text(language).title
    return f"{other} — {', '.join(option.text(language) for option in event.options)}"


def _following(
    question: Question, stands: Mapping[int, OwnForecast], person: Participant | None
) -> Question | None:
    """The next question that waits for an answer of this person; the next one for anybody else."""
    later = [there for there in stands.values() if there.question.position > question.position]
    earlier = [there for there in stands.values() if there.question.position < question.position]
    if person is None:
        return later[0].question if later else None
    waiting = (there for there in (*later, *earlier) if there.waits)
    return next((there.question for there in waiting), None)


def _beside(question: Question, stands: Mapping[int, OwnForecast], way: int) -> Question | None:
    """The question before (`way` -1) or after (1) this one in the survey's order."""
    order = [there.question for there in stands.values()]
    place = [other.id for other in order].index(question.id) + way
    return order[place] if 0 <= place < len(order) else None


def _receipt(question: Question, acts: Sequence[Submission], saved: Submission) -> Receipt:
    place = [act.revision for act in acts].index(saved.revision)
    figures = said_then(question, saved)
    base = whole_number(request.args.get("base"))
    between = acts[base:place] if base is not None else []
    return Receipt(
        action=saved.action,
        one=figures[0] if len(figures) == 1 else None,
        facts=_facts(question, saved, figures),
        before=in_one_line(question, said_then(question, acts[place - 1])) if place else "",
        between=[_what(question, act) for act in between],
    )


def _facts(question: Question, saved: Submission, figures: Sequence[OwnFigure]) -> list[tuple[str, str]]:
    """The receipt's lines by name; what was not given has no line."""
    numbers = (
        [(_named(question, one), _in_figure_and_words(question, one)) for one in figures]
        if len(figures) > 1
        else []
    )
    steps = ((_("Sure"), saved.confidence), (_("Knowledge"), saved.expertise))
    return [
        *numbers,
        (_("When"), moment(when(question, saved), question.survey.zone)),
        (_("Version"), _("%(number)s of the question", number=saved.version.number)),
        *((name, _("%(step)s of 5", step=step)) for name, step in steps if step is not None),
        *([(_("Why"), rationale(saved.rationale.text))] if saved.rationale else []),
        (_("Receipt"), receipt_code(saved)),
    ]


def _named(question: Question, one: OwnFigure) -> str:
    """What a number is of: a date of a ladder as beside its box, for a receipt is narrow."""
    return day_label(one.option) if question.kind == "ladder" else one.label


def _in_figure_and_words(question: Question, one: OwnFigure) -> str:
    """A number of several as a single one is told; a quantile is no chance of anything, and has its figure alone."""
    if question.kind in ("numeric", "date"):
        return one.figure
    return f"{one.figure}, {one.words}"


def _changes(question: Question, acts: Sequence[Submission]) -> list[tuple[str, str, str]]:
    """The history, newest first: when, what, and the difference in points where there is one number."""
    return [
        (
            moment(act.when, question.survey.zone),
            in_one_line(question, act.numbers) or act.action,
            "".join(act.differences if question.kind == "binary" else ()) or act.action,
        )
        for act in acts_of(question, acts)
    ]


def _what(question: Question, act: Submission) -> str:
    return in_one_line(question, said_then(question, act)) or act_in_words(act.action)


def _kept(question: Question) -> list[tuple[str, str]]:
    """What was sent to a question that no longer takes it, for its author to copy."""
    kind, language = kind_of(question), current_language()
    sent = [
        (kind.label(question, question.option(slot.option), slot, language), request.form.get(slot.field, ""))
        for slot in kind.slots(question, question.options)
    ]
    why = request.form.get("rationale", "")
    return [(label, text) for label, text in (*sent, (_("Why?"), why)) if text]
