"""What the interface answers about a survey as a whole."""

from marshmallow import fields

from .fields import Day, Moment, ResponseSchema
from .forecasts import Words, says


class PreregisteredChange(ResponseSchema):
    """Something that stands otherwise than it was frozen."""

    path = fields.List(
        Words(), metadata=says("Where, in the file.", ["structure", "question", "rain", "deadline"])
    )
    before = fields.Raw(allow_none=True, metadata=says("What was there; null for nothing.", "2027-06-30"))
    after = fields.Raw(allow_none=True, metadata=says("What is there now; null for nothing.", "2027-07-31"))
    day = Day(
        allow_none=True, metadata=says("Since which UTC day; null where the program itself has changed.")
    )


class Preregistration(ResponseSchema):
    """What was frozen at the opening, and what has changed since."""

    made_at = Moment(metadata=says("When it was written down, UTC."))
    opens_at = Moment(metadata=says("The opening that it names, UTC."))
    sha256 = Words(metadata=says("Of the file, in hexadecimal."))
    signature = Words(metadata=says("Ed25519 over the bytes of the file, in base64."))
    public_key = Words(metadata=says("The key that verifies it, as PEM."))
    changes = fields.List(
        fields.Nested(PreregisteredChange), metadata=says("What is otherwise now; none where nothing is.")
    )
