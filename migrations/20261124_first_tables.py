"""The first tables: a survey, its questions, who answers, what they said, what came of it."""

import os
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261124_first"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = ("default",)
depends_on: str | Sequence[str] | None = None

#: Triggers as of this step. Table: when an UPDATE is refused, when a DELETE is.
PERSON_STAYS = "(SELECT erased_on FROM participant WHERE id = OLD.participant_id) IS NULL"
SUBMISSION_STAYS = (
    "(SELECT erased_on FROM participant JOIN submission ON submission.participant_id = participant.id"
    " WHERE submission.id = OLD.submission_id) IS NULL"
)
PUBLISHED = "OLD.published_at IS NOT NULL"
TEXT_PUBLISHED = "(SELECT published_at FROM question_version WHERE id = OLD.question_version_id) IS NOT NULL"
ALWAYS = "1 = 1"
APPEND_ONLY = {
    "submission": (ALWAYS, PERSON_STAYS),
    "forecast": (ALWAYS, SUBMISSION_STAYS),
    "rationale": (ALWAYS, SUBMISSION_STAYS),
    "skip": (ALWAYS, PERSON_STAYS),
    "consent": (ALWAYS, PERSON_STAYS),
    "score": (ALWAYS, PERSON_STAYS),
    "question_version": (PUBLISHED, PUBLISHED),
    "version_text": (TEXT_PUBLISHED, TEXT_PUBLISHED),
    "resolution": (ALWAYS, ALWAYS),
    "publication": (ALWAYS, ALWAYS),
    "event_log": (ALWAYS, ALWAYS),
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
        "role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("description", sa.String(length=255), nullable=True),
        sa.Column("permissions", sa.UnicodeText(), nullable=True),
        sa.Column(
            "update_datetime", sa.DateTime(), server_default=sa.text("(CURRENT_TIMESTAMP)"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("name", name=op.f("uq_role_name")),
    )
    op.create_table(
        "survey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("reveal", sa.String(), nullable=False),
        sa.Column("reveal_unit", sa.String(), nullable=False),
        sa.Column("publication", sa.String(), nullable=False),
        sa.Column("minimum_cell", sa.Integer(), nullable=False),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("organizers_see_live", sa.Boolean(), nullable=False),
        sa.Column("lowest_probability", sa.Double(), nullable=False),
        sa.Column("highest_probability", sa.Double(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "publication IN ('batched', 'at close', 'live')", name=op.f("ck_survey_publication_known")
        ),
        sa.CheckConstraint(
            "reveal IN ('after answering', 'after close', 'organizers only', 'always')",
            name=op.f("ck_survey_reveal_known"),
        ),
        sa.CheckConstraint("reveal_unit IN ('tied', 'single')", name=op.f("ck_survey_reveal_unit_known")),
        sa.CheckConstraint(
            "visibility IN ('public', 'link', 'invited')", name=op.f("ck_survey_visibility_known")
        ),
        sa.CheckConstraint(
            "0 < lowest_probability AND lowest_probability < highest_probability AND highest_probability < 1",
            name=op.f("ck_survey_probabilities_inside"),
        ),
        sa.CheckConstraint("minimum_cell >= 5", name=op.f("ck_survey_cell_not_too_small")),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_survey_opens_before_it_closes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
        sa.UniqueConstraint("slug", name=op.f("uq_survey_slug")),
    )
    op.create_table(
        "user",
        sa.Column("sign_in_nonce", sa.String(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("username", sa.String(length=255), nullable=True),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("last_login_at", sa.DateTime(), nullable=True),
        sa.Column("current_login_at", sa.DateTime(), nullable=True),
        sa.Column("last_login_ip", sa.String(length=64), nullable=True),
        sa.Column("current_login_ip", sa.String(length=64), nullable=True),
        sa.Column("login_count", sa.Integer(), nullable=True),
        sa.Column("tf_primary_method", sa.String(length=64), nullable=True),
        sa.Column("tf_totp_secret", sa.String(length=255), nullable=True),
        sa.Column("tf_phone_number", sa.String(length=128), nullable=True),
        sa.Column("us_totp_secrets", sa.Text(), nullable=True),
        sa.Column("us_phone_number", sa.String(length=128), nullable=True),
        sa.Column("fs_webauthn_user_handle", sa.String(length=64), nullable=True),
        sa.Column("mf_recovery_codes", sa.UnicodeText(), nullable=True),
        sa.Column(
            "create_datetime", sa.DateTime(), server_default=sa.text("(CURRENT_TIMESTAMP)"), nullable=False
        ),
        sa.Column(
            "update_datetime", sa.DateTime(), server_default=sa.text("(CURRENT_TIMESTAMP)"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_user_fs_uniquifier")),
        sa.UniqueConstraint("fs_webauthn_user_handle", name=op.f("uq_user_fs_webauthn_user_handle")),
        sa.UniqueConstraint("us_phone_number", name=op.f("uq_user_us_phone_number")),
        sa.UniqueConstraint("username", name=op.f("uq_user_username")),
    )
    op.create_table(
        "consent_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_consent_version_survey_id_survey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_version")),
        sa.UniqueConstraint("id", "survey_id", name=op.f("uq_consent_version_id_survey_id")),
        sa.UniqueConstraint("survey_id", "number", name=op.f("uq_consent_version_survey_id_number")),
    )
    op.create_table(
        "event_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_event_log_survey_id_survey")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_event_log_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_log")),
        sa.UniqueConstraint("survey_id", "position", name=op.f("uq_event_log_survey_id_position")),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('owner', 'organizer', 'analyst')", name=op.f("ck_membership_role_known")
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_membership_survey_id_survey")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_membership_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("user_id", "survey_id", name=op.f("uq_membership_user_id_survey_id")),
    )
    op.create_table(
        "participant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("code_hash", sa.String(), nullable=True),
        sa.Column("join_key", sa.String(), nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("insider", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_participant_survey_id_survey")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_participant_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_participant_code_hash")),
        sa.UniqueConstraint("id", "survey_id", name=op.f("uq_participant_id_survey_id")),
        sa.UniqueConstraint("survey_id", "join_key", name=op.f("uq_participant_survey_id_join_key")),
    )
    op.create_table(
        "roles_users",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_roles_users_role_id_role")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_roles_users_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "role_id", name=op.f("pk_roles_users")),
    )
    op.create_table(
        "round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("feedback", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_round_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
        sa.UniqueConstraint("id", "survey_id", name=op.f("uq_round_id_survey_id")),
        sa.UniqueConstraint("survey_id", "number", name=op.f("uq_round_survey_id_number")),
    )
    op.create_table(
        "scenario",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_scenario_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario")),
        sa.UniqueConstraint("id", "survey_id", name=op.f("uq_scenario_id_survey_id")),
        sa.UniqueConstraint("survey_id", "key", name=op.f("uq_scenario_survey_id_key")),
    )
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("manifest_hash", sa.String(), nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_snapshot_by_id_user")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_snapshot_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
    )
    op.create_table(
        "survey_text",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("headline", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("organizer", sa.String(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_text_survey_id_survey")),
        sa.PrimaryKeyConstraint("survey_id", "language", name=op.f("pk_survey_text")),
    )
    op.create_table(
        "theme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_theme_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme")),
        sa.UniqueConstraint("id", "survey_id", name=op.f("uq_theme_id_survey_id")),
        sa.UniqueConstraint("survey_id", "key", name=op.f("uq_theme_survey_id_key")),
    )
    op.create_table(
        "webauthn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(length=1024), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=True),
        sa.Column("transports", sa.UnicodeText(), nullable=True),
        sa.Column("backup_state", sa.Boolean(), nullable=False),
        sa.Column("device_type", sa.String(length=64), nullable=False),
        sa.Column("extensions", sa.String(length=255), nullable=True),
        sa.Column(
            "create_datetime", sa.DateTime(), server_default=sa.text("(CURRENT_TIMESTAMP)"), nullable=False
        ),
        sa.Column("lastuse_datetime", sa.DateTime(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("usage", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_webauthn_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webauthn")),
    )
    with op.batch_alter_table("webauthn", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webauthn_credential_id"), ["credential_id"], unique=True)

    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(participant_id IS NULL) <> (user_id IS NULL)", name=op.f("ck_api_token_speaks_for_one")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id", "survey_id"],
            ["participant.id", "participant.survey_id"],
            name=op.f("fk_api_token_participant_id_survey_id_participant"),
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_api_token_survey_id_survey")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_api_token_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_participant_id"), ["participant_id"], unique=False)

    op.create_table(
        "consent",
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("consent_version_id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consent_version_id", "survey_id"],
            ["consent_version.id", "consent_version.survey_id"],
            name=op.f("fk_consent_consent_version_id_survey_id_consent_version"),
        ),
        sa.ForeignKeyConstraint(
            ["participant_id", "survey_id"],
            ["participant.id", "participant.survey_id"],
            name=op.f("fk_consent_participant_id_survey_id_participant"),
        ),
        sa.PrimaryKeyConstraint("participant_id", "consent_version_id", name=op.f("pk_consent")),
    )
    op.create_table(
        "consent_text",
        sa.Column("consent_version_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consent_version_id"],
            ["consent_version.id"],
            name=op.f("fk_consent_text_consent_version_id_consent_version"),
        ),
        sa.PrimaryKeyConstraint("consent_version_id", "language", name=op.f("pk_consent_text")),
    )
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolves_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scale", sa.String(), nullable=True),
        sa.Column("lower", sa.Double(), nullable=True),
        sa.Column("upper", sa.Double(), nullable=True),
        sa.Column("open_lower", sa.Boolean(), nullable=False),
        sa.Column("open_upper", sa.Boolean(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("quantile_levels", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('numeric', 'date')) = (scale IS NOT NULL AND lower IS NOT NULL AND upper IS NOT NULL)",
            name=op.f("ck_question_numbers_have_a_range"),
        ),
        sa.CheckConstraint(
            "kind IN ('binary', 'choice', 'ordered', 'ladder', 'numeric', 'date', 'pair')",
            name=op.f("ck_question_kind_known"),
        ),
        sa.CheckConstraint("scale <> 'log' OR lower > 0", name=op.f("ck_question_log_scale_above_zero")),
        sa.CheckConstraint(
            "scale IS NULL OR scale IN ('linear', 'log')", name=op.f("ck_question_scale_known")
        ),
        sa.CheckConstraint("lower < upper", name=op.f("ck_question_range_in_order")),
        sa.CheckConstraint(
            "opens_at < closes_at AND closes_at <= resolves_at", name=op.f("ck_question_times_in_order")
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_question_survey_id_survey")),
        sa.ForeignKeyConstraint(
            ["theme_id", "survey_id"],
            ["theme.id", "theme.survey_id"],
            name=op.f("fk_question_theme_id_survey_id_theme"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("id", "survey_id", name=op.f("uq_question_id_survey_id")),
        sa.UniqueConstraint("survey_id", "key", name=op.f("uq_question_survey_id_key")),
    )
    op.create_table(
        "scenario_leaf",
        sa.Column("scenario_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("holds", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scenario_id"], ["scenario.id"], name=op.f("fk_scenario_leaf_scenario_id_scenario")
        ),
        sa.PrimaryKeyConstraint("scenario_id", "position", name=op.f("pk_scenario_leaf")),
    )
    op.create_table(
        "scenario_text",
        sa.Column("scenario_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scenario_id"], ["scenario.id"], name=op.f("fk_scenario_text_scenario_id_scenario")
        ),
        sa.PrimaryKeyConstraint("scenario_id", "part", "language", name=op.f("pk_scenario_text")),
    )
    op.create_table(
        "theme_text",
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_theme_text_theme_id_theme")),
        sa.PrimaryKeyConstraint("theme_id", "language", name=op.f("pk_theme_text")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id", "survey_id"],
            ["question.id", "question.survey_id"],
            name=op.f("fk_event_question_id_survey_id_question"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("id", "question_id", name=op.f("uq_event_id_question_id")),
        sa.UniqueConstraint("id", "survey_id", name=op.f("uq_event_id_survey_id")),
    )
    op.create_table(
        "option",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_holds", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_option_question_id_question")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_option")),
        sa.UniqueConstraint("id", "question_id", name=op.f("uq_option_id_question_id")),
        sa.UniqueConstraint("question_id", "key", name=op.f("uq_option_question_id_key")),
    )
    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id", "survey_id"],
            ["question.id", "question.survey_id"],
            name=op.f("fk_publication_question_id_survey_id_question"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("question_id", "as_of", name=op.f("uq_publication_question_id_as_of")),
        sa.UniqueConstraint("question_id", "number", name=op.f("uq_publication_question_id_number")),
    )
    op.create_table(
        "question_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("substantive", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_question_version_question_id_question")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_version")),
        sa.UniqueConstraint("id", "question_id", name=op.f("uq_question_version_id_question_id")),
        sa.UniqueConstraint("question_id", "number", name=op.f("uq_question_version_question_id_number")),
    )
    op.create_table(
        "relation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'total') = (pair_id IS NOT NULL)", name=op.f("ck_relation_total_names_its_pair")
        ),
        sa.CheckConstraint(
            "kind IN ('implies', 'equals', 'excludes', 'partition', 'total')",
            name=op.f("ck_relation_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["pair_id", "survey_id"],
            ["question.id", "question.survey_id"],
            name=op.f("fk_relation_pair_id_survey_id_question"),
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_relation_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relation")),
        sa.UniqueConstraint("id", "survey_id", name=op.f("uq_relation_id_survey_id")),
        sa.UniqueConstraint("survey_id", "key", name=op.f("uq_relation_survey_id_key")),
    )
    op.create_table(
        "skip",
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("skipped_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id", "survey_id"],
            ["participant.id", "participant.survey_id"],
            name=op.f("fk_skip_participant_id_survey_id_participant"),
        ),
        sa.ForeignKeyConstraint(
            ["question_id", "survey_id"],
            ["question.id", "question.survey_id"],
            name=op.f("fk_skip_question_id_survey_id_question"),
        ),
        sa.PrimaryKeyConstraint("participant_id", "question_id", name=op.f("pk_skip")),
    )
    op.create_table(
        "condition",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id", "survey_id"],
            ["event.id", "event.survey_id"],
            name=op.f("fk_condition_event_id_survey_id_event"),
        ),
        sa.ForeignKeyConstraint(
            ["question_id", "survey_id"],
            ["question.id", "question.survey_id"],
            name=op.f("fk_condition_question_id_survey_id_question"),
        ),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_condition")),
    )
    op.create_table(
        "event_option",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id", "question_id"],
            ["event.id", "event.question_id"],
            name=op.f("fk_event_option_event_id_question_id_event"),
        ),
        sa.ForeignKeyConstraint(
            ["option_id", "question_id"],
            ["option.id", "option.question_id"],
            name=op.f("fk_event_option_option_id_question_id_option"),
        ),
        sa.PrimaryKeyConstraint("event_id", "option_id", name=op.f("pk_event_option")),
    )
    op.create_table(
        "option_text",
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["option_id"], ["option.id"], name=op.f("fk_option_text_option_id_option")),
        sa.PrimaryKeyConstraint("option_id", "language", name=op.f("pk_option_text")),
    )
    op.create_table(
        "relation_event",
        sa.Column("relation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id", "survey_id"],
            ["event.id", "event.survey_id"],
            name=op.f("fk_relation_event_event_id_survey_id_event"),
        ),
        sa.ForeignKeyConstraint(
            ["relation_id", "survey_id"],
            ["relation.id", "relation.survey_id"],
            name=op.f("fk_relation_event_relation_id_survey_id_relation"),
        ),
        sa.PrimaryKeyConstraint("relation_id", "position", name=op.f("pk_relation_event")),
    )
    op.create_table(
        "relation_text",
        sa.Column("relation_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["relation_id"], ["relation.id"], name=op.f("fk_relation_text_relation_id_relation")
        ),
        sa.PrimaryKeyConstraint("relation_id", "language", name=op.f("pk_relation_text")),
    )
    op.create_table(
        "resolution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=True),
        sa.Column("annulled", sa.Boolean(), nullable=False),
        sa.Column("outcome_option_id", sa.Integer(), nullable=True),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("known_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(CASE WHEN annulled THEN 1 ELSE 0 END) + (CASE WHEN outcome_option_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN value IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_resolution_one_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["user.id"], name=op.f("fk_resolution_approved_by_id_user")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_resolution_by_id_user")),
        sa.ForeignKeyConstraint(
            ["option_id", "question_id"],
            ["option.id", "option.question_id"],
            name=op.f("fk_resolution_option_id_question_id_option"),
        ),
        sa.ForeignKeyConstraint(
            ["outcome_option_id", "question_id"],
            ["option.id", "option.question_id"],
            name=op.f("fk_resolution_outcome_option_id_question_id_option"),
        ),
        sa.ForeignKeyConstraint(
            ["question_id", "survey_id"],
            ["question.id", "question.survey_id"],
            name=op.f("fk_resolution_question_id_survey_id_question"),
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["resolution.id"], name=op.f("fk_resolution_supersedes_id_resolution")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolution")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_resolution_supersedes_id")),
    )
    op.create_table(
        "scenario_axis",
        sa.Column("scenario_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("role IN ('axis', 'aside')", name=op.f("ck_scenario_axis_role_known")),
        sa.ForeignKeyConstraint(
            ["event_id", "survey_id"],
            ["event.id", "event.survey_id"],
            name=op.f("fk_scenario_axis_event_id_survey_id_event"),
        ),
        sa.ForeignKeyConstraint(
            ["pair_id", "survey_id"],
            ["question.id", "question.survey_id"],
            name=op.f("fk_scenario_axis_pair_id_survey_id_question"),
        ),
        sa.ForeignKeyConstraint(
            ["scenario_id", "survey_id"],
            ["scenario.id", "scenario.survey_id"],
            name=op.f("fk_scenario_axis_scenario_id_survey_id_scenario"),
        ),
        sa.PrimaryKeyConstraint("scenario_id", "position", name=op.f("pk_scenario_axis")),
    )
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("question_version_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("body_hash", sa.String(), nullable=False),
        sa.Column("input_format", sa.String(), nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("expertise", sa.Integer(), nullable=True),
        sa.Column("crowd_seen", sa.Boolean(), nullable=False),
        sa.Column("seconds_on_page", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.CheckConstraint(
            "action IN ('new', 'update', 'affirm', 'withdraw')", name=op.f("ck_submission_action_known")
        ),
        sa.CheckConstraint(
            "input_format IN ('percent', 'odds', 'one_in_n', 'fraction', 'number', 'date')",
            name=op.f("ck_submission_format_known"),
        ),
        sa.CheckConstraint("confidence BETWEEN 1 AND 5", name=op.f("ck_submission_confidence_1_to_5")),
        sa.CheckConstraint("expertise BETWEEN 1 AND 5", name=op.f("ck_submission_expertise_1_to_5")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_submission_revision_counts_from_one")),
        sa.ForeignKeyConstraint(
            ["participant_id", "survey_id"],
            ["participant.id", "participant.survey_id"],
            name=op.f("fk_submission_participant_id_survey_id_participant"),
        ),
        sa.ForeignKeyConstraint(
            ["question_id", "survey_id"],
            ["question.id", "question.survey_id"],
            name=op.f("fk_submission_question_id_survey_id_question"),
        ),
        sa.ForeignKeyConstraint(
            ["question_version_id", "question_id"],
            ["question_version.id", "question_version.question_id"],
            name=op.f("fk_submission_question_version_id_question_id_question_version"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id", "survey_id"],
            ["round.id", "round.survey_id"],
            name=op.f("fk_submission_round_id_survey_id_round"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("id", "question_id", name=op.f("uq_submission_id_question_id")),
        sa.UniqueConstraint(
            "participant_id", "idempotency_key", name=op.f("uq_submission_participant_id_idempotency_key")
        ),
        sa.UniqueConstraint(
            "participant_id",
            "question_id",
            "revision",
            name=op.f("uq_submission_participant_id_question_id_revision"),
        ),
    )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index(
            "ix_submission_question_id_received_at", ["question_id", "received_at"], unique=False
        )

    op.create_table(
        "version_text",
        sa.Column("question_version_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("short", sa.String(), nullable=False),
        sa.Column("background", sa.String(), nullable=False),
        sa.Column("criteria", sa.String(), nullable=False),
        sa.Column("fine_print", sa.String(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_version_id"],
            ["question_version.id"],
            name=op.f("fk_version_text_question_version_id_question_version"),
        ),
        sa.PrimaryKeyConstraint("question_version_id", "language", name=op.f("pk_version_text")),
    )
    op.create_table(
        "forecast",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("entered", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(substr(part, 1, 1) = 'q' AND value > -1e15 AND value < 1e15) OR (part IN ('p', 'low', 'high', 'others') AND value > 0 AND value < 1)",
            name=op.f("ck_forecast_value_in_range"),
        ),
        sa.ForeignKeyConstraint(
            ["option_id", "question_id"],
            ["option.id", "option.question_id"],
            name=op.f("fk_forecast_option_id_question_id_option"),
        ),
        sa.ForeignKeyConstraint(
            ["question_id", "survey_id"],
            ["question.id", "question.survey_id"],
            name=op.f("fk_forecast_question_id_survey_id_question"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id", "question_id"],
            ["submission.id", "submission.question_id"],
            name=op.f("fk_forecast_submission_id_question_id_submission"),
        ),
        sa.PrimaryKeyConstraint("submission_id", "option_id", "part", name=op.f("pk_forecast")),
    )
    op.create_table(
        "rationale",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_rationale_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_rationale")),
    )
    op.create_table(
        "score",
        sa.Column("resolution_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("coverage", sa.Double(), nullable=False),
        sa.Column("last_day", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id", "survey_id"],
            ["participant.id", "participant.survey_id"],
            name=op.f("fk_score_participant_id_survey_id_participant"),
        ),
        sa.ForeignKeyConstraint(
            ["question_id", "survey_id"],
            ["question.id", "question.survey_id"],
            name=op.f("fk_score_question_id_survey_id_question"),
        ),
        sa.ForeignKeyConstraint(
            ["resolution_id"], ["resolution.id"], name=op.f("fk_score_resolution_id_resolution")
        ),
        sa.PrimaryKeyConstraint("resolution_id", "participant_id", "rule", name=op.f("pk_score")),
    )
    create_triggers()


def downgrade() -> None:
    refuse_while_there_are_answers()
    drop_triggers()
    op.drop_table("score")
    op.drop_table("rationale")
    op.drop_table("forecast")
    op.drop_table("version_text")
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_index("ix_submission_question_id_received_at")

    op.drop_table("submission")
    op.drop_table("scenario_axis")
    op.drop_table("resolution")
    op.drop_table("relation_text")
    op.drop_table("relation_event")
    op.drop_table("option_text")
    op.drop_table("event_option")
    op.drop_table("condition")
    op.drop_table("skip")
    op.drop_table("relation")
    op.drop_table("question_version")
    op.drop_table("publication")
    op.drop_table("option")
    op.drop_table("event")
    op.drop_table("theme_text")
    op.drop_table("scenario_text")
    op.drop_table("scenario_leaf")
    op.drop_table("question")
    op.drop_table("consent_text")
    op.drop_table("consent")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_participant_id"))

    op.drop_table("api_token")
    with op.batch_alter_table("webauthn", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webauthn_credential_id"))

    op.drop_table("webauthn")
    op.drop_table("theme")
    op.drop_table("survey_text")
    op.drop_table("snapshot")
    op.drop_table("scenario")
    op.drop_table("round")
    op.drop_table("roles_users")
    op.drop_table("participant")
    op.drop_table("membership")
    op.drop_table("event_log")
    op.drop_table("consent_version")
    op.drop_table("user")
    op.drop_table("survey")
    op.drop_table("role")


def refuse_while_there_are_answers() -> None:
    """Going below the first tables forgets everything: only on request while there are answers."""
    answers = op.get_bind().scalar(sa.text("SELECT count(*) FROM submission"))
    if answers and os.environ.get("PARLEY_FORGET_ANSWERS") != "yes":
        raise RuntimeError(
            f"{answers} submissions would be lost and nothing was changed;"
            " set PARLEY_FORGET_ANSWERS=yes to drop them all the same"
        )
