"""Notes that one side confirms on the other side's device"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

HOST = "fk_note_confirmations_host_user_id_users"


def upgrade() -> None:
    with op.batch_alter_table("note_confirmations") as batch_op:
        batch_op.add_column(sa.Column("host_user_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f(HOST), "users", ["host_user_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("note_confirmations") as batch_op:
        batch_op.drop_constraint(op.f(HOST), type_="foreignkey")
        batch_op.drop_column("host_user_id")
