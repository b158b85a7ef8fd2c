"""A proposal's two sides are those whose harvest and whose offer it is"""

from __future__ import annotations

from alembic import op

revision = "0108"
down_revision = "0103"
branch_labels = None
depends_on = None

SIDES = (("seller_id", "harvest_id", "harvests"), ("buyer_id", "offer_id", "offers"))


def upgrade() -> None:
    for _, _, table in SIDES:
        with op.batch_alter_table(table) as batch_op:
            name = op.f(f"uq_{table}_id_organisation_id")
            batch_op.create_unique_constraint(name, ["id", "organisation_id"])
    with op.batch_alter_table("proposals") as batch_op:
        for side, post, table in SIDES:
            for name in (_key(side, "organisations"), _key(post, table)):
                batch_op.drop_constraint(name, type_="foreignkey")
            whose = ["id", "organisation_id"]
            batch_op.create_foreign_key(_key(post, table), table, [post, side], whose)


def downgrade() -> None:
    with op.batch_alter_table("proposals") as batch_op:
        for side, post, table in SIDES:
            batch_op.drop_constraint(_key(post, table), type_="foreignkey")
            for one, target in ((post, table), (side, "organisations")):
                key = _key(one, target)
                batch_op.create_foreign_key(key, target, [one], ["id"])
    for _, _, table in SIDES:
        with op.batch_alter_table(table) as batch_op:
            name = op.f(f"uq_{table}_id_organisation_id")
            batch_op.drop_constraint(name, type_="unique")


def _key(column: str, table: str) -> str:
    return str(op.f(f"fk_proposals_{column}_{table}"))
