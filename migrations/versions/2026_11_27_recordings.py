"""recordings of what is said in calls, confirmed by a second speaker"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from service import db

revision: str = "e41a7c60d5f2"
down_revision: str | None = "c4e8a1f07d25"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "recording",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("words", sa.String(length=4000), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("before_db", sa.Integer(), nullable=False),
        sa.Column("after_db", sa.Integer(), nullable=False),
        sa.Column("peaks", sa.JSON(), nullable=False),
        sa.Column("meaning_vi", sa.String(length=2000), nullable=False),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirmed_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("withdrawn_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_recording_campaign_id")),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_recording_made_by")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["staff.id"], name=op.f("fk_recording_confirmed_by")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["staff.id"], name=op.f("fk_recording_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
    )
    fixed, of_one = sa.text("campaign_id IS NULL"), sa.text("campaign_id IS NOT NULL")
    op.create_index(
        "uq_recording_prompt_version",
        "recording",
        ["part", "language", "version"],
        unique=True,
        sqlite_where=fixed,
        postgresql_where=fixed,
    )
    op.create_index(
        "uq_recording_campaign_version",
        "recording",
        ["campaign_id", "part", "language", "version"],
        unique=True,
        sqlite_where=of_one,
        postgresql_where=of_one,
    )


def downgrade() -> None:
    raise NotImplementedError("one goes back by restoring the backup")
