"""who of a household answered, where the call asked"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from service import db

revision: str = "8b1f60c3d972"
down_revision: str | None = "5d0c7be91a34"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("reply") as reply:
        reply.add_column(
            sa.Column("person_id", db.Id, sa.ForeignKey("person.id", name="fk_reply_person_id_person"))
        )


def downgrade() -> None:
    raise NotImplementedError("one goes back by restoring the backup")
