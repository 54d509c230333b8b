"""The lifecycle state of a question, in words."""

from sqlalchemy.orm import Session

from ..i18n.locale import gettext as _
from ..models import Question
from ..store.lifecycle import QuestionState, overdue, state_of


def state_in_words(state: QuestionState) -> str:
    """A state as pages name it."""
    words = {
        QuestionState.DRAFT: _("draft"),
        QuestionState.BEFORE_OPENING: _("not open yet"),
        QuestionState.OPEN: _("open"),
        QuestionState.CLOSED: _("closed"),
        QuestionState.PARTLY_RESOLVED: _("partly resolved"),
        QuestionState.RESOLVED: _("resolved"),
        QuestionState.ANNULLED: _("annulled"),
    }
    return words[state]


def status_in_words(session: Session, question: Question) -> str:
    """The state as organizers read it: with what is left to do about it."""
    said = [state_in_words(state_of(session, question))]
    if overdue(session, question):
        said.append(_("waits for its outcome"))
    return " · ".join(said)
