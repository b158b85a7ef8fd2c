"""A season of lots: picked in the gardens, packed or dried, on the shelf at last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select

from marketplace.demo.diary import World
from marketplace.domain.actor import Actor
from marketplace.domain.commands_lots import (
    EndLots,
    HarvestLot,
    Made,
    Origin,
    ReceiveLot,
    TransformLots,
    Used,
    Where,
)
from marketplace.domain.commands_sprays import WriteSpray
from marketplace.domain.words import FacilityKind
from marketplace.domain.words_trace import LotStep, PartRole
from marketplace.services.days import day_of
from marketplace.services.lot_capture import capture
from marketplace.services.sprays import write_spray
from models.contracts import Contract, ContractLine
from models.deliveries import DeliveryNote
from models.lot_events import LotEvent
from models.lots import Lot, LotHolding
from models.papers import Facility, GrowingArea
from models.plots import Plot
from models.reference import Product

SINCE = 365  # days: before that the market kept no lots
DRIED_FROM = {"mango_dried": ("mango", 12), "longan_pulp_dried": ("longan", 10)}
SORTED_OUT = 30  # in a thousand of what is picked
SOLD_AFTER = timedelta(days=2)
PLOTS = 3  # at most so many give one lot
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def lot_for(
    world: World,
    contract: Contract,
    line: ContractLine,
    net_kg: int,
    seller: Actor,
    moment: datetime,
) -> str:
    """The number of the lot that goes on the note of a load of so many kilograms."""
    chance = Random(f"{contract.number}:{line.number}:{moment.isoformat()}")  # noqa: S311
    code = f"{day_of(moment):%y%m%d}-{''.join(chance.choices(_SIGNS, k=6))}"
    if day_of(moment) < world.day(SINCE):
        return code
    product = contract.product
    fresh, ratio = DRIED_FROM.get(product.code, (product.code, 0))
    area = _garden(world, contract, fresh)
    if area is None:
        _receive(world, seller, product, net_kg, moment, code, chance)
        return code
    dried = ratio > 0
    picked_kg = net_kg * ratio if dried else net_kg * (1000 + SORTED_OUT) // 1000
    picked_at = moment - (timedelta(days=4) if dried else timedelta(hours=28))
    _spray(world, seller, area, day_of(picked_at), chance)
    picked = _pick(world, seller, area, picked_kg, picked_at, chance)
    step = LotStep.DRY if dried else LotStep.PACK
    made = Made(net_kg, product_id=product.id if dried else None, code=code)
    at = moment - (timedelta(days=1) if dried else timedelta(hours=20))
    _turn(world, seller, step, picked, made, at, chance)
    return code


def _garden(world: World, contract: Contract, product: str) -> GrowingArea | None:
    return world.session.scalars(
        select(GrowingArea)
        .join(Product, Product.id == GrowingArea.product_id)
        .where(
            GrowingArea.organisation_id == contract.seller_id,
            Product.code == product,
            GrowingArea.ended_on.is_(None),
        )
        .order_by(GrowingArea.id)
    ).first()


def _drawn(chance: Random) -> str:
    return f"{chance.getrandbits(128):032x}"[:22]


def _pick(
    world: World, who: Actor, area: GrowingArea, kg: int, at: datetime, chance: Random
) -> Lot:
    """In the order of the plots, as many as one morning takes."""
    plots = list(
        world.session.scalars(
            select(Plot)
            .where(Plot.area_id == area.id, Plot.ended_on.is_(None))
            .order_by(Plot.id)
        )
    )
    some = sorted(chance.sample(plots, min(PLOTS, len(plots))), key=lambda one: one.id)
    told = HarvestLot(
        _drawn(chance), area.id, kg, at, origins=_shares(some, kg), where=Where()
    )
    return _made(capture(world.session, who, told, now=at))


def _shares(plots: Sequence[Plot], kg: int) -> tuple[Origin, ...]:
    if not plots:
        return ()
    each = kg // len(plots)
    first = kg - each * (len(plots) - 1)
    weights = [first, *[each] * (len(plots) - 1)]
    return tuple(
        Origin(part, plot_id=plot.id, household_id=plot.household_id)
        for plot, part in zip(plots, weights, strict=True)
        if part
    )


def _turn(
    world: World,
    who: Actor,
    step: LotStep,
    lot: Lot,
    made: Made,
    at: datetime,
    chance: Random,
) -> None:
    kind = FacilityKind.DRYER if step is LotStep.DRY else FacilityKind.PACKING_HOUSE
    house = world.session.scalars(
        select(Facility)
        .where(Facility.organisation_id == who.organisation_id, Facility.kind == kind)
        .order_by(Facility.id)
    ).first()
    where = Where(facility_id=house.id if house else None)
    used = (Used(lot.public_id, lot.made_kg),)
    told = TransformLots(_drawn(chance), step, at, used, (made,), where)
    capture(world.session, who, told, now=at)


def _receive(
    world: World,
    who: Actor,
    product: Product,
    kg: int,
    moment: datetime,
    code: str,
    chance: Random,
) -> None:
    """What grows in no garden of its own comes from members who keep no lots."""
    at = moment - timedelta(hours=26)
    told = ReceiveLot(
        _drawn(chance), product.id, kg, at, "Các hộ thành viên", "Sông Mã, Sơn La"
    )
    lot = _made(capture(world.session, who, told, now=at))
    step, packed_at = LotStep.PACK, moment - timedelta(hours=20)
    _turn(world, who, step, lot, Made(kg, code=code), packed_at, chance)


def _spray(
    world: World, who: Actor, area: GrowingArea, picked_on: date, chance: Random
) -> None:
    """Once a season, and long before anything is picked."""
    if (area.id, picked_on.year) in world.stories.sprayed:
        return
    world.stories.sprayed.add((area.id, picked_on.year))
    told = WriteSpray(
        _drawn(chance),
        picked_on - timedelta(days=24),
        "Thuốc sinh học Bacillus thuringiensis",
        7,
        substance="Bacillus thuringiensis",
        dose="1 kg/ha",
        against="Sâu đục quả",
    )
    now = world.at(picked_on)
    write_spray(world.session, who, area.public_id, told, now=now)


def sell_on(world: World, note: DeliveryNote, buyer: Actor, moment: datetime) -> None:
    """Two days later most of a load has gone over the counter."""
    at = moment + SOLD_AFTER
    if at > world.now:
        return
    held = world.session.scalars(
        select(LotHolding)
        .join(LotHolding.lot)
        .where(
            LotHolding.organisation_id == buyer.organisation_id,
            Lot.organisation_id == note.contract.seller_id,
            Lot.code.in_([one.lot_code for one in note.lots]),
            LotHolding.kg > 1,
        )
        .order_by(LotHolding.lot_id)
    ).all()
    chance = Random(note.public_id)  # noqa: S311 - a story, no secret
    for one in held:
        used = (Used(one.lot.public_id, one.kg * 4 // 5 or 1),)
        told = EndLots(_drawn(chance), LotStep.SELL, at, used)
        capture(world.session, buyer, told, now=at)


def _made(event: LotEvent) -> Lot:
    return next(part.lot for part in event.parts if part.role is PartRole.OUTPUT)
