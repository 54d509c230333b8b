"""What the interface reads and answers about surveys, questions and people, field by field, with examples."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from ...models.question import KIND_NAMES
from ...store.lifecycle import QuestionState
from .fields import JsonBool, JsonInt, Moment, RequestSchema, ResponseSchema


def says(description: str, example: Any = None, **more: Any) -> dict[str, Any]:
    """What the document says of a field."""
    return {"description": description, **({} if example is None else {"examples": [example]}), **more}


Words = fields.String
#: Field name (see `asked`) to number, or to a date as text.
Values = fields.Dict


#: Keys from the top of a document down; a table in an array is named by its own `key`.
PATH = ["words", "en", "question", "clash", "title"]


class Fault(ResponseSchema):
    """One field that was refused."""

    field = Words(
        metadata=says(
            "Its name; `body` for the body as a whole, `sum` for the numbers of a choice together.", "p-yes"
        )
    )
    detail = Words(metadata=says("What is wrong, and what to do.", "Give the probability as a JSON number."))


class BankFault(ResponseSchema):
    """One thing that is missing or wrong in a survey or a file of one."""

    place = Words(metadata=says("Where: a row of a file, a part of a document.", "row 2"))
    field = Words(metadata=says("Of what; empty where it is the whole.", "closes_at"))
    path = fields.List(Words(), metadata=says("Its place in the document; empty where it has none.", PATH))
    detail = Words(metadata=says("What is wrong, and what to do."))


class Collision(ResponseSchema):
    """One place that was changed since it was read, by others: both texts."""

    path = fields.List(Words(), metadata=says("Its place in the document.", PATH))
    mine = fields.Raw(allow_none=True, metadata=says("What you have sent; null for nothing."))
    theirs = fields.Raw(allow_none=True, metadata=says("What stands there now; null for nothing."))
    by = Words(allow_none=True, metadata=says("Whose that is; null for a command's.", "ann@example.org"))
    detail = Words(metadata=says("What happened."))


class Problem(ma.Schema):
    """Why nothing was done (RFC 9457). Sentences are in the language that `Accept-Language` asks for."""

    type = Words(required=True, metadata=says("Always the same; `status` says it.", "about:blank"))
    status = JsonInt(required=True, metadata=says("The status of the answer.", 422))
    title = Words(required=True, metadata=says("What did not happen.", "The forecast was not saved"))
    detail = Words(required=True, metadata=says("Why, and what to do."))
    errors = fields.List(fields.Nested(Fault), metadata=says("Each field that was refused."))
    version = JsonInt(metadata=says("The version there is, where `If-Match` names another.", 8))
    collisions = fields.List(
        fields.Nested(Collision), metadata=says("Places that you and others have changed.")
    )
    faults = fields.List(fields.Nested(BankFault), metadata=says("Each thing that is wrong, with its place."))
    reason = Words(metadata=says("Why a crowd is not shown.", "unanswered"))
    awaited = fields.List(
        Words(), metadata=says("Questions to answer or skip before it is.", ["ceasefire-when"])
    )


class Consent(ResponseSchema):
    """What participants agree to."""

    version = JsonInt(metadata=says("Its number; a changed text is a new version.", 1))
    language = Words(metadata=says("The language of the text.", "en"))
    text = Words(metadata=says("The words, as Markdown. Show them before you join for somebody."))


class SurveyInList(ResponseSchema):
    """A survey in a few words."""

    slug = Words(metadata=says("Its address.", "ukraine"))
    title = Words(metadata=says("Its title."))
    headline = Words(metadata=says("The survey in one question."))
    languages = fields.List(Words(), metadata=says("The languages it is asked in.", ["en", "uk"]))
    open = JsonBool(metadata=says("Whether it takes answers now."))
    over = JsonBool(metadata=says("Whether it has closed: its figures and outcomes are its results."))
    opens_at = Moment(metadata=says("When it opens, UTC."))
    closes_at = Moment(metadata=says("When it closes, UTC; an answer at this very moment is late."))


class Survey(SurveyInList):
    """A survey, the rules under which it asks, and what it asks consent to."""

    summary = Words(metadata=says("What it is about."))
    organizer = Words(metadata=says("Who asks; empty until somebody says so, as what follows."))
    contact = Words(metadata=says("How to reach them."))
    legal_basis = Words(metadata=says("On what legal basis answers are kept."))
    kept_until = Words(metadata=says("How long answers are kept."))
    rules = Words(metadata=says("What holds for every question, as Markdown."))
    zone = Words(metadata=says("The time zone its pages show beside UTC.", "Europe/Kyiv"))
    visibility = Words(metadata=says("public, link or invited.", "public"))
    reveal = Words(metadata=says("When a participant sees what others said.", "after answering"))
    readers = Words(
        metadata=says(
            "When everybody else sees it: nobody, always, after close, or after days (`readers_days` after each"
            " publication).",
            "nobody",
        )
    )
    readers_days = JsonInt(metadata=says("Days between a publication and its being shown to everybody.", 7))
    licence = Words(
        metadata=says(
            "Under which its data may be passed on: an SPDX identifier, own words (`licence_words`,"
            " `licence_address`), or not stated.",
            "CC-BY-4.0",
        )
    )
    licence_words = Words(
        metadata=says("What may be done with the data, where no licence of the list is chosen.")
    )
    licence_address = Words(metadata=says("Where own words about the licence can be read; may be empty."))
    publication = Words(metadata=says("When figures of the crowd are made.", "batched"))
    open_form = JsonBool(
        metadata=says(
            "Whether crowd forecasts have the form for surveys that anybody may join, `parley_open`."
        )
    )
    minimum_cell = JsonInt(metadata=says("Fewest people any published figure rests on.", 10))
    protected = JsonBool(metadata=says("Whether times are kept as days only."))
    simulated = JsonBool(metadata=says("Whether it is a demonstration with invented people."))
    pilot = JsonBool(metadata=says("Whether it is a trial, in which nothing counts."))
    lowest_probability = fields.Float(metadata=says("Smallest probability it takes, a fraction.", 0.0001))
    highest_probability = fields.Float(metadata=says("Largest probability it takes, a fraction.", 0.9999))
    explain_change = fields.Float(
        metadata=says("A probability that changes by more asks what changed; a fraction, 1 for never.", 0.2)
    )
    base_rates_before = JsonBool(metadata=says("Whether base rates are shown before one's own answer."))
    consent = fields.Nested(Consent, metadata=says("What whoever joins agrees to."))


class Join(RequestSchema):
    """Taking part."""

    language = Words(
        required=True,
        validate=validate.Length(2, 12),
        metadata=says("A language of the survey, in which the consent was read.", "en"),
    )
    agree = JsonBool(
        required=True,
        validate=validate.Equal(True, error="Taking part needs the consent: true."),
        metadata=says(
            "That the person has read the consent and takes part of their own will.", True, const=True
        ),
    )


class Agreement(RequestSchema):
    """Agreeing to a newer consent."""

    agree = Join._declared_fields["agree"]


class Code(RequestSchema):
    """Coming back."""

    code = Words(
        required=True,
        validate=validate.Length(1, 100),
        metadata=says("The code, spaces, hyphens and case aside.", "ABCDE-FGHJK-MNPQR-STVWX-YZ234-5"),
    )


class Token(ResponseSchema):
    """A new token."""

    token = Words(metadata=says("Send it as `Authorization: Bearer …`; it is not shown again.", "parley_…"))


class Joined(Token):
    """A new participant."""

    code = Words(
        metadata=says(
            "Brings the person back, here and on the pages; give it to them: it is not shown again."
        )
    )


class Option(ResponseSchema):
    """One thing a number is asked for: yes, an answer, a deadline, a value, a branch."""

    key = Words(metadata=says("Its key.", "yes"))
    label = Words(metadata=says("Its words.", "Yes"))
    closes_at = Moment(allow_none=True, metadata=says("When it closes, where that is before the question."))
    given_holds = JsonBool(
        allow_none=True, metadata=says("Of a conditional pair: whether the condition came true.")
    )


class Asked(ResponseSchema):
    """One number that is asked for now."""

    field = Words(metadata=says("Its name in `values`.", "p-yes"))
    option = Words(metadata=says("The option it is about.", "yes"))
    label = Words(metadata=says("The words beside it.", "Yes"))
    sort = Words(
        validate=validate.OneOf(["probability", "number", "date"]),
        metadata=says("A fraction from 0 to 1, a number in the question's unit, or a date as text."),
    )


class Condition(ResponseSchema):
    """What a question is conditional on."""

    question = Words(metadata=says("The other question's key.", "ceasefire-when"))
    options = fields.List(Words(), metadata=says("Its options that make the event."))
    holds = JsonBool(metadata=says("Whether the event has to happen, or not to."))


class Resolution(ResponseSchema):
    """What came out."""

    about = Words(allow_none=True, metadata=says("The ladder's rung or the pair's branch; else null."))
    annulled = JsonBool(metadata=says("Whether nothing can be scored."))
    happened = JsonBool(allow_none=True, metadata=says("Of yes-or-no questions, rungs and branches."))
    option = Words(allow_none=True, metadata=says("Of choices: the option that came true."))
    value = fields.Float(allow_none=True, metadata=says("Of numeric questions: the number."))
    day = Words(allow_none=True, metadata=says("Of date questions: the date.", "2027-06-30"))
    known_from = Moment(metadata=says("From then on one could know, UTC."))
    source = Words(metadata=says("Where it can be checked."))
    why = Words(metadata=says("What decided."))


class BaseRate(ResponseSchema):
    """How often it happened before in cases like it."""

    reference_class = Words(metadata=says("What the cases are."))
    events = JsonInt(metadata=says("In how many of the cases it happened.", 3))
    cases = JsonInt(metadata=says("How many cases were counted.", 12))
    share = fields.Float(metadata=says("events / cases, 0 to 1.", 0.25))
    low = fields.Float(metadata=says("Lower end of Wilson's 90 % interval of the share.", 0.11))
    high = fields.Float(metadata=says("Upper end of Wilson's 90 % interval of the share.", 0.48))
    uncertainty = Words(metadata=says("The interval as a sentence."))
    since = fields.Date(metadata=says("First day that was looked at.", "1949-04-04"))
    until = fields.Date(metadata=says("Last day that was looked at.", "2024-12-31"))
    source = Words(metadata=says("Who counted."))
    link = Words(metadata=says("Where the count can be checked, https; empty where nowhere."))


class OwnScore(ResponseSchema):
    """One of the caller's own scores: the mean over the days on which their forecast stood."""

    about = Words(
        allow_none=True, metadata=says("The ladder's rung or the pair's branch; null for the whole.")
    )
    rule = Words(
        metadata=says(
            "brier and ordered_brier (0 to 2), log, wis: lower is better. peer: higher is better, told where the"
            " crowd is shown, as are wis_shared and wis_crowd.",
            "brier",
        )
    )
    value = fields.Float(metadata=says("The score.", 0.08))
    last_day = fields.Float(allow_none=True, metadata=says("The last day's; null where no forecast stood."))
    coverage = fields.Float(metadata=says("Share of the question's days on which there was one.", 0.5))


