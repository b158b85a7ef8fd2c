"""A digest for inspections, and indexes to find a record by its digest

Inspections written before are given the content that they would have been given.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from marketplace.domain.canonical import canonical_bytes, digest_of

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INDEXED = ("contract_versions", "delivery_notes", "inspections")


def upgrade() -> None:
    with op.batch_alter_table("inspections") as batch_op:
        batch_op.add_column(sa.Column("content", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("digest", sa.String(length=64), nullable=True))
    _seal_what_is_there()
    with op.batch_alter_table("inspections") as batch_op:
        batch_op.alter_column("content", existing_type=sa.Text(), nullable=False)
        batch_op.alter_column(
            "digest", existing_type=sa.String(length=64), nullable=False
        )
    for table in INDEXED:
        with op.batch_alter_table(table) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{table}_digest"), ["digest"])


def downgrade() -> None:
    for table in INDEXED:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_index(batch_op.f(f"ix_{table}_digest"))
    with op.batch_alter_table("inspections") as batch_op:
        batch_op.drop_column("digest")
        batch_op.drop_column("content")


def _seal_what_is_there() -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.text(_FINDINGS)).mappings().all():
        content = _content(row, connection)
        connection.execute(
            sa.text("UPDATE inspections SET content = :content, digest = :digest"
                    " WHERE id = :id"),
            {
                "id": row["id"],
                "content": canonical_bytes(content).decode(),
                "digest": digest_of(content),
            },
        )  # fmt: skip


def _content(row: Any, connection: sa.Connection) -> dict[str, Any]:
    parts = connection.execute(sa.text(_PARTS), {"id": row["id"]}).mappings()
    by = {"organisation": row["organisation"], "person": row["person"]}
    return {
        "note": row["note"],
        "inspection": row["number"],
        "reason": row["reason"],
        "at": _instant(row["at"]),
        "by": by if row["person"] and row["organisation"] else None,
        "parts": [dict(part) for part in parts],
    }


def _instant(stored: Any) -> datetime:
    """SQLite hands out text without a zone, which is UTC."""
    moment = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_FINDINGS = """
SELECT i.id, i.number, i.reason, i.at, n.digest AS note,
    u.name AS person, o.name AS organisation
FROM inspections i JOIN delivery_notes n ON n.id = i.note_id
LEFT JOIN users u ON u.id = i.by_user_id
LEFT JOIN organisations o ON o.id = i.by_organisation_id
ORDER BY i.id
"""
_PARTS = """
SELECT coalesce(g.code, '') AS grade, coalesce(g.name_vi, '') AS name_vi,
    coalesce(g.name_en, '') AS name_en, p.kg, p.outcome, p.deduction_vnd, p.reason
FROM inspection_parts p LEFT JOIN grades g ON g.id = p.grade_id
WHERE p.inspection_id = :id ORDER BY p.number
"""
