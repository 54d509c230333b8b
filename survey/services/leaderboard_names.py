"""Names on the leaderboard: chosen, changed and taken back by their person, withheld and released by an organizer."""

import unicodedata

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import clock
from ..disclosure import never_shown
from ..errors import InvalidAnswer, NotFound
from ..i18n.locale import LANGUAGES
from ..i18n.locale import gettext as _
from ..i18n.normalization import Unreadable, clean_text, likeness, mixes_scripts, trimmed
from ..models import LeaderboardName, Participant, Survey, User
from ..store.transaction import lock_person, lock_survey
from .audit_facts import name_facts
from .audit_log import record
from .moderation import LONGEST as LONGEST_REASON

#: Code points of a name.
LONGEST = 30
#: What may stand in a name beside letters and digits; no sign of an address, and nothing that is drawn as a mark of
#: its own: a name could else wear a medal.
BESIDE = " -.'’ʼ"


def name_of(session: Session, participant: Participant) -> LeaderboardName | None:
    """What is stored of this person's name; None where there is none, and nothing is withheld."""
    return session.scalar(select(LeaderboardName).filter_by(participant_id=participant.id))


def choose_name(session: Session, participant: Participant, typed: str) -> LeaderboardName:
    """Let a person be named on the leaderboard, or change the name; the same name again changes nothing.

    Raises
    ------
    InvalidAnswer
        At the field `name`: in a protected survey or one without a leaderboard, and where it is no name, or looks
        like somebody else's.
    """
    survey = participant.survey
    # The survey first: two people who choose the same name at once must not both find it free.
    lock_survey(session, survey)
    lock_person(session, participant)
    if survey.protected:
        raise InvalidAnswer(
            {"name": _("This survey is protected: nobody is named in it. Nothing was stored.")}
        )
    if never_shown(survey) is not None:
        raise InvalidAnswer(
            {
                "name": _(
                    "There is no leaderboard in this survey, so nobody is named in it. Nothing was stored."
                )
            }
        )
    name = read_name(typed)
    looks = likeness(name)
    kept = name_of(session, participant)
    taken = select(LeaderboardName.participant_id).filter_by(survey_id=survey.id, likeness=looks)
    if session.scalar(taken) not in (None, participant.id):
        raise InvalidAnswer(
            {"name": _("Somebody has this name already, or one that looks like it. Choose another.")}
        )
    if kept is None:
        kept = LeaderboardName(survey_id=survey.id, participant_id=participant.id)
        session.add(kept)
    if kept.name != name:
        kept.name, kept.likeness, kept.chosen_at = name, looks, clock.now(session)
    session.flush()
    return kept


def take_name_back(session: Session, participant: Participant) -> None:
    """Let a person be named nowhere any more; once is enough."""
    lock_person(session, participant)
    kept = name_of(session, participant)
    if kept is None:
        return
    if kept.withheld_at is None:
        session.delete(kept)
    else:
        kept.name = kept.likeness = None
    session.flush()


def read_name(typed: str) -> str:
    """A name as it is stored, spaces around it and twofold ones left out.

    Raises
    ------
    InvalidAnswer
        At the field `name`: where it says nothing, is too long, has other signs than names have, letters of two
        alphabets, or would pass for a word of the page.
    """
    try:
        name = " ".join(clean_text(trimmed(typed), LONGEST).split())
    except Unreadable as unreadable:
        raise InvalidAnswer({"name": str(unreadable)}) from None
    refusal = _refusal(name)
    if refusal:
        raise InvalidAnswer({"name": refusal})
    return name


def _refusal(name: str) -> str:
    """Why this is no name; empty where it is one."""
    if not any(letter.isalpha() for letter in name):
        return _("Type a name: digits or signs alone are none.")
    if any(not _belongs(name, place) for place in range(len(name))):
        return _(
            "A name has letters, digits, spaces, hyphens, apostrophes and full stops after initials alone."
        )
    if mixes_scripts("".join(letter for letter in name if letter not in BESIDE)):
        return _("A name is written in one alphabet: two mixed can look like another name.")
    if likeness(name) in _words_of_pages():
        return _("This word means something else on the page. Choose another.")
    return ""


def _belongs(name: str, place: int) -> bool:
    letter = name[place]
    if letter == ".":
        # A full stop inside a word makes an address of it.
        return place > 0 and name[place - 1].isalpha() and name[place + 1 : place + 2] in ("", " ")
    if unicodedata.category(letter) in ("Mn", "Mc"):
        # One mark on a letter that has no form with it, as some languages write; heaps of them run into other rows.
        return place > 0 and name[place - 1].isalpha()
    return letter.isalpha() or letter.isdecimal() or letter in BESIDE


def _words_of_pages() -> set[str]:
    """What the pages call people, as it looks in each language."""
    found = set()
    for language in LANGUAGES:
        with force_locale(language):
            words = [_("You"), _("A participant"), _("Participant"), _("organizer"), _("owner"), _("Median")]
            found |= {likeness(word) for word in words}
    return found


def names(session: Session, survey: Survey) -> list[LeaderboardName]:
    """Every name of a survey, withheld ones too, newest first; for its organizers, who are told no more of them."""
    query = select(LeaderboardName).where(
        LeaderboardName.survey_id == survey.id, LeaderboardName.name.is_not(None)
    )
    return list(session.scalars(query.order_by(LeaderboardName.chosen_at.desc(), LeaderboardName.id.desc())))


def withhold_name(session: Session, user: User, survey: Survey, number: int, why: str) -> None:
    """Keep a name, and whatever else its person calls themselves, from the leaderboard; they are told why.

    Raises
    ------
    NotFound
        Where the survey has no such name.
    InvalidAnswer
        At the field `why`, where it is not said or cannot be stored.
    """
    kept = _known(session, survey, number)
    try:
        said = clean_text(why, LONGEST_REASON)
    except Unreadable as unreadable:
        raise InvalidAnswer({"why": str(unreadable)}) from None
    if not said:
        raise InvalidAnswer(
            {"why": _("Say why: the person who chose the name reads it. Nothing was changed yet.")}
        )
    if kept.withheld_at is None:
        kept.withheld_at, kept.withheld_by_id, kept.withheld_why = clock.now(session), user.id, said
        record(session, survey, "withhold_name", name_facts(kept), user.id)


def release_name(session: Session, user: User, survey: Survey, number: int) -> None:
    """Show a name again that was withheld.

    Raises
    ------
    NotFound
        Where the survey has no such name.
    """
    kept = _known(session, survey, number)
    if kept.withheld_at is not None:
        facts = name_facts(kept)
        kept.withheld_at = kept.withheld_by_id = kept.withheld_why = None
        record(session, survey, "release_name", facts, user.id)


def _known(session: Session, survey: Survey, number: int) -> LeaderboardName:
    lock_survey(session, survey)
    query = select(LeaderboardName).filter_by(id=number, survey_id=survey.id)
    kept = session.scalar(query.execution_options(populate_existing=True))
    if kept is None or kept.name is None:
        raise NotFound()
    return kept
