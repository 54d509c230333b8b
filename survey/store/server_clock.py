"""The server's clock inside a statement."""

from datetime import datetime

from sqlalchemy import DateTime
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class server_clock(FunctionElement[datetime]):
    """The server's clock, for a statement that reads more beside it; see `clock.hear`.

    NULL where this machine's clock is the server's: what `clock.without_asking` says goes before it.
    """

    type = DateTime(timezone=True)
    inherit_cache = True


@compiles(server_clock)
def _no_clock(_element: server_clock, _compiler: object, **_settings: object) -> str:
    return "NULL"


@compiles(server_clock, "postgresql")
def _clock_of_the_server(_element: server_clock, _compiler: object, **_settings: object) -> str:
    # Not CURRENT_TIMESTAMP: that is when the transaction began, before its lock was waited for.
    return "clock_timestamp()"
