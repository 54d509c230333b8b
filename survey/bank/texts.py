"""Words that may be corrected in place, one row for each language."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from sqlalchemy.orm import Session

from ..models import (
    BackgroundOptionText,
    BackgroundText,
    OptionText,
    RelationText,
    ScenarioText,
    SurveyText,
    ThemeText,
)

Words = TypeVar(
    "Words",
    bound=SurveyText
    | ThemeText
    | OptionText
    | RelationText
    | ScenarioText
    | BackgroundText
    | BackgroundOptionText,
)


def put_texts(
    session: Session,
    model: type[Words],
    there: Iterable[Words],
    owner: Mapping[str, object],
    texts: Mapping[str, Mapping[str, str]],
) -> None:
    """Make the rows that are there say what `texts` say, and write those that are missing.

    Rows that say it already are not written; those of other languages go.

    Parameters
    ----------
    owner
        What identifies the rows beside their language: column to value.
    texts
        Language to column to words.
    """
    rows = {row.language: row for row in there}
    for language, words in texts.items():
        if language not in rows:
            session.add(model(**owner, language=language, **words))
            continue
        for column, value in words.items():
            setattr(rows[language], column, value)
    for language in rows.keys() - texts.keys():
        session.delete(rows[language])
