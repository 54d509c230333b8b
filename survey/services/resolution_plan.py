"""A plan of resolutions: what one act would store, what follows by itself, which declared relations it contradicts.

Nothing here is stored or scored. What follows by itself is what the condition of a question decides: a branch is
annulled, a pair that stood on the wrong branch is scored on the other.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from ..aggregation.event_outcomes import event_given
from ..aggregation.known_outcomes import KnownEvent
from ..i18n.locale import gettext
from ..models import Event, Option, Question, Relation, Resolution, Survey
from ..store.lifecycle import current_resolutions
from .resolution_rules import OPTIONS, InvalidOutcome, Outcome, check, refuse_incoherent

#: What came out, by the id of its question.
Outcomes = Mapping[int, Sequence[Outcome]]
#: Facts in which two resolutions are the same.
FACTS = ("option_id", "annulled", "outcome_option_id", "value", "known_from", "source", "why")


class Plan:
    """What an act would store, by question; `drafts` are resolutions that are not stored yet.

    Attributes
    ----------
    drafts
        By question's id, those that were chosen first; one that stands already is left out.
    stood
        By question's id, the resolutions that stand already and say what a draft would.
    chosen
        Ids of the questions that somebody said an outcome of; of the others it follows.
    """

    def __init__(self, session: Session, survey: Survey, outcomes: Outcomes) -> None:
        """Plan these outcomes and what follows of them.

        Raises
        ------
        InvalidOutcome
            Where one does not fit its question, its times, or what is known already.
        """
        self.session, self.survey = session, survey
        self.drafts: dict[int, list[Resolution]] = {}
        self.stood: dict[int, list[Resolution]] = {}
        self.chosen = set(outcomes)
        asked = [one for one in survey.questions if one.id in outcomes]
        # A condition first: what is said under it has to fit what is said of it here.
        for question in sorted(asked, key=lambda one: one.condition is not None):
            self._add(question, outcomes[question.id])
        self._follow(self.changed)

    @property
    def questions(self) -> list[Question]:
        """Every question it is about, those chosen first, else in the order of the survey."""
        found = [one for one in self.survey.questions if one.id in self.drafts]
        return sorted(found, key=lambda one: one.id not in self.chosen)

    @property
    def changed(self) -> list[Question]:
        """The questions of which something new would stand."""
        return [question for question in self.questions if self.drafts[question.id]]

    def standing(self, question: Question) -> list[Resolution]:
        """What would stand of a question."""
        drafts = self.drafts.get(question.id, [])
        about = {draft.option_id for draft in drafts}
        kept = [one for one in current_resolutions(self.session, question) if one.option_id not in about]
        return [*kept, *drafts]

    def known(self, event: Event) -> KnownEvent | None:
        """What would be known of an event."""
        return event_given(event, self.standing(event.question))

    def holds(self, question: Question) -> bool | None:
        """Whether a question's condition would have come true."""
        known = self.known(question.condition.event) if question.condition else None
        return known.came if known else None

    def rests_on(self) -> dict[str, Any]:
        """By question's key, what the plan rests on: what stands there now, and the version."""
        return {
            question.key: {
                "resolutions": [one.id for one in current_resolutions(self.session, question)],
                "version": question.version.number,
            }
            for question in self.questions
        }

    def contradicted(self) -> list[Relation]:
        """The declared relations that would not hold between outcomes, of which the plan changes one at least."""
        changed = {question.id for question in self.changed}
        return [
            relation
            for relation in self.survey.relations
            if changed & {event.question_id for event in relation.events} and self._contradicts(relation)
        ]

    def companions(self) -> dict[Question, list[Outcome]]:
        """Outcomes of further questions that follow by a declared relation with the same deadline, to be offered.

        Questions that share a definition and a deadline are best resolved on the same evidence, in one act.
        """
        found: dict[Question, list[Outcome]] = {}
        for relation in self.survey.relations:
            for event, came in self._forced(relation):
                outcome = self._carried(relation, event, came)
                said = found.get(event.question, [])
                # Of a ladder several dates may follow, each of them once.
                if outcome is not None and outcome.about not in {one.about for one in said}:
                    found[event.question] = [*said, outcome]
        return found

    def _add(self, question: Question, outcomes: Sequence[Outcome]) -> None:
        holds = self.holds(question)
        drafts = [draft for outcome in outcomes for draft in _drafts(self.session, question, outcome, holds)]
        self._put(question, drafts)

    def _put(self, question: Question, drafts: Sequence[Resolution]) -> None:
        standing = current_resolutions(self.session, question)
        said = [_already(question, draft, standing) for draft in drafts]
        self.drafts[question.id] = [draft for draft, before in zip(drafts, said, strict=True) if not before]
        self.stood[question.id] = [before for before in said if before]
        refuse_incoherent(question, self.standing(question))

    def _follow(self, changed: Sequence[Question]) -> None:
        """Redo what depends on questions by its condition, and what depends on that."""
        ids = {question.id for question in changed}
        redone = []
        for question in self.survey.questions:
            if question.condition is None or question.id in self.drafts or question.is_draft:
                continue
            condition = question.condition.event
            if condition.question_id in ids and (outcome := self._following(question, condition)):
                self._put(question, outcome)
                redone.append(question)
        if redone:
            self._follow(redone)

    def _following(self, question: Question, condition: Event) -> list[Resolution]:
        known = self.known(condition)
        if known is None:
            return []
        decided = max(
            (one for one in self.drafts[condition.question_id] if not one.annulled),
            key=lambda one: one.known_from,
            default=None,
        )
        if decided is None:
            return []
        # Nothing can be known of a question before it opens, though its condition may have come out before.
        void = Outcome(
            max(decided.known_from, question.opens_at),
            decided.source,
            gettext("Its condition came out the other way."),
            annulled=True,
        )
        if question.kind == "pair":
            return self._branches(question, known.came, void)
        return [] if known.came else self._annulled(question, void)

    def _branches(self, pair: Question, came: bool, void: Outcome) -> list[Resolution]:
        """Of a pair the branch that did not come true annulled; an outcome that stood there is the other's."""
        standing = {one.option_id: one for one in current_resolutions(self.session, pair)}
        true, other = sorted(pair.options, key=lambda option: option.given_holds != came)
        stood = standing.get(other.id)
        if stood is not None and stood.annulled:
            return []
        annulled = draft_of(pair, void, other)
        if stood is None:
            return [annulled]
        # Both branches ask whether the same thing happens: that it did, or not, stays true.
        why = stood.why or gettext("Its condition came out the other way.")
        moved = Outcome(stood.known_from, stood.source, why, value=stood.value, about=true.key)
        return [draft_of(pair, moved, true), annulled]

    def _annulled(self, question: Question, void: Outcome) -> list[Resolution]:
        parts = question.options if question.kind == "ladder" else [None]
        annulled = {one.option_id for one in current_resolutions(self.session, question) if one.annulled}
        return [
            draft_of(question, void, part) for part in parts if (part.id if part else None) not in annulled
        ]

    def _contradicts(self, relation: Relation) -> bool:
        """Whether an event came out the way that the others of its relation leave no room for."""
        came = self._came(relation)
        sides = ((came[place], _forced_by(relation, place, came)) for place in range(len(came)))
        return any(None not in side and side[0] != side[1] for side in sides)

    def _forced(self, relation: Relation) -> Iterator[tuple[Event, bool]]:
        """Events of a relation that are not known yet and can come out one way only, where the plan decides why."""
        changed = {question.id for question in self.changed}
        came = self._came(relation)
        known = {
            event.question_id for event, one in zip(relation.events, came, strict=True) if one is not None
        }
        if not changed & known:
            return
        for place, event in enumerate(relation.events):
            forced = _forced_by(relation, place, came)
            if came[place] is None and forced is not None:
                yield event, forced

    def _came(self, relation: Relation) -> list[bool | None]:
        """Whether each event of a relation would have come true, in order; None where that would not be known."""
        known = [self.known(event) for event in relation.events]
        return [one.came if one else None for one in known]

    def _carried(self, relation: Relation, event: Event, came: bool) -> Outcome | None:
        """An event's outcome as its question says it; None where that is no whole outcome, or on other evidence."""
        question = event.question
        sources = [
            draft
            for other in relation.events
            if other.question_id in self.drafts and deadline(other) == deadline(event)
            for draft in self.drafts[other.question_id]
            if not draft.annulled
        ]
        facts = _as_outcome(event, came)
        if not sources or facts is None or question.id in self.drafts or question.is_draft:
            return None
        if question.condition is not None:
            return None
        source = max(sources, key=lambda one: one.known_from)
        outcome = Outcome(source.known_from, source.source, source.why, **facts)
        try:
            # Tried before it is offered: one that is refused once it is pressed would be no help.
            check(self.session, question, outcome, None)
            refuse_incoherent(
                question,
                [
                    *current_resolutions(self.session, question),
                    *_drafts(self.session, question, outcome, None),
                ],
            )
        except InvalidOutcome:
            return None
        return outcome


