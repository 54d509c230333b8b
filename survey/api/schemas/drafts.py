"""What the interface reads and answers about surveys that are written: documents, edits, imports, checks."""

import marshmallow as ma
from marshmallow import fields, validate

from ...bank.interchange import FORMATS
from ...i18n.locale import LANGUAGES
from .fields import JsonBool, JsonInt, Moment, RequestSchema, ResponseSchema
from .forecasts import PATH, BankFault, Words, says


class Json(fields.Raw):
    """Whatever JSON has: part of a document, or all of it."""


class Begin(RequestSchema):
    """A survey to begin: blank, or as a copy; one of `document`, `bank` and `copy_of`, or none."""

    slug = Words(required=True, metadata=says("Its address.", "weather"))
    title = Words(load_default="", metadata=says("Its title, of a blank one.", "The weather"))
    language = Words(
        load_default="en",
        validate=validate.OneOf(tuple(LANGUAGES)),
        metadata=says("The language a blank one is written in first.", "en"),
    )
    bank = Words(load_default="", metadata=says("A bank that ships with the site.", "ukraine"))
    copy_of = Words(load_default="", metadata=says("The address of a survey that you write."))
    document = fields.Dict(
        keys=Words(), load_default=None, metadata=says("A whole document, as `read_draft` answers it.")
    )


class DraftInList(ResponseSchema):
    """A survey as it is written, in a few words."""

    slug = Words(metadata=says("Its address.", "weather"))
    title = Words(metadata=says("Its title; its address until it has one."))
    version = JsonInt(metadata=says("The number of its last change; 0 as it was begun. Its `ETag`, too.", 7))
    opened_version = JsonInt(
        allow_none=True, metadata=says("The version participants see; null: not open yet.")
    )
    archived_at = Moment(allow_none=True, metadata=says("When it was put away; null where it was not."))
    role = Words(metadata=says("What you are to it: owner, writer or organizer.", "owner"))


class Draft(DraftInList):
    """A survey as it is written."""

    document = fields.Dict(
        keys=Words(),
        metadata=says(
            "`structure`, `words` by language and `worked`: the tables of a question bank's files as JSON;"
            " days and moments are text."
        ),
    )
    fixed = fields.List(
        fields.List(Words()),
        metadata=says("Paths of what cannot change any more, because people rely on it."),
    )


class Replace(RequestSchema):
    """A document in the place of what is written."""

    document = fields.Dict(keys=Words(), required=True, metadata=says("All of it; the address stays."))


class Edit(RequestSchema):
    """One place, and what is to stand there."""

    path = fields.List(
        Words(),
        required=True,
        # A part of the document as a whole is replaced, and not edited.
        validate=validate.Length(min=2, max=12),
        metadata=says("Keys down to it; `*` behind an array is the order of its keys.", PATH),
    )
    value = Json(
        required=True, allow_none=True, metadata=says("From now on; null takes away.", "Will it rain?")
    )


class Edits(RequestSchema):
    """Places that change together, all of them or none."""

    edits = fields.List(
        fields.Nested(Edit),
        required=True,
        validate=validate.Length(min=1, max=1000),
        metadata=says("In the order in which they are made."),
    )


class File(RequestSchema):
    """A file with questions, or with a whole survey; as text, or where it is none (XLSX) in Base64."""

    format = Words(required=True, validate=validate.OneOf(FORMATS), metadata=says("Its format.", "csv"))
    text = Words(load_default=None, metadata=says("All of it, as text.", "id,title,type\nrain,Rain?,binary"))
    base64 = Words(load_default=None, metadata=says("All of its bytes, in Base64."))


class LookedAt(File):
    """The file to import, and that it is the one that was looked at."""

    digest = Words(load_default=None, metadata=says("The `digest` that the plan told; any file without it."))


class QuestionChange(ResponseSchema):
    """One question of an import."""

    place = Words(metadata=says("Where the file has it; empty of a whole survey.", "row 2"))
    key = Words(metadata=says("Its key.", "rain"))
    title = Words(metadata=says("Its title."))
    changed = fields.List(Words(), metadata=says("What changes of it.", ["title.en", "closes"]))


class Plan(ResponseSchema):
    """What an import does."""

    version = JsonInt(metadata=says("The draft's version: before, of a plan; afterwards, of an import.", 7))
    digest = Words(metadata=says("SHA-256 of the file: send it with the import of what was looked at."))
    read_as = Words(metadata=says("The format and encoding it was read in."))
    whole = JsonBool(
        metadata=says("Whether it is a whole survey, in the place of everything but the address.")
    )
    changes_anything = JsonBool(metadata=says("Whether anything would be another than it is."))
    themes = fields.List(Words(), metadata=says("Titles of new themes."))
    added = fields.List(fields.Nested(QuestionChange), metadata=says("Questions that are new."))
    changed = fields.List(fields.Nested(QuestionChange), metadata=says("Questions that change."))
    left = fields.List(fields.Nested(QuestionChange), metadata=says("Questions that are so already."))
    taken_out = fields.List(fields.Nested(QuestionChange), metadata=says("Questions that it does not have."))
    to_mend = fields.List(
        fields.Nested(BankFault),
        metadata=says("Missing or wrong before opening; it keeps no import from being done."),
    )


class Advice(ResponseSchema):
    """One thing to better in the words of a question, by the standard of a question."""

    path = fields.List(Words(), metadata=says("The text it is about.", PATH))
    rule = Words(metadata=says("The rule that says so.", "vague word"))
    severity = Words(metadata=says("`must`: it keeps a survey from opening; `should`: you decide.", "should"))
    words = fields.List(Words(), metadata=says("The words it is about.", ["soon"]))
    detail = Words(metadata=says("What to do."))


class Checked(ResponseSchema):
    """How far a survey is from being opened."""

    version = JsonInt(metadata=says("The version that was checked.", 7))
    may_open = JsonBool(metadata=says("Whether nothing keeps it from being opened."))
    missing = fields.List(fields.Nested(BankFault), metadata=says("What keeps it from being opened."))
    advice = fields.List(fields.Nested(Advice), metadata=says("What the standard of a question says."))


class IfMatch(ma.Schema):
    """The header that names the version one has read."""

    class Meta:
        unknown = ma.EXCLUDE

    version = Words(
        data_key="If-Match",
        required=True,
        # Strong tags alone, which are what `If-Match` compares by (RFC 9110, section 13.1.1).
        validate=validate.Regexp(r'^(\*|"[0-9]{1,9}")\Z', error='The version in quotation marks, "7", or *.'),
        metadata={
            "description": "The `ETag` of the draft as it was read: where it is another now, nothing is done, and"
            " the refusal has what collides, with both texts. `*` is whichever version there is.",
            "pattern": r'^(\*|"[0-9]{1,9}")$',
            "examples": ['"7"'],
        },
    )
