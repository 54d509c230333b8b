"""Words that may be corrected in place, one row for each language."""

from collections.abc import Mapping
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..models import OptionText, RelationText, ScenarioText, SurveyText, ThemeText

Words = TypeVar("Words", bound=SurveyText | ThemeText | OptionText | RelationText | ScenarioText)


def put_texts(
    session: Session, model: type[Words], owner: Mapping[str, object], texts: Mapping[str, Mapping[str, str]]
) -> None:
    """Make the rows of `owner` (key columns to values) say what `texts` say: language to words by column.

    Rows that say it already are not written; those of other languages go.
    """
    there = {row.language: row for row in session.scalars(select(model).filter_by(**owner)).all()}
    for language, words in texts.items():
        row = there.pop(language, None)
        if row is None:
            session.add(model(**owner, language=language, **words))
        else:
            for column, value in words.items():
                setattr(row, column, value)
    for row in there.values():
        session.delete(row)
