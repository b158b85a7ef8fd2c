"""The list of lots: an organisation's stock, or what an officer has in scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.lot_codes import codes_in
from marketplace.domain.text import fold
from marketplace.domain.words_stock import StockState
from marketplace.services.lot_events import came_at
from marketplace.services.lot_reserved import reserved_kg
from models.gs1_numbers import Sscc
from models.lots import Lot, LotHolding
from models.organisations import Organisation
from models.reference import Product

MOST_NAMED = 10


@dataclass(frozen=True)
class Looked:
    """What the list is asked for: folded words, a product's code, a state."""

    text: str = ""
    product: str = ""
    state: StockState = StockState.HERE


@dataclass(frozen=True)
class InStock:
    """A lot, and how many kilograms of it are in the hands of whoever looks.

    For an officer these are the kilograms in all hands together.
    """

    lot: Lot
    kg: int


def look_at_lots(
    session: Session, who: Actor, look: Looked, *, limit: int, offset: int = 0
) -> tuple[list[InStock], int]:
    """The lots that are asked for, the youngest first, and how many there are.

    Who has the number of a lot, from a box or a caller, finds it wherever it went.
    """
    named = lots_named(session, who, look.text) if look.text else []
    wanted = _known(who)
    if named:
        wanted = wanted.where(Lot.id.in_([lot.id for lot in named]))
    else:
        wanted = _asked(session, wanted, who, look)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    rows = session.scalars(
        wanted.options(
            joinedload(Lot.product),
            joinedload(Lot.variety),
            joinedload(Lot.grade),
            joinedload(Lot.organisation),
        )
        .order_by(Lot.made_on.desc(), Lot.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    here = _kilograms(session, who, [lot.id for lot in rows])
    return [InStock(lot, here.get(lot.id, 0)) for lot in rows], total


def lots_named(session: Session, who: Actor, text: str) -> list[Lot]:
    """The lots, known to the actor, of the number that a typed or scanned text holds."""
    codes = codes_in(text)
    on_pallet = select(Sscc.lot_id).where(Sscc.sscc.in_(codes))
    found = or_(Lot.code.in_(codes), Lot.public_id.in_(codes), Lot.id.in_(on_pallet))
    wanted = _known(who).where(found).options(joinedload(Lot.product))
    return list(session.scalars(wanted.order_by(Lot.id.desc()).limit(MOST_NAMED)))


def products_known(session: Session, who: Actor) -> list[Product]:
    """The products of which the actor has or had lots."""
    ids = _known(who).with_only_columns(Lot.product_id).distinct()
    wanted = select(Product).where(Product.id.in_(ids))
    return list(session.scalars(wanted.order_by(Product.position, Product.id)))


def _known(who: Actor) -> Select[Any]:
    """Lots that came into the actor's hands; of an officer's scope for officers."""
    alive = select(Lot).where(Lot.voided_at.is_(None))
    if who.is_officer:
        return alive.join(Lot.organisation).where(
            Organisation.unit_id.in_(who.scope_unit_ids)
        )
    return alive.join(
        LotHolding,
        and_(
            LotHolding.lot_id == Lot.id,
            LotHolding.organisation_id == who.organisation_id,
        ),
    )


def _asked(
    session: Session, wanted: Select[Any], who: Actor, look: Looked
) -> Select[Any]:
    somewhere = exists().where(LotHolding.lot_id == Lot.id, LotHolding.kg > 0)
    here = somewhere if who.is_officer else LotHolding.kg > 0
    if look.state is StockState.GONE:
        wanted = wanted.where(~here)
    else:
        wanted = wanted.where(here)
    if look.state is StockState.HELD:
        wanted = wanted.where(Lot.held.is_(True))
    if look.product:
        of = select(Product.id).where(Product.code == look.product)
        wanted = wanted.where(Lot.product_id.in_(of))
    for word in fold(look.text).split():
        wanted = wanted.where(_says(session, word))
    return wanted


def _says(session: Session, word: str) -> Any:
    """A word of the number, of the product in either language, or of the maker."""
    products = [
        product.id
        for product in session.scalars(select(Product))
        if word in fold(f"{product.name_vi} {product.name_en}")
    ]
    makers = select(Organisation.id).where(
        Organisation.name_folded.contains(word, autoescape=True)
    )
    return or_(
        func.lower(Lot.code).contains(word, autoescape=True),
        Lot.product_id.in_(products),
        Lot.organisation_id.in_(makers),
    )


def _kilograms(session: Session, who: Actor, ids: Sequence[int]) -> dict[int, int]:
    rows = select(LotHolding.lot_id, func.sum(LotHolding.kg)).where(
        LotHolding.lot_id.in_(ids)
    )
    if not who.is_officer:
        rows = rows.where(LotHolding.organisation_id == who.organisation_id)
    found = session.execute(rows.group_by(LotHolding.lot_id))
    return {lot_id: int(kg) for lot_id, kg in found}


def in_hand(session: Session, who: Actor, lot: Lot) -> int:
    """How many kilograms of a lot the actor's organisation has."""
    holding = session.get(LotHolding, (lot.id, who.organisation_id))
    return holding.kg if holding else 0


def free_kg(session: Session, who: Actor, lot: Lot) -> int:
    """What of it does not stand on a delivery note that waits."""
    waiting = reserved_kg(session, who.organisation_id, [lot.id])
    return in_hand(session, who, lot) - waiting.get(lot.id, 0)


def usable_stock(session: Session, who: Actor, product_id: int) -> list[InStock]:
    """What the actor has of a product and may use, the oldest first: it goes first."""
    held = session.scalars(
        select(LotHolding)
        .join(LotHolding.lot)
        .where(
            LotHolding.organisation_id == who.organisation_id,
            LotHolding.kg > 0,
            Lot.product_id == product_id,
            Lot.held.is_(False),
        )
        .options(joinedload(LotHolding.lot).joinedload(Lot.grade))
        .order_by(Lot.made_on, Lot.id)
    ).all()
    waiting = reserved_kg(session, who.organisation_id, [one.lot_id for one in held])
    free = [InStock(one.lot, one.kg - waiting.get(one.lot_id, 0)) for one in held]
    return [one for one in free if one.kg > 0]


def moment_in_stock(
    session: Session, organisation_id: int, lots: Iterable[str], typed: datetime
) -> datetime:
    """A time typed to the minute: what came within that minute was there by then."""
    wanted = select(Lot.id).where(Lot.public_id.in_(list(lots)))
    moment = typed
    for lot_id in session.scalars(wanted):
        try:
            came = came_at(session, lot_id, organisation_id)
        except LookupError:
            continue
        if typed < came < typed + timedelta(minutes=1):
            moment = max(moment, came)
    return moment
