"""What the interface answers about the crowd, and what those who run a survey send and get."""

import marshmallow as ma
from marshmallow import fields, validate

from ...export.options import LONGEST_REASON, MOST_K, MOST_L, K
from ...i18n.normalization import LONGEST
from ...models import ENDED_STATES, ENTRIES, LIVE_STATES
from .fields import Day, JsonBool, JsonInt, JsonNumber, Moment, QueryCount, RequestSchema, ResponseSchema
from .forecasts import Resolution, Words, says


class Segment(ma.Schema):
    """Which publication is asked for, and of whom."""

    version = QueryCount(
        load_default=None, validate=validate.Range(min=1), metadata=says("Only answers to this version.", 1)
    )
    round = QueryCount(
        load_default=None, validate=validate.Range(min=1), metadata=says("Only answers of this round.", 1)
    )
    group = Words(
        load_default=None,
        metadata=says("Only this group: keys of a background question and an answer to it.", "region/eu"),
    )
    entry = Words(
        load_default=None,
        validate=validate.OneOf(ENTRIES),
        metadata=says("Only those who came this way.", "link"),
    )
    as_of = Day(load_default=None, metadata=says("The last publication not after this day.", "2026-11-21"))


class ScenariosOf(ma.Schema):
    """Whose scenarios are asked for, and what if an event had another chance."""

    whose = Words(
        load_default="crowd",
        validate=validate.OneOf(("crowd", "mine")),
        metadata=says("The crowd’s, or those of one’s own standing answers.", "crowd"),
    )
    group = Words(
        load_default=None,
        metadata=says("Only this group: keys of a background question and an answer to it.", "region/eu"),
    )
    set = Words(
        load_default="",
        metadata=says(
            "What if: axes with the chance each is to have, between commas; nothing of it is stored.",
            "ceasefire:0.4",
        ),
    )


class OfQuestions(ma.Schema):
    """Of which questions rows are asked for."""

    questions = Words(
        load_default="",
        metadata=says("Only rows of these questions: their keys, between commas.", "leaders-meet"),
    )


class Bin(ResponseSchema):
    """One cell of a histogram, small ones merged."""

    start = fields.Float(metadata=says("From here, as a share of the range.", 0.1))
    end = fields.Float(metadata=says("To here.", 0.2))
    share = fields.Float(metadata=says("Share of the people.", 0.25))


class Influence(ResponseSchema):
    """How far some more people who all say one chance would move a figure."""

    people = JsonInt(metadata=says("So many more people.", 10))
    chance = fields.Float(
        metadata=says("What they all say: 99 %, or 1 % of what is likelier than not.", 0.99)
    )
    move = fields.Float(metadata=says("How far it would move, a fraction.", 0.015))


class CrowdOption(ResponseSchema):
    """The crowd on one option. Probabilities are fractions, dates text; several numbers are quantiles."""

    option = Words(metadata=says("The option's key.", "yes"))
    people = JsonInt(metadata=says("How many people it rests on, rounded down.", 45))
    effective = JsonInt(metadata=says("How many people of equal weight that is, rounded down.", 30))
    rule = Words(
        metadata=says(
            "The rule that made `value`, as the page of methods names it: `parley`, or `parley_open` where anybody "
            "may join; publications of before keep `first_edition` and `median`.",
            "parley_open",
        )
    )
    value = fields.Raw(metadata=says("The figure that heads the page; of quantiles the median.", 0.12))
    consistent = fields.Float(
        allow_none=True,
        metadata=says(
            "`value` made consistent with the questions that this one is tied to and whose crowd you may see: trees"
            " of scenarios are made of these. Null where there are none, for quantiles and for parts of the crowd.",
            0.13,
        ),
    )
    low = fields.Float(allow_none=True, metadata=says("90 % interval for another crowd of this size: from."))
    high = fields.Float(allow_none=True, metadata=says("… to; null for quantiles."))
    methods = fields.Dict(keys=Words(), metadata=says("Method to figure or quantiles.", {"parley": 0.12}))
    spread = fields.List(
        fields.Raw(), metadata=says("The middle half of the people, by weight.", [0.08, 0.2])
    )
    influence = fields.Nested(
        Influence,
        allow_none=True,
        metadata=says(
            "How easily it is moved; null for quantiles, of a part of the crowd and in publications of before."
        ),
    )
    bins = fields.List(fields.Nested(Bin), metadata=says("What people said."))
    flags = fields.List(
        Words(), metadata=says("`held`, `outer pull`, `late wave`; `in order` where a ladder was.")
    )