def with_companions(session: Session, survey: Survey, own: Outcomes, wanted: Collection[str]) -> Outcomes:
    """Outcomes with their companions: those of further questions that follow by a declared relation, as wanted.

    Parameters
    ----------
    wanted
        Keys of the questions to be resolved in the same act.

    Raises
    ------
    InvalidOutcome
        Where one of the outcomes cannot be, or, with the field `companions`, none follows of a question that is
        wanted and has none: a request that comes twice finds it resolved already.
    """
    offered = Plan(session, survey, own).companions()
    keys = {question.key for question in offered}
    stand = {one.key for one in survey.questions if one.key in wanted and current_resolutions(session, one)}
    if missing := sorted(set(wanted) - keys - stand):
        sentence = gettext(
            "No outcome of “%(missing)s” follows from this one by a declared relation with the same deadline.",
            missing=", ".join(missing),
        )
        if keys:
            sentence += " " + gettext(
                "These can be resolved with it: %(offered)s.", offered=", ".join(sorted(keys))
            )
        raise InvalidOutcome({"companions": sentence})
    return {**own, **{question.id: said for question, said in offered.items() if question.key in wanted}}


def _forced_by(relation: Relation, place: int, came: Sequence[bool | None]) -> bool | None:
    """How the event at a place has to come out, given the others, None those not known."""
    others = [*came[:place], *came[place + 1 :]]
    if relation.kind == "implies":
        # Place 1 is what is implied; read backwards, that it did not come rules out the first.
        (other,) = others
        return {(1, True): True, (0, False): False}.get((place, other)) if other is not None else None
    if relation.kind == "equals":
        return next((one for one in others if one is not None), None)
    if relation.kind in ("excludes", "partition") and True in others:
        return False
    return True if relation.kind == "partition" and all(one is False for one in others) else None


