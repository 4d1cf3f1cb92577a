"""alarms"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from service import db

revision: str = "9d2f4b6c8e13"
down_revision: str | None = "7c1e0d5a9b42"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "alarm",
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("about", sa.String(length=60), nullable=False),
        sa.Column("machine", sa.String(length=40), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("since", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("over_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("told_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("busy_until", db.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", "about", "machine", name=op.f("pk_alarm")),
    )
    where = sa.text("deed = 'message.duplicate'")
    op.create_index(
        "ix_history_duplicate",
        "history",
        ["at"],
        unique=False,
        sqlite_where=where,
        postgresql_where=where,
    )


def downgrade() -> None:
    raise NotImplementedError("one goes back by restoring the backup")
