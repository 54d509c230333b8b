"""What operations take and answer, as typed dictionaries; written from the OpenAPI document."""

from typing import Any, NotRequired, TypedDict


class Fault(TypedDict):
    """`Fault` of the document.

    Attributes
    ----------
    field
        Its name; `body` for the body as a whole, `sum` for the numbers of a choice together.
    detail
        What is wrong, and what to do.
    """

    field: str
    detail: str


class Collision(TypedDict):
    """`Collision` of the document.

    Attributes
    ----------
    path
        Its place in the document.
    mine
        What you have sent; null for nothing.
    theirs
        What stands there now; null for nothing.
    by
        Whose that is; null for a command's.
    detail
        What happened.
    """

    path: list[str]
    mine: Any
    theirs: Any
    by: str | None
    detail: str


class BankFault(TypedDict):
    """`BankFault` of the document.

    Attributes
    ----------
    place
        Where: a row of a file, a part of a document.
    field
        Of what; empty where it is the whole.
    path
        Its place in the document; empty where it has none.
    detail
        What is wrong, and what to do.
    """

    place: str
    field: str
    path: list[str]
    detail: str


class Problem(TypedDict):
    """`Problem` of the document.

    Attributes
    ----------
    type
        Always the same; `status` says it.
    status
        The status of the answer.
    title
        What did not happen.
    detail
        Why, and what to do.
    errors
        Each field that was refused.
    version
        The version there is, where `If-Match` names another.
    collisions
        Places that you and others have changed.
    faults
        Each thing that is wrong, with its place.
    reason
        Why a crowd is not shown.
    awaited
        Questions to answer or skip before it is.
    """

    type: str
    status: int
    title: str
    detail: str
    errors: NotRequired[list[Fault]]
    version: NotRequired[int]
    collisions: NotRequired[list[Collision]]
    faults: NotRequired[list[BankFault]]
    reason: NotRequired[str]
    awaited: NotRequired[list[str]]


class SurveyInList(TypedDict):
    """`SurveyInList` of the document.

    Attributes
    ----------
    slug
        Its address.
    title
        Its title.
    headline
        The survey in one question.
    languages
        The languages it is asked in.
    open
        Whether it takes answers now.
    over
        Whether it has closed: its figures and outcomes are its results.
    opens_at
        When it opens, UTC.
    closes_at
        When it closes, UTC; an answer at this very moment is late.
    """

    slug: str
    title: str
    headline: str
    languages: list[str]
    open: bool
    over: bool
    opens_at: str
    closes_at: str


class Consent(TypedDict):
    """`Consent` of the document.

    Attributes
    ----------
    version
        Its number; a changed text is a new version.
    language
        The language of the text.
    text
        The words, as Markdown. Show them before you join for somebody.
    """

    version: int
    language: str
    text: str


class Survey(TypedDict):
    """`Survey` of the document.

    Attributes
    ----------
    slug
        Its address.
    title
        Its title.
    headline
        The survey in one question.
    languages
        The languages it is asked in.
    open
        Whether it takes answers now.
    over
        Whether it has closed: its figures and outcomes are its results.
    opens_at
        When it opens, UTC.
    closes_at
        When it closes, UTC; an answer at this very moment is late.
    summary
        What it is about.
    organizer
        Who asks; empty until somebody says so, as what follows.
    contact
        How to reach them.
    legal_basis
        On what legal basis answers are kept.
    kept_until
        How long answers are kept.
    rules
        What holds for every question, as Markdown.
    zone
        The time zone its pages show beside UTC.
    visibility
        public, link or invited.
    reveal
        When a participant sees what others said.
    readers
        When everybody else sees it: nobody, always, after close, or after days (`readers_days` after each
        publication).
    readers_days
        Days between a publication and its being shown to everybody.
    licence
        Under which its data may be passed on: an SPDX identifier, own words (`licence_words`,
        `licence_address`), or not stated.
    licence_words
        What may be done with the data, where no licence of the list is chosen.
    licence_address
        Where own words about the licence can be read; may be empty.
    publication
        When figures of the crowd are made.
    open_form
        Whether crowd forecasts have the form for surveys that anybody may join, `parley_open`.
    minimum_cell
        Fewest people any published figure rests on.
    protected
        Whether times are kept as days only.
    simulated
        Whether it is a demonstration with invented people.
    pilot
        Whether it is a trial, in which nothing counts.
    lowest_probability
        Smallest probability it takes, a fraction.
    highest_probability
        Largest probability it takes, a fraction.
    explain_change
        A probability that changes by more asks what changed; a fraction, 1 for never.
    base_rates_before
        Whether base rates are shown before one's own answer.
    consent
        What whoever joins agrees to.
    """

    slug: str
    title: str
    headline: str
    languages: list[str]
    open: bool
    over: bool
    opens_at: str
    closes_at: str
    summary: str
    organizer: str
    contact: str
    legal_basis: str
    kept_until: str
    rules: str
    zone: str
    visibility: str
    reveal: str
    readers: str
    readers_days: int
    licence: str
    licence_words: str
    licence_address: str
    publication: str
    open_form: bool
    minimum_cell: int
    protected: bool
    simulated: bool
    pilot: bool
    lowest_probability: float
    highest_probability: float
    explain_change: float
    base_rates_before: bool
    consent: Consent


