"""several attempts to reach one recipient, of which one counts"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "8c1f0b6a42d7"
down_revision: str | None = "5b0c93d1e7a4"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("replaced", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.drop_index("ix_message_campaign_state")
        batch_op.create_index(
            "ix_message_campaign_state",
            ["campaign_id", "state", "due", "id", "kind", "replaced"],
            unique=False,
        )

    with op.batch_alter_table("budget", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "promised",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                nullable=False,
                server_default="0",
            )
        )
    op.execute(
        "UPDATE budget SET promised = COALESCE((SELECT SUM(price_vnd) FROM message"
        " WHERE message.campaign_id = budget.campaign_id AND state NOT IN ('skipped', 'cancelled')), 0)"
    )


def downgrade() -> None:
    raise NotImplementedError("one goes back by restoring the backup")
