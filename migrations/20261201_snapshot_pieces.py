"""The files of a snapshot are kept in pieces, so that none is ever in memory whole."""

import hashlib
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261201_snapshot_pieces"
down_revision: str | None = "20261130_kept_clashes"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None

PIECE = 1_048_576

old = sa.table(
    "snapshot_file", sa.column("snapshot_id"), sa.column("name"), sa.column("content", sa.LargeBinary())
)
new = sa.table(
    "kept_file",
    sa.column("snapshot_id"),
    sa.column("name"),
    sa.column("pieces"),
    sa.column("size"),
    sa.column("sha256"),
    sa.column("packed", sa.Boolean()),
)
piece = sa.table(
    "snapshot_piece",
    sa.column("pieces"),
    sa.column("position"),
    sa.column("snapshot_id"),
    sa.column("content", sa.LargeBinary()),
)


def upgrade() -> None:
    op.create_table(
        "snapshot_piece",
        sa.Column("pieces", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_snapshot_piece_snapshot_id_snapshot")
        ),
        sa.PrimaryKeyConstraint("pieces", "position", name=op.f("pk_snapshot_piece")),
    )
    op.create_index(op.f("ix_snapshot_piece_snapshot_id"), "snapshot_piece", ["snapshot_id"])
    op.create_table(
        "kept_file",
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("pieces", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("packed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_snapshot_file_snapshot_id_snapshot")
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "name", name=op.f("pk_kept_file")),
    )
    store = op.get_bind()
    for snapshot_id, name in store.execute(sa.select(old.c.snapshot_id, old.c.name)).all():
        content = store.scalar(sa.select(old.c.content).filter_by(snapshot_id=snapshot_id, name=name))
        content, pieces = bytes(content or b""), f"{snapshot_id} {name}"
        for position, start in enumerate(range(0, len(content), PIECE)):
            part = content[start : start + PIECE]
            store.execute(
                piece.insert().values(pieces=pieces, position=position, snapshot_id=snapshot_id, content=part)
            )
        digest = hashlib.sha256(content).hexdigest()
        store.execute(
            new.insert().values(
                snapshot_id=snapshot_id,
                name=name,
                pieces=pieces,
                size=len(content),
                sha256=digest,
                packed=True,
            )
        )
    op.drop_table("snapshot_file")
    op.rename_table("kept_file", "snapshot_file")
    if store.dialect.name == "postgresql":
        op.execute("ALTER TABLE snapshot_file RENAME CONSTRAINT pk_kept_file TO pk_snapshot_file")


def downgrade() -> None:
    store = op.get_bind()
    op.create_table(
        "whole_file",
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_snapshot_file_snapshot_id_snapshot")
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "name", name=op.f("pk_whole_file")),
    )
    kept = sa.table(
        "snapshot_file", *(sa.column(name) for name in ("snapshot_id", "name", "pieces", "packed"))
    )
    whole = sa.table("whole_file", sa.column("snapshot_id"), sa.column("name"), sa.column("content"))
    # Of a bundle nothing is left: what stood before knew none.
    for one in store.execute(sa.select(kept).where(kept.c.packed)).all():
        parts = store.scalars(
            sa.select(piece.c.content).where(piece.c.pieces == one.pieces).order_by(piece.c.position)
        )
        content = b"".join(map(bytes, parts))
        store.execute(whole.insert().values(snapshot_id=one.snapshot_id, name=one.name, content=content))
    op.drop_table("snapshot_file")
    op.rename_table("whole_file", "snapshot_file")
    if store.dialect.name == "postgresql":
        op.execute("ALTER TABLE snapshot_file RENAME CONSTRAINT pk_whole_file TO pk_snapshot_file")
    op.drop_table("snapshot_piece")
