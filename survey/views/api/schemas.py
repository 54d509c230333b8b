"""What the interface reads and answers about surveys, questions and people, field by field, with examples."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from ...models.question import KIND_NAMES
from ..own import State
from .fields import JsonBool, JsonInt, Moment, Said, Told


def about(description: str, example: Any = None, **more: Any) -> dict[str, Any]:
    """What the document says of a field."""
    return {"description": description, **({} if example is None else {"examples": [example]}), **more}


Words = fields.String
#: Field name (see `asked`) to number, or to a date as text.
Values = fields.Dict


class Fault(Told):
    """One field that was refused."""

    field = Words(metadata=about("Its name; `body` for the body as a whole.", "p-yes"))
    detail = Words(metadata=about("What is wrong, and what to do.", "Give the probability as a JSON number."))


class Problem(ma.Schema):
    """Why nothing was done (RFC 9457). Sentences are in the language that `Accept-Language` asks for."""

    type = Words(required=True, metadata=about("Always the same; `status` says it.", "about:blank"))
    status = JsonInt(required=True, metadata=about("The status of the answer.", 422))
    title = Words(required=True, metadata=about("What did not happen.", "The forecast was not saved"))
    detail = Words(required=True, metadata=about("Why, and what to do."))
    errors = fields.List(fields.Nested(Fault), metadata=about("Each field that was refused."))
    reason = Words(metadata=about("Why a crowd is not shown.", "unanswered"))
    awaited = fields.List(
        Words(), metadata=about("Questions to answer or skip before it is.", ["ceasefire-when"])
    )


class Consent(Told):
    """What participants agree to."""

    version = JsonInt(metadata=about("Its number; a changed text is a new version.", 1))
    language = Words(metadata=about("The language of the text.", "en"))
    text = Words(metadata=about("The words, as Markdown. Show them before you join for somebody."))


class SurveyInList(Told):
    """A survey in a few words."""

    slug = Words(metadata=about("Its address.", "ukraine"))
    title = Words(metadata=about("Its title."))
    headline = Words(metadata=about("The survey in one question."))
    languages = fields.List(Words(), metadata=about("The languages it is asked in.", ["en", "uk"]))
    open = JsonBool(metadata=about("Whether it takes answers now."))
    opens_at = Moment(metadata=about("When it opens, UTC."))
    closes_at = Moment(metadata=about("When it closes, UTC; an answer at this very moment is late."))


class Survey(SurveyInList):
    """A survey, the rules under which it asks, and what it asks consent to."""

    summary = Words(metadata=about("What it is about."))
    organizer = Words(metadata=about("Who asks."))
    rules = Words(metadata=about("What holds for every question, as Markdown."))
    zone = Words(metadata=about("The time zone its pages show beside UTC.", "Europe/Kyiv"))
    visibility = Words(metadata=about("public, link or invited.", "public"))
    reveal = Words(metadata=about("When a participant sees what others said.", "after answering"))
    publication = Words(metadata=about("When figures of the crowd are made.", "batched"))
    minimum_cell = JsonInt(metadata=about("Fewest people any published figure rests on.", 10))
    protected = JsonBool(metadata=about("Whether times are kept as days only."))
    simulated = JsonBool(metadata=about("Whether it is a demonstration with invented people."))
    lowest_probability = fields.Float(metadata=about("Smallest probability it takes, a fraction.", 0.0001))
    highest_probability = fields.Float(metadata=about("Largest probability it takes, a fraction.", 0.9999))
    consent = fields.Nested(Consent, metadata=about("What whoever joins agrees to."))


class Join(Said):
    """Taking part."""

    language = Words(
        required=True,
        validate=validate.Length(2, 12),
        metadata=about("A language of the survey, in which the consent was read.", "en"),
    )
    agree = JsonBool(
        required=True,
        validate=validate.Equal(True, error="Taking part needs the consent: true."),
        metadata=about("That the person has read the consent and takes part of their own will.", True, const=True),
    )


class Agreement(Said):
    """Agreeing to a newer consent."""

    agree = Join._declared_fields["agree"]


class Code(Said):
    """Coming back."""

    code = Words(
        required=True,
        validate=validate.Length(1, 100),
        metadata=about("The code, spaces, hyphens and case aside.", "ABCDE-FGHJK-MNPQR-STVWX-YZ234-5"),
    )


class Token(Told):
    """A new token."""

    token = Words(metadata=about("Send it as `Authorization: Bearer …`; it is not shown again.", "parley_…"))


class Joined(Token):
    """A new participant."""

    code = Words(
        metadata=about("Brings the person back, here and on the pages; give it to them: it is not shown again.")
    )


class Option(Told):
    """One thing a number is asked for: yes, an answer, a deadline, a value, a branch."""

    key = Words(metadata=about("Its key.", "yes"))
    label = Words(metadata=about("Its words.", "Yes"))
    closes_at = Moment(allow_none=True, metadata=about("When it closes, where that is before the question."))
    given_holds = JsonBool(
        allow_none=True, metadata=about("Of a conditional pair: whether the condition came true.")
    )


class Asked(Told):
    """One number that is asked for now."""

    field = Words(metadata=about("Its name in `values`.", "p-yes"))
    option = Words(metadata=about("The option it is about.", "yes"))
    label = Words(metadata=about("The words beside it.", "Yes"))
    sort = Words(
        validate=validate.OneOf(["probability", "number", "date"]),
        metadata=about("A fraction from 0 to 1, a number in the question's unit, or a date as text."),
    )


class Condition(Told):
    """What a question is conditional on."""

    question = Words(metadata=about("The other question's key.", "ceasefire-when"))
    options = fields.List(Words(), metadata=about("Its options that make the event."))
    holds = JsonBool(metadata=about("Whether the event has to happen, or not to."))


class Resolution(Told):
    """What came out."""

    about = Words(allow_none=True, metadata=about("The ladder's rung or the pair's branch; else null."))
    annulled = JsonBool(metadata=about("Whether nothing can be scored."))
    happened = JsonBool(allow_none=True, metadata=about("Of yes-or-no questions, rungs and branches."))
    option = Words(allow_none=True, metadata=about("Of choices: the option that came true."))
    value = fields.Float(allow_none=True, metadata=about("Of numeric questions: the number."))
    day = Words(allow_none=True, metadata=about("Of date questions: the date.", "2027-06-30"))
    known_from = Moment(metadata=about("From then on one could know, UTC."))
    source = Words(metadata=about("Where it can be checked."))
    why = Words(metadata=about("What decided."))


class Question(Told):
    """A question: its words, what it asks for now, where it stands."""

    key = Words(metadata=about("Its key.", "leaders-meet"))
    theme = Words(metadata=about("Key of its theme.", "war"))
    kind = Words(validate=validate.OneOf(KIND_NAMES), metadata=about("What kind of question it is."))
    state = Words(validate=validate.OneOf([str(state) for state in State]), metadata=about("Where it stands."))
    version = JsonInt(metadata=about("The version of its words.", 1))
    title = Words(metadata=about("The question."))
    background = Words(metadata=about("What is known, as Markdown."))
    criteria = Words(metadata=about("When it counts as yes, as Markdown."))
    fine_print = Words(metadata=about("What else decides, as Markdown."))
    sources = fields.List(Words(), metadata=about("What decides it."))
    unit = Words(metadata=about("The unit of a number, empty where there is none."))
    opens_at = Moment(metadata=about("When it opens, UTC."))
    closes_at = Moment(metadata=about("When it closes, UTC; an answer at this very moment is late."))
    resolves_at = Moment(metadata=about("Evidence published until then counts."))
    options = fields.List(fields.Nested(Option), metadata=about("All of its options, in order."))
    asked = fields.List(fields.Nested(Asked), metadata=about("The numbers it takes now; none where closed."))
    scale = Words(allow_none=True, metadata=about("linear or log; null for probabilities.", "linear"))
    lower = fields.Raw(allow_none=True, metadata=about("Lower bound: a number, or a date as text."))
    upper = fields.Raw(allow_none=True, metadata=about("Upper bound: a number, or a date as text."))
    open_lower = JsonBool(metadata=about("Whether values below the bound can come out."))
    open_upper = JsonBool(metadata=about("Whether values above the bound can come out."))
    whole = JsonBool(metadata=about("Whether only whole numbers can come out."))
    quantile_levels = fields.List(fields.Float(), metadata=about("The levels it asks for.", [0.05, 0.5, 0.95]))
    condition = fields.Nested(Condition, allow_none=True, metadata=about("What it is conditional on."))
    resolutions = fields.List(fields.Nested(Resolution), metadata=about("What came out, as it stands now."))


class Forecast(Said):
    """A forecast: a number for each field that is asked now. Of a conditional pair one branch is enough."""

    values = Values(
        keys=Words(),
        values=fields.Raw(),
        required=True,
        metadata=about(
            "Field name to a JSON number, probabilities as fractions from 0 to 1; dates as text.",
            {"p-yes": 0.125},
            additionalProperties={"type": ["number", "string"]},
        ),
    )
    rationale = Words(load_default="", metadata=about("Why: Markdown, at most 10,000 characters.", maxLength=10_000))
    confidence = JsonInt(
        allow_none=True, load_default=None, validate=validate.Range(1, 5), metadata=about("How sure, 1 to 5.", 3)
    )
    expertise = JsonInt(
        allow_none=True,
        load_default=None,
        validate=validate.Range(1, 5),
        metadata=about("How expert, 1 to 5.", 2),
    )


class Receipt(Told):
    """What was stored, once."""

    question = Words(metadata=about("The question's key.", "leaders-meet"))
    revision = JsonInt(metadata=about("1, 2, … for this person and question; order is this number.", 1))
    action = Words(
        validate=validate.OneOf(["new", "update", "affirm", "withdraw"]), metadata=about("What the act was.")
    )
    values = Values(keys=Words(), metadata=about("The numbers as stored; none of a withdrawal.", {"p-yes": 0.125}))
    rationale = Words(allow_none=True, metadata=about("Why, as stored."))
    confidence = JsonInt(allow_none=True, metadata=about("How sure, 1 to 5."))
    expertise = JsonInt(allow_none=True, metadata=about("How expert, 1 to 5."))
    received_at = Words(
        metadata=about("When, UTC; the day alone where the survey keeps no more.", "2026-11-22T12:00:00Z")
    )
    version = JsonInt(metadata=about("The version of the question it answers.", 1))
    round = JsonInt(metadata=about("The round it belongs to.", 1))
    receipt = Words(metadata=about("Eight letters to quote it by.", "ABCD-EFGH"))


class Own(Told):
    """What one person has said to a question."""

    question = Words(metadata=about("The question's key.", "leaders-meet"))
    standing = Values(keys=Words(), metadata=about("The numbers that stand, by field.", {"p-yes": 0.125}))
    skipped = JsonBool(metadata=about("Whether they have said “I can't judge this”."))
    history = fields.List(fields.Nested(Receipt), metadata=about("Every act, oldest first."))


class Skipped(Told):
    """“I can't judge this” was noted."""

    question = Words(metadata=about("The question's key.", "leaders-meet"))
    skipped_at = Words(metadata=about("When, UTC; the first time, however often it is said."))

