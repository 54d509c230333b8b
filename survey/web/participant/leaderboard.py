"""The leaderboard of a survey or of one of its themes, and the name under which somebody is shown on it."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask_wtf import FlaskForm
from wtforms import StringField, ValidationError

from ...disclosure import Hidden, Leaderboard, Viewer, never_shown
from ...errors import InvalidAnswer
from ...i18n.locale import current_language
from ...i18n.locale import gettext as _
from ...models import Participant, Survey, Theme
from ...presenters.leaderboard import (
    BoardInWords,
    RowInWords,
    Tick,
    boards,
    rows,
    scale,
    themes_with_leaderboard,
    why_hidden,
)
from ...services import leaderboard_names
from ...services.leaderboard_names import LONGEST
from ...store.engine import db
from ...store.transaction import transaction
from ..forms.forecast import as_sent
from ..identity import as_participant, survey_by_slug
from ..layout import page
from ..pagination import LENGTH, Paginated, paginated
from .enrollment import PageAnswer, blueprint, require_participant


@dataclass(frozen=True)
class BoardOnPage:
    """A leaderboard with those of its rows that the address asks for.

    Attributes
    ----------
    own
        The reader's row where it is on another page, and the number of that page.
    """

    said: BoardInWords
    board: Leaderboard
    rows: list[RowInWords]
    ticks: list[Tick]
    pages: Paginated[int]
    own: tuple[RowInWords, int] | None


class NameForm(FlaskForm):  # type: ignore[misc]
    """What somebody wants to be called on the leaderboard."""

    name = StringField()

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.name.label.text = _("Name on the leaderboard")
        self.name.flags.required = True

    def validate_name(self, field: StringField) -> None:
        """One name; how long, and what may stand in it, the service says."""
        if len(field.raw_data or ()) > 1:
            raise ValidationError(_("Give one name: the form came with several."))

    def said(self) -> str:
        """What was typed, as it was sent."""
        return as_sent("name", self.name.data or "")


@blueprint.get("/leaderboard")
def leaderboard(slug: str) -> PageAnswer:
    """Who forecast better than the others, as far as this reader may know; a theme that does not exist is none."""
    survey = survey_by_slug(slug)
    viewer, theme = as_participant(survey), _theme(survey)
    found = boards(viewer, survey, theme)
    shown = [_on_page(said, said.board) for said in found if said.board is not None]
    hidden = [said for said in found if said.hidden is not None]
    return page(
        "participant/leaderboard.html",
        survey,
        theme=theme,
        shown=shown,
        hidden=hidden,
        # One reason for all is said once.
        why=list({said.why: said for said in hidden}.values()),
        themes=themes_with_leaderboard(viewer, survey),
        named=_is_named(viewer),
        words=survey.text(current_language()),
    )


@blueprint.get("/leaderboard/name")
def leaderboard_name(slug: str) -> PageAnswer:
    """Whether this person is named on the leaderboard, how, and what that means."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    return _name_page(survey, person)


@blueprint.post("/leaderboard/name")
def choose_leaderboard_name(slug: str) -> PageAnswer:
    """Store the name; what was typed stays where it is refused."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    form = NameForm()
    if not form.validate():
        return _name_page(survey, person, form), 422
    try:
        shown = transaction(
            lambda session: leaderboard_names.choose_name(session, person, form.said()).withheld_at is None
        )
    except InvalidAnswer as refused:
        form.name.errors = [refused.errors["name"]]
        return _name_page(survey, person, form), 422
    flash(
        _("Your name was stored. It stands on the leaderboard from now on.")
        if shown
        else _("Your name was stored. It is shown once an organizer releases it.")
    )
    return redirect(url_for("participant.leaderboard_name", slug=slug), 303)


@blueprint.post("/leaderboard/name/remove")
def take_leaderboard_name_back(slug: str) -> PageAnswer:
    """Forget the name."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    transaction(lambda session: leaderboard_names.take_name_back(session, person))
    flash(_("Your name was deleted. You stand on the leaderboard as a participant without a name."))
    return redirect(url_for("participant.leaderboard_name", slug=slug), 303)


def _name_page(survey: Survey, person: Participant, form: NameForm | None = None) -> str:
    kept = leaderboard_names.name_of(db.session, person)
    return page(
        "participant/leaderboard_name.html",
        survey,
        form=form or NameForm(formdata=None, data={"name": kept.name if kept else ""}),
        kept=kept,
        longest=LONGEST,
        never=why_hidden(survey, Hidden(never)) if (never := never_shown(survey)) else "",
    )


def _on_page(said: BoardInWords, board: Leaderboard) -> BoardOnPage:
    pages = paginated(range(board.people), request.args.get(said.measure, ""))
    own = board.own if board.own is not None and board.own not in pages.items else None
    return BoardOnPage(
        said,
        board,
        rows(board, pages.items[0], pages.items[-1] + 1),
        scale(board),
        pages,
        (rows(board, own, own + 1)[0], own // LENGTH + 1) if own is not None else None,
    )


def _theme(survey: Survey) -> Theme | None:
    asked = request.args.get("theme")
    return next((theme for theme in survey.themes if theme.key == asked), None)


def _is_named(viewer: Viewer) -> bool:
    person = viewer.participant
    kept = leaderboard_names.name_of(db.session, person) if person is not None else None
    return kept is not None and kept.name is not None
