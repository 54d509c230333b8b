"""The audit log for those who run a survey: what was done by whom, as a file, and whether the store says the same."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from flask import Blueprint, Response, request
from sqlalchemy import Select, select

from ...export.audit_log import FORMATS, written
from ...i18n.locale import gettext as _
from ...models import EventLog, Survey, User
from ...presenters.audit_log import act_words, field_words, in_sentences, matter_words
from ...services.audit_check import verify
from ...services.audit_log import entries
from ...store.engine import db
from ..forms.whole_number import whole_number
from ..pagination import paginated
from .layout import organized_survey, organizer_page
from .roles import role_words

blueprint = Blueprint("audit", __name__, url_prefix="/s/<slug>/organize/log")

#: In the address, for entries of no account.
SYSTEM = "system"


class Asked(NamedTuple):
    """What an address narrows the log to; `fault` says what of it is none."""

    act: str
    person: str
    day: str
    only: dict[str, Any]
    fault: str


@blueprint.get("")
def overview(slug: str) -> str:
    """The log, newest first, narrowed to a kind, a person or a day."""
    survey, role = organized_survey(slug)
    asked = _asked()
    found = entries(db.session, survey, **asked.only)
    pages = paginated(found[::-1], request.args.get("page", ""))
    people = _people(survey)
    return organizer_page(
        "organizer/audit.html",
        survey,
        role,
        asked=asked,
        pages=pages,
        rows=in_sentences(survey, pages.items, _addresses(_named(pages.items)), role_words()),
        acts=sorted(((act, act_words().get(act, act)) for act in _acts(survey)), key=lambda one: one[1]),
        people=[(SYSTEM, _("the system")), *((str(number), address) for number, address in people.items())],
        address={
            name: value for name, value in request.args.items() if name in ("act", "person", "day") and value
        },
    )


@blueprint.get("/check")
def check(slug: str) -> str:
    """Log and store compared row by row, now."""
    survey, role = organized_survey(slug)
    found = verify(db.session, survey)
    named = {one.name for one in found.differences if one.matter == "role"}
    people = _addresses({number for name in named if (number := whole_number(name)) is not None})
    return organizer_page(
        "organizer/audit_check.html",
        survey,
        role,
        audit=found,
        rows=[
            (
                matter_words()[one.matter],
                people.get(whole_number(one.name) or 0, one.name) if one.matter == "role" else one.name,
                field_words().get(one.field, one.field),
                _said(one.logged, one.entry is None),
                _said(one.stored, one.entry is not None and not one.field),
                str(one.entry or ""),
            )
            for one in found.differences
        ],
    )


@blueprint.get("/<any(csv, jsonl):format_>")
def export(slug: str, format_: str) -> Response:
    """The log as a file, narrowed as the page is; whole, every hash can be computed from it again."""
    survey, _role = organized_survey(slug)
    lines = list(written(entries(db.session, survey, **_asked().only), format_))
    response = Response(lines, content_type=f"{FORMATS[format_]}; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=f"{slug}-log.{format_}")
    return response


def _asked() -> Asked:
    act, person, day = (
        # PostgreSQL takes no NUL to compare with.
        request.args.get(name, "").strip().replace("\x00", "")
        for name in ("act", "person", "day")
    )
    only: dict[str, Any] = {}
    fault = ""
    if act:
        only["act"] = act
    if person == SYSTEM:
        only["by_system"] = True
    elif (number := whole_number(person)) is not None:
        only["user_id"] = number
    if day:
        try:
            only["day"] = date.fromisoformat(day)
        except ValueError:
            fault = _(
                "“%(day)s” is no day: write it as 2026-11-20. Entries of every day are shown.", day=day[:40]
            )
    return Asked(act, person, day, only, fault)


def _named(found: Sequence[tuple[EventLog, str | None]]) -> set[int]:
    """Accounts that entries are about."""
    numbers = (entry.detail.get("user") for entry, _address in found)
    # What is no number somebody has written past this site, and PostgreSQL would not compare it.
    return {number for number in numbers if isinstance(number, int)}


def _acts(survey: Survey) -> list[str]:
    return list(db.session.scalars(select(EventLog.act).filter_by(survey_id=survey.id).distinct()))


def _people(survey: Survey) -> dict[int, str]:
    """Accounts that did something here, by number."""
    return _addresses(select(EventLog.user_id).filter_by(survey_id=survey.id))


def _addresses(numbers: Select[int | None] | Collection[int]) -> dict[int, str]:
    """The addresses of accounts, by number, in their order."""
    query = select(User.id, User.email).where(User.id.in_(numbers)).order_by(User.email)
    return dict(db.session.execute(query).all())


def _said(value: Any, is_missing: bool) -> str:
    """A fact as it is compared; a digest by its beginning."""
    if is_missing:
        return _("nothing")
    text = "" if value is None else str(value)
    return f"{text[:12]}…" if len(text) == 64 and " " not in text else text
