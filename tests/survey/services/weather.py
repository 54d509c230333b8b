"""A small survey under writing, which tests of drafts begin with."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.bank.document import Document
from survey.models import Base, SurveyDraft, User
from survey.services.draft_edits import Saved, save

#: Everything that opening asks for.
WHOLE = {
    "structure/survey/opens": "2026-11-20T00:00:00Z",
    "structure/survey/closes": "2028-01-01T00:00:00Z",
    "structure/question/rain/deadline": "2027-06-30",
    "structure/question/rain/resolves": "2027-08-31T00:00:00Z",
    "words/en/survey/headline": "Will it rain?",
    "words/en/survey/summary": "One question about the weather.",
    "words/en/consent/text": "You agree that we keep your forecasts.",
    "words/en/theme/weather/summary": "What falls from the sky.",
    "words/en/question/rain/title": "Will it rain in Kyiv on 30 June 2027?",
    "words/en/question/rain/criteria": "More than 1 mm between 00:00 and 23:59:59 UTC on 30 June 2027.",
    "words/en/question/rain/background": "It rained on nine of the last thirty such days.",
    "words/en/question/rain/sources": ["The weather service", "Reuters"],
}


def edit(
    session: Session, draft: SurveyDraft, user: User | None, edits: Document, base: int | None = None
) -> Saved:
    paths = [(tuple(path.split("/")), value) for path, value in edits.items()]
    return save(session, draft, user, draft.revision if base is None else base, paths)


def counts(session: Session) -> dict[str, int | None]:
    """How many rows each table has."""
    session.flush()
    tables = Base.metadata.sorted_tables
    return {table.name: session.scalar(select(func.count()).select_from(table)) for table in tables}