class Question(ResponseSchema):
    """A question: its words, what it asks for now, where it stands."""

    key = Words(metadata=says("Its key.", "leaders-meet"))
    theme = Words(metadata=says("Key of its theme.", "war"))
    kind = Words(validate=validate.OneOf(KIND_NAMES), metadata=says("What kind of question it is."))
    state = Words(
        validate=validate.OneOf([str(state) for state in QuestionState]), metadata=says("Where it stands.")
    )
    version = JsonInt(metadata=says("The version of its words.", 1))
    title = Words(metadata=says("The question."))
    background = Words(metadata=says("What is known, as Markdown."))
    criteria = Words(metadata=says("When it counts as yes, as Markdown."))
    fine_print = Words(metadata=says("What else decides, as Markdown."))
    sources = fields.List(Words(), metadata=says("What decides it."))
    unit = Words(metadata=says("The unit of a number, empty where there is none."))
    opens_at = Moment(metadata=says("When it opens, UTC."))
    closes_at = Moment(metadata=says("When it closes, UTC; an answer at this very moment is late."))
    resolves_at = Moment(metadata=says("Evidence published until then counts."))
    options = fields.List(fields.Nested(Option), metadata=says("All of its options, in order."))
    asked = fields.List(fields.Nested(Asked), metadata=says("The numbers it takes now; none where closed."))
    scale = Words(allow_none=True, metadata=says("linear or log; null for probabilities.", "linear"))
    lower = fields.Raw(allow_none=True, metadata=says("Lower bound: a number, or a date as text."))
    upper = fields.Raw(allow_none=True, metadata=says("Upper bound: a number, or a date as text."))
    open_lower = JsonBool(metadata=says("Whether values below the bound can come out."))
    open_upper = JsonBool(metadata=says("Whether values above the bound can come out."))
    whole = JsonBool(metadata=says("Whether only whole numbers can come out."))
    rationale_required = JsonBool(metadata=says("Whether no forecast is taken without its reason."))
    quantile_levels = fields.List(fields.Float(), metadata=says("The levels it asks for.", [0.05, 0.5, 0.95]))
    condition = fields.Nested(Condition, allow_none=True, metadata=says("What it is conditional on."))
    base_rate = fields.Nested(
        BaseRate,
        allow_none=True,
        metadata=says(
            "Its base rate, where it has one that the caller may see: before answering in a survey with"
            " `base_rates_before`, else after answering or once nothing can be answered."
        ),
    )
    resolutions = fields.List(
        fields.Nested(Resolution),
        metadata=says(
            "What came out, as it stands now; what stood before and scores of the crowd: `…/resolutions`."
        ),
    )
    scores = fields.List(
        fields.Nested(OwnScore), metadata=says("How the caller's forecasts scored on what came out.")
    )


