"""What may stand in a log: which page failed and where in the program; never who asked, nor what they gave.

No access log is written. An unforeseen fault is noted as the page's rule (not its address, which may hold a
token), the kinds of error and the places in the program. An error's own words are left out: a database puts the
refused row into them.
"""

import logging
import traceback
from types import TracebackType
from uuid import uuid4

from flask import Flask, request

#: Type, value and stack of an error, as `sys.exc_info()` gives them.
Fault = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Discreet(logging.Formatter):
    """Log lines whose errors are told without their words."""

    def formatException(self, ei: Fault) -> str:
        """Kinds of error and places in the program, the cause first."""
        return outline(ei[1])


def outline(error: BaseException | None) -> str:
    """An error, and what it came from, without the words of either.

    >>> print(outline(ValueError("olha@example.org")))
    ValueError
    """
    if error is None:
        return ""
    # As Python itself tells a chain: `from None` hides what came before.
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    kind = type(error)
    own = "\n".join(
        [*places, kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"]
    )
    return f"{outline(before)}\nled to\n{own}" if before is not None else own


def init_logs(app: Flask) -> None:
    """Let the application note unforeseen faults in this way, whatever handler they go to."""

    def log_exception(exc_info: Fault) -> None:
        rule = request.url_rule.rule if request.url_rule is not None else "no page"
        app.logger.error("Fault %s at %s %s\n%s", uuid4().hex[:8], request.method, rule, outline(exc_info[1]))

    app.log_exception = log_exception  # type: ignore[method-assign]


def log_to_terminal() -> None:
    """What commands print beside their own lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(Discreet("%(asctime)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    # Its lines of each minute say nothing; what was sent is said by the task itself.
    logging.getLogger("huey").setLevel(logging.WARNING)
