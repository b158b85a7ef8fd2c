"""What a lead does about a fault: who, until when, done, accepted"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None

TABLE = "corrective_actions"
CHECKS = {
    "says_what_and_who": "what <> '' AND person <> ''",
    "due_after_planned": "due_on >= planned_on",
    "done_by_somebody": "(done_on IS NULL) = (done_by_id IS NULL)",
    "accepted_by_somebody": "(accepted_on IS NULL) = (accepted_by_id IS NULL)",
    "accepted_once_done": "accepted_on IS NULL OR done_on IS NOT NULL",
    "four_eyes": "accepted_by_id IS NULL OR accepted_by_id <> done_by_id",
}
# Column -> the table it points to, and whether it may be empty.
KEYS = {
    "chain_id": ("chains", False),
    "finding_id": ("nonconformities", False),
    "planned_by_id": ("users", False),
    "done_by_id": ("users", True),
    "accepted_by_id": ("users", True),
}


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *(
            sa.Column(key, sa.Integer(), nullable=empty)
            for key, (_, empty) in KEYS.items()
        ),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}"))
            for name, rule in CHECKS.items()
        ),
        *(
            sa.ForeignKeyConstraint(
                [key], [f"{other}.id"], name=op.f(f"fk_{TABLE}_{key}_{other}")
            )
            for key, (other, _) in KEYS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint(
            "chain_id", "number", name=op.f(f"uq_{TABLE}_chain_id_number")
        ),
    )
    op.create_index(f"ix_{TABLE}_due_on", TABLE, ["due_on"])
    op.create_index(op.f(f"ix_{TABLE}_finding_id"), TABLE, ["finding_id"])


def downgrade() -> None:
    op.drop_table(TABLE)
