"""Rows written in bulk are the rows that were given."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from marketplace.domain.words import Side
from models import bulk
from models.database import Instant, words

AWKWARD = ("", "\\N", "\\.", "a\tb\nc\rd\\", "\\\\N", "Nhãn Hưng Yên", "'", '"', "{}")
NO_NUL = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


class Base(DeclarativeBase):
    pass


class Row(Base):
    __tablename__ = "bulk_rows"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str | None]
    number: Mapped[float | None]
    whole: Mapped[int] = mapped_column(sa.BigInteger, default=7)
    yes: Mapped[bool] = mapped_column(default=True)
    day: Mapped[date | None]
    at: Mapped[datetime | None] = mapped_column(Instant())
    side: Mapped[Side | None] = mapped_column(words(Side))
    told: Mapped[dict | None] = mapped_column(sa.JSON)
    drawn: Mapped[str] = mapped_column(default=lambda: "drawn")


NAMES = ("id", "text", "number", "day", "at", "side", "told")


@pytest.fixture
def table(session):
    session.execute(sa.schema.CreateTable(Row.__table__))


def stored(session):
    columns = (getattr(Row, name) for name in NAMES)
    return session.execute(sa.select(*columns).order_by(Row.id)).all()


@pytest.mark.usefixtures("table")
def test_awkward_values_come_back_as_they_went(session):
    home = timezone(timedelta(hours=7))
    rows = [
        (
            *(number, text, -0.1 * number, date(1999, 12, number + 1)),
            datetime(2026, 7, 1, 6, 30, 15, 250_000, tzinfo=home),
            Side.BUYER,
            {"a": [text, None, 1.5]},
        )
        for number, text in enumerate(AWKWARD)
    ]
    rows.append((99, None, None, None, None, None, {}))

    bulk.insert_rows(session, Row, NAMES, iter(rows))

    utc = [(*row[:4], row[4] and row[4].astimezone(UTC), *row[5:]) for row in rows]
    assert stored(session) == utc
    others = sa.select(Row.whole, Row.yes, Row.drawn).distinct()
    assert session.execute(others).all() == [(7, True, "drawn")]


@pytest.mark.usefixtures("table")
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.none() | NO_NUL, max_size=5))
def test_any_text_comes_back_as_it_went(session, texts):
    session.execute(sa.delete(Row))

    bulk.insert_rows(session, Row, ("id", "text"), enumerate(texts))

    found = session.execute(sa.select(Row.id, Row.text).order_by(Row.id))
    assert [text for _, text in found] == texts


def test_ids_are_nobody_elses(session, make):
    harvest = make.harvest()

    ids = bulk.new_ids(session, type(harvest), 3)

    assert len({*ids, harvest.id, make.harvest(id=max(ids) + 1).id}) == 5
