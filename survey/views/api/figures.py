"""What the interface answers about the crowd, and what those who run a survey send and get."""

import marshmallow as ma
from marshmallow import fields, validate

from ...text import LONGEST
from .fields import Day, JsonBool, JsonNumber, Moment, QueryCount, Said, Told
from .schemas import JsonInt, Resolution, Words, about


class Segment(ma.Schema):
    """Which publication is asked for, and of whom."""

    version = QueryCount(
        load_default=None, validate=validate.Range(min=1), metadata=about("Only answers to this version.", 1)
    )
    round = QueryCount(
        load_default=None, validate=validate.Range(min=1), metadata=about("Only answers of this round.", 1)
    )
    as_of = Day(load_default=None, metadata=about("The last publication not after this day.", "2026-11-21"))


class Bin(Told):
    """One cell of a histogram, small ones merged."""

    start = fields.Float(metadata=about("From here, as a share of the range.", 0.1))
    end = fields.Float(metadata=about("To here.", 0.2))
    share = fields.Float(metadata=about("Share of the people.", 0.25))


class CrowdOption(Told):
    """The crowd on one option. Probabilities are fractions, dates text; several numbers are quantiles."""

    option = Words(metadata=about("The option's key.", "yes"))
    people = JsonInt(metadata=about("How many people it rests on, rounded down.", 45))
    effective = JsonInt(metadata=about("How many people of equal weight that is, rounded down.", 30))
    headline = Words(metadata=about("The method whose figure heads the page.", "parley"))
    value = fields.Raw(metadata=about("The headline's figure; of quantiles the median.", 0.12))
    low = fields.Float(allow_none=True, metadata=about("90 % interval for another crowd of this size: from."))
    high = fields.Float(allow_none=True, metadata=about("… to; null for quantiles."))
    methods = fields.Dict(keys=Words(), metadata=about("Method to figure or quantiles.", {"parley": 0.12}))
    spread = fields.List(fields.Raw(), metadata=about("The middle half of the people.", [0.08, 0.2]))
    bins = fields.List(fields.Nested(Bin), metadata=about("What people said."))
    flags = fields.List(Words(), metadata=about("`outer pull`, `late wave`."))


class Crowd(Told):
    """The crowd of a question as one publication tells it, rounded for people to read."""

    question = Words(metadata=about("The question's key.", "leaders-meet"))
    as_of = Day(metadata=about("The UTC day at whose end it was so."))
    live = JsonBool(metadata=about("Whether these are figures of this moment, not of a publication."))
    people = JsonInt(metadata=about("How many people, rounded down.", 45))
    quantile_levels = fields.List(fields.Float(), metadata=about("The levels of quantiles."))
    options = fields.List(fields.Nested(CrowdOption), metadata=about("Those answered by enough people."))


class Leaf(Told):
    """One named scenario."""

    key = Words(metadata=about("Its key."))
    title = Words(metadata=about("Its name."))
    holds = fields.Dict(
        keys=Words(), values=JsonBool(), metadata=about("Axis to whether it comes true; others may go either way.")
    )


class Scenario(Told):
    """A tree of scenarios, without its chances."""

    key = Words(metadata=about("Its key."))
    title = Words(metadata=about("Its name."))
    definition = Words(metadata=about("What it is made of."))
    questions = fields.List(Words(), metadata=about("Keys of the questions it is computed from."))
    leaves = fields.List(fields.Nested(Leaf), metadata=about("The named scenarios."))


class Node(Told):
    """A state of the first axes."""

    holds = fields.Dict(keys=Words(), values=JsonBool(), metadata=about("Axis to whether it comes true."))
    value = fields.Float(metadata=about("Its chance, a fraction.", 0.12))
    low = fields.Float(metadata=about("What holds without any assumption: at least …"))
    high = fields.Float(metadata=about("… and at most."))


class Route(Told):
    """One way to an event's chance."""

    axis = Words(metadata=about("The event."))
    by = Words(allow_none=True, metadata=about("The conditional pair that leads to it; null: asked directly."))
    value = fields.Float(metadata=about("Its chance that way, a fraction."))


class Given(Told):
    """An event's chance on both sides of the root."""

    axis = Words(metadata=about("The event."))
    if_yes = fields.Float(metadata=about("Its chance if the root comes true."))
    if_no = fields.Float(metadata=about("Its chance if it does not."))


class Chances(Told):
    """The chances of scenarios, of the latest day for which all of their questions were published."""

    key = Words(metadata=about("The scenario tree."))
    as_of = Day(metadata=about("The UTC day."))
    people = JsonInt(metadata=about("Fewest people any of the questions rests on, rounded down."))
    leaves = fields.Dict(keys=Words(), values=fields.Float(), metadata=about("Scenario to chance."))
    nodes = fields.List(fields.Nested(Node), metadata=about("States of the first axes, the root first."))
    given = fields.List(fields.Nested(Given), metadata=about("Events on both sides of the root."))
    routes = fields.List(fields.Nested(Route), metadata=about("The same events by each way there is."))
    asides = fields.Dict(keys=Words(), values=fields.Float(), metadata=about("Events told beside the tree."))


class Published(Told):
    """What was published just now."""

    questions = fields.List(Words(), metadata=about("Keys of the questions; none where nothing was due."))


class Outcome(Said):
    """What came out of a question, or of one of its parts. One of the last five, the one that fits its kind."""

    about = Words(metadata=about("The ladder's rung, or the branch whose condition came true.", "2027-06-30"))
    happened = JsonBool(metadata=about("binary, ladder, pair: whether it happened."))
    option = Words(metadata=about("choice, ordered: key of the option that came true."))
    value = JsonNumber(metadata=about("numeric: the number."))
    day = Day(metadata=about("date: the day."))
    annulled = JsonBool(
        validate=validate.Equal(True, error="Leave it out where it is not."),
        metadata=about("Nothing can be scored.", const=True),
    )


class Outcomes(Said):
    """What came out, since when one could know, and where it can be checked."""

    outcomes = fields.List(
        fields.Nested(Outcome),
        required=True,
        validate=validate.Length(1, 50),
        metadata=about("One; of a ladder one for each rung that is decided.", [{"happened": True}]),
    )
    known_from = Moment(
        required=True,
        metadata=about("What came in on its UTC day or later is not scored.", "2026-11-22T10:00:00Z"),
    )
    source = Words(
        required=True,
        validate=validate.Length(1, 2000),
        metadata=about("Title, publisher, date, address.", "Reuters, 22 November 2026"),
    )
    why = Words(load_default="", metadata=about("What decided, above all where the criteria leave room.", maxLength=LONGEST))


class Resolved(Told):
    """The resolutions that now stand for these outcomes."""

    resolutions = fields.List(fields.Nested(Resolution), metadata=about("As they are stored."))


class Snapshot(Told):
    """A frozen export; every id of a person in it is a pseudonym of this snapshot alone."""

    number = JsonInt(metadata=about("1, 2, … in the survey.", 1))
    as_of = Day(metadata=about("The last UTC day that is in it."))
    created_at = Moment(metadata=about("When it was made, UTC."))
    withdrawn_at = Moment(
        allow_none=True, metadata=about("Since then it is not given out: somebody in it has erased their answers.")
    )
    files = fields.List(Words(), metadata=about("Addresses of its files, for the same token."))