class Forecast(RequestSchema):
    """A forecast: a number for each field that is asked now. Of a conditional pair one branch is enough."""

    values = Values(
        keys=Words(),
        required=True,
        metadata=says(
            "Field name to a JSON number, probabilities as fractions from 0 to 1; dates as text.",
            {"p-yes": 0.125},
            additionalProperties={"type": ["number", "string"]},
        ),
    )
    rationale = Words(
        load_default="",
        metadata=says(
            "Why: Markdown, at most 10,000 characters. Needed where the question has `rationale_required`.",
            maxLength=10_000,
        ),
    )
    nothing_to_add = JsonBool(
        load_default=False,
        metadata=says(
            "Stores a change of more than the survey's `explain_change` without its reason; else a `rationale` is"
            " asked for. For numbers and dates: where the median leaves the former middle half.",
            False,
        ),
    )
    confidence = JsonInt(
        allow_none=True,
        load_default=None,
        validate=validate.Range(1, 5),
        metadata=says("How sure, 1 to 5.", 3),
    )
    expertise = JsonInt(
        allow_none=True,
        load_default=None,
        validate=validate.Range(1, 5),
        metadata=says("How expert, 1 to 5.", 2),
    )


class Receipt(ResponseSchema):
    """What was stored, once."""

    question = Words(metadata=says("The question's key.", "leaders-meet"))
    revision = JsonInt(metadata=says("1, 2, … for this person and question; order is this number.", 1))
    action = Words(
        validate=validate.OneOf(["new", "update", "affirm", "withdraw"]), metadata=says("What the act was.")
    )
    values = Values(
        keys=Words(), metadata=says("The numbers as stored; none of a withdrawal.", {"p-yes": 0.125})
    )
    rationale = Words(allow_none=True, metadata=says("Why, as stored."))
    confidence = JsonInt(allow_none=True, metadata=says("How sure, 1 to 5."))
    expertise = JsonInt(allow_none=True, metadata=says("How expert, 1 to 5."))
    received_at = Words(
        metadata=says("When, UTC; the day alone where the survey keeps no more.", "2026-11-22T12:00:00Z")
    )
    version = JsonInt(metadata=says("The version of the question it answers.", 1))
    round = JsonInt(metadata=says("The round it belongs to.", 1))
    receipt = Words(metadata=says("Eight letters to quote it by.", "ABCD-EFGH"))


