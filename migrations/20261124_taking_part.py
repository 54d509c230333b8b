"""Taking part: invitations, letters, background questions, marks on rationales, questions about a question."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261124_taking_part"
down_revision: str | None = "20261124_first"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None

#: Triggers as of this step. Table: when an UPDATE is refused, when a DELETE is.
PERSON_STAYS = "(SELECT erased_on FROM participant WHERE id = OLD.participant_id) IS NULL"
SUBMISSION_STAYS = (
    "(SELECT erased_on FROM participant JOIN submission ON submission.participant_id = participant.id"
    " WHERE submission.id = OLD.submission_id) IS NULL"
)
ALWAYS = "1 = 1"
APPEND_ONLY = {
    "background_answer": (ALWAYS, PERSON_STAYS),
    #: Whoever made a mark may be erased as well as whose words it is on.
    "rationale_mark": (ALWAYS, f"{SUBMISSION_STAYS} AND (OLD.participant_id IS NULL OR {PERSON_STAYS})"),
}


def create_triggers() -> None:
    for table, conditions in APPEND_ONLY.items():
        for verb, condition in zip(("update", "delete"), conditions, strict=True):
            for statement in trigger(op.get_bind().dialect.name, table, verb, condition):
                op.get_bind().exec_driver_sql(statement)


def drop_triggers() -> None:
    for table in APPEND_ONLY:
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
    op.create_table(
        "background_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("lower", sa.Double(), nullable=True),
        sa.Column("upper", sa.Double(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('single', 'multi', 'text', 'number')",
            name=op.f("ck_background_question_background_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_background_question_survey_id_survey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_background_question")),
        sa.UniqueConstraint("id", "survey_id", name=op.f("uq_background_question_id_survey_id")),
        sa.UniqueConstraint("survey_id", "key", name=op.f("uq_background_question_survey_id_key")),
    )
    op.create_table(
        "background_answer",
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("background_question_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_background_answer_revision_counts_from_one")),
        sa.ForeignKeyConstraint(
            ["background_question_id", "survey_id"],
            ["background_question.id", "background_question.survey_id"],
            name=op.f("fk_background_answer_question"),
        ),
        sa.ForeignKeyConstraint(
            ["participant_id", "survey_id"],
            ["participant.id", "participant.survey_id"],
            name=op.f("fk_background_answer_participant_id_survey_id_participant"),
        ),
        sa.PrimaryKeyConstraint(
            "participant_id", "background_question_id", "revision", name=op.f("pk_background_answer")
        ),
    )
    op.create_table(
        "background_option",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("background_question_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["background_question_id"],
            ["background_question.id"],
            name=op.f("fk_background_option_background_question_id_background_question"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_background_option")),
        sa.UniqueConstraint(
            "background_question_id", "key", name=op.f("uq_background_option_background_question_id_key")
        ),
    )
    op.create_table(
        "background_text",
        sa.Column("background_question_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["background_question_id"],
            ["background_question.id"],
            name=op.f("fk_background_text_background_question_id_background_question"),
        ),
        sa.PrimaryKeyConstraint("background_question_id", "language", name=op.f("pk_background_text")),
    )
    op.create_table(
        "contact",
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("confirm_hash", sa.String(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_contact_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("participant_id", name=op.f("pk_contact")),
        sa.UniqueConstraint("confirm_hash", name=op.f("uq_contact_confirm_hash")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("batch", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id", "survey_id"],
            ["participant.id", "participant.survey_id"],
            name=op.f("fk_invitation_participant_id_survey_id_participant"),
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_invitation_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("participant_id", name=op.f("uq_invitation_participant_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_table(
        "notice_choice",
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('opening', 'clarification', 'closing', 'resolved', 'corrected')",
            name=op.f("ck_notice_choice_kind_known"),
        ),
        sa.CheckConstraint("way IN ('none', 'each', 'digest')", name=op.f("ck_notice_choice_way_known")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_notice_choice_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("participant_id", "kind", name=op.f("pk_notice_choice")),
    )
    op.create_table(
        "background_option_text",
        sa.Column("background_option_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["background_option_id"],
            ["background_option.id"],
            name=op.f("fk_background_option_text_background_option_id_background_option"),
        ),
        sa.PrimaryKeyConstraint("background_option_id", "language", name=op.f("pk_background_option_text")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('opening', 'clarification', 'closing', 'resolved', 'corrected')",
            name=op.f("ck_notice_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["participant_id", "survey_id"],
            ["participant.id", "participant.survey_id"],
            name=op.f("fk_notice_participant_id_survey_id_participant"),
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_notice_question_id_question")
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_notice_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "participant_id", "kind", "about", name=op.f("uq_notice_participant_id_kind_about")
        ),
    )
    op.create_table(
        "unclear",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("question_version_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id", "survey_id"],
            ["participant.id", "participant.survey_id"],
            name=op.f("fk_unclear_participant_id_survey_id_participant"),
        ),
        sa.ForeignKeyConstraint(
            ["question_id", "survey_id"],
            ["question.id", "question.survey_id"],
            name=op.f("fk_unclear_question_id_survey_id_question"),
        ),
        sa.ForeignKeyConstraint(
            ["question_version_id"],
            ["question_version.id"],
            name=op.f("fk_unclear_question_version_id_question_version"),
        ),
        sa.ForeignKeyConstraint(["settled_by_id"], ["user.id"], name=op.f("fk_unclear_settled_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unclear")),
    )
    op.create_table(
        "rationale_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "act IN ('hide', 'show', 'report', 'withhold', 'release')",
            name=op.f("ck_rationale_mark_act_known"),
        ),
        sa.CheckConstraint(
            "(participant_id IS NULL) <> (user_id IS NULL)", name=op.f("ck_rationale_mark_by_one")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_rationale_mark_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_rationale_mark_submission_id_submission")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_rationale_mark_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rationale_mark")),
    )
    op.create_index(op.f("ix_rationale_mark_submission_id"), "rationale_mark", ["submission_id"])
    op.add_column(
        "question", sa.Column("rationale_required", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    # In one statement with its check: on SQLite nothing else adds one without rebuilding the table.
    double = sa.Double().compile(dialect=op.get_bind().dialect)
    op.execute(
        f"ALTER TABLE survey ADD COLUMN explain_change {double} DEFAULT 0.2 NOT NULL"
        " CONSTRAINT ck_survey_change_is_a_share CHECK (explain_change > 0 AND explain_change <= 1)"
    )
    op.add_column("user", sa.Column("totp_counter", sa.Integer(), nullable=True))
    create_triggers()


def downgrade() -> None:
    drop_triggers()
    op.drop_column("user", "totp_counter")
    op.drop_column("survey", "explain_change")
    op.drop_column("question", "rationale_required")
    op.drop_index(op.f("ix_rationale_mark_submission_id"), "rationale_mark")
    op.drop_table("rationale_mark")
    op.drop_table("unclear")
    op.drop_table("notice")
    op.drop_table("background_option_text")
    op.drop_table("notice_choice")
    op.drop_table("invitation")
    op.drop_table("contact")
    op.drop_table("background_text")
    op.drop_table("background_option")
    op.drop_table("background_answer")
    op.drop_table("background_question")