class Option(TypedDict):
    """`Option` of the document.

    Attributes
    ----------
    key
        Its key.
    label
        Its words.
    closes_at
        When it closes, where that is before the question.
    given_holds
        Of a conditional pair: whether the condition came true.
    """

    key: str
    label: str
    closes_at: str | None
    given_holds: bool | None


class Asked(TypedDict):
    """`Asked` of the document.

    Attributes
    ----------
    field
        Its name in `values`.
    option
        The option it is about.
    label
        The words beside it.
    sort
        A fraction from 0 to 1, a number in the question's unit, or a date as text.
    """

    field: str
    option: str
    label: str
    sort: str


class Condition(TypedDict):
    """`Condition` of the document.

    Attributes
    ----------
    question
        The other question's key.
    options
        Its options that make the event.
    holds
        Whether the event has to happen, or not to.
    """

    question: str
    options: list[str]
    holds: bool


class BaseRate(TypedDict):
    """`BaseRate` of the document.

    Attributes
    ----------
    reference_class
        What the cases are.
    events
        In how many of the cases it happened.
    cases
        How many cases were counted.
    share
        events / cases, 0 to 1.
    low
        Lower end of Wilson's 90 % interval of the share.
    high
        Upper end of Wilson's 90 % interval of the share.
    uncertainty
        The interval as a sentence.
    since
        First day that was looked at.
    until
        Last day that was looked at.
    source
        Who counted.
    link
        Where the count can be checked, https; empty where nowhere.
    """

    reference_class: str
    events: int
    cases: int
    share: float
    low: float
    high: float
    uncertainty: str
    since: str
    until: str
    source: str
    link: str


class Resolution(TypedDict):
    """`Resolution` of the document.

    Attributes
    ----------
    about
        The ladder's rung or the pair's branch; else null.
    annulled
        Whether nothing can be scored.
    happened
        Of yes-or-no questions, rungs and branches.
    option
        Of choices: the option that came true.
    value
        Of numeric questions: the number.
    day
        Of date questions: the date.
    known_from
        From then on one could know, UTC.
    source
        Where it can be checked.
    why
        What decided.
    """

    about: str | None
    annulled: bool
    happened: bool | None
    option: str | None
    value: float | None
    day: str | None
    known_from: str
    source: str
    why: str


class OwnScore(TypedDict):
    """`OwnScore` of the document.

    Attributes
    ----------
    about
        The ladder's rung or the pair's branch; null for the whole.
    rule
        brier and ordered_brier (0 to 2), log, wis: lower is better. peer: higher is better, told where the
        crowd is shown, as are wis_shared and wis_crowd.
    value
        The score.
    last_day
        The last day's; null where no forecast stood.
    coverage
        Share of the question's days on which there was one.
    """

    about: str | None
    rule: str
    value: float
    last_day: float | None
    coverage: float


