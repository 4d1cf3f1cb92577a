"""the registry as offices keep it"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from service import db

revision: str = "cc132419bedf"
down_revision: str | None = "a35b4340931d"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "forgotten_number",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("opted_out_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_forgotten_number")),
    )
    op.create_table(
        "consent_file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_consent_file_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_file")),
    )
    op.create_table(
        "list_shape",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("used_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_list_shape_staff_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_list_shape")),
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("area_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hamlet_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("consent_words", sa.String(length=500), nullable=False),
        sa.Column("others", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_meeting_area_id")),
        sa.ForeignKeyConstraint(["hamlet_id"], ["area.id"], name=op.f("fk_meeting_hamlet_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_meeting_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index("ix_meeting_day", ["held_on", "id"], unique=False)

    op.create_table(
        "people_group",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("choice", sa.JSON(), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_people_group_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_group")),
    )
    with op.batch_alter_table("people_group", schema=None) as batch_op:
        batch_op.create_index("uq_people_group_name", ["name"], unique=True)

    op.create_table(
        "attendance",
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_attendance_meeting_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attendance_person_id")),
        sa.PrimaryKeyConstraint("meeting_id", "person_id", name=op.f("pk_attendance")),
    )
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.create_index("ix_attendance_person", ["person_id"], unique=False)

    op.create_table(
        "former_phone",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("phone_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("raw", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_former_phone_person_id")),
        sa.ForeignKeyConstraint(["phone_id"], ["phone.id"], name=op.f("fk_former_phone_phone_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_former_phone_staff_id")),
        sa.PrimaryKeyConstraint("person_id", "phone_id", name=op.f("pk_former_phone")),
    )
    with op.batch_alter_table("former_phone", schema=None) as batch_op:
        batch_op.create_index("ix_former_phone_phone", ["phone_id"], unique=False)

    op.create_table(
        "group_member",
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["people_group.id"], name=op.f("fk_group_member_group_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_group_member_person_id")),
        sa.PrimaryKeyConstraint("group_id", "person_id", name=op.f("pk_group_member")),
    )
    with op.batch_alter_table("group_member", schema=None) as batch_op:
        batch_op.create_index("ix_group_member_person", ["person_id"], unique=False)

    op.create_table(
        "import_person",
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(length=10), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_import_person_batch_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_import_person_person_id")),
        sa.PrimaryKeyConstraint("batch_id", "person_id", name=op.f("pk_import_person")),
    )
    with op.batch_alter_table("import_person", schema=None) as batch_op:
        batch_op.create_index("ix_import_person_person", ["person_id"], unique=False)

    op.create_table(
        "person_merge",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kept_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("gone_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("undone_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["gone_id"], ["person.id"], name=op.f("fk_person_merge_gone_id")),
        sa.ForeignKeyConstraint(["kept_id"], ["person.id"], name=op.f("fk_person_merge_kept_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_person_merge_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merge")),
    )
    with op.batch_alter_table("person_merge", schema=None) as batch_op:
        batch_op.create_index("ix_person_merge_gone", ["gone_id"], unique=False)
        batch_op.create_index("ix_person_merge_kept", ["kept_id"], unique=False)

    op.create_table(
        "person_tag",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_tag_person_id")),
        sa.PrimaryKeyConstraint("person_id", "kind", "code", name=op.f("pk_person_tag")),
    )
    with op.batch_alter_table("person_tag", schema=None) as batch_op:
        batch_op.create_index("ix_person_tag_code", ["kind", "code", "person_id"], unique=False)

    op.create_table(
        "rights_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("done_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_rights_request_person_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_rights_request_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_request")),
    )
    with op.batch_alter_table("rights_request", schema=None) as batch_op:
        batch_op.create_index("ix_rights_request_due", ["done_at", "due"], unique=False)
        batch_op.create_index("ix_rights_request_person", ["person_id"], unique=False)

    op.create_table(
        "two_people",
        sa.Column("first_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("second_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["first_id"], ["person.id"], name=op.f("fk_two_people_first_id")),
        sa.ForeignKeyConstraint(["second_id"], ["person.id"], name=op.f("fk_two_people_second_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_two_people_staff_id")),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_two_people")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.add_column(sa.Column("guardian", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_foreign_key(batch_op.f("fk_consent_file_id"), "consent_file", ["file_id"], ["id"])
        batch_op.create_index(
            "ix_consent_phone",
            ["phone_id"],
            unique=False,
            sqlite_where=sa.text("phone_id IS NOT NULL"),
            postgresql_where=sa.text("phone_id IS NOT NULL"),
        )

    with op.batch_alter_table("area", schema=None) as batch_op:
        batch_op.add_column(sa.Column("home", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.add_column(sa.Column("file", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("choices", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("edits", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("seen", sa.JSON(), nullable=False, server_default="{}"))

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("guardian", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("channel", sa.String(length=5), nullable=True))
        batch_op.add_column(sa.Column("hours_from", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("hours_to", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("said_yes_at", db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("placed_at", db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("listed", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.create_index(
            "ix_person_find", ["sort_key", "id", "listed", "search_key", "area_id"], unique=False
        )
        batch_op.create_index("ix_person_hamlet", ["hamlet_id", "sort_key", "id"], unique=False)

    with op.batch_alter_table("person_phone", schema=None) as batch_op:
        batch_op.add_column(sa.Column("owner", sa.String(length=60), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("verified_at", db.UtcDateTime(timezone=True), nullable=True))

    with op.batch_alter_table("phone", schema=None) as batch_op:
        batch_op.add_column(sa.Column("no_sms_at", db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("no_voice_at", db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("contacted_at", db.UtcDateTime(timezone=True), nullable=True))

    _fill()


def _fill() -> None:
    """What the new columns mirror is known already from other tables."""
    for statement in (
        "UPDATE person_phone SET verified_at = (SELECT created_at FROM person WHERE person.id = person_phone.person_id)",
        "UPDATE phone SET contacted_at = (SELECT max(dispatched_at) FROM message WHERE message.phone_id = phone.id)",
        "UPDATE person SET said_yes_at = (SELECT max(created_at) FROM interest WHERE interest.person_id = person.id"
        " AND interest.state = 'open')",
        "UPDATE person SET placed_at = (SELECT max(created_at) FROM placement WHERE placement.person_id = person.id)",
    ):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("one goes back by restoring the backup")
