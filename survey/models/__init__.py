"""What is stored, one noun a file."""

from .account import ROLES, Membership, Role, User, WebAuthn
from .answer import (
    ACTIONS,
    ENTRIES,
    IDEMPOTENCY_KEY,
    READERS_ENTRY,
    Consent,
    Forecast,
    Participant,
    Rationale,
    Skip,
    Submission,
)
from .background import (
    BACKGROUND_KINDS,
    GROUPING_KINDS,
    BackgroundAnswer,
    BackgroundOption,
    BackgroundOptionText,
    BackgroundQuestion,
    BackgroundText,
)
from .base import Base, Moment, in_language
from .base_rate import BaseRate
from .browser_session import EndedSession
from .draft import DRAFT_ROLES, DraftChange, DraftMember, SurveyDraft
from .event_log import EventLog
from .invitation import Invitation
from .kept_clash import KeptClash
from .leaderboard import LeaderboardName
from .notice import NOTICE_KINDS, NOTICE_WAYS, STALE_DAYS, Contact, Notice, NoticeChoice, ways_of
from .outcome import DECISIONS, Proposal, ProposalDecision, Resolution, Score
from .pilot import VERDICTS, Pilot, ReaderLink, ReaderRemark, SettledRemark
from .preregistration import Preregistration
from .publication import IncoherenceFigures, Publication, Snapshot, SnapshotFile, SnapshotPiece
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
from .remark import RATIONALE_ACTS, RationaleMark, Unclear
from .scenario import Scenario, ScenarioAxis, ScenarioLeaf, ScenarioText
from .survey import ConsentText, ConsentVersion, Round, Survey, SurveyText, Theme, ThemeText
from .task import ENDED_STATES, LIVE_STATES, TASK_FAULTS, TASK_KINDS, Task
from .token import ApiToken

__all__ = [
    "ACTIONS",
    "BACKGROUND_KINDS",
    "DECISIONS",
    "DRAFT_ROLES",
    "ENDED_STATES",
    "ENTRIES",
    "GROUPING_KINDS",
    "IDEMPOTENCY_KEY",
    "KIND_NAMES",
    "LIVE_STATES",
    "NOTICE_KINDS",
    "NOTICE_WAYS",
    "RATIONALE_ACTS",
    "READERS_ENTRY",
    "RELATION_KINDS",
    "ROLES",
    "STALE_DAYS",
    "TASK_FAULTS",
    "TASK_KINDS",
    "VERDICTS",
    "ApiToken",
    "BackgroundAnswer",
    "BackgroundOption",
    "BackgroundOptionText",
    "BackgroundQuestion",
    "BackgroundText",
    "Base",
    "BaseRate",
    "Condition",
    "Consent",
    "ConsentText",
    "ConsentVersion",
    "Contact",
    "DraftChange",
    "DraftMember",
    "EndedSession",
    "Event",
    "EventLog",
    "EventOption",
    "Forecast",
    "IncoherenceFigures",
    "Invitation",
    "KeptClash",
    "LeaderboardName",
    "Membership",
    "Moment",
    "Notice",
    "NoticeChoice",
    "Option",
    "OptionText",
    "Participant",
    "Pilot",
    "Preregistration",
    "Proposal",
    "ProposalDecision",
    "Publication",
    "Question",
    "QuestionVersion",
    "Rationale",
    "RationaleMark",
    "ReaderLink",
    "ReaderRemark",
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
    "SettledRemark",
    "Skip",
    "Snapshot",
    "SnapshotFile",
    "SnapshotPiece",
    "Submission",
    "Survey",
    "SurveyDraft",
    "SurveyText",
    "Task",
    "Theme",
    "ThemeText",
    "Unclear",
    "User",
    "VersionText",
    "WebAuthn",
    "in_language",
    "ways_of",
]
