"""A survey under writing and its writers."""

import pytest
from sqlalchemy.orm import Session

from survey.bank.document import read
from survey.models import SurveyDraft, User
from survey.services import accounts, drafts
from survey.services.draft_questions import add_question, add_theme

from .weather import WHOLE, edit


@pytest.fixture
def olena(session: Session) -> User:
    return accounts.create_user(session, "olena@example.org")


@pytest.fixture
def taras(session: Session) -> User:
    return accounts.create_user(session, "taras@example.org")


@pytest.fixture
def draft(session: Session, olena: User) -> SurveyDraft:
    """A survey with a theme and a question, of which nothing but the titles is written."""
    made = drafts.start(session, olena, "weather", drafts.blank_document("The weather", "en"))
    add_theme(session, made, olena, {"en": "Weather"})
    assert add_question(session, made, olena, "weather", "binary", {"en": "Rain"}) == "rain"
    return made


@pytest.fixture
def whole(session: Session, olena: User, draft: SurveyDraft) -> SurveyDraft:
    """The same, with everything that opening asks for."""
    edit(session, draft, olena, WHOLE)
    assert [str(fault) for fault in read(draft.document).faults] == []
    return draft
