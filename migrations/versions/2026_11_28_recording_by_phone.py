"""calls in which a member of staff records, and what was recorded in them"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from service import db

revision: str = "b83f2a6e4c91"
down_revision: str | None = "9b3fe2c4a871"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "recording_call",
        sa.Column("id", db.Id, nullable=False),
        sa.Column("message_id", db.Id, nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("campaign_id", db.Id, nullable=True),
        sa.Column("words", sa.String(length=4000), nullable=False),
        sa.Column("staff_id", db.Id, nullable=False),
        sa.Column("made_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("recording_id", db.Id, nullable=True),
        sa.Column("problem", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_recording_call_campaign_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_recording_call_staff_id")),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_recording_call_recording_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_call")),
    )
    op.create_index("ix_recording_call_message", "recording_call", ["message_id", "id"])
    op.create_index("ix_recording_call_place", "recording_call", ["part", "language", "campaign_id", "id"])
    op.create_table(
        "recording_take",
        sa.Column("id", db.Id, nullable=False),
        sa.Column("message_id", db.Id, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("carrier", sa.String(length=20), nullable=False),
        sa.Column("carrier_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("problem", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("before_db", sa.Integer(), nullable=False),
        sa.Column("after_db", sa.Integer(), nullable=False),
        sa.Column("peaks", sa.JSON(), nullable=False),
        sa.Column("made_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("forgotten_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_take")),
    )
    op.create_index("uq_recording_take", "recording_take", ["carrier", "carrier_id"], unique=True)
    op.create_index("ix_recording_take_message", "recording_take", ["message_id", "number"])
    op.create_index("ix_recording_take_due", "recording_take", ["forgotten_at", "due"])


def downgrade() -> None:
    raise NotImplementedError("one goes back by restoring the backup")
