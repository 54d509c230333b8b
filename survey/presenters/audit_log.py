"""Entries of the audit log in words: what was done, by whom, and the facts an entry holds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..i18n.formatting import moment
from ..i18n.locale import current_language
from ..i18n.locale import gettext as _
from ..models import EventLog, Question, Resolution, Survey
from .outcomes import in_words


@dataclass(frozen=True)
class EntryInWords:
    """One entry: its place in the chain, when, by whom (an address, or the system), what, and facts by label.

    `whole` is all that it holds, as JSON, with the hash that fixes it.
    """

    position: int
    at: datetime
    by: str
    act: str
    facts: Sequence[tuple[str, str]]
    whole: str


def act_words() -> dict[str, str]:
    """What each kind of entry is called."""
    return {
        "approve outcome": _("Approved an outcome"),
        "change what is preregistered": _("Changed what is preregistered"),
        "create token": _("Made a token for programs"),
        "download": _("Downloaded a file of a snapshot"),
        "freeze snapshot": _("Froze a snapshot"),
        "grant": _("Gave a role"),
        "invite": _("Made invitations"),
        "name controller": _("Said who asks"),
        "new link": _("Made a new link for an invitation"),
        "open": _("Opened the survey"),
        "preregister": _("Preregistered the survey"),
        "propose outcome": _("Proposed an outcome"),
        "publish": _("Published figures"),
        "publish changes": _("Published changes of the survey"),
        "refuse outcome": _("Refused an outcome"),
        "release_rationale": _("Let a reason stand"),
        "remind": _("Sent reminders"),
        "resolve": _("Resolved a question"),
        "revoke token": _("Revoked a token for programs"),
        "revoke an invitation": _("Revoked an invitation"),
        "revoke invitations": _("Revoked invitations"),
        "send again": _("Sent an invitation again"),
        "settings": _("Settings of the survey"),
        "settle_unclear": _("Dealt with a question about a question"),
        "show progress": _("Changed whether progress is shown"),
        "simulate": _("Began to let invented people answer"),
        "simulated": _("Let invented people answer"),
        "take role": _("Took a role"),
        "withdraw outcome": _("Withdrew a proposed outcome"),
        "withhold_rationale": _("Withheld a reason"),
        "withhold_name": _("Withheld a name on the leaderboard"),
        "release_name": _("Showed a name on the leaderboard again"),
    }


def field_words() -> dict[str, str]:
    """What the facts of entries are called, in the order of a page; those of a rarer kind keep their own names."""
    return {
        "question": _("Question"),
        "questions": _("Questions"),
        "about": _("About"),
        "outcome": _("Outcome"),
        "value": _("Value"),
        "known_from": _("Known from"),
        "source": _("Source"),
        "why": _("Why"),
        "reason": _("Reason"),
        "proposal": _("Proposal"),
        "approved_by": _("Approved by"),
        "as_of": _("As of"),
        "role": _("Role"),
        "user": _("Account"),
        "batch": _("Batch"),
        "count": _("Number"),
        "days": _("Days"),
        "file": _("File"),
        "number": _("Number"),
        "snapshot": _("Snapshot"),
        "version": _("Version"),
        "sha256": _("SHA-256"),
    }


def matter_words() -> dict[str, str]:
    """What log and store are compared on."""
    return {
        "entry": _("Entry"),
        "moderation": _("Moderation"),
        "preregistration": _("Preregistration"),
        "proposal": _("Proposal"),
        "publication": _("Publication"),
        "resolution": _("Outcome"),
        "role": _("Role"),
        "settings": _("Settings of the survey"),
    }


def in_sentences(
    survey: Survey,
    entries: Sequence[tuple[EventLog, str | None]],
    addresses: Mapping[int, str],
    roles: Mapping[str, str],
) -> list[EntryInWords]:
    """Entries in words; `addresses` are those of accounts by number, `roles` what roles are called."""
    questions, acts, labels = {one.key: one for one in survey.questions}, act_words(), field_words()
    return [
        EntryInWords(
            entry.position,
            entry.at,
            address or _("the system"),
            acts.get(entry.act, entry.act),
            [(labels[name], value) for name, value in _told(entry, questions, addresses, roles) if value],
            json.dumps({**entry.detail, "hash": entry.hash}, indent=1, sort_keys=True, ensure_ascii=False),
        )
        for entry, address in entries
    ]


def _told(
    entry: EventLog, questions: Mapping[str, Question], addresses: Mapping[int, str], roles: Mapping[str, str]
) -> list[tuple[str, str]]:
    """The facts of an entry; none of one that somebody wrote past this site, in which they are no facts of ours."""
    try:
        return _facts(entry, questions, addresses, roles)
    # Its whole stands beside it. A page that broke over it would hide every other entry with it.
    except (AttributeError, TypeError, ValueError):
        return []


def _facts(
    entry: EventLog, questions: Mapping[str, Question], addresses: Mapping[int, str], roles: Mapping[str, str]
) -> list[tuple[str, str]]:
    """What a reader is told of an entry at once, by field; the rest is in its whole."""
    detail, question = entry.detail, questions.get(entry.detail.get("question", ""))
    said = {name: _plain(detail[name]) for name in field_words().keys() & detail.keys()}
    if "question" in detail:
        said["question"] = _title(questions, detail["question"])
    if "questions" in detail:
        said["questions"] = ", ".join(_title(questions, key) for key in detail["questions"])
    if "user" in detail:
        said["user"] = addresses.get(detail["user"], said["user"])
    if "role" in detail:
        said["role"] = roles.get(detail["role"], detail["role"])
    if detail.get("approved_by") in addresses:
        said["approved_by"] = addresses[detail["approved_by"]]
    if question is not None and "known_from" in detail:
        said |= _outcome(question, detail)
    return [(name, said[name]) for name in field_words() if name in said]


def _outcome(question: Question, detail: Mapping[str, Any]) -> dict[str, str]:
    """What came out as the entry holds it, whatever the store says by now."""
    options = {one.key: one for one in question.options}
    about, came = options.get(detail.get("about") or ""), options.get(detail.get("outcome") or "")
    resolution = Resolution(annulled=detail.get("annulled"), outcome_option=came, value=detail.get("value"))
    return {
        "about": about.text(current_language()) if about else "",
        "outcome": in_words(question, resolution),
        "value": "",
        "known_from": _moment(question, detail["known_from"]),
    }


def _moment(question: Question, text: str) -> str:
    """A moment in words; as it stands where somebody wrote past this site what is none."""
    try:
        return moment(datetime.fromisoformat(text), question.survey.zone)
    except ValueError:
        return text


def _title(questions: Mapping[str, Question], key: str) -> str:
    return questions[key].text(current_language()).short if key in questions else key


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
