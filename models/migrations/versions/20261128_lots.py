"""Lots, their events and the spray diary"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0090"
down_revision = "0088"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("variety_id", sa.Integer(), nullable=True),
        sa.Column("grade_id", sa.Integer(), nullable=True),
        sa.Column("made_kg", sa.BigInteger(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("harvested_from", sa.Date(), nullable=True),
        sa.Column("harvested_to", sa.Date(), nullable=True),
        sa.Column("best_before", sa.Date(), nullable=True),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "harvested_from <= harvested_to", name=op.f("ck_lots_harvest_days_in_order")
        ),
        sa.CheckConstraint("made_kg > 0", name=op.f("ck_lots_made_positive")),
        sa.CheckConstraint(
            "made_on <= best_before", name=op.f("ck_lots_best_before_later")
        ),
        sa.ForeignKeyConstraint(
            ["grade_id"], ["grades.id"], name=op.f("fk_lots_grade_id_grades")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_lots_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_lots_product_id_products")
        ),
        sa.ForeignKeyConstraint(
            ["variety_id"], ["varieties.id"], name=op.f("fk_lots_variety_id_varieties")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lots")),
        sa.UniqueConstraint(
            "organisation_id", "code", name=op.f("uq_lots_organisation_id_code")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_lots_public_id")),
    )
    op.create_index(op.f("ix_lots_code"), "lots", ["code"], unique=False)

    op.create_table(
        "lot_holdings",
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kg", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kg >= 0", name=op.f("ck_lot_holdings_never_below_zero")),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lots.id"], name=op.f("fk_lot_holdings_lot_id_lots")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_lot_holdings_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint(
            "lot_id", "organisation_id", name=op.f("pk_lot_holdings")
        ),
    )
    op.create_index(
        "ix_lot_holdings_organisation",
        "lot_holdings",
        ["organisation_id", "lot_id"],
        unique=False,
    )

    op.create_table(
        "sprays",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("plot_id", sa.Integer(), nullable=True),
        sa.Column("sprayed_on", sa.Date(), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=False),
        sa.Column("substance", sa.String(length=200), nullable=False),
        sa.Column("dose", sa.String(length=200), nullable=False),
        sa.Column("against", sa.String(length=200), nullable=False),
        sa.Column("interval_days", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrong_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(wrong_at IS NULL) = (wrong_reason = '')",
            name=op.f("ck_sprays_wrong_says_why"),
        ),
        sa.CheckConstraint(
            "interval_days BETWEEN 0 AND 120", name=op.f("ck_sprays_interval_in_band")
        ),
        sa.ForeignKeyConstraint(
            ["area_id"],
            ["growing_areas.id"],
            name=op.f("fk_sprays_area_id_growing_areas"),
        ),
        sa.ForeignKeyConstraint(
            ["by_user_id"], ["users.id"], name=op.f("fk_sprays_by_user_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["plot_id"], ["plots.id"], name=op.f("fk_sprays_plot_id_plots")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sprays")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sprays_public_id")),
    )
    op.create_index("ix_sprays_area", "sprays", ["area_id", "sprayed_on"], unique=False)

    op.create_table(
        "lot_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "harvest",
                "receive",
                "sort",
                "pack",
                "dry",
                "treat",
                "store",
                "ship",
                "arrive",
                "sell",
                "destroy",
                name="lotstep",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        sa.Column("facility_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("temperature_c", sa.Numeric(precision=4, scale=1), nullable=True),
        sa.Column("vehicle", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("from_name", sa.String(length=200), nullable=False),
        sa.Column("from_place", sa.String(length=200), nullable=False),
        sa.Column("their_code", sa.String(length=64), nullable=False),
        sa.Column("to_organisation_id", sa.Integer(), nullable=True),
        sa.Column("to_name", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answers_id", sa.Integer(), nullable=True),
        sa.Column("note_id", sa.Integer(), nullable=True),
        sa.Column("in_kg", sa.BigInteger(), nullable=False),
        sa.Column("out_kg", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("wrong_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrong_reason", sa.Text(), nullable=False),
        sa.Column("wrong_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(step = 'arrive') = (answers_id IS NOT NULL)",
            name=op.f("ck_lot_events_arrives_from_somebody"),
        ),
        sa.CheckConstraint(
            "(wrong_at IS NULL) = (wrong_reason = '')",
            name=op.f("ck_lot_events_wrong_says_why"),
        ),
        sa.CheckConstraint(
            "step <> 'destroy' OR reason <> ''",
            name=op.f("ck_lot_events_destroyed_for_why"),
        ),
        sa.CheckConstraint(
            "step <> 'dry' OR out_kg <= in_kg", name=op.f("ck_lot_events_drying_loses")
        ),
        sa.CheckConstraint(
            "step <> 'receive' OR from_name <> ''",
            name=op.f("ck_lot_events_one_step_back"),
        ),
        sa.CheckConstraint(
            "step <> 'ship' OR to_organisation_id IS NOT NULL OR to_name <> ''",
            name=op.f("ck_lot_events_one_step_forward"),
        ),
        sa.CheckConstraint(
            "step = 'ship' OR to_organisation_id IS NULL",
            name=op.f("ck_lot_events_only_shipped_to_some"),
        ),
        sa.CheckConstraint(
            "step NOT IN ('sort', 'pack', 'arrive') OR out_kg * 50 <= in_kg * 51",
            name=op.f("ck_lot_events_nothing_out_of_nothing"),
        ),
        sa.CheckConstraint(
            "(wrong_at IS NULL) = (wrong_by_id IS NULL)",
            name=op.f("ck_lot_events_wrong_by_somebody"),
        ),
        sa.CheckConstraint(
            "in_kg >= 0 AND out_kg >= 0",
            name=op.f("ck_lot_events_weights_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["answers_id"],
            ["lot_events.id"],
            name=op.f("fk_lot_events_answers_id_lot_events"),
        ),
        sa.ForeignKeyConstraint(
            ["by_user_id"], ["users.id"], name=op.f("fk_lot_events_by_user_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facilities.id"],
            name=op.f("fk_lot_events_facility_id_facilities"),
        ),
        sa.ForeignKeyConstraint(
            ["note_id"],
            ["delivery_notes.id"],
            name=op.f("fk_lot_events_note_id_delivery_notes"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_lot_events_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["to_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_lot_events_to_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["wrong_by_id"], ["users.id"], name=op.f("fk_lot_events_wrong_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_events")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lot_events_public_id")),
    )
    op.create_index(
        "ix_lot_events_by", "lot_events", ["organisation_id", "at"], unique=False
    )
    op.create_index(
        op.f("ix_lot_events_note_id"), "lot_events", ["note_id"], unique=False
    )
    op.create_index(
        "ix_lot_events_on_the_way",
        "lot_events",
        ["to_organisation_id"],
        unique=False,
        sqlite_where=sa.text("to_organisation_id IS NOT NULL"),
        postgresql_where=sa.text("to_organisation_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_lot_events_recorded_at"), "lot_events", ["recorded_at"], unique=False
    )
    op.create_index(
        "uq_lot_events_answered_once",
        "lot_events",
        ["answers_id"],
        unique=True,
        sqlite_where=sa.text("wrong_at IS NULL AND answers_id IS NOT NULL"),
        postgresql_where=sa.text("wrong_at IS NULL AND answers_id IS NOT NULL"),
    )

    op.create_table(
        "lot_links",
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "parent_id < child_id", name=op.f("ck_lot_links_older_to_younger")
        ),
        sa.ForeignKeyConstraint(
            ["child_id"], ["lots.id"], name=op.f("fk_lot_links_child_id_lots")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["lot_events.id"],
            name=op.f("fk_lot_links_event_id_lot_events"),
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["lots.id"], name=op.f("fk_lot_links_parent_id_lots")
        ),
        sa.PrimaryKeyConstraint("child_id", "parent_id", name=op.f("pk_lot_links")),
    )
    op.create_index(
        op.f("ix_lot_links_event_id"), "lot_links", ["event_id"], unique=False
    )
    op.create_index(
        "ix_lot_links_parent", "lot_links", ["parent_id", "child_id"], unique=False
    )

    op.create_table(
        "lot_origins",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("plot_id", sa.Integer(), nullable=True),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("harvest_id", sa.Integer(), nullable=True),
        sa.Column("kg", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kg > 0", name=op.f("ck_lot_origins_kilograms_positive")),
        sa.ForeignKeyConstraint(
            ["area_id"],
            ["growing_areas.id"],
            name=op.f("fk_lot_origins_area_id_growing_areas"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["lot_events.id"],
            name=op.f("fk_lot_origins_event_id_lot_events"),
        ),
        sa.ForeignKeyConstraint(
            ["harvest_id"],
            ["harvests.id"],
            name=op.f("fk_lot_origins_harvest_id_harvests"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_lot_origins_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["plot_id"], ["plots.id"], name=op.f("fk_lot_origins_plot_id_plots")
        ),
        sa.PrimaryKeyConstraint("event_id", "number", name=op.f("pk_lot_origins")),
    )
    op.create_index(
        op.f("ix_lot_origins_area_id"), "lot_origins", ["area_id"], unique=False
    )
    op.create_index(
        op.f("ix_lot_origins_plot_id"), "lot_origins", ["plot_id"], unique=False
    )

    op.create_table(
        "lot_parts",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "input",
                "output",
                "seen",
                name="partrole",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("kg", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kg > 0 OR role = 'seen'", name=op.f("ck_lot_parts_kilograms_positive")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["lot_events.id"],
            name=op.f("fk_lot_parts_event_id_lot_events"),
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lots.id"], name=op.f("fk_lot_parts_lot_id_lots")
        ),
        sa.PrimaryKeyConstraint("event_id", "number", name=op.f("pk_lot_parts")),
        sa.UniqueConstraint(
            "event_id", "role", "lot_id", name=op.f("uq_lot_parts_event_id_role_lot_id")
        ),
    )
    op.create_index(
        "ix_lot_parts_lot", "lot_parts", ["lot_id", "event_id"], unique=False
    )


def downgrade() -> None:
    for table in (
        *("lot_parts", "lot_origins", "lot_links", "lot_events", "sprays"),
        *("lot_holdings", "lots"),
    ):
        op.drop_table(table)