class Question(TypedDict):
    """`Question` of the document.

    Attributes
    ----------
    key
        Its key.
    theme
        Key of its theme.
    kind
        What kind of question it is.
    state
        Where it stands.
    version
        The version of its words.
    title
        The question.
    background
        What is known, as Markdown.
    criteria
        When it counts as yes, as Markdown.
    fine_print
        What else decides, as Markdown.
    sources
        What decides it.
    unit
        The unit of a number, empty where there is none.
    opens_at
        When it opens, UTC.
    closes_at
        When it closes, UTC; an answer at this very moment is late.
    resolves_at
        Evidence published until then counts.
    options
        All of its options, in order.
    asked
        The numbers it takes now; none where closed.
    scale
        linear or log; null for probabilities.
    lower
        Lower bound: a number, or a date as text.
    upper
        Upper bound: a number, or a date as text.
    open_lower
        Whether values below the bound can come out.
    open_upper
        Whether values above the bound can come out.
    whole
        Whether only whole numbers can come out.
    rationale_required
        Whether no forecast is taken without its reason.
    quantile_levels
        The levels it asks for.
    condition
        What it is conditional on.
    base_rate
        Its base rate, where it has one that the caller may see: before answering in a survey with
        `base_rates_before`, else after answering or once nothing can be answered.
    resolutions
        What came out, as it stands now; what stood before and scores of the crowd: `…/resolutions`.
    scores
        How the caller's forecasts scored on what came out.
    """

    key: str
    theme: str
    kind: str
    state: str
    version: int
    title: str
    background: str
    criteria: str
    fine_print: str
    sources: list[str]
    unit: str
    opens_at: str
    closes_at: str
    resolves_at: str
    options: list[Option]
    asked: list[Asked]
    scale: str | None
    lower: Any
    upper: Any
    open_lower: bool
    open_upper: bool
    whole: bool
    rationale_required: bool
    quantile_levels: list[float]
    condition: Condition | None
    base_rate: BaseRate | None
    resolutions: list[Resolution]
    scores: list[OwnScore]


class PreregisteredChange(TypedDict):
    """`PreregisteredChange` of the document.

    Attributes
    ----------
    path
        Where, in the file.
    before
        What was there; null for nothing.
    after
        What is there now; null for nothing.
    day
        Since which UTC day; null where the program itself has changed.
    """

    path: list[str]
    before: Any
    after: Any
    day: str | None


class Preregistration(TypedDict):
    """`Preregistration` of the document.

    Attributes
    ----------
    made_at
        When it was written down, UTC.
    opens_at
        The opening that it names, UTC.
    sha256
        Of the file, in hexadecimal.
    signature
        Ed25519 over the bytes of the file, in base64.
    public_key
        The key that verifies it, as PEM.
    changes
        What is otherwise now; none where nothing is.
    """

    made_at: str
    opens_at: str
    sha256: str
    signature: str
    public_key: str
    changes: list[PreregisteredChange]


class Join(TypedDict):
    """`Join` of the document.

    Attributes
    ----------
    language
        A language of the survey, in which the consent was read.
    agree
        That the person has read the consent and takes part of their own will.
    """

    language: str
    agree: bool


class Joined(TypedDict):
    """`Joined` of the document.

    Attributes
    ----------
    token
        Send it as `Authorization: Bearer …`; it is not shown again.
    code
        Brings the person back, here and on the pages; give it to them: it is not shown again.
    """

    token: str
    code: str


class Code(TypedDict):
    """`Code` of the document.

    Attributes
    ----------
    code
        The code, spaces, hyphens and case aside.
    """

    code: str


class Token(TypedDict):
    """`Token` of the document.

    Attributes
    ----------
    token
        Send it as `Authorization: Bearer …`; it is not shown again.
    """

    token: str


class Agreement(TypedDict):
    """`Agreement` of the document.

    Attributes
    ----------
    agree
        That the person has read the consent and takes part of their own will.
    """

    agree: bool


class Forecast(TypedDict):
    """`Forecast` of the document.

    Attributes
    ----------
    values
        Field name to a JSON number, probabilities as fractions from 0 to 1; dates as text.
    rationale
        Why: Markdown, at most 10,000 characters. Needed where the question has `rationale_required`.
    nothing_to_add
        Stores a change of more than the survey's `explain_change` without its reason; else a `rationale` is
        asked for. For numbers and dates: where the median leaves the former middle half.
    confidence
        How sure, 1 to 5.
    expertise
        How expert, 1 to 5.
    """

    values: dict[str, float | str]
    rationale: NotRequired[str]
    nothing_to_add: NotRequired[bool]
    confidence: NotRequired[int | None]
    expertise: NotRequired[int | None]


class Receipt(TypedDict):
    """`Receipt` of the document.

    Attributes
    ----------
    question
        The question's key.
    revision
        1, 2, … for this person and question; order is this number.
    action
        What the act was.
    values
        The numbers as stored; none of a withdrawal.
    rationale
        Why, as stored.
    confidence
        How sure, 1 to 5.
    expertise
        How expert, 1 to 5.
    received_at
        When, UTC; the day alone where the survey keeps no more.
    version
        The version of the question it answers.
    round
        The round it belongs to.
    receipt
        Eight letters to quote it by.
    """

    question: str
    revision: int
    action: str
    values: dict[str, Any]
    rationale: str | None
    confidence: int | None
    expertise: int | None
    received_at: str
    version: int
    round: int
    receipt: str


