"""the campaign studio"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from service import db

revision: str = "5dc8fc052804"
down_revision: str | None = "cc132419bedf"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "spending_period",
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("cap", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("spent", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reserved", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "spent + reserved <= cap AND spent >= 0 AND reserved >= 0",
            name=op.f("ck_spending_period_within_cap"),
        ),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_spending_period")),
    )
    op.create_table(
        "price",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("carrier", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=5), nullable=False),
        sa.Column("vnd", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_price_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price")),
    )
    with op.batch_alter_table("price", schema=None) as batch_op:
        batch_op.create_index("uq_price", ["carrier", "channel", "valid_from"], unique=True)

    op.create_table(
        "special_day",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("area_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_special_day_area_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_special_day_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_day")),
    )
    with op.batch_alter_table("special_day", schema=None) as batch_op:
        batch_op.create_index("ix_special_day", ["day", "kind"], unique=False)

    op.create_table(
        "employer_paper",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("employer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_employer_paper_employer_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_employer_paper_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer_paper")),
    )
    with op.batch_alter_table("employer_paper", schema=None) as batch_op:
        batch_op.create_index("ix_employer_paper_employer", ["employer_id"], unique=False)

    op.create_table(
        "campaign_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_version_campaign_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_campaign_version_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_version")),
    )
    with op.batch_alter_table("campaign_version", schema=None) as batch_op:
        batch_op.create_index("ix_campaign_version_campaign", ["campaign_id", "id"], unique=False)

    op.create_table(
        "approval",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("price_vnd", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("verdict", sa.String(length=3), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("verdict IN ('yes', 'no')", name=op.f("ck_approval_verdict")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_approval_campaign_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_approval_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.create_index("ix_approval_campaign", ["campaign_id", "id"], unique=False)

    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.add_column(sa.Column("departs_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("lodging", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("food", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("requirements", sa.String(length=500), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("papers", sa.String(length=500), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("law_class", sa.String(length=20), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("law_reason", sa.String(length=300), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("law_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("law_at", db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("follows_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("follows", sa.String(length=20), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("notice", sa.String(length=40), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("closed_at", db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("starts_at", db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("waves", sa.String(length=10), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("open_wave", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(
            sa.Column("cap_vnd", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("tell_rest", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_foreign_key(batch_op.f("fk_campaign_follows_id"), "campaign", ["follows_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_campaign_law_by"), "staff", ["law_by"], ["id"])

    with op.batch_alter_table("employer", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("checked_how", sa.String(length=300), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("entered_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_foreign_key(batch_op.f("fk_employer_entered_by"), "staff", ["entered_by"], ["id"])

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("wave", sa.Integer(), nullable=False, server_default="1"))
        batch_op.drop_index("uq_message_attempt")
        batch_op.create_index(
            "uq_message_attempt", ["campaign_id", "phone_id", "channel", "kind", "attempt"], unique=True
        )


def downgrade() -> None:
    raise NotImplementedError("one goes back by restoring the backup")
