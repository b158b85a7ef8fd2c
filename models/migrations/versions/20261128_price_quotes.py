"""Dated price quotes instead of weekly market references

The weeks become quotes of their Mondays, for any grade, without an author. That
they held from the first hour of their week is as much as is known of them.
"""

from __future__ import annotations

from datetime import UTC, datetime, time

import sqlalchemy as sa
from alembic import op

from marketplace.domain.text import fold
from models.database import new_public_id

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = ("product_id", "market_id", "grade_rank", "day")
# The markets that the reference data know by these codes; others are numbered.
KNOWN = {
    "Chợ đầu mối Long Biên": ("long_bien", "Long Bien wholesale market", 1),
    "Thu mua tại vườn": ("farm_gate", "Farm gate", 2),
    "Nhà máy tinh bột": ("starch_plant", "Starch plant", 3),
    "Chào giá tại cơ sở": ("processor", "Quotes of processors", 4),
}
NO_SOURCE = "Không ghi nguồn"


def upgrade() -> None:
    _create_markets()
    _create_quotes()
    _carry_over()
    op.drop_table("market_references")
    _let_prices_move()


def _create_markets() -> None:
    op.create_table(
        "price_markets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name_vi", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_markets")),
        sa.UniqueConstraint("code", name=op.f("uq_price_markets_code")),
        sa.UniqueConstraint("name_vi", name=op.f("uq_price_markets_name_vi")),
    )


