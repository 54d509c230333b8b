"""What the interface answers about leaderboards."""

from marshmallow import fields, validate

from ..paging import Page
from .fields import JsonBool, JsonInt, ResponseSchema
from .forecasts import Words, says


class Asked(Page):
    """Which leaderboard, and which of its rows."""

    measure = Words(
        load_default="peer",
        validate=validate.OneOf(("peer", "skill")),
        metadata=says("By peer score (chances) or by skill (numbers and dates).", "peer"),
    )
    theme = Words(load_default=None, metadata=says("Only this theme's questions: its key.", "peace"))


class LeaderboardRow(ResponseSchema):
    """How somebody did, in two digits."""

    place = JsonInt(metadata=says("1 for the best; equal scores share the best of their places.", 1))
    name = Words(allow_none=True, metadata=says("By the person's consent alone; else null.", "Olena K."))
    own = JsonBool(metadata=says("Whether it is the caller's."))
    score = fields.Float(
        metadata=says(
            "Mean peer score in points, or skill as a fraction, drawn to everybody's mean, the more the fewer"
            " questions there were.",
            4.0,
        )
    )
    low = fields.Float(metadata=says("90 % interval: from.", -3.0))
    high = fields.Float(metadata=says("… to.", 11.0))
    questions = JsonInt(metadata=says("On how many questions the person was scored.", 12))
    coverage = fields.Float(
        metadata=says("Mean share of their days on which a forecast stood, a fraction.", 0.8)
    )


class Leaderboard(ResponseSchema):
    """People ranked by how they forecast."""

    measure = Words(metadata=says("`peer` or `skill`.", "peer"))
    theme = Words(allow_none=True, metadata=says("The theme's key; null: the whole survey."))
    questions = JsonInt(metadata=says("How many questions it rests on.", 15))
    waiting = JsonInt(
        metadata=says("How many have come out or were corrected since; they count once there are five.", 2)
    )
    people = JsonInt(metadata=says("How many people are ranked.", 24))
    rows = fields.List(fields.Nested(LeaderboardRow), metadata=says("The best first."))
    own = fields.Nested(
        LeaderboardRow, allow_none=True, metadata=says("The caller's row, wherever it stands; else null.")
    )
