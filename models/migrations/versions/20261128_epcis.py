"""Keys for software, and events of EPCIS that it captured"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0093_epcis"
down_revision = "0092"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("may_write", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by_id IS NULL)",
            name=op.f("ck_api_keys_revoked_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_api_keys_created_by_id_users"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_api_keys_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by_id"],
            ["users.id"],
            name=op.f("fk_api_keys_revoked_by_id_users"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_keys_digest")),
        sa.UniqueConstraint("public_id", name=op.f("uq_api_keys_public_id")),
    )
    op.create_index(
        op.f("ix_api_keys_organisation_id"),
        "api_keys",
        ["organisation_id"],
        unique=False,
    )

    op.create_table(
        "epcis_captures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column(
            "behaviour",
            sa.Enum(
                "rollback",
                "proceed",
                name="errorbehaviour",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("success", sa.Boolean(), nullable=True),
        sa.Column("errors", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (success IS NULL)",
            name=op.f("ck_epcis_captures_finished_well_or_not"),
        ),
        sa.ForeignKeyConstraint(
            ["key_id"], ["api_keys.id"], name=op.f("fk_epcis_captures_key_id_api_keys")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_epcis_captures_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_epcis_captures")),
        sa.UniqueConstraint(
            "organisation_id",
            "digest",
            name=op.f("uq_epcis_captures_organisation_id_digest"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_epcis_captures_public_id")),
    )
    op.create_table(
        "epcis_classes",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("uri", sa.String(length=500), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lots.id"], name=op.f("fk_epcis_classes_lot_id_lots")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_epcis_classes_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "uri", name=op.f("pk_epcis_classes")
        ),
    )
    op.create_index(
        op.f("ix_epcis_classes_lot_id"), "epcis_classes", ["lot_id"], unique=False
    )

    op.create_table(
        "epcis_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("capture_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=500), nullable=False),
        sa.Column("declares_error", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("event", sa.JSON(), nullable=False),
        sa.Column("event_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lot_event_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["capture_id"],
            ["epcis_captures.id"],
            name=op.f("fk_epcis_events_capture_id_epcis_captures"),
        ),
        sa.ForeignKeyConstraint(
            ["lot_event_id"],
            ["lot_events.id"],
            name=op.f("fk_epcis_events_lot_event_id_lot_events"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_epcis_events_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_epcis_events")),
        sa.UniqueConstraint(
            "organisation_id",
            "event_id",
            "declares_error",
            name=op.f("uq_epcis_events_organisation_id_event_id_declares_error"),
        ),
    )
    op.create_index(
        "ix_epcis_events_by_record",
        "epcis_events",
        ["organisation_id", "record_time", "id"],
        unique=False,
    )
    op.create_index(
        "ix_epcis_events_by_time",
        "epcis_events",
        ["organisation_id", "event_time", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_epcis_events_lot_event_id"),
        "epcis_events",
        ["lot_event_id"],
        unique=False,
    )

    op.create_table(
        "epcis_names",
        sa.Column("lot_event_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["lot_event_id"],
            ["lot_events.id"],
            name=op.f("fk_epcis_names_lot_event_id_lot_events"),
        ),
        sa.PrimaryKeyConstraint("lot_event_id", name=op.f("pk_epcis_names")),
    )
    op.create_index(
        op.f("ix_epcis_names_event_id"), "epcis_names", ["event_id"], unique=False
    )


def downgrade() -> None:
    for table in (
        *("epcis_names", "epcis_events", "epcis_classes", "epcis_captures", "api_keys"),
    ):
        op.drop_table(table)
