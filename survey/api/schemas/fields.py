"""Fields that take exactly what their JSON Schema says, no more: "3" is no number and 1 is not true."""

import re
from datetime import UTC, date, datetime
from typing import Any, ClassVar

import marshmallow as ma
from marshmallow import fields

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: As RFC 3339 has it: Python's reader takes weeks, days without hyphens and times without an offset too.
_MOMENT = re.compile(rf"{_DAY.pattern}[Tt][0-9:]{{8}}(\.[0-9]{{1,9}})?([Zz]|[+-][0-9]{{2}}:[0-9]{{2}})")
#: Python takes digits of any script, blanks and underlines too; nine digits fit PostgreSQL's whole numbers.
_COUNT = re.compile(r"[0-9]{1,9}")


class RequestSchema(ma.Schema):
    """What a client sends: unknown fields are refused."""

    #: Whether the whole body may be.
    may_be_left_out: ClassVar[bool] = False


class ResponseSchema(ma.Schema):
    """What the interface answers: every field is always there, though some may be null."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        # Said in the document: a program that is typed by it need not ask whether a field is there.
        field_obj.required = True


class JsonInt(fields.Integer):
    """A whole number as JSON has it: 3 and 3.0, not "3" and not true."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        # JSON Schema calls 3.0 an integer; `isinstance` would call true one.
        if type(value) is int or (type(value) is float and value.is_integer()):
            return int(value)
        raise self.make_error("invalid", input=value)


class JsonBool(fields.Boolean):
    """True or false, and nothing that is only like them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> bool:
        if type(value) is bool:
            return value
        raise self.make_error("invalid", input=value)


class JsonNumber(fields.Float):
    """A finite number, not text and not true."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> float:
        if type(value) in (int, float):
            return super()._deserialize(value, attr, data)
        raise self.make_error("invalid", input=value)


class QueryCount(fields.Integer):
    """A whole number of the query, in plain digits."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        if isinstance(value, str) and _COUNT.fullmatch(value):
            return int(value)
        raise self.make_error("invalid", input=value)


class Day(fields.Date):
    """A date as year-month-day."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> date:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return super()._deserialize(value, attr, data)
        raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)


class Moment(fields.DateTime):
    """A moment of RFC 3339 with its offset; what comes out is in UTC."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> datetime:
        try:
            if isinstance(value, str) and _MOMENT.fullmatch(value):
                return datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
