"""campaigns that call, and how much of a call was heard"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from service import db

revision: str = "c4e8a1f07d25"
down_revision: str | None = "b3d95e7c1a60"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("campaign", sa.Column("channel", sa.String(length=5), nullable=False, server_default="sms"))
    op.create_table(
        "call",
        sa.Column("message_id", db.Id, nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("answered_by", sa.String(length=10), nullable=False),
        sa.Column("heard", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_call_message_id_message")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_call")),
    )


def downgrade() -> None:
    raise NotImplementedError("one goes back by restoring the backup")
