"""Terms by which captured events are found, and indexes for events of one's own

Events that were captured before get the terms that they would have got.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from marketplace.domain.epcis_terms import terms_of

revision = "0100"
down_revision = "0098"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_lot_events_by_step": ["organisation_id", "step", "at"],
    "ix_lot_events_by_record": ["organisation_id", "recorded_at"],
    "ix_lot_events_facility_id": ["facility_id"],
}
ROWS = 500


def upgrade() -> None:
    op.create_table(
        "epcis_terms",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("term", sa.String(length=32), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["epcis_events.id"],
            name=op.f("fk_epcis_terms_document_id_epcis_events"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_epcis_terms_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "term", "document_id", name=op.f("pk_epcis_terms")
        ),
    )
    for name, columns in INDEXES.items():
        op.create_index(name, "lot_events", columns)
    _index_the_way("to_organisation_id", "at")
    op.create_index(
        "ix_lot_events_by_wrong",
        "lot_events",
        ["organisation_id", "wrong_at"],
        sqlite_where=sa.text("wrong_at IS NOT NULL"),
        postgresql_where=sa.text("wrong_at IS NOT NULL"),
    )
    _find_what_is_there()


def downgrade() -> None:
    for name in ("ix_lot_events_by_wrong", *INDEXES):
        op.drop_index(name, table_name="lot_events")
    _index_the_way("to_organisation_id")
    op.drop_table("epcis_terms")


def _index_the_way(*columns: str) -> None:
    op.drop_index("ix_lot_events_on_the_way", table_name="lot_events")
    op.create_index(
        "ix_lot_events_on_the_way",
        "lot_events",
        list(columns),
        sqlite_where=sa.text("to_organisation_id IS NOT NULL"),
        postgresql_where=sa.text("to_organisation_id IS NOT NULL"),
    )


def _find_what_is_there() -> None:
    events = sa.table(
        "epcis_events",
        sa.column("id", sa.Integer),
        sa.column("organisation_id", sa.Integer),
        sa.column("event", sa.JSON),
    )
    terms = sa.table(
        "epcis_terms",
        *(sa.column(name) for name in ("organisation_id", "term", "document_id")),
    )
    connection, last = op.get_bind(), 0
    while True:
        wanted = sa.select(events).where(events.c.id > last).order_by(events.c.id)
        rows = connection.execute(wanted.limit(ROWS)).all()
        if not rows:
            return
        last = rows[-1].id
        told: list[dict[str, Any]] = [
            {
                "organisation_id": row.organisation_id,
                "term": term,
                "document_id": row.id,
            }
            for row in rows
            for term in sorted(terms_of(row.event))
        ]
        connection.execute(sa.insert(terms), told)
