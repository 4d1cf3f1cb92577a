"""what a trial call says"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "b7d91f0c42ae"
down_revision: str | None = "8b1f60c3d972"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "trial_call",
        sa.Column(
            "message_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_trial_call")),
    )


def downgrade() -> None:
    raise NotImplementedError("one goes back by restoring the backup")
