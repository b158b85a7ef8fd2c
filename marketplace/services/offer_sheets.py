"""Rows of a spreadsheet as offers: read with all their mistakes, kept once."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_offers import PostOffer
from marketplace.domain.errors import Refused
from marketplace.domain.findings import Finding
from marketplace.domain.offer_sheet import COLUMNS, Good, ReadRow, read_row
from marketplace.domain.sheets import Row
from marketplace.domain.text import fold
from marketplace.services.offer_rows import find_faults
from marketplace.services.offers import post_offer, save_draft
from marketplace.services.supply import Field, Supply, count_in, read_field
from models.offers import Offer
from models.reference import Product, Variety

# Which cell a rule of an offer speaks of.
_CELLS = {
    "tranches-0-kg": "kg",
    "tranches-0-window_start": "day",
    "tranches-0-window_end": "day",
    "tranches-0-ceiling": "ceiling",
    "place": "place",
    "smallest_lot": "kg",
    "schemes": "papers",
    "least_stars": "papers",
}


def goods_of(session: Session) -> list[Good]:
    """Every product and variety under its names, folded for comparison."""
    found = [
        Good(row.code, _names(row), processed=row.processed)
        for row in session.scalars(select(Product).order_by(Product.position))
    ]
    varieties = session.execute(
        select(Variety, Product)
        .join(Product, Product.id == Variety.product_id)
        .order_by(Variety.id)
    )
    found += [
        Good(product.code, _names(variety), variety.code, product.processed)
        for variety, product in varieties
    ]
    return found


def _names(row: Product | Variety) -> tuple[str, ...]:
    return tuple(dict.fromkeys((fold(row.name_vi), fold(row.name_en))))


def read_sheet(
    session: Session,
    rows: Sequence[Row],
    common: PostOffer,
    *,
    today: date,
    lang: str = "vi",
) -> list[ReadRow]:
    """Every row with what it means, or with a message at each cell at fault."""
    goods = goods_of(session)
    read = [read_row(cells, goods, common, lang) for cells in rows]
    for row in read:
        if row.command is not None:
            _check(session, row, row.command, today)
    return read


def _check(session: Session, row: ReadRow, command: PostOffer, today: date) -> None:
    for fault in find_faults(session, command, today=today):
        if fault.forbids:
            row.errors.setdefault(_cell(fault), _refusal(fault))
    if row.errors:
        row.command = None


def _cell(fault: Finding) -> str:
    return _CELLS.get(fault.field or "", COLUMNS[0])


def _refusal(fault: Finding) -> Refused:
    return Refused(fault.message, None, **fault.params)


def supply_of_rows(
    session: Session, who: Actor, rows: Sequence[ReadRow], *, today: date
) -> list[Supply | None]:
    """What could serve each good row; the supply of a product is read once."""
    fields: dict[str, Field] = {}
    found: list[Supply | None] = []
    for row in rows:
        if row.command is None:
            found.append(None)
            continue
        code = row.command.product_code
        if code not in fields:
            fields[code] = read_field(session, who, row.command, today=today)
        found.append(count_in(fields[code], row.command))
    return found


def keep_row(
    session: Session,
    who: Actor,
    key: str,
    command: PostOffer,
    *,
    today: date,
    now: datetime,
    draft: bool = False,
) -> Offer:
    """Post or keep one row; the same row sent again is the same offer.

    `key` came with the row, so that a sheet of which some rows are sent and
    others mended can be sent any number of times.
    """
    public_id = offer_id_of(who.organisation_id, key)
    known = _kept(session, public_id)
    if known is not None:
        return known
    try:
        with session.begin_nested():
            if draft:
                return save_draft(session, who, command, today=today, new_id=public_id)
            return post_offer(
                session, who, command, today=today, now=now, public_id=public_id
            )
    except IntegrityError:
        known = _kept(session, public_id)
        if known is None:
            raise
        return known  # the same row, sent twice in this very moment


def _kept(session: Session, public_id: str) -> Offer | None:
    return session.scalars(select(Offer).where(Offer.public_id == public_id)).first()


def offer_id_of(organisation_id: int, key: str) -> str:
    """The public id of the offer that a row becomes; 128 bits, as any other."""
    digest = hashlib.sha256(f"{organisation_id}:{key}".encode()).digest()
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")
