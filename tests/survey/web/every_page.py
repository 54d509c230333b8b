"""A survey in which many have spoken, and every address there is to ask it for: for tests that look at all pages."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from survey.bank.content import Bank, Event, Words
from survey.services import accounts, invitations
from tests.factories import the_survey
from tests.survey.disclosure.test_non_interference import addresses, fill

ASKED = "ceasefire-when"
OWNER = "owner@example.org"

Told = TypeVar("Told")


def people_and_owner(session: Session) -> tuple[dict[str, int | None], str]:
    """The viewers by name, and an invitation that waits; the owner signs in by a link."""
    return fill(session, ASKED, 0.2), signed_up_owner(session)


def signed_up_owner(session: Session) -> str:
    """An owner who can sign in, and the invitation they wrote, which waits."""
    owner = accounts.create_user(session, OWNER, password="four words of one's own")
    accounts.grant(session, owner, the_survey(session), "owner")
    (invitation,) = invitations.invite(session, the_survey(session), "experts", 1, 30)
    return invitation


def owner_link(session: Session) -> str:
    """The token of a link that signs the owner in."""
    owner = accounts.user_by_email(session, OWNER)
    assert owner is not None
    return accounts.sign_in_link(session, owner)


def paths(app: Flask, invitation: str) -> list[str]:
    """The address of every route that is asked for by a reader's browser."""
    return sorted(_path(app, rule, invitation) for rule in app.url_map.iter_rules() if "GET" in rule.methods)  # type: ignore[operator]


def pages(app: Flask, invitation: str) -> list[str]:
    """Those of pages: what an operation of the interface answers, and a file, has no words, links or forms."""
    return [path for path in paths(app, invitation) if not path.startswith("/api/") and not is_file(path)]


def is_file(path: str) -> bool:
    """Whether an address ends as a file's does; `test_every_page` sees that no page's does."""
    return "." in path.rpartition("/")[2]


def _path(app: Flask, rule: Rule, invitation: str) -> str:
    if rule.endpoint == "invitations.open_invitation":
        return f"/i/{invitation}"
    return addresses(app, rule, ASKED)


def times(bank: Bank, many: int) -> Bank:
    """A bank so many times over: questions, relations and scenarios under changed keys beside the first ones."""
    ends = ["", *(f"-{place}" for place in range(2, many + 1))]
    return replace(
        bank,
        questions=tuple(
            replace(one, key=one.key + end, given=_event(one.given, end))
            for end in ends
            for one in bank.questions
        ),
        relations=tuple(
            replace(
                one,
                key=one.key.replace(one.words, one.words + end, 1),
                events=tuple(_event(event, end) for event in one.events),
                pair=one.pair and one.pair + end,
            )
            for end in ends
            for one in bank.relations
        ),
        scenarios=tuple(
            replace(
                one,
                key=one.key + end,
                axes=tuple(
                    replace(axis, event=_event(axis.event, end), pair=axis.pair and axis.pair + end)
                    for axis in one.axes
                ),
            )
            for end in ends
            for one in bank.scenarios
        ),
        words={language: _words(words, ends) for language, words in bank.words.items()},
    )


def _event(event: Event | None, end: str) -> Event | None:
    return event and replace(event, question=event.question + end)


def _words(words: Words, ends: list[str]) -> Words:
    def all_of(told: Mapping[str, Told]) -> dict[str, Told]:
        return {key + end: one for end in ends for key, one in told.items()}

    return replace(
        words,
        questions=all_of(words.questions),
        relations=all_of(words.relations),
        scenarios=all_of(words.scenarios),
    )
