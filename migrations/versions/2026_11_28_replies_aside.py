"""a reply may end the messages beside what else it says; what nobody need read is marked"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "9b3fe2c4a871"
down_revision: str | None = "b7d91f0c42ae"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("reply", sa.Column("stops", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("reply", sa.Column("aside", sa.String(length=12), nullable=False, server_default=""))
    reply = sa.table("reply", sa.column("meaning", sa.String), sa.column("stops", sa.Boolean))
    op.execute(reply.update().where(reply.c.meaning == "stop").values(stops=True))


def downgrade() -> None:
    raise NotImplementedError("one goes back by restoring the backup")
