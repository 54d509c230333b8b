"""Help where one is: what each page is for, open on somebody's first visit to its kind and folded from then on.

Told to whoever the site knows: pages for strangers are kept, and say all they have to say by themselves.
"""

from flask import request
from flask import session as browser
from flask_security import current_user

from ..i18n.locale import gettext as _
from .identity import REMEMBERED

#: Name of the cookie session's list of the kinds of pages this person has been told of.
HELPED = "helped"


def help_words() -> dict[str, str]:
    """Page help by endpoint: what the page is for, what one does there, what to know before; in a few lines."""
    return {**_editor_words(), **_organizer_words(), **_others_words()}


def _editor_words() -> dict[str, str]:
    return {
        "editor.begin": _(
            "Here you begin a survey, or go on with one. Start with a blank page or a copy."
            " Nobody but its writers sees it before it is opened."
        ),
        "editor.purpose": _(
            "What people read first: what the survey is about, who runs it, what they agree to."
            " Languages are chosen here too. What you type is saved as you type."
        ),
        "editor.questions": _(
            "All questions in the order they are asked. Add themes, then questions in them; open one to write it."
            " The list beside them says what is missing before you can open."
        ),
        "editor.thing": _(
            "One part of the survey, with its words in every language and its facts below."
            " What you type is saved as you type, and can be undone."
            " If somebody else changes the same words, you see both texts."
        ),
        "editor.scenarios": _(
            "Whole futures made of events that your questions ask about. You may leave this page empty."
            " Their chances are computed of the answers."
        ),
        "editor.people": _(
            "When the survey is open, who may take part, and what people see of each other."
            " What is left empty has a choice that suits most surveys. Let a colleague write too at the end."
        ),
        "editor.check": _(
            "What is missing, with a link to each place. Try the survey or let somebody read it first."
            " From the first answer on, what gives answers their meaning cannot change."
        ),
        "editor.trial": _(
            "A trial with a few people, by a link. You see where they stop and what is unclear."
            " Nothing counts, and ending it erases all of it."
        ),
        "editor.readers": _(
            "Links for people who read the draft and say what is unclear. They need no account."
            " Each link is shown once; what was said stays until you settle it."
        ),
        "organizer.import_questions": _(
            "Questions come in from a file, and the survey goes out as one."
            " You see what would change before anything is stored, and can undo it."
        ),
    }


def _organizer_words() -> dict[str, str]:
    return {
        "organizer.overview": _(
            "The state of your survey: what waits for you, how many answer, where each question stands."
            " Open a question to see more of it, or to say what happened."
        ),
        "organizer.coherence": _(
            "How many people gave answers that can all be true, and by which relations the others clash."
            " You do not see whose they are, and nobody has to mend anything."
        ),
        "organizer.question": _(
            "One question as those who run the survey see it: its figures, reasons, and what people asked about it."
            " Say here what happened once it is known."
        ),
        "organizer.resolve": _(
            "Here you say what happened, with the source. You see what it would mean before it is stored."
            " It can be corrected; what stood before is kept."
        ),
        "organizer.proposal": _(
            "An outcome that one person has proposed. A second one looks at the source, then approves or refuses it."
            " Nothing counts before that."
        ),
        "invitations.overview": _(
            "Everybody you have invited, and how far each has come. Invite more, remind, or revoke an invitation."
            " You do not see what anybody answered."
        ),
        "people.list_form": _(
            "Invite many people at once: paste their addresses or give a file."
            " Everybody on the list is invited, or nobody; a line that cannot be read is named."
        ),
        "people.reminder": _(
            "The email to those who have not joined, and who would get it. Nothing is sent before you say so."
            " Nobody is written to twice within a day."
        ),
        "roles.overview": _(
            "Who runs the survey with you, and who may take out its data. Owners give and take roles."
            " What organizers do is kept in the survey’s log."
        ),
        "controller.who_asks": _(
            "What people are told of who runs the survey, before they agree."
            " Say who you are, how to reach you, and how long answers are kept."
        ),
        "backups.overview": _(
            "When the site’s last backup was made, and the commands that make, check and restore one."
            " The file itself is for the person who runs the server."
        ),
        "researcher.data": _(
            "The survey’s answers as files for research. A snapshot freezes them. People bear pseudonyms of that"
            " snapshot alone, unless you choose otherwise."
        ),
        "researcher.review": _(
            "What a snapshot frozen today would tell: who could be singled out, and which reasons. Look through it"
            " before you freeze one."
        ),
    }


def _others_words() -> dict[str, str]:
    return {
        "account.surveys": _(
            "Every survey you have to do with: those you answer, and those you run or write."
            " Open one to go on."
        ),
        "participant.themes": _(
            "All questions of the survey by theme, and which you have answered."
            " Answer in any order; skip what you like."
        ),
        "participant.question": _(
            "One question: type your forecast, or drag the points of its curve, then save."
            " Alt with Page Down leads to the next question, Alt with Page Up to the one before."
        ),
        "participant.mine": _(
            "What you have answered so far. Change, affirm or withdraw it at any time while the question is open."
        ),
        "participant.scenarios": _(
            "Whole futures, with the chances that follow from everybody’s answers."
            " Each is made of events that questions of this survey ask about."
        ),
    }


def page_help() -> tuple[str, bool] | None:
    """The words of the page shown, and whether this is the first visit, which is remembered; None without words."""
    endpoint = request.endpoint or ""
    if not (current_user.is_authenticated or browser.get(REMEMBERED)):
        return None
    words = help_words().get(endpoint)
    if words is None:
        return None
    told = browser.get(HELPED, [])
    if endpoint in told:
        return words, False
    browser[HELPED] = [*told, endpoint]
    return words, True