class Skipped(TypedDict):
    """`Skipped` of the document.

    Attributes
    ----------
    question
        The question's key.
    skipped_at
        When, UTC; the first time, however often it is said.
    """

    question: str
    skipped_at: str


class Own(TypedDict):
    """`Own` of the document.

    Attributes
    ----------
    question
        The question's key.
    standing
        The numbers that stand, by field.
    skipped
        Whether they have said “I can't judge this”.
    history
        Every act, oldest first.
    """

    question: str
    standing: dict[str, Any]
    skipped: bool
    history: list[Receipt]


class ClashingAnswer(TypedDict):
    """`ClashingAnswer` of the document.

    Attributes
    ----------
    question
        The question's key.
    option
        The option's key.
    value
        What stands, a fraction.
    low
        Where it would have to lie if it alone moved: at least; 0 to 1 where none would do.
    high
        … and at most.
    """

    question: str
    option: str
    value: float
    low: float
    high: float


class OwnClash(TypedDict):
    """`OwnClash` of the document.

    Attributes
    ----------
    sources
        Keys of the relations and questions that it follows from.
    amount
        By how much the answers miss each other, a fraction.
    kept
        Whether its person has said that it may stay.
    answers
        Those that take part.
    """

    sources: list[str]
    amount: float
    kept: bool
    answers: list[ClashingAnswer]


class Influence(TypedDict):
    """`Influence` of the document.

    Attributes
    ----------
    people
        So many more people.
    chance
        What they all say: 99 %, or 1 % of what is likelier than not.
    move
        How far it would move, a fraction.
    """

    people: int
    chance: float
    move: float


class Bin(TypedDict):
    """`Bin` of the document.

    Attributes
    ----------
    start
        From here, as a share of the range.
    end
        To here.
    share
        Share of the people.
    """

    start: float
    end: float
    share: float


class CrowdOption(TypedDict):
    """`CrowdOption` of the document.

    Attributes
    ----------
    option
        The option's key.
    people
        How many people it rests on, rounded down.
    effective
        How many people of equal weight that is, rounded down.
    rule
        The rule that made `value`, as the page of methods names it: `parley`, or `parley_open` where anybody
        may join; publications of before keep `first_edition` and `median`.
    value
        The figure that heads the page; of quantiles the median.
    consistent
        `value` made consistent with the questions that this one is tied to and whose crowd you may see: trees
        of scenarios are made of these. Null where there are none, for quantiles and for parts of the crowd.
    low
        90 % interval for another crowd of this size: from.
    high
        … to; null for quantiles.
    methods
        Method to figure or quantiles.
    spread
        The middle half of the people, by weight.
    influence
        How easily it is moved; null for quantiles, of a part of the crowd and in publications of before.
    bins
        What people said.
    flags
        `held`, `outer pull`, `late wave`; `in order` where a ladder was.
    """

    option: str
    people: int
    effective: int
    rule: str
    value: Any
    consistent: float | None
    low: float | None
    high: float | None
    methods: dict[str, Any]
    spread: list[Any]
    influence: Influence | None
    bins: list[Bin]
    flags: list[str]


class Crowd(TypedDict):
    """`Crowd` of the document.

    Attributes
    ----------
    question
        The question's key.
    as_of
        The UTC day at whose end it was so.
    live
        Whether these are figures of this moment, not of a publication.
    reach
        `open` while it takes answers; then `close` where all are in these figures, `awaited` where more
        figures may follow, `held back` where no more do and whoever answered after `as_of` is not in these.
    people
        How many people, rounded down.
    quantile_levels
        The levels of quantiles.
    options
        Those answered by enough people.
    """

    question: str
    as_of: str
    live: bool
    reach: str
    people: int
    quantile_levels: list[float]
    options: list[CrowdOption]


class Leaf(TypedDict):
    """`Leaf` of the document.

    Attributes
    ----------
    key
        Its key.
    title
        Its name.
    holds
        Axis to whether it comes true; others may go either way.
    """

    key: str
    title: str
    holds: dict[str, bool]


class Scenario(TypedDict):
    """`Scenario` of the document.

    Attributes
    ----------
    key
        Its key.
    title
        Its name.
    definition
        What it is made of.
    questions
        Keys of the questions it is computed from.
    leaves
        The named scenarios.
    """

    key: str
    title: str
    definition: str
    questions: list[str]
    leaves: list[Leaf]


