"""Which event corrects a wrong one, and what is told of pallets"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lot_corrections",
        sa.Column("wrong_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["wrong_id"],
            ["lot_events.id"],
            name=op.f("fk_lot_corrections_wrong_id_lot_events"),
        ),
        sa.PrimaryKeyConstraint(
            "wrong_id", "event_id", name=op.f("pk_lot_corrections")
        ),
    )
    with op.batch_alter_table("ssccs") as batch_op:
        batch_op.add_column(sa.Column("ship_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("emptied_at", sa.DateTime(timezone=True), nullable=True)
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_ssccs_ship_id_lot_events"), "lot_events", ["ship_id"], ["id"]
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_ssccs_emptied_later"), "drawn_at <= emptied_at"
        )
        batch_op.create_index(batch_op.f("ix_ssccs_ship_id"), ["ship_id"])
    with op.batch_alter_table("epcis_events") as batch_op:
        batch_op.alter_column("capture_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("sscc_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_epcis_events_sscc_id_ssccs"), "ssccs", ["sscc_id"], ["id"]
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_epcis_events_captured_or_of_a_pallet"),
            "(capture_id IS NULL) = (sscc_id IS NOT NULL)",
        )
        batch_op.create_index(batch_op.f("ix_epcis_events_sscc_id"), ["sscc_id"])


def downgrade() -> None:
    told = sa.table("epcis_events", sa.column("id"), sa.column("capture_id"))
    terms = sa.table("epcis_terms", sa.column("document_id"))
    own = sa.select(told.c.id).where(told.c.capture_id.is_(None))
    op.execute(sa.delete(terms).where(terms.c.document_id.in_(own)))
    op.execute(sa.delete(told).where(told.c.capture_id.is_(None)))
    with op.batch_alter_table("epcis_events") as batch_op:
        batch_op.drop_index(batch_op.f("ix_epcis_events_sscc_id"))
        batch_op.drop_constraint(
            batch_op.f("ck_epcis_events_captured_or_of_a_pallet"), type_="check"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_epcis_events_sscc_id_ssccs"), type_="foreignkey"
        )
        batch_op.drop_column("sscc_id")
        batch_op.alter_column("capture_id", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("ssccs") as batch_op:
        batch_op.drop_index(batch_op.f("ix_ssccs_ship_id"))
        batch_op.drop_constraint(batch_op.f("ck_ssccs_emptied_later"), type_="check")
        batch_op.drop_constraint(
            batch_op.f("fk_ssccs_ship_id_lot_events"), type_="foreignkey"
        )
        batch_op.drop_column("emptied_at")
        batch_op.drop_column("ship_id")
    op.drop_table("lot_corrections")
