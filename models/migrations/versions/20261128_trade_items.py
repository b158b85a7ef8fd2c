"""Trade items and their GTINs, places, pallets, and reports about boxes"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0092"
down_revision = "0091"
branch_labels = None
depends_on = None

NOTICE = "box_reported"


def upgrade() -> None:
    op.create_table(
        "gs1_prefixes",
        sa.Column("organisation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("next_serial", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "length(prefix) BETWEEN 7 AND 12",
            name=op.f("ck_gs1_prefixes_seven_to_twelve"),
        ),
        sa.CheckConstraint(
            "next_serial >= 0", name=op.f("ck_gs1_prefixes_serial_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_gs1_prefixes_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_gs1_prefixes")),
        sa.UniqueConstraint("prefix", name=op.f("uq_gs1_prefixes_prefix")),
    )
    op.create_table(
        "trade_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("variety_id", sa.Integer(), nullable=True),
        sa.Column("grade_id", sa.Integer(), nullable=True),
        sa.Column("name_vi", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("brand", sa.String(length=200), nullable=False),
        sa.Column("net_g", sa.Integer(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "unit",
                "case",
                "pallet",
                name="packlevel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name_vi <> ''", name=op.f("ck_trade_items_named")),
        sa.CheckConstraint(
            "net_g BETWEEN 1 AND 1500000", name=op.f("ck_trade_items_net_in_band")
        ),
        sa.ForeignKeyConstraint(
            ["grade_id"], ["grades.id"], name=op.f("fk_trade_items_grade_id_grades")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_trade_items_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name=op.f("fk_trade_items_product_id_products"),
        ),
        sa.ForeignKeyConstraint(
            ["variety_id"],
            ["varieties.id"],
            name=op.f("fk_trade_items_variety_id_varieties"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_items")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trade_items_public_id")),
    )
    with op.batch_alter_table("trade_items", schema=None) as batch_op:
        batch_op.create_index(
            "ix_trade_items_organisation",
            ["organisation_id", "product_id"],
            unique=False,
        )

    op.create_table(
        "box_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column(
            "complaint",
            sa.Enum(
                "other_goods",
                "copied_label",
                "spoiled",
                "short_weight",
                "made_ill",
                "something_else",
                name="boxcomplaint",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (answer = '')",
            name=op.f("ck_box_reports_closed_with_words"),
        ),
        sa.CheckConstraint(
            "closed_at IS NULL OR contact = ''",
            name=op.f("ck_box_reports_contact_only_while_open"),
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL)",
            name=op.f("ck_box_reports_closed_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"],
            ["users.id"],
            name=op.f("fk_box_reports_closed_by_id_users"),
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lots.id"], name=op.f("fk_box_reports_lot_id_lots")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_box_reports")),
        sa.UniqueConstraint("public_id", name=op.f("uq_box_reports_public_id")),
    )
    with op.batch_alter_table("box_reports", schema=None) as batch_op:
        batch_op.create_index("ix_box_reports_lot", ["lot_id", "at"], unique=False)

    op.create_table(
        "lot_items",
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["trade_items.id"],
            name=op.f("fk_lot_items_item_id_trade_items"),
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lots.id"], name=op.f("fk_lot_items_lot_id_lots")
        ),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_lot_items")),
    )
    with op.batch_alter_table("lot_items", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_lot_items_item_id"), ["item_id"], unique=False
        )

    op.create_table(
        "place_numbers",
        sa.Column("gln", sa.String(length=13), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "length(gln) = 13", name=op.f("ck_place_numbers_thirteen_digits")
        ),
        sa.CheckConstraint(
            "valid_from <= valid_to", name=op.f("ck_place_numbers_days_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facilities.id"],
            name=op.f("fk_place_numbers_facility_id_facilities"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_place_numbers_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("gln", name=op.f("pk_place_numbers")),
    )
    with op.batch_alter_table("place_numbers", schema=None) as batch_op:
        batch_op.create_index(
            "uq_place_numbers_facility_now",
            ["facility_id"],
            unique=True,
            sqlite_where=sa.text("valid_to IS NULL"),
            postgresql_where=sa.text("valid_to IS NULL"),
        )
        batch_op.create_index(
            "uq_place_numbers_organisation_now",
            ["organisation_id"],
            unique=True,
            sqlite_where=sa.text("valid_to IS NULL AND facility_id IS NULL"),
            postgresql_where=sa.text("valid_to IS NULL AND facility_id IS NULL"),
        )

    op.create_table(
        "ssccs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sscc", sa.String(length=18), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(sscc) = 18", name=op.f("ck_ssccs_eighteen_digits")),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lots.id"], name=op.f("fk_ssccs_lot_id_lots")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_ssccs_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ssccs")),
        sa.UniqueConstraint("sscc", name=op.f("uq_ssccs_sscc")),
    )
    with op.batch_alter_table("ssccs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ssccs_lot_id"), ["lot_id"], unique=False)

    op.create_table(
        "trade_item_gtins",
        sa.Column("gtin", sa.String(length=14), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "length(gtin) = 14", name=op.f("ck_trade_item_gtins_fourteen_digits")
        ),
        sa.CheckConstraint(
            "valid_from <= valid_to", name=op.f("ck_trade_item_gtins_days_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["trade_items.id"],
            name=op.f("fk_trade_item_gtins_item_id_trade_items"),
        ),
        sa.PrimaryKeyConstraint("gtin", name=op.f("pk_trade_item_gtins")),
    )
    with op.batch_alter_table("trade_item_gtins", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_trade_item_gtins_item_id"), ["item_id"], unique=False
        )
        batch_op.create_index(
            "uq_trade_item_gtins_printed_now",
            ["item_id"],
            unique=True,
            sqlite_where=sa.text("valid_to IS NULL"),
            postgresql_where=sa.text("valid_to IS NULL"),
        )
    _tell(lambda known: [*known, *(one for one in [NOTICE] if one not in known)])


def downgrade() -> None:
    for table in ("notices", "letters"):
        rows = sa.table(table, sa.column("kind"))
        op.execute(sa.delete(rows).where(rows.c.kind == NOTICE))
    _tell(lambda known: [one for one in known if one != NOTICE])
    op.drop_table("trade_item_gtins")
    op.drop_table("ssccs")
    op.drop_table("place_numbers")
    op.drop_table("lot_items")
    op.drop_table("box_reports")
    op.drop_table("trade_items")
    op.drop_table("gs1_prefixes")


def _tell(change) -> None:  # type: ignore[no-untyped-def]
    """Widen or narrow the kinds of notices from those that the table knows now."""
    for table in ("notices", "letters"):
        name = f"ck_{table}_noticekind"
        checks = sa.inspect(op.get_bind()).get_check_constraints(table)
        text = next(one["sqltext"] for one in checks if one["name"] == name)
        kinds = change(re.findall(r"'([a-z_]+)'", text))
        listed = ", ".join(f"'{kind}'" for kind in kinds)
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(op.f(name), type_="check")
            batch_op.create_check_constraint(op.f(name), sa.text(f"kind IN ({listed})"))