class Node(TypedDict):
    """`Node` of the document.

    Attributes
    ----------
    holds
        Axis to whether it comes true.
    value
        Its chance, a fraction.
    low
        What holds without any assumption: at least …
    high
        … and at most.
    """

    holds: dict[str, bool]
    value: float
    low: float
    high: float


class Given(TypedDict):
    """`Given` of the document.

    Attributes
    ----------
    axis
        The event.
    if_yes
        Its chance if the root comes true; null once it is known not to.
    if_no
        Its chance if it does not; null once it is known to have.
    """

    axis: str
    if_yes: float | None
    if_no: float | None


class Route(TypedDict):
    """`Route` of the document.

    Attributes
    ----------
    axis
        The event.
    by
        The conditional pair that leads to it; null: asked directly.
    value
        Its chance that way, a fraction.
    """

    axis: str
    by: str | None
    value: float


class Future(TypedDict):
    """`Future` of the document.

    Attributes
    ----------
    holds
        Axis to whether it comes true.
    value
        Its chance, a fraction; null where answers are missing.
    low
        Without any assumption: at least …; null in a trial.
    high
        … and at most.
    """

    holds: dict[str, bool]
    value: float | None
    low: float | None
    high: float | None


class Chances(TypedDict):
    """`Chances` of the document.

    Attributes
    ----------
    key
        The scenario tree.
    as_of
        The UTC day.
    people
        Fewest people any of the questions rests on, rounded down; 0: all is known.
    known
        Events whose outcome is known, to whether they came true.
    leaves
        Scenario to chance.
    nodes
        States of the first axes, the root first.
    given
        Events on both sides of the root.
    routes
        Those that are open, by each way there is.
    asides
        Events told beside the tree.
    joint
        Every future, the product of its edges: the root and `given`, as they are told here. They sum to 1.
        With `set` as they are then; the rest of the answer stays as it is.
    missing
        Of one’s own: questions without an answer, for want of which there are only bounds.
    """

    key: str
    as_of: str
    people: int
    known: dict[str, bool]
    leaves: dict[str, float]
    nodes: list[Node]
    given: list[Given]
    routes: list[Route]
    asides: dict[str, float]
    joint: list[Future]
    missing: list[str]


class ScoreChange(TypedDict):
    """`ScoreChange` of the document.

    Attributes
    ----------
    rule
        The rule that heads the question's kind; lower is better.
    people
        The score of at least so many people changed, came or went; a multiple of 5.
    mean
        By how much on average; null where one of the two outcomes was annulled.
    """

    rule: str
    people: int
    mean: float | None


class MethodScore(TypedDict):
    """`MethodScore` of the document.

    Attributes
    ----------
    method
        The method, as the page of methods names it; the first heads pages.
    rule
        The rule that heads the question's kind; lower is better.
    value
        Mean over the days on which its figures stood.
    coverage
        Those days as a share of the question's.
    """

    method: str
    rule: str
    value: float
    coverage: float


class PastResolution(TypedDict):
    """`PastResolution` of the document.

    Attributes
    ----------
    about
        The ladder's rung or the pair's branch; else null.
    annulled
        Whether nothing can be scored.
    happened
        Of yes-or-no questions, rungs and branches.
    option
        Of choices: the option that came true.
    value
        Of numeric questions: the number.
    day
        Of date questions: the date.
    known_from
        From then on one could know, UTC.
    source
        Where it can be checked.
    why
        What decided.
    number
        1, 2, … in the order in which they were stored.
    supersedes
        The number of the one it corrects; else null.
    stands
        Whether no later one supersedes it.
    words
        What came out, in words.
    resolved_at
        When it was stored, UTC.
    by
        Who stored it, told to owners and organizers alone; null for a command.
    approved
        Whether a second person approved it.
    approved_by
        Who, told to owners and organizers alone.
    change
        What it changed; null for a first outcome, or where that would tell of single people.
    crowd_scores
        Of the one that stands, where the crowd is shown.
    """

    about: str | None
    annulled: bool
    happened: bool | None
    option: str | None
    value: float | None
    day: str | None
    known_from: str
    source: str
    why: str
    number: int
    supersedes: int | None
    stands: bool
    words: str
    resolved_at: str
    by: str | None
    approved: bool
    approved_by: str | None
    change: ScoreChange | None
    crowd_scores: list[MethodScore]


