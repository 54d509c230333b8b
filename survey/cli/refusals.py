"""What ends a command as a sentence for whoever typed it; errors of the program itself are none of these."""

from flask.cli import ScriptInfo


def refusal(error: Exception, info: ScriptInfo) -> str | None:
    """The sentence for an error that the person at the terminal can do something about; None for any other."""
    from ..errors import SurveyError

    if isinstance(error, SurveyError):
        return str(error.sentence)
    if isinstance(error, OSError):
        return _of_a_file(error)
    from alembic.util import CommandError
    from sqlalchemy.exc import DBAPIError, IntegrityError

    if isinstance(error, CommandError):
        return _of_the_tables(info) or f"{str(error).rstrip('.')}. Nothing was changed."
    # A constraint that no service foresaw is a fault of the program, and where it lies is worth more than a sentence.
    if isinstance(error, DBAPIError) and not isinstance(error, IntegrityError):
        return _of_the_tables(info) or _of_the_store(error, info)
    return None


def _of_a_file(error: OSError) -> str | None:
    """Of a file or folder by its name; what has none, such as a pipe that was closed, is click's."""
    if error.filename is None or error.strerror is None:
        return None
    return f"{error.filename} can't be used: {error.strerror}."


def _of_the_tables(info: ScriptInfo) -> str | None:
    """That the tables are those of another version, which explains whatever else the database said."""
    from sqlalchemy.exc import DBAPIError

    from ..store.engine import db
    from ..store.health import table_faults
    from .database import bind_migrations

    with info.load_app().app_context():
        bind_migrations()
        try:
            faults = table_faults(db.engine)
        except DBAPIError:
            return None
        return "".join(f"In {_place()} {fault}." for fault in faults) or None


def _of_the_store(error: Exception, info: ScriptInfo) -> str:
    with info.load_app().app_context():
        reason = getattr(error, "orig", error)
        # A driver may say nothing but what kind of error it is.
        said = (str(reason).strip() or type(reason).__name__).splitlines()[0]
        return f"The database {_place()} can't be used: {said}. What it refused was not stored."


def _place() -> str:
    """Where the database is; its password is not shown."""
    from ..store.engine import db

    url = db.engine.url
    # SQLAlchemy puts *** in the place of a password.
    return str(url.database) if url.drivername.startswith("sqlite") else str(url)
