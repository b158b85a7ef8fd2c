"""Rows of a spreadsheet as market prices: all mistakes first, then all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_prices import RecordQuote
from marketplace.domain.errors import N_, Refused
from marketplace.domain.price_sheet import COLUMNS, Names, ReadPrice, read_price
from marketplace.domain.sheets import Row
from marketplace.domain.text import fold
from marketplace.services.catalogue import all_products
from marketplace.services.price_lookup import in_force
from marketplace.services.price_quotes import (
    TAKEN,
    check_quote,
    find_oddities,
    price_markets,
    record_quote,
)
from models.price_quotes import PriceMarket, PriceQuote
from models.reference import Product

Key = tuple[str, str, int, date]


def read_prices(
    session: Session,
    rows: Sequence[Row],
    *,
    today: date,
    source: str = "",
    lang: str = "vi",
) -> list[ReadPrice]:
    """Every row with what it means, or with a message at each cell at fault.

    Nothing is stored. `source` is meant where a row names none.
    """
    names = _names(session)
    read = [read_price(cells, names, source, lang) for cells in rows]
    known = _in_force(session, read)
    seen: dict[Key, int] = {}
    for number, row in enumerate(read, start=1):
        if row.command is not None:
            _check(session, row, row.command, known, seen, today)
            seen.setdefault(_key(row.command), number)
    return read


def import_quotes(
    session: Session,
    who: Actor,
    read: Sequence[ReadPrice],
    *,
    today: date,
    now: datetime,
) -> int:
    """Write down every price that is not there yet; how many those were.

    Refused as a whole if any row has a mistake; the caller's transaction ends
    with all of them or with none.
    """
    if not read or any(row.command is None or row.errors for row in read):
        raise Refused(N_("Sửa hết các ô sai rồi nhập, không nhập một phần bảng"))
    fresh = [row.command for row in read if row.command and not row.stored]
    for command in fresh:
        record_quote(session, who, command, today=today, now=now)
    return len(fresh)


def _check(
    session: Session,
    row: ReadPrice,
    command: RecordQuote,
    known: dict[Key, PriceQuote],
    seen: dict[Key, int],
    today: date,
) -> None:
    try:
        check_quote(session, command, today=today)
        if first := seen.get(_key(command)):
            message = N_("Trùng ngày, chợ và loại với dòng %(row)s")
            raise Refused(message, "day", row=first)
        row.stored = _is_stored(command, known.get(_key(command)))
    except Refused as refusal:
        name = refusal.field if refusal.field in COLUMNS else COLUMNS[0]
        row.errors[str(name)] = refusal
        return
    prices = (command.low_vnd, command.high_vnd)
    row.odd = tuple(find_oddities(session, command.product_code, prices, today=today))


def _is_stored(command: RecordQuote, quote: PriceQuote | None) -> bool:
    if quote is None:
        return False
    same = (command.low_vnd, command.high_vnd) == (quote.low_vnd, quote.high_vnd)
    if quote.withdrawn or not same:
        raise Refused(TAKEN, "day")
    return True


def _in_force(session: Session, read: Iterable[ReadPrice]) -> dict[Key, PriceQuote]:
    """What counts already on the days of these rows."""
    days = {row.command.day for row in read if row.command}
    found = session.execute(
        select(PriceQuote, Product.code, PriceMarket.code)
        .join(Product, Product.id == PriceQuote.product_id)
        .join(PriceMarket, PriceMarket.id == PriceQuote.market_id)
        .where(PriceQuote.day.in_(days), in_force())
    )
    return {
        (product, market, quote.grade_rank, quote.day): quote
        for quote, product, market in found
    }


def _key(command: RecordQuote) -> Key:
    return (
        command.product_code,
        command.market_code,
        command.grade_rank,
        command.day,
    )


def _names(session: Session) -> Names:
    products, markets = all_products(session), price_markets(session)
    return Names(products=_by_name(products), markets=_by_name(markets))


def _by_name(rows: Iterable[Product] | Iterable[PriceMarket]) -> dict[str, str]:
    return {fold(name): row.code for row in rows for name in (row.name_vi, row.name_en)}