class LeaderboardRow(TypedDict):
    """`LeaderboardRow` of the document.

    Attributes
    ----------
    place
        1 for the best; equal scores share the best of their places.
    name
        By the person's consent alone; else null.
    own
        Whether it is the caller's.
    score
        Mean peer score in points, or skill as a fraction, drawn to everybody's mean, the more the fewer
        questions there were.
    low
        90 % interval: from.
    high
        … to.
    questions
        On how many questions the person was scored.
    coverage
        Mean share of their days on which a forecast stood, a fraction.
    """

    place: int
    name: str | None
    own: bool
    score: float
    low: float
    high: float
    questions: int
    coverage: float


class Leaderboard(TypedDict):
    """`Leaderboard` of the document.

    Attributes
    ----------
    measure
        `peer` or `skill`.
    theme
        The theme's key; null: the whole survey.
    questions
        How many questions it rests on.
    waiting
        How many have come out or were corrected since; they count once there are five.
    people
        How many people are ranked.
    rows
        The best first.
    own
        The caller's row, wherever it stands; else null.
    """

    measure: str
    theme: str | None
    questions: int
    waiting: int
    people: int
    rows: list[LeaderboardRow]
    own: LeaderboardRow | None


class Published(TypedDict):
    """`Published` of the document.

    Attributes
    ----------
    questions
        Keys of the questions; none where nothing was due.
    """

    questions: list[str]


class IncoherenceCell(TypedDict):
    """`IncoherenceCell` of the document.

    Attributes
    ----------
    low
        Distance in probability: from; 0 to 0 is who has no clash.
    high
        … to.
    share
        Share of the people, to a hundredth.
    """

    low: float
    high: float
    share: float


class RelationClash(TypedDict):
    """`RelationClash` of the document.

    Attributes
    ----------
    key
        The relation's key.
    share
        Share of the people who clash by it, to a hundredth.
    """

    key: str
    share: float


class PeoplesCoherence(TypedDict):
    """`PeoplesCoherence` of the document.

    Attributes
    ----------
    as_of
        The day at whose end these stood; null: none yet.
    people
        About how many answered two questions that hang together.
    clear
        The share whose answers go together; null where too few are on one side.
    distances
        By distance to the nearest coherent answers; empty where all would be in one cell.
    relations
        The most frequent first.
    reason
        Why there is nothing to see; null where there is.
    """

    as_of: str | None
    people: int | None
    clear: float | None
    distances: list[IncoherenceCell]
    relations: list[RelationClash]
    reason: str | None


class Outcome(TypedDict):
    """`Outcome` of the document.

    Attributes
    ----------
    about
        The ladder's rung, or the branch whose condition came true.
    happened
        binary, ladder, pair: whether it happened.
    option
        choice, ordered: key of the option that came true.
    value
        numeric: the number.
    day
        date: the day.
    annulled
        Nothing can be scored.
    """

    about: NotRequired[str]
    happened: NotRequired[bool]
    option: NotRequired[str]
    value: NotRequired[float]
    day: NotRequired[str]
    annulled: NotRequired[bool]


class Outcomes(TypedDict):
    """`Outcomes` of the document.

    Attributes
    ----------
    outcomes
        One; of a ladder one for each rung that is decided.
    known_from
        What came in on its UTC day or later is not scored.
    source
        Title, publisher, date, address.
    why
        What decided, where the criteria leave room.
    companions
        Keys of further questions to resolve in the same act, on the same source: those of the same deadline
        whose outcome follows by a declared relation.
    despite
        Keys of declared relations that it contradicts, and that are to be left so.
    """

    outcomes: list[Outcome]
    known_from: str
    source: str
    why: NotRequired[str]
    companions: NotRequired[list[str]]
    despite: NotRequired[list[str]]


class ProposedOutcome(TypedDict):
    """`ProposedOutcome` of the document.

    Attributes
    ----------
    question
        Key of the question.
    about
        The ladder's rung, or the branch that came true.
    option
        Key of the option that came true.
    value
        1 or 0 for what happened or not; a number; days since 1970-01-01 for a date.
    annulled
        Nothing can be scored.
    """

    question: str
    about: str | None
    option: str | None
    value: float | None
    annulled: bool


class Proposal(TypedDict):
    """`Proposal` of the document.

    Attributes
    ----------
    number
        Names it in this survey.
    state
        `waiting`, `approved`, `refused` or `withdrawn`.
    reason
        Why it was refused; empty otherwise.
    made_at
        When it was proposed, UTC.
    known_from
        From when on one could know.
    source
        Where it can be checked.
    why
        What decided.
    outcomes
        By question, rung or branch.
    despite
        Keys of declared relations that it contradicts.
    """

    number: int
    state: str
    reason: str
    made_at: str
    known_from: str
    source: str
    why: str
    outcomes: list[ProposedOutcome]
    despite: list[str]


