"""Price quotes in the database: what it forbids, and what became of old weeks."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from models.price_quotes import PriceQuote
from tests import markets, servers
from tools.postgres import create_database

MINE = "0003"
MONDAY = date(2026, 2, 23)


@pytest.mark.parametrize(
    ("over", "constraint"),
    [
        ({"low_vnd": 0}, "low_to_high"),
        ({"low_vnd": -1}, "low_to_high"),
        ({"low_vnd": 20_001}, "low_to_high"),
        ({"source": ""}, "source_given"),
        ({"version": 0, "previous": -1, "reason": "x"}, "version_positive"),
        ({"version": 2, "reason": "x"}, "only_the_first_has_none"),
        ({"previous": 0}, "only_the_first_has_none"),
        ({"version": 3, "previous": 1, "reason": "x"}, "follows_its_predecessor"),
        ({"version": 2, "previous": 1}, "reason_if_and_only_if_corrected"),
        ({"reason": "x"}, "reason_if_and_only_if_corrected"),
        ({"withdrawn": True}, "withdrawn_by_correction"),
        ({"grade_rank": 1, "known_grade": None}, "grade_is_known_or_any"),
    ],
)
def test_what_no_quote_may_be_is_forbidden(session, make, over, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        make.quote(**({"low_vnd": 15_000, "high_vnd": 20_000} | over))


@pytest.mark.parametrize(
    "over",
    [
        {},  # a second first version
        {"version": 2, "previous": 1, "reason": "x", "day": MONDAY},  # of nothing
        {"grade_rank": 9},  # of a grade that the product has not
    ],
)
def test_versions_are_one_chain_of_one_key(session, make, over):
    make.quote(15_000, 20_000)

    with pytest.raises(IntegrityError):
        make.quote(16_000, 21_000, **over)


def test_a_version_is_corrected_once(session, make):
    make.quote(15_000, 20_000)
    second = {"version": 2, "previous": 1, "reason": "Gõ nhầm"}
    make.quote(16_000, 21_000, **second)

    with pytest.raises(IntegrityError):
        make.quote(17_000, 22_000, **second)


def test_no_quote_is_changed(session, make):
    make.quote(15_000, 20_000)

    with pytest.raises(DBAPIError, match="tr_price_quotes_no_update"):
        session.execute(sa.update(PriceQuote).values(low_vnd=1))


def test_no_quote_is_removed(session, make):
    make.quote(15_000, 20_000)

    with pytest.raises(DBAPIError, match="tr_price_quotes_no_delete"):
        session.execute(sa.delete(PriceQuote))


@pytest.fixture
def before(database, worker_name, tmp_path):
    """The address of a database as it was before, with three weeks of prices."""
    url = f"sqlite:///{tmp_path}/old.db"
    if database == "postgres":
        url = servers.postgres_url(f"old_{worker_name}")
        create_database(url)
    markets.run_flask(url, "db", "upgrade", f"{MINE}-1")
    engine = sa.create_engine(url)
    tables = sa.MetaData()
    tables.reflect(engine, only=["product_groups", "products", "market_references"])
    with engine.begin() as connection:
        for name, rows in old_rows().items():
            connection.execute(sa.insert(tables.tables[name]), rows)
    yield url, engine
    engine.dispose()


def old_rows():
    named = {"code": "longan", "name_vi": "Nhãn", "name_en": "Longan", "icon": "nhan"}
    product = {
        "id": 1, "group_id": 1, "scientific_name": "", "hs_code": "", "position": 1,
        "processed": False, "perennial": True, "shelf_life_days": 5, "cold_life_days": 20,
    }  # fmt: skip
    week = {"product_id": 1, "week": MONDAY, "low_vnd": 15_000, "high_vnd": 20_000}
    places = {"Chợ đầu mối Long Biên": "Bản tin", "Chợ Mường Lầm": " "}
    return {
        "product_groups": [named | {"id": 1, "report_group": "fruit", "position": 1}],
        "products": [named | product],
        "market_references": [
            week | {"market_name": name, "source": source}
            for name, source in places.items()
        ],
    }


def test_weeks_become_quotes_of_their_mondays_and_back(before):
    url, engine = before

    markets.run_flask(url, "db", "upgrade", MINE)
    with engine.connect() as connection:
        quotes = connection.execute(
            sa.text(
                "SELECT m.code, q.day, q.low_vnd, q.high_vnd, q.source, q.entered_by_id"
                " FROM price_quotes q JOIN price_markets m ON m.id = q.market_id"
                " ORDER BY q.id"
            )
        ).all()
        with pytest.raises(DBAPIError, match="tr_price_quotes_no_delete"):
            connection.execute(sa.text("DELETE FROM price_quotes"))
    markets.run_flask(url, "db", "downgrade", f"{MINE}-1")
    with engine.connect() as connection:
        back = connection.execute(
            sa.text("SELECT market_name, source FROM market_references ORDER BY id")
        ).all()

    day = MONDAY if engine.dialect.name == "postgresql" else MONDAY.isoformat()
    assert [tuple(row) for row in quotes] == [
        ("long_bien", day, 15_000, 20_000, "Bản tin", None),
        ("market_2", day, 15_000, 20_000, "Không ghi nguồn", None),
    ]
    assert [tuple(row) for row in back] == [
        ("Chợ đầu mối Long Biên", "Bản tin"),
        ("Chợ Mường Lầm", "Không ghi nguồn"),
    ]


def test_a_new_market_finds_a_free_number_after_the_move(before):
    url, engine = before

    markets.run_flask(url, "db", "upgrade", MINE)
    markets.run_flask(url, "db", "upgrade")
    markets.run_flask(url, "reference", "load")

    with engine.connect() as connection:
        codes = connection.execute(sa.text("SELECT code FROM price_markets")).scalars()
        assert {"long_bien", "market_2", "farm_gate"} <= set(codes)
