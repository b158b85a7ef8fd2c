"""Holds, recalls and drills of them, and the notices that tell of them"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0094"
down_revision = "0093_epcis"
branch_labels = None
depends_on = None

TOLD = (
    "recall_opened",
    "recall_drill",
    "recall_late",
    "recall_answered",
    "recall_to_lift",
    "recall_closed",
)


def upgrade() -> None:
    for table in ("notices", "letters"):
        _set_kinds(table, [*_kinds(table), *TOLD])
    op.create_table(
        "recalls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "hold",
                "recall",
                name="recallkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "lifting",
                "closed",
                name="recallstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=False),
        sa.Column("by_officer", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifting_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)",
            name=op.f("ck_recalls_closed_when_said"),
        ),
        sa.CheckConstraint(
            "NOT by_officer OR drill OR state <> 'closed' OR closed_by_id <> lifting_by_id",
            name=op.f("ck_recalls_four_eyes"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_recalls_says_why")),
        sa.CheckConstraint(
            "state <> 'lifting' OR lifting_by_id IS NOT NULL",
            name=op.f("ck_recalls_lifting_by_somebody"),
        ),
        sa.CheckConstraint(
            "state = 'open' OR outcome <> ''", name=op.f("ck_recalls_lifted_for_why")
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL)",
            name=op.f("ck_recalls_closed_by_somebody"),
        ),
        sa.CheckConstraint(
            "opened_at <= listed_at", name=op.f("ck_recalls_listed_after_opened")
        ),
        sa.ForeignKeyConstraint(
            ["by_user_id"], ["users.id"], name=op.f("fk_recalls_by_user_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["users.id"], name=op.f("fk_recalls_closed_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["lifting_by_id"], ["users.id"], name=op.f("fk_recalls_lifting_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_recalls_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recalls")),
        sa.UniqueConstraint("public_id", name=op.f("uq_recalls_public_id")),
    )
    with op.batch_alter_table("recalls", schema=None) as batch_op:
        batch_op.create_index(
            "ix_recalls_organisation", ["organisation_id", "opened_at"], unique=False
        )

    op.create_table(
        "recall_answers",
        sa.Column("recall_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_kg", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("isolated_kg", sa.BigInteger(), nullable=False),
        sa.Column("destroyed_kg", sa.BigInteger(), nullable=False),
        sa.Column("returned_kg", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by_id IS NULL)",
            name=op.f("ck_recall_answers_answered_by_somebody"),
        ),
        sa.CheckConstraint(
            "isolated_kg >= 0 AND destroyed_kg >= 0 AND returned_kg >= 0",
            name=op.f("ck_recall_answers_kilograms_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["users.id"],
            name=op.f("fk_recall_answers_answered_by_id_users"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_recall_answers_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["recall_id"],
            ["recalls.id"],
            name=op.f("fk_recall_answers_recall_id_recalls"),
        ),
        sa.PrimaryKeyConstraint(
            "recall_id", "organisation_id", name=op.f("pk_recall_answers")
        ),
    )
    with op.batch_alter_table("recall_answers", schema=None) as batch_op:
        batch_op.create_index(
            "ix_recall_answers_organisation", ["organisation_id"], unique=False
        )

    op.create_table(
        "recall_lots",
        sa.Column("recall_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lots.id"], name=op.f("fk_recall_lots_lot_id_lots")
        ),
        sa.ForeignKeyConstraint(
            ["recall_id"], ["recalls.id"], name=op.f("fk_recall_lots_recall_id_recalls")
        ),
        sa.PrimaryKeyConstraint("recall_id", "lot_id", name=op.f("pk_recall_lots")),
    )
    with op.batch_alter_table("recall_lots", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_recall_lots_lot_id"), ["lot_id"], unique=False
        )

    op.create_table(
        "recall_shares",
        sa.Column("recall_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("kg", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sender_id", sa.Integer(), nullable=True),
        sa.Column(
            "whereabout",
            sa.Enum(
                "stock",
                "on_the_way",
                "outside",
                "sold",
                "destroyed",
                name="whereabout",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("kg > 0", name=op.f("ck_recall_shares_kilograms_positive")),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lots.id"], name=op.f("fk_recall_shares_lot_id_lots")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_recall_shares_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["recall_id"],
            ["recalls.id"],
            name=op.f("fk_recall_shares_recall_id_recalls"),
        ),
        sa.ForeignKeyConstraint(
            ["sender_id"],
            ["organisations.id"],
            name=op.f("fk_recall_shares_sender_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("recall_id", "number", name=op.f("pk_recall_shares")),
    )


def downgrade() -> None:
    op.drop_table("recall_shares")
    with op.batch_alter_table("recall_lots", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recall_lots_lot_id"))

    op.drop_table("recall_lots")
    with op.batch_alter_table("recall_answers", schema=None) as batch_op:
        batch_op.drop_index("ix_recall_answers_organisation")

    op.drop_table("recall_answers")
    with op.batch_alter_table("recalls", schema=None) as batch_op:
        batch_op.drop_index("ix_recalls_organisation")

    op.drop_table("recalls")
    for table in ("notices", "letters"):
        _set_kinds(table, [one for one in _kinds(table) if one not in TOLD])


def _kinds(table: str) -> list[str]:
    """The kinds that the table knows now, whatever other branches added."""
    checks = sa.inspect(op.get_bind()).get_check_constraints(table)
    name = f"ck_{table}_noticekind"
    text = next(one["sqltext"] for one in checks if one["name"] == name)
    return re.findall(r"'([a-z_]+)'", text)


def _set_kinds(table: str, kinds: list[str]) -> None:
    name = f"ck_{table}_noticekind"
    listed = ", ".join(f"'{one}'" for one in dict.fromkeys(kinds))
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(op.f(name), type_="check")
        batch_op.create_check_constraint(op.f(name), sa.text(f"kind IN ({listed})"))
