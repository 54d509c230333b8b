"""Who runs a survey: contact, legal basis and how long answers are kept; the words the bank shipped with named nobody."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261128_who_asks"
down_revision: str | None = "20261128_drafts"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None

NAMED_NOBODY = {
    "en": "This survey is run by the organization that installed it; its name and a contact address belong here.",
    "uk": "Це опитування проводить організація, яка його встановила; тут мають стояти її назва й контактна адреса.",
}
COLUMNS = ("contact", "legal_basis", "kept_until")

words = sa.table("survey_text", sa.column("language", sa.String()), sa.column("organizer", sa.String()))


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column(
            "survey_text", sa.Column(name, sa.String(), server_default=sa.text("''"), nullable=False)
        )
    for language, placeholder in NAMED_NOBODY.items():
        op.execute(
            words.update()
            .where(words.c.language == language, words.c.organizer == placeholder)
            .values(organizer="")
        )


def downgrade() -> None:
    for language, placeholder in NAMED_NOBODY.items():
        op.execute(
            words.update()
            .where(words.c.language == language, words.c.organizer == "")
            .values(organizer=placeholder)
        )
    for name in reversed(COLUMNS):
        op.drop_column("survey_text", name)