class Resolved(TypedDict):
    """`Resolved` of the document.

    Attributes
    ----------
    resolutions
        As they are stored; none where it waits for approval.
    proposal
        What waits for a second person; null where nothing does.
    """

    resolutions: list[Resolution]
    proposal: Proposal | None


class Proposals(TypedDict):
    """`Proposals` of the document.

    Attributes
    ----------
    proposals
        Those that wait, and those decided on.
    """

    proposals: list[Proposal]


class Decision(TypedDict):
    """`Decision` of the document.

    Attributes
    ----------
    act
        Its author may withdraw it, anybody else approve or refuse it.
    reason
        Why it is refused; asked for there alone.
    """

    act: str
    reason: NotRequired[str]


class Begin(TypedDict):
    """`Begin` of the document.

    Attributes
    ----------
    slug
        Its address.
    title
        Its title, of a blank one.
    language
        The language a blank one is written in first.
    bank
        A bank that ships with the site.
    copy_of
        The address of a survey that you write.
    document
        A whole document, as `read_draft` answers it.
    """

    slug: str
    title: NotRequired[str]
    language: NotRequired[str]
    bank: NotRequired[str]
    copy_of: NotRequired[str]
    document: NotRequired[dict[str, Any] | None]


class Draft(TypedDict):
    """`Draft` of the document.

    Attributes
    ----------
    slug
        Its address.
    title
        Its title; its address until it has one.
    version
        The number of its last change; 0 as it was begun. Its `ETag`, too.
    opened_version
        The version participants see; null: not open yet.
    archived_at
        When it was put away; null where it was not.
    role
        What you are to it: owner, writer or organizer.
    document
        `structure`, `words` by language and `worked`: the tables of a question bank's files as JSON; days and
        moments are text.
    fixed
        Paths of what cannot change any more, because people rely on it.
    """

    slug: str
    title: str
    version: int
    opened_version: int | None
    archived_at: str | None
    role: str
    document: dict[str, Any]
    fixed: list[list[str]]


class DraftInList(TypedDict):
    """`DraftInList` of the document.

    Attributes
    ----------
    slug
        Its address.
    title
        Its title; its address until it has one.
    version
        The number of its last change; 0 as it was begun. Its `ETag`, too.
    opened_version
        The version participants see; null: not open yet.
    archived_at
        When it was put away; null where it was not.
    role
        What you are to it: owner, writer or organizer.
    """

    slug: str
    title: str
    version: int
    opened_version: int | None
    archived_at: str | None
    role: str


class Replace(TypedDict):
    """`Replace` of the document.

    Attributes
    ----------
    document
        All of it; the address stays.
    """

    document: dict[str, Any]


class Edit(TypedDict):
    """`Edit` of the document.

    Attributes
    ----------
    path
        Keys down to it; `*` behind an array is the order of its keys.
    value
        From now on; null takes away.
    """

    path: list[str]
    value: Any


class Edits(TypedDict):
    """`Edits` of the document.

    Attributes
    ----------
    edits
        In the order in which they are made.
    """

    edits: list[Edit]


class File(TypedDict):
    """`File` of the document.

    Attributes
    ----------
    format
        Its format.
    text
        All of it, as text.
    base64
        All of its bytes, in Base64.
    """

    format: str
    text: NotRequired[str | None]
    base64: NotRequired[str | None]


class QuestionChange(TypedDict):
    """`QuestionChange` of the document.

    Attributes
    ----------
    place
        Where the file has it; empty of a whole survey.
    key
        Its key.
    title
        Its title.
    changed
        What changes of it.
    """

    place: str
    key: str
    title: str
    changed: list[str]


class Plan(TypedDict):
    """`Plan` of the document.

    Attributes
    ----------
    version
        The draft's version: before, of a plan; afterwards, of an import.
    digest
        SHA-256 of the file: send it with the import of what was looked at.
    read_as
        The format and encoding it was read in.
    whole
        Whether it is a whole survey, in the place of everything but the address.
    changes_anything
        Whether anything would be another than it is.
    themes
        Titles of new themes.
    added
        Questions that are new.
    changed
        Questions that change.
    left
        Questions that are so already.
    taken_out
        Questions that it does not have.
    to_mend
        Missing or wrong before opening; it keeps no import from being done.
    """

    version: int
    digest: str
    read_as: str
    whole: bool
    changes_anything: bool
    themes: list[str]
    added: list[QuestionChange]
    changed: list[QuestionChange]
    left: list[QuestionChange]
    taken_out: list[QuestionChange]
    to_mend: list[BankFault]