def _as_outcome(event: Event, came: bool) -> dict[str, Any] | None:
    question, happened = event.question, came == event.holds
    if question.kind in OPTIONS:
        inside = set(event.options)
        left = [option for option in question.options if (option in inside) == happened]
        return {"option": left[0].key} if len(left) == 1 else None
    if question.kind == "ladder":
        return {"about": event.options[-1].key, "value": float(happened)}
    return {"value": float(happened)} if question.kind == "binary" else None


def deadline(event: Event) -> datetime:
    """By when what an event speaks of has to happen: its question's close, of a ladder that of its date."""
    closes = [option.closes_at for option in event.options if option.closes_at is not None]
    return max(closes, default=event.question.closes_at)


def _drafts(session: Session, question: Question, outcome: Outcome, holds: bool | None) -> list[Resolution]:
    """The resolutions an outcome makes, once it was found without fault."""
    check(session, question, outcome, holds)
    if question.kind == "pair":
        return [draft_of(question, outcome, branch) for branch in _branches(question, outcome)]
    if question.kind == "ladder" and outcome.about is None:
        return [draft_of(question, outcome, rung) for rung in question.options]
    return [draft_of(question, outcome, question.option(outcome.about) if outcome.about else None)]


def _branches(question: Question, outcome: Outcome) -> list[Option]:
    """The branches of a pair, the one that came true first."""
    return sorted(question.options, key=lambda option: (option.key != outcome.about, option.position))


def draft_of(question: Question, outcome: Outcome, part: Option | None) -> Resolution:
    """The resolution an outcome makes of a part of a question, or of the whole; not stored."""
    annulled = outcome.annulled or (
        part is not None and outcome.about is not None and part.key != outcome.about
    )
    came = question.option(outcome.option) if outcome.option else None
    return Resolution(
        survey_id=question.survey_id,
        question_id=question.id,
        option_id=part.id if part else None,
        option=part,
        annulled=annulled,
        outcome_option_id=came.id if came else None,
        outcome_option=came,
        value=None if annulled else outcome.value,
        known_from=outcome.known_from,
        source=outcome.source,
        why=outcome.why,
    )


def facts_of(resolution: Resolution) -> tuple[Any, ...]:
    """What makes a resolution the same as another."""
    return tuple(getattr(resolution, name) for name in FACTS)


def _already(question: Question, draft: Resolution, standing: Iterable[Resolution]) -> Resolution | None:
    """The resolution that says all this already; a form that comes twice makes no second one.

    The branch of a pair that its condition has annulled is not annulled again with each outcome of the other.
    """
    for one in standing:
        branch = question.kind == "pair" and draft.annulled and one.annulled
        if facts_of(one) == facts_of(draft) or (branch and one.option_id == draft.option_id):
            return one
    return None
