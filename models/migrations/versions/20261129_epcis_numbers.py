"""Numbers by which captured events are found, and the fields of their extensions

Events that were captured before say by themselves what the prefixes of their document
stand for, and get the terms and the numbers that they would have got.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from marketplace.domain.epcis_checks import prefixes_of
from marketplace.domain.epcis_contexts import with_context
from marketplace.domain.epcis_terms import numbers_of, terms_of

revision = "0115"
down_revision = "0111"
branch_labels = None
depends_on = None

ROWS = 500
EVENTS = sa.table(
    "epcis_events",
    sa.column("id", sa.Integer),
    sa.column("organisation_id", sa.Integer),
    sa.column("capture_id", sa.Integer),
    sa.column("event", sa.JSON),
)
CAPTURES = sa.table(
    "epcis_captures", sa.column("id", sa.Integer), sa.column("document", sa.JSON)
)
TERMS = sa.table(
    "epcis_terms",
    *(sa.column(name) for name in ("organisation_id", "term", "document_id")),
)
NUMBERS = sa.table(
    "epcis_numbers",
    *(
        sa.column(name)
        for name in ("organisation_id", "measure", "number", "document_id")
    ),
)


def upgrade() -> None:
    op.create_table(
        "epcis_numbers",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Double(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["epcis_events.id"],
            name=op.f("fk_epcis_numbers_document_id_epcis_events"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_epcis_numbers_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint(
            *("organisation_id", "measure", "number", "document_id"),
            name=op.f("pk_epcis_numbers"),
        ),
    )
    op.create_index(
        "ix_epcis_numbers_document",
        "epcis_numbers",
        ["document_id", "measure", "number"],
    )
    _find_what_is_there(op.get_bind())


def downgrade() -> None:
    op.drop_table("epcis_numbers")


def _find_what_is_there(connection: sa.Connection) -> None:
    connection.execute(sa.delete(TERMS))
    documents = EVENTS.outerjoin(CAPTURES, CAPTURES.c.id == EVENTS.c.capture_id)
    wanted = sa.select(EVENTS, CAPTURES.c.document).select_from(documents)
    wanted, last = wanted.order_by(EVENTS.c.id).limit(ROWS), 0
    while rows := connection.execute(wanted.where(EVENTS.c.id > last)).all():
        last = rows[-1].id
        for row in rows:
            _find(connection, row)


def _find(connection: sa.Connection, row: Any) -> None:
    prefixes = prefixes_of((row.document or {}).get("@context"))
    event = with_context(row.event, prefixes)
    if event != row.event:
        same = sa.update(EVENTS).where(EVENTS.c.id == row.id)
        connection.execute(same.values(event=event))
    about = {"organisation_id": row.organisation_id, "document_id": row.id}
    terms = [{**about, "term": one} for one in sorted(terms_of(event))]
    numbers = [
        {**about, "measure": measure, "number": number}
        for measure, number in sorted(numbers_of(event))
    ]
    connection.execute(sa.insert(TERMS), terms)
    if numbers:
        connection.execute(sa.insert(NUMBERS), numbers)