class Crowd(ResponseSchema):
    """The crowd of a question as one publication tells it, rounded for people to read."""

    question = Words(metadata=says("The question's key.", "leaders-meet"))
    as_of = Day(metadata=says("The UTC day at whose end it was so."))
    live = JsonBool(metadata=says("Whether these are figures of this moment, not of a publication."))
    reach = Words(
        metadata=says(
            "`open` while it takes answers; then `close` where all are in these figures, `awaited` where more figures"
            " may follow, `held back` where no more do and whoever answered after `as_of` is not in these.",
            "open",
        )
    )
    people = JsonInt(metadata=says("How many people, rounded down.", 45))
    quantile_levels = fields.List(fields.Float(), metadata=says("The levels of quantiles."))
    options = fields.List(fields.Nested(CrowdOption), metadata=says("Those answered by enough people."))


class Leaf(ResponseSchema):
    """One named scenario."""

    key = Words(metadata=says("Its key."))
    title = Words(metadata=says("Its name."))
    holds = fields.Dict(
        keys=Words(),
        values=JsonBool(),
        metadata=says("Axis to whether it comes true; others may go either way."),
    )


class Scenario(ResponseSchema):
    """A tree of scenarios, without its chances."""

    key = Words(metadata=says("Its key."))
    title = Words(metadata=says("Its name."))
    definition = Words(metadata=says("What it is made of."))
    questions = fields.List(Words(), metadata=says("Keys of the questions it is computed from."))
    leaves = fields.List(fields.Nested(Leaf), metadata=says("The named scenarios."))


class Node(ResponseSchema):
    """A state of the first axes."""

    holds = fields.Dict(keys=Words(), values=JsonBool(), metadata=says("Axis to whether it comes true."))
    value = fields.Float(metadata=says("Its chance, a fraction.", 0.12))
    low = fields.Float(metadata=says("What holds without any assumption: at least …"))
    high = fields.Float(metadata=says("… and at most."))


class Future(ResponseSchema):
    """One leaf of the tree: every axis with its state."""

    holds = fields.Dict(keys=Words(), values=JsonBool(), metadata=says("Axis to whether it comes true."))
    value = fields.Float(
        allow_none=True, metadata=says("Its chance, a fraction; null where answers are missing.", 0.12)
    )
    low = fields.Float(allow_none=True, metadata=says("Without any assumption: at least …; null in a trial."))
    high = fields.Float(allow_none=True, metadata=says("… and at most."))


class Route(ResponseSchema):
    """One way to an event's chance."""

    axis = Words(metadata=says("The event."))
    by = Words(allow_none=True, metadata=says("The conditional pair that leads to it; null: asked directly."))
    value = fields.Float(metadata=says("Its chance that way, a fraction."))


class Given(ResponseSchema):
    """An event's chance on both sides of the root."""

    axis = Words(metadata=says("The event."))
    if_yes = fields.Float(
        allow_none=True, metadata=says("Its chance if the root comes true; null once it is known not to.")
    )
    if_no = fields.Float(
        allow_none=True, metadata=says("Its chance if it does not; null once it is known to have.")
    )