class LookedAt(TypedDict):
    """`LookedAt` of the document.

    Attributes
    ----------
    format
        Its format.
    text
        All of it, as text.
    base64
        All of its bytes, in Base64.
    digest
        The `digest` that the plan told; any file without it.
    """

    format: str
    text: NotRequired[str | None]
    base64: NotRequired[str | None]
    digest: NotRequired[str | None]


class Advice(TypedDict):
    """`Advice` of the document.

    Attributes
    ----------
    path
        The text it is about.
    rule
        The rule that says so.
    severity
        `must`: it keeps a survey from opening; `should`: you decide.
    words
        The words it is about.
    detail
        What to do.
    """

    path: list[str]
    rule: str
    severity: str
    words: list[str]
    detail: str


class Checked(TypedDict):
    """`Checked` of the document.

    Attributes
    ----------
    version
        The version that was checked.
    may_open
        Whether nothing keeps it from being opened.
    missing
        What keeps it from being opened.
    advice
        What the standard of a question says.
    """

    version: int
    may_open: bool
    missing: list[BankFault]
    advice: list[Advice]


class Snapshot(TypedDict):
    """`Snapshot` of the document.

    Attributes
    ----------
    number
        1, 2, … in the survey.
    as_of
        The last UTC day that is in it.
    created_at
        When it was made, UTC.
    withdrawn_at
        Since then it is not given out: somebody in it has erased their answers.
    files
        Addresses of its files, for the same token.
    """

    number: int
    as_of: str
    created_at: str
    withdrawn_at: str | None
    files: list[str]


class FreezeOptions(TypedDict):
    """`FreezeOptions` of the document.

    Attributes
    ----------
    k
        Fewest people of whom the same is told; 1: nothing is suppressed.
    k_reason
        Why fewer than 5 are enough; needed there.
    not_identifying
        Keys of questions about oneself by whose answers nobody is recognized.
    stable_ids
        Whether people bear the same pseudonyms as in all other snapshots frozen so.
    exact_times
        Why days will not do; empty: days stand for moments.
    reviewed_until
        The last day up to which the reasons were looked through; words of later ones are left out.
    l_diversity
        Fewest different last forecasts on a question of people of whom the same is told; 1: any.
    """

    k: NotRequired[int]
    k_reason: NotRequired[str]
    not_identifying: NotRequired[list[str]]
    stable_ids: NotRequired[bool]
    exact_times: NotRequired[str]
    reviewed_until: NotRequired[str | None]
    l_diversity: NotRequired[int]


class Task(TypedDict):
    """`Task` of the document.

    Attributes
    ----------
    number
        Its number on this site.
    state
        Whether it goes on (waiting, running), and how it ended.
    step
        The file that is being made; empty before the first.
    share
        How much of the whole is done.
    seconds_left
        About how long the rest takes; null while nobody can say.
    detail
        The same in a sentence; of a failure what to do.
    asked_at
        When it was asked for, UTC.
    started_at
        When it was begun, the last time.
    ended_at
        When it was over.
    snapshot
        The snapshot’s number, once it is done.
    files
        Addresses of its files, once it is done, for the same token.
    """

    number: int
    state: str
    step: str
    share: float
    seconds_left: float | None
    detail: str
    asked_at: str
    started_at: str | None
    ended_at: str | None
    snapshot: int | None
    files: list[str]


class Combination(TypedDict):
    """`Combination` of the document.

    Attributes
    ----------
    keys
        Of the questions; none: there is none to count by.
    classes
        How many different rows of answers there are.
    smallest
        How many people share the rarest.
    few
        How many people share theirs with fewer than k.
    """

    keys: list[str]
    classes: int
    smallest: int
    few: int


class DisclosureReport(TypedDict):
    """`DisclosureReport` of the document.

    Attributes
    ----------
    k
        Fewest people who are enough.
    people
        People in a snapshot of yesterday.
    combinations
        By question, by two together, and by all: the last.
    least
        Fewest different forecasts of a class on a question (l-diversity).
    alike
        Pairs of class and question with one forecast alone.
    pairs
        Pairs of class and question that there are.
    """

    k: int
    people: int
    combinations: list[Combination]
    least: int
    alike: int
    pairs: int
