"""Pilots of drafts, which are erased whole, and second readers of them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261129_pilots"
down_revision: str | None = "20261128_way_of_entry"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)

#: Triggers as of this step. Table: when an UPDATE is refused, when a DELETE is.
ALWAYS = "1 = 1"
PUBLISHED = "OLD.published_at IS NOT NULL"
TEXT_PUBLISHED = "(SELECT published_at FROM question_version WHERE id = OLD.question_version_id) IS NOT NULL"
BEFORE = {
    "question_version": (PUBLISHED, PUBLISHED),
    "version_text": (TEXT_PUBLISHED, TEXT_PUBLISHED),
    "resolution": (ALWAYS, ALWAYS),
    "publication": (ALWAYS, ALWAYS),
    "event_log": (ALWAYS, ALWAYS),
}


def no_pilot(survey: str) -> str:
    return f"NOT COALESCE((SELECT pilot FROM survey WHERE id = {survey}), FALSE)"


REAL = no_pilot("OLD.survey_id")
VERSION_REAL = no_pilot("(SELECT survey_id FROM question WHERE id = OLD.question_id)")
TEXT_REAL = no_pilot(
    "(SELECT survey_id FROM question JOIN question_version ON question_version.question_id = question.id"
    " WHERE question_version.id = OLD.question_version_id)"
)
LINK_WORKS = "(SELECT revoked_at FROM reader_link WHERE id = OLD.link_id) IS NULL"
AFTER = {
    "question_version": (PUBLISHED, f"{PUBLISHED} AND {VERSION_REAL}"),
    "version_text": (TEXT_PUBLISHED, f"{TEXT_PUBLISHED} AND {TEXT_REAL}"),
    "resolution": (ALWAYS, REAL),
    "publication": (ALWAYS, REAL),
    "event_log": (ALWAYS, REAL),
    "survey": ("OLD.pilot <> NEW.pilot", "NOT OLD.pilot"),
    "reader_remark": (ALWAYS, LINK_WORKS),
}


def create_triggers(rules: dict[str, tuple[str, str]]) -> None:
    for table, conditions in rules.items():
        for verb, condition in zip(("update", "delete"), conditions, strict=True):
            for statement in trigger(op.get_bind().dialect.name, table, verb, condition):
                op.get_bind().exec_driver_sql(statement)


def drop_triggers(rules: dict[str, tuple[str, str]]) -> None:
    for table in rules:
        for verb in ("update", "delete"):
            name = f"{table}_refuses_{verb}"
            if op.get_bind().dialect.name == "sqlite":
                op.execute(f"DROP TRIGGER IF EXISTS {name}")
            else:
                op.execute(f'DROP TRIGGER IF EXISTS {name} ON "{table}"')
                op.execute(f"DROP FUNCTION IF EXISTS {name}()")


def trigger(dialect: str, table: str, verb: str, condition: str) -> list[str]:
    name, sentence = f"{table}_refuses_{verb}", f"{table} is append-only: {verb} refused"
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} WHEN {condition}"
            f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        ]
    kept = "OLD" if verb == "delete" else "NEW"
    # PostgreSQL allows no sub-select in a trigger's WHEN: the condition moves into its function.
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {condition} THEN RAISE EXCEPTION '{sentence}'"
        f" USING ERRCODE = 'restrict_violation'; END IF; RETURN {kept}; END $$",
        f'CREATE TRIGGER {name} BEFORE {verb.upper()} ON "{table}" FOR EACH ROW EXECUTE FUNCTION {name}()',
    ]


def upgrade() -> None:
    op.add_column("survey", sa.Column("pilot", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "pilot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=True),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["survey_draft.id"], name=op.f("fk_pilot_draft_id_survey_draft")
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_pilot_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pilot")),
        sa.UniqueConstraint("survey_id", name=op.f("uq_pilot_survey_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_pilot_token_hash")),
    )
    op.create_index(op.f("ix_pilot_draft_id"), "pilot", ["draft_id"])
    op.create_table(
        "reader_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["survey_draft.id"], name=op.f("fk_reader_link_draft_id_survey_draft")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reader_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_reader_link_token_hash")),
    )
    op.create_index(op.f("ix_reader_link_draft_id"), "reader_link", ["draft_id"])
    op.create_table(
        "reader_remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("question_key", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint("verdict IN ('clear', 'unclear')", name=op.f("ck_reader_remark_verdict_known")),
        sa.CheckConstraint(
            "(verdict = 'unclear') = (text <> '')", name=op.f("ck_reader_remark_unclear_says_what")
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["reader_link.id"], name=op.f("fk_reader_remark_link_id_reader_link")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reader_remark")),
    )
    op.create_index(op.f("ix_reader_remark_link_id"), "reader_remark", ["link_id"])
    op.create_table(
        "settled_remark",
        sa.Column("remark_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("settled_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["remark_id"], ["reader_remark.id"], name=op.f("fk_settled_remark_remark_id_reader_remark")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_settled_remark_user_id_user")),
        sa.PrimaryKeyConstraint("remark_id", name=op.f("pk_settled_remark")),
    )
    drop_triggers(BEFORE)
    create_triggers(AFTER)


def downgrade() -> None:
    # A pilot that runs is afterwards a survey for invited people that nobody has a role in: end it first.
    drop_triggers(AFTER)
    create_triggers(BEFORE)
    op.drop_table("settled_remark")
    op.drop_table("reader_remark")
    op.drop_table("reader_link")
    op.drop_table("pilot")
    op.drop_column("survey", "pilot")
