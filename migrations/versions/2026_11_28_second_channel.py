"""what follows the first message or call of a campaign, and what a missed call to it means"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "5d0c7be91a34"
down_revision: str | None = "e41a7c60d5f2"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("campaign", sa.Column("second", sa.String(length=5), nullable=False, server_default=""))
    op.add_column("campaign", sa.Column("second_after_h", sa.Integer(), nullable=False, server_default="24"))
    op.add_column(
        "campaign", sa.Column("missed_call", sa.String(length=7), nullable=False, server_default="call_me")
    )


def downgrade() -> None:
    raise NotImplementedError("one goes back by restoring the backup")