class Chances(ResponseSchema):
    """The chances of scenarios, of the latest day for which all of their open questions were published."""

    key = Words(metadata=says("The scenario tree."))
    as_of = Day(metadata=says("The UTC day."))
    people = JsonInt(
        metadata=says("Fewest people any of the questions rests on, rounded down; 0: all is known.")
    )
    known = fields.Dict(
        keys=Words(),
        values=JsonBool(),
        metadata=says("Events whose outcome is known, to whether they came true."),
    )
    leaves = fields.Dict(keys=Words(), values=fields.Float(), metadata=says("Scenario to chance."))
    nodes = fields.List(fields.Nested(Node), metadata=says("States of the first axes, the root first."))
    given = fields.List(fields.Nested(Given), metadata=says("Events on both sides of the root."))
    routes = fields.List(fields.Nested(Route), metadata=says("Those that are open, by each way there is."))
    asides = fields.Dict(keys=Words(), values=fields.Float(), metadata=says("Events told beside the tree."))
    joint = fields.List(
        fields.Nested(Future),
        metadata=says(
            "Every future, the product of its edges: the root and `given`, as they are told here. They sum to 1. "
            "With `set` as they are then; the rest of the answer stays as it is."
        ),
    )
    missing = fields.List(
        Words(),
        metadata=says("Of one’s own: questions without an answer, for want of which there are only bounds."),
    )


class Published(ResponseSchema):
    """What was published just now."""

    questions = fields.List(Words(), metadata=says("Keys of the questions; none where nothing was due."))


class Outcome(RequestSchema):
    """What came out of a question, or of one of its parts. One of the last five, the one that fits its kind."""

    about = Words(metadata=says("The ladder's rung, or the branch whose condition came true.", "2027-06-30"))
    happened = JsonBool(metadata=says("binary, ladder, pair: whether it happened."))
    option = Words(metadata=says("choice, ordered: key of the option that came true."))
    value = JsonNumber(metadata=says("numeric: the number."))
    day = Day(metadata=says("date: the day."))
    annulled = JsonBool(
        validate=validate.Equal(True, error="Leave it out where it is not."),
        metadata=says("Nothing can be scored.", const=True),
    )


class Outcomes(RequestSchema):
    """What came out, since when one could know, and where it can be checked."""

    outcomes = fields.List(
        fields.Nested(Outcome),
        required=True,
        validate=validate.Length(1, 50),
        metadata=says("One; of a ladder one for each rung that is decided.", [{"happened": True}]),
    )
    known_from = Moment(
        required=True,
        metadata=says("What came in on its UTC day or later is not scored.", "2026-11-22T10:00:00Z"),
    )
    source = Words(
        required=True,
        validate=validate.Length(1, 2000),
        metadata=says("Title, publisher, date, address.", "Reuters, 22 November 2026"),
    )
    why = Words(
        load_default="",
        metadata=says("What decided, where the criteria leave room.", maxLength=LONGEST),
    )
    companions = fields.List(
        Words(),
        load_default=list,
        validate=validate.Length(max=200),
        metadata=says(
            "Keys of further questions to resolve in the same act, on the same source: those of the same deadline"
            " whose outcome follows by a declared relation."
        ),
    )
    despite = fields.List(
        Words(),
        load_default=list,
        validate=validate.Length(max=200),
        metadata=says("Keys of declared relations that it contradicts, and that are to be left so."),
    )


class ProposedOutcome(ResponseSchema):
    """What somebody proposed came out of a question; the last four as `Outcome` of its kind says them."""

    question = Words(metadata=says("Key of the question.", "leaders-meet"))
    about = Words(allow_none=True, metadata=says("The ladder's rung, or the branch that came true."))
    option = Words(allow_none=True, metadata=says("Key of the option that came true."))
    value = JsonNumber(
        allow_none=True,
        metadata=says("1 or 0 for what happened or not; a number; days since 1970-01-01 for a date."),
    )
    annulled = JsonBool(metadata=says("Nothing can be scored."))


