"""What the interface answers about outcomes: their history, and scores beside each."""

from marshmallow import fields

from .fields import JsonBool, JsonInt, Moment, ResponseSchema
from .forecasts import Resolution, Words, says


class ScoreChange(ResponseSchema):
    """What a correction changed in people's scores."""

    rule = Words(metadata=says("The rule that heads the question's kind; lower is better.", "brier"))
    people = JsonInt(
        metadata=says("The score of at least so many people changed, came or went; a multiple of 5.", 40)
    )
    mean = fields.Float(
        allow_none=True,
        metadata=says("By how much on average; null where one of the two outcomes was annulled.", -0.133),
    )


class MethodScore(ResponseSchema):
    """How the crowd by one method scored, of its figures as they were shown."""

    method = Words(
        metadata=says("The method, as the page of methods names it; the first heads pages.", "parley")
    )
    rule = Words(metadata=says("The rule that heads the question's kind; lower is better.", "brier"))
    value = fields.Float(metadata=says("Mean over the days on which its figures stood.", 0.72))
    coverage = fields.Float(metadata=says("Those days as a share of the question's.", 0.57))


class PastResolution(Resolution):
    """An outcome that stands, or stood."""

    number = JsonInt(metadata=says("1, 2, … in the order in which they were stored.", 2))
    supersedes = JsonInt(allow_none=True, metadata=says("The number of the one it corrects; else null.", 1))
    stands = JsonBool(metadata=says("Whether no later one supersedes it."))
    words = Words(metadata=says("What came out, in words.", "yes"))
    resolved_at = Moment(metadata=says("When it was stored, UTC."))
    by = Words(
        allow_none=True,
        metadata=says("Who stored it, told to owners and organizers alone; null for a command."),
    )
    approved = JsonBool(metadata=says("Whether a second person approved it."))
    approved_by = Words(allow_none=True, metadata=says("Who, told to owners and organizers alone."))
    change = fields.Nested(
        ScoreChange,
        allow_none=True,
        metadata=says(
            "What it changed; null for a first outcome, or where that would tell of single people."
        ),
    )
    crowd_scores = fields.List(
        fields.Nested(MethodScore), metadata=says("Of the one that stands, where the crowd is shown.")
    )
