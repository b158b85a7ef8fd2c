"""Plans for later seasons of a contract, and the notices that speak of them"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLE = "season_plans"
NOTICES = ("seasons_proposed", "seasons_answered")
RULES = {
    "numbered_from_one": "number > 0",
    "several_seasons": "seasons >= 2",
    "a_moving_price_names_its_market": "keeps_price OR market <> ''",
    "closed_when_answered": "(state = 'proposed') = (closed_at IS NULL)",
    "a_version_if_and_only_if_agreed": "(state = 'agreed') = (version IS NOT NULL)",
    "a_refusal_says_why": "(state = 'refused') = (answer <> '')",
}


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        _words("state", "seasonplanstate", "proposed agreed refused withdrawn"),
        sa.Column("seasons", sa.Integer(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("keeps_price", sa.Boolean(), nullable=False),
        sa.Column("market", sa.String(length=64), nullable=False),
        _words("proposed_by", "side", "seller buyer"),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}"))
            for name, rule in RULES.items()
        ),
        _key("contract_id", "contracts"),
        _key("proposed_by_id", "users"),
        sa.ForeignKeyConstraint(
            ["contract_id", "version"],
            ["contract_versions.contract_id", "contract_versions.version"],
            name=op.f(f"fk_{TABLE}_contract_id_contract_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint(
            "contract_id", "number", name=op.f(f"uq_{TABLE}_contract_id_number")
        ),
    )
    op.create_index(op.f(f"ix_{TABLE}_contract_id"), TABLE, ["contract_id"])
    op.create_index(
        "uq_season_plans_open",
        TABLE,
        ["contract_id"],
        unique=True,
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )
    _tell(lambda known: [*known, *(one for one in NOTICES if one not in known)])


def downgrade() -> None:
    for table in ("notices", "letters"):
        rows = sa.table(table, sa.column("kind"))
        op.execute(sa.delete(rows).where(rows.c.kind.in_(NOTICES)))
    _tell(lambda known: [one for one in known if one not in NOTICES])
    op.drop_table(TABLE)


def _words(column: str, name: str, members: str) -> sa.Column[str]:
    kind = sa.Enum(
        *members.split(),
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
    )
    return sa.Column(column, kind, nullable=False)


def _key(column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{TABLE}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)


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
