"""Triggers that keep what was said from being changed, on both databases.

UPDATE is refused on every table below. DELETE is refused unless the person it belongs to is being erased
(`participant.erased_on` is set); facts about no person, published words and the survey itself are never deleted, but
with a pilot: what makes a survey one is fixed.

A rebuild of a table on SQLite drops its triggers and nothing sees it: a migration that rebuilds one makes them
again, by the rules of its day, and a test compares the database's triggers with this list after the last step.
"""

from sqlalchemy import Connection, inspect

_PARTICIPANT = "(SELECT erased_on FROM participant WHERE id = OLD.participant_id) IS NULL"
_SUBMISSION = (
    "(SELECT erased_on FROM participant JOIN submission ON submission.participant_id = participant.id"
    " WHERE submission.id = OLD.submission_id) IS NULL"
)
#: Whoever made a mark may be erased as well as whose words it is on.
_MARKER = f"(OLD.participant_id IS NULL OR {_PARTICIPANT})"
_PUBLISHED = "OLD.published_at IS NOT NULL"
_TEXT_PUBLISHED = "(SELECT published_at FROM question_version WHERE id = OLD.question_version_id) IS NOT NULL"
_ALWAYS = "1 = 1"


def _no_pilot(survey: str) -> str:
    """Whether the survey whose id an expression gives is no pilot."""
    # Without COALESCE a survey that is not there would be NULL, and a trigger lets that pass.
    return f"NOT COALESCE((SELECT pilot FROM survey WHERE id = {survey}), FALSE)"


_REAL = _no_pilot("OLD.survey_id")
_PROPOSAL_REAL = _no_pilot("(SELECT survey_id FROM proposal WHERE id = OLD.proposal_id)")
_VERSION_REAL = _no_pilot("(SELECT survey_id FROM question WHERE id = OLD.question_id)")
_TEXT_REAL = _no_pilot(
    "(SELECT survey_id FROM question JOIN question_version ON question_version.question_id = question.id"
    " WHERE question_version.id = OLD.question_version_id)"
)
#: A draft is deleted with its links, which it revokes first.
_LINK_WORKS = "(SELECT revoked_at FROM reader_link WHERE id = OLD.link_id) IS NULL"

#: Table: when an UPDATE is refused, when a DELETE is.
RULES: dict[str, tuple[str, str]] = {
    "submission": (_ALWAYS, _PARTICIPANT),
    "forecast": (_ALWAYS, _SUBMISSION),
    "rationale": (_ALWAYS, _SUBMISSION),
    "skip": (_ALWAYS, _PARTICIPANT),
    "consent": (_ALWAYS, _PARTICIPANT),
    "score": (_ALWAYS, _PARTICIPANT),
    "background_answer": (_ALWAYS, _PARTICIPANT),
    "kept_clash": (_ALWAYS, _PARTICIPANT),
    "rationale_mark": (_ALWAYS, f"{_SUBMISSION} AND {_MARKER}"),
    "question_version": (_PUBLISHED, f"{_PUBLISHED} AND {_VERSION_REAL}"),
    "version_text": (_TEXT_PUBLISHED, f"{_TEXT_PUBLISHED} AND {_TEXT_REAL}"),
    "resolution": (_ALWAYS, _REAL),
    "proposal": (_ALWAYS, _REAL),
    "proposal_decision": (_ALWAYS, _PROPOSAL_REAL),
    "publication": (_ALWAYS, _REAL),
    "incoherence_figures": (_ALWAYS, _REAL),
    # No exception for pilots: none of them is preregistered.
    "preregistration": (_ALWAYS, _ALWAYS),
    "event_log": (_ALWAYS, _REAL),
    "survey": ("OLD.pilot <> NEW.pilot", "NOT OLD.pilot"),
    "reader_remark": (_ALWAYS, _LINK_WORKS),
}


def names() -> set[str]:
    """The names of all triggers there must be."""
    return {f"{table}_refuses_{verb}" for table in RULES for verb in ("update", "delete")}


def create(connection: Connection) -> None:
    """Create the triggers of every table there is; those that are there are replaced."""
    drop(connection)
    there = set(inspect(connection).get_table_names())
    for table, conditions in RULES.items():
        if table not in there:
            continue
        for verb, condition in zip(("update", "delete"), conditions, strict=True):
            for statement in _statements(connection.dialect.name, table, verb, condition):
                connection.exec_driver_sql(statement)


def drop(connection: Connection) -> None:
    """Drop every trigger."""
    for table in set(RULES) & set(inspect(connection).get_table_names()):
        for verb in ("update", "delete"):
            name = f"{table}_refuses_{verb}"
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
            else:
                connection.exec_driver_sql(f'DROP TRIGGER IF EXISTS {name} ON "{table}"')
                connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}()")


def _statements(dialect: str, table: str, verb: str, condition: str) -> list[str]:
    name, sentence = f"{table}_refuses_{verb}", f"{table} is append-only: {verb} refused"
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} WHEN {condition}"
            f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        ]
    # What a trigger before the act returns is what is done: of NULL, nothing, and nobody is told.
    kept = "OLD" if verb == "delete" else "NEW"
    # PostgreSQL allows no sub-select in a trigger's WHEN: the condition moves into its function.
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {condition} THEN RAISE EXCEPTION '{sentence}'"
        f" USING ERRCODE = 'restrict_violation'; END IF; RETURN {kept}; END $$",
        f'CREATE TRIGGER {name} BEFORE {verb.upper()} ON "{table}" FOR EACH ROW EXECUTE FUNCTION {name}()',
    ]