class Proposal(ResponseSchema):
    """A proposed resolution: it has no effect until a second owner or organizer has approved it."""

    number = JsonInt(metadata=says("Names it in this survey.", 1))
    state = Words(metadata=says("`waiting`, `approved`, `refused` or `withdrawn`.", "waiting"))
    reason = Words(metadata=says("Why it was refused; empty otherwise."))
    made_at = Moment(metadata=says("When it was proposed, UTC."))
    known_from = Moment(metadata=says("From when on one could know."))
    source = Words(metadata=says("Where it can be checked."))
    why = Words(metadata=says("What decided."))
    outcomes = fields.List(fields.Nested(ProposedOutcome), metadata=says("By question, rung or branch."))
    despite = fields.List(Words(), metadata=says("Keys of declared relations that it contradicts."))


class Proposals(ResponseSchema):
    """Proposed resolutions, oldest first."""

    proposals = fields.List(fields.Nested(Proposal), metadata=says("Those that wait, and those decided on."))


class Decision(RequestSchema):
    """What is to become of a proposed resolution."""

    act = Words(
        required=True,
        validate=validate.OneOf(("approve", "refuse", "withdraw")),
        metadata=says("Its author may withdraw it, anybody else approve or refuse it.", "approve"),
    )
    reason = Words(
        load_default="",
        validate=validate.Length(max=2000),
        metadata=says("Why it is refused; asked for there alone."),
    )


class Resolved(ResponseSchema):
    """The resolutions that now stand for these outcomes, or the proposal that waits for a second person."""

    resolutions = fields.List(
        fields.Nested(Resolution), metadata=says("As they are stored; none where it waits for approval.")
    )
    proposal = fields.Nested(
        Proposal, allow_none=True, metadata=says("What waits for a second person; null where nothing does.")
    )


class Snapshot(ResponseSchema):
    """A frozen export; every id of a person in it is a pseudonym of this snapshot alone."""

    number = JsonInt(metadata=says("1, 2, … in the survey.", 1))
    as_of = Day(metadata=says("The last UTC day that is in it."))
    created_at = Moment(metadata=says("When it was made, UTC."))
    withdrawn_at = Moment(
        allow_none=True,
        metadata=says("Since then it is not given out: somebody in it has erased their answers."),
    )
    files = fields.List(Words(), metadata=says("Addresses of its files, for the same token."))


class AlikePeople(ma.Schema):
    """Who counts as alike in a disclosure report."""

    k = QueryCount(
        load_default=K,
        validate=validate.Range(min=1, max=MOST_K),
        metadata=says("Fewer people alike than this are few.", K),
    )
    not_identifying = Words(
        load_default="",
        validate=validate.Length(max=LONGEST),
        metadata=says("Keys of questions about oneself that are left out, joined by commas.", "attention"),
    )


class Combination(ResponseSchema):
    """Questions about oneself taken together."""

    keys = fields.List(Words(), metadata=says("Of the questions; none: there is none to count by."))
    classes = JsonInt(metadata=says("How many different rows of answers there are.", 9))
    smallest = JsonInt(metadata=says("How many people share the rarest.", 1))
    few = JsonInt(metadata=says("How many people share theirs with fewer than k.", 4))


class DisclosureReport(ResponseSchema):
    """Who could be singled out by what they said about themselves."""

    k = JsonInt(metadata=says("Fewest people who are enough.", K))
    people = JsonInt(metadata=says("People in a snapshot of yesterday.", 158))
    combinations = fields.List(
        fields.Nested(Combination), metadata=says("By question, by two together, and by all: the last.")
    )
    least = JsonInt(metadata=says("Fewest different forecasts of a class on a question (l-diversity).", 2))
    alike = JsonInt(metadata=says("Pairs of class and question with one forecast alone.", 3))
    pairs = JsonInt(metadata=says("Pairs of class and question that there are.", 120))


