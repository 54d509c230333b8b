"""What is stored, one noun a file."""

from .account import ROLES, Membership, Role, User, WebAuthn
from .answer import ACTIONS, Consent, Forecast, Participant, Rationale, Skip, Submission
from .base import Base, Moment, in_language
from .event_log import EventLog
from .outcome import Resolution, Score
from .publication import Publication, Snapshot
from .question import (
    KIND_NAMES,
    Condition,
    Event,
    EventOption,
    Option,
    OptionText,
    Question,
    QuestionVersion,
    VersionText,
)
from .relation import RELATION_KINDS, Relation, RelationEvent, RelationText
from .scenario import Scenario, ScenarioAxis, ScenarioLeaf, ScenarioText
from .survey import ConsentText, ConsentVersion, Round, Survey, SurveyText, Theme, ThemeText
from .token import ApiToken

__all__ = [
    "ACTIONS",
    "KIND_NAMES",
    "RELATION_KINDS",
    "ROLES",
    "ApiToken",
    "Base",
    "Condition",
    "Consent",
    "ConsentText",
    "ConsentVersion",
    "Event",
    "EventLog",
    "EventOption",
    "Forecast",
    "Membership",
    "Moment",
    "Option",
    "OptionText",
    "Participant",
    "Publication",
    "Question",
    "QuestionVersion",
    "Rationale",
    "Relation",
    "RelationEvent",
    "RelationText",
    "Resolution",
    "Role",
    "Round",
    "Scenario",
    "ScenarioAxis",
    "ScenarioLeaf",
    "ScenarioText",
    "Score",
    "Skip",
    "Snapshot",
    "Submission",
    "Survey",
    "SurveyText",
    "Theme",
    "ThemeText",
    "User",
    "VersionText",
    "WebAuthn",
    "in_language",
]
