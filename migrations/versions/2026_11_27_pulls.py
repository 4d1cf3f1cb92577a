"""when a carrier's list of received messages was last read"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from service import db

revision: str = "b3d95e7c1a60"
down_revision: str | None = "9d2f4b6c8e13"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "inbound_pull",
        sa.Column("carrier", sa.String(length=20), nullable=False),
        sa.Column("pulled_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("carrier", name=op.f("pk_inbound_pull")),
    )


def downgrade() -> None:
    raise NotImplementedError("one goes back by restoring the backup")