class FreezeOptions(RequestSchema):
    """How the people in a snapshot are protected; what tells more of them needs a reason."""

    may_be_left_out = True

    k = JsonInt(
        load_default=K,
        validate=validate.Range(min=1, max=MOST_K),
        metadata=says("Fewest people of whom the same is told; 1: nothing is suppressed.", K),
    )
    k_reason = Words(
        load_default="",
        validate=validate.Length(max=LONGEST_REASON),
        metadata=says(f"Why fewer than {K} are enough; needed there.", ""),
    )
    not_identifying = fields.List(
        Words(),
        load_default=list,
        metadata=says(
            "Keys of questions about oneself by whose answers nobody is recognized.", ["attention"]
        ),
    )
    stable_ids = JsonBool(
        load_default=False,
        metadata=says("Whether people bear the same pseudonyms as in all other snapshots frozen so.", False),
    )
    exact_times = Words(
        load_default="",
        validate=validate.Length(max=LONGEST_REASON),
        metadata=says("Why days will not do; empty: days stand for moments.", ""),
    )
    reviewed_until = Day(
        load_default=None,
        allow_none=True,
        metadata=says(
            "The last day up to which the reasons were looked through; words of later ones are left out.",
            "2026-11-20",
        ),
    )
    l_diversity = JsonInt(
        load_default=1,
        validate=validate.Range(min=1, max=MOST_L),
        metadata=says(
            "Fewest different last forecasts on a question of people of whom the same is told; 1: any.", 2
        ),
    )


class Task(ResponseSchema):
    """What is done in the background: the making of a snapshot."""

    number = JsonInt(metadata=says("Its number on this site.", 12))
    state = Words(
        validate=validate.OneOf((*LIVE_STATES, *ENDED_STATES)),
        metadata=says("Whether it goes on (waiting, running), and how it ended.", "running"),
    )
    step = Words(metadata=says("The file that is being made; empty before the first.", "questions.csv"))
    share = fields.Float(metadata=says("How much of the whole is done.", 0.4))
    seconds_left = fields.Float(
        allow_none=True, metadata=says("About how long the rest takes; null while nobody can say.", 20.0)
    )
    detail = Words(metadata=says("The same in a sentence; of a failure what to do.", "Snapshot 5 is ready."))
    asked_at = Moment(metadata=says("When it was asked for, UTC."))
    started_at = Moment(allow_none=True, metadata=says("When it was begun, the last time."))
    ended_at = Moment(allow_none=True, metadata=says("When it was over."))
    snapshot = JsonInt(allow_none=True, metadata=says("The snapshot’s number, once it is done.", 5))
    files = fields.List(
        Words(), metadata=says("Addresses of its files, once it is done, for the same token.")
    )


class IncoherenceCell(ResponseSchema):
    """People whose answers are about as far from coherent."""

    low = fields.Float(metadata=says("Distance in probability: from; 0 to 0 is who has no clash.", 0.01))
    high = fields.Float(metadata=says("… to.", 0.02))
    share = fields.Float(metadata=says("Share of the people, to a hundredth.", 0.21))


class RelationClash(ResponseSchema):
    """A relation by which answers clash."""

    key = Words(metadata=says("The relation's key.", "treaty-needs-ceasefire"))
    share = fields.Float(metadata=says("Share of the people who clash by it, to a hundredth.", 0.14))


class PeoplesCoherence(ResponseSchema):
    """How people's answers go together."""

    as_of = fields.Date(allow_none=True, metadata=says("The day at whose end these stood; null: none yet."))
    people = JsonInt(
        allow_none=True, metadata=says("About how many answered two questions that hang together.", 45)
    )
    clear = fields.Float(
        allow_none=True,
        metadata=says("The share whose answers go together; null where too few are on one side.", 0.62),
    )
    distances = fields.List(
        fields.Nested(IncoherenceCell),
        metadata=says("By distance to the nearest coherent answers; empty where all would be in one cell."),
    )
    relations = fields.List(fields.Nested(RelationClash), metadata=says("The most frequent first."))
    reason = Words(allow_none=True, metadata=says("Why there is nothing to see; null where there is."))