class Own(ResponseSchema):
    """What one person has said to a question."""

    question = Words(metadata=says("The question's key.", "leaders-meet"))
    standing = Values(keys=Words(), metadata=says("The numbers that stand, by field.", {"p-yes": 0.125}))
    skipped = JsonBool(metadata=says("Whether they have said “I can't judge this”."))
    history = fields.List(fields.Nested(Receipt), metadata=says("Every act, oldest first."))


class ClashingAnswer(ResponseSchema):
    """One answer that can't be true together with the others of its clash."""

    question = Words(metadata=says("The question's key.", "treaty-when"))
    option = Words(metadata=says("The option's key.", "2030-12-31"))
    value = fields.Float(metadata=says("What stands, a fraction.", 0.8))
    low = fields.Float(
        metadata=says(
            "Where it would have to lie if it alone moved: at least; 0 to 1 where none would do.", 0.0
        )
    )
    high = fields.Float(metadata=says("… and at most.", 0.605))


class OwnClash(ResponseSchema):
    """Answers of one person that can't all be true, by more than rounding."""

    sources = fields.List(
        Words(), metadata=says("Keys of the relations and questions that it follows from.", ["R2.2030-12-31"])
    )
    amount = fields.Float(metadata=says("By how much the answers miss each other, a fraction.", 0.2))
    kept = JsonBool(metadata=says("Whether its person has said that it may stay."))
    answers = fields.List(fields.Nested(ClashingAnswer), metadata=says("Those that take part."))


class Skipped(ResponseSchema):
    """“I can't judge this” was noted."""

    question = Words(metadata=says("The question's key.", "leaders-meet"))
    skipped_at = Words(metadata=says("When, UTC; the first time, however often it is said."))