def _create_quotes() -> None:
    op.create_table(
        "price_quotes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("market_id", sa.Integer(), nullable=False),
        sa.Column("grade_rank", sa.Integer(), nullable=False),
        sa.Column("known_grade", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("previous", sa.Integer(), nullable=True),
        sa.Column("low_vnd", sa.BigInteger(), nullable=False),
        sa.Column("high_vnd", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("source_folded", sa.String(length=200), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        *_checks(),
        *_keys(),
    )
    with op.batch_alter_table("price_quotes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_price_quotes_market_id"), ["market_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_price_quotes_product_id_day"),
            ["product_id", "day"],
            unique=False,
        )


def _checks() -> list[sa.CheckConstraint]:
    rules = {
        "low_to_high": "0 < low_vnd AND low_vnd <= high_vnd",
        "version_positive": "version > 0",
        "only_the_first_has_none": "(version = 1) = (previous IS NULL)",
        "follows_its_predecessor": "previous = version - 1",
        "reason_if_and_only_if_corrected": "(version = 1) = (reason = '')",
        "withdrawn_by_correction": "version > 1 OR NOT withdrawn",
        "source_given": "source <> ''",
        "grade_is_known_or_any": "grade_rank = coalesce(known_grade, 0)",
    }
    return [
        sa.CheckConstraint(rule, name=op.f(f"ck_price_quotes_{name}"))
        for name, rule in rules.items()
    ]


def _keys() -> list[sa.Constraint]:
    return [
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_quotes")),
        sa.UniqueConstraint("public_id", name=op.f("uq_price_quotes_public_id")),
        sa.UniqueConstraint(
            *KEY,
            "version",
            name=op.f("uq_price_quotes_product_id_market_id_grade_rank_day_version"),
        ),
        sa.ForeignKeyConstraint(
            [*KEY, "previous"],
            [f"price_quotes.{name}" for name in (*KEY, "version")],
            name=op.f("fk_price_quotes_product_id_price_quotes"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id", "known_grade"],
            ["grades.product_id", "grades.rank"],
            name=op.f("fk_price_quotes_product_id_grades"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name=op.f("fk_price_quotes_product_id_products"),
        ),
        sa.ForeignKeyConstraint(
            ["market_id"],
            ["price_markets.id"],
            name=op.f("fk_price_quotes_market_id_price_markets"),
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"],
            ["users.id"],
            name=op.f("fk_price_quotes_entered_by_id_users"),
        ),
    ]


def _carry_over() -> None:
    bind, tables = op.get_bind(), sa.MetaData()
    tables.reflect(bind, only=["market_references", "price_markets", "price_quotes"])
    old, markets = tables.tables["market_references"], tables.tables["price_markets"]
    rows = bind.execute(sa.select(old).order_by(old.c.id)).mappings().all()
    ids: dict[str, int] = {}
    for name in dict.fromkeys(row["market_name"] for row in rows):
        number = len(ids) + 1
        code, english, position = KNOWN.get(name, (f"market_{number}", name, 100))
        ids[name] = number
        bind.execute(
            sa.insert(markets).values(
                id=number, code=code, name_vi=name, name_en=english, position=position
            )
        )
    if ids and bind.dialect.name == "postgresql":
        wanted = "SELECT setval(pg_get_serial_sequence('price_markets', 'id'), :last)"
        bind.execute(sa.text(wanted), {"last": len(ids)})
    for row in rows:
        quotes = tables.tables["price_quotes"]
        bind.execute(sa.insert(quotes).values(_quote(row, ids[row["market_name"]])))


def _quote(row: sa.RowMapping, market_id: int) -> dict[str, object]:
    source = row["source"].strip()[:200] or NO_SOURCE
    return {
        "public_id": new_public_id(),
        "product_id": row["product_id"],
        "market_id": market_id,
        "grade_rank": 0,
        "day": row["week"],
        "version": 1,
        "low_vnd": row["low_vnd"],
        "high_vnd": row["high_vnd"],
        "source": source,
        "source_folded": fold(source),
        "link": "",
        "reason": "",
        "withdrawn": False,
        "entered_at": datetime.combine(row["week"], time(), UTC),
    }


MOVING = {
    "pricemode": "price_mode IN ('fixed', 'floor', 'market')",
    "share_in_band": "share_pct BETWEEN 0 AND 100",
    "a_moving_price_names_its_market": (
        "(price_mode = 'fixed') = (reference_market_id IS NULL)"
    ),
}


def _let_prices_move() -> None:
    """An offer says how its price moves, and after which market."""
    with op.batch_alter_table("offers") as batch_op:
        mode = sa.Column(
            "price_mode", sa.String(32), nullable=False, server_default="fixed"
        )
        batch_op.add_column(mode)
        share = sa.Column("share_pct", sa.Integer(), nullable=False, server_default="0")
        batch_op.add_column(share)
        batch_op.add_column(sa.Column("reference_market_id", sa.Integer()))
    with op.batch_alter_table("offers") as batch_op:
        batch_op.alter_column("price_mode", server_default=None)
        batch_op.alter_column("share_pct", server_default=None)
        batch_op.create_foreign_key(
            op.f("fk_offers_reference_market_id_price_markets"),
            "price_markets",
            ["reference_market_id"],
            ["id"],
        )
        for name, rule in MOVING.items():
            batch_op.create_check_constraint(op.f(f"ck_offers_{name}"), sa.text(rule))


def downgrade() -> None:
    """Back to weeks: what counts of each Monday for any grade; the rest is lost."""
    with op.batch_alter_table("offers") as batch_op:
        for name in MOVING:
            batch_op.drop_constraint(op.f(f"ck_offers_{name}"), type_="check")
        key = op.f("fk_offers_reference_market_id_price_markets")
        batch_op.drop_constraint(key, type_="foreignkey")
        for column in ("price_mode", "share_pct", "reference_market_id"):
            batch_op.drop_column(column)
    op.create_table(
        "market_references",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("market_name", sa.String(length=200), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("low_vnd", sa.BigInteger(), nullable=False),
        sa.Column("high_vnd", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "0 < low_vnd AND low_vnd <= high_vnd",
            name=op.f("ck_market_references_low_to_high"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name=op.f("fk_market_references_product_id_products"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_market_references")),
        sa.UniqueConstraint(
            "product_id",
            "market_name",
            "week",
            name=op.f("uq_market_references_product_id_market_name_week"),
        ),
    )
    op.execute(_WEEKS)
    # The functions of PostgreSQL's triggers do not go with the table.
    op.drop_table("price_quotes")
    op.drop_table("price_markets")


_WEEKS = """
INSERT INTO market_references
    (product_id, market_name, week, low_vnd, high_vnd, source)
SELECT q.product_id, m.name_vi, q.day, q.low_vnd, q.high_vnd, q.source
FROM price_quotes q JOIN price_markets m ON m.id = q.market_id
WHERE q.grade_rank = 0 AND NOT q.withdrawn AND NOT EXISTS (
    SELECT 1 FROM price_quotes n
    WHERE n.product_id = q.product_id AND n.market_id = q.market_id
    AND n.grade_rank = q.grade_rank AND n.day = q.day AND n.version > q.version)
"""
