"""How much supply could serve an offer that is being written.

Only the hard rules count, never a price: whoever asks with any ceiling gets the
same answer, so nothing can be learnt about a floor. Who asks is not recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_offers import PostOffer
from marketplace.domain.cover import cover
from marketplace.domain.masks import need_mask
from marketplace.domain.words import HarvestState
from marketplace.matching import Lot, Market, Need
from marketplace.matching.filters import FILTERS
from marketplace.matching.grid import Grid
from marketplace.services.matching_held import read_held
from marketplace.services.matching_lots import read_lots
from marketplace.services.matching_terms import (
    MARKET_BITS,
    owner_of,
    place_of,
    transport_terms,
)
from marketplace.services.offer_rows import product_of
from models.harvests import Harvest
from models.organisations import Organisation
from models.reference import AdminUnit, Product, Variety

_RULES = [passes for code, passes in FILTERS.items() if code not in ("price", "apart")]
_ANY_DAY = [
    passes
    for code, passes in FILTERS.items()
    if code in ("product", "parties", "variety", "grade", "transport")
]
NEAREST = 3


@dataclass(frozen=True)
class TrancheSupply:
    """What one delivery could get: by itself, and beside the other deliveries."""

    asked_kg: int
    cooperatives: int
    kg: int
    covered_kg: int

    @property
    def lacking_kg(self) -> int:
        return max(self.asked_kg - self.kg, 0)


@dataclass(frozen=True)
class NearHarvest:
    """A harvest of the public board that lies nearest to the deliveries."""

    public_id: str
    organisation: str
    kg: int
    window_start: date
    window_end: date


@dataclass(frozen=True)
class Supply:
    """The answer; `tranches` is in the order of the command's."""

    tranches: tuple[TrancheSupply, ...]
    cooperatives: int
    kg: int
    nearest: tuple[NearHarvest, ...] = ()

    @property
    def asked_kg(self) -> int:
        return sum(tranche.asked_kg for tranche in self.tranches)

    @property
    def covered_kg(self) -> int:
        """What all deliveries together could get, each kilogram counted once."""
        return sum(tranche.covered_kg for tranche in self.tranches)


@dataclass(frozen=True)
class Field:
    """Supply of a product side by side with the question, for many questions."""

    lots: tuple[Lot, ...]
    market: Market
    asker: int
    place: tuple[float, float]
    varieties: dict[str, int]
    product: Product
    today: date

    def needs(self, command: PostOffer) -> tuple[Need, ...]:
        """One need a tranche; ceilings stay out."""
        mask = 0 if self.product.processed else need_mask(market=command.market)
        for asked in command.requirements:
            schemes = [asked.scheme] if asked.scheme else []
            mask |= need_mask(schemes, asked.market, least_stars=asked.least_stars)
        return tuple(
            replace(
                self._anything(command),
                id=place,
                requires=mask,
                first_day=max(line.window_start, self.today).toordinal(),
                last_day=line.window_end.toordinal(),
                kg=line.kg,
            )
            for place, line in enumerate(command.tranches)
        )

    def _anything(self, command: PostOffer) -> Need:
        """What all deliveries of the offer have in common."""
        known = [code for code in command.variety_codes if code in self.varieties]
        today = self.today.toordinal()
        return Need(
            id=0,
            offer=0,
            owner=self.asker,
            product=self.product.id,
            varieties=frozenset(self.varieties[code] for code in known),
            least_grade=command.least_grade,
            requires=0,
            first_day=today,
            last_day=today,
            kg=1,
            bid_vnd=0,
            smallest_kg=command.smallest_lot_kg,
            most_suppliers=command.most_suppliers,
            lat=self.place[0],
            lon=self.place[1],
        )

    def grid(self, command: PostOffer) -> Grid:
        needs = self.needs(command)
        return Grid(self.lots, needs, replace(self.market, needs=needs))


def _open_lots(session: Session, product: Product, today: date) -> tuple[Lot, ...]:
    open_ids = session.scalars(
        select(Harvest.id).where(
            Harvest.product_id == product.id, Harvest.state == HarvestState.OPEN
        )
    ).all()
    posts = read_lots(session, read_held(session, None), today=today, ids=open_ids)
    return tuple(replace(posts[id_].lot, ask_vnd=0) for id_ in sorted(posts))


def read_field(
    session: Session, who: Actor, command: PostOffer, *, today: date
) -> Field:
    """The open supply of the product; floors are blanked before anything is done."""
    product = product_of(session, command.product_code)
    lots = _open_lots(session, product, today)
    own = session.get_one(Organisation, who.organisation_id)
    unit = session.get(AdminUnit, command.unit_id) if command.unit_id else None
    varieties = session.execute(
        select(Variety.code, Variety.id).where(Variety.product_id == product.id)
    )
    return Field(
        lots=lots,
        market=Market(
            lots, (), transport_terms(session, today), market_bits=MARKET_BITS
        ),
        asker=owner_of(own.id, own.tax_code),
        place=place_of(
            (unit.latitude, unit.longitude) if unit else (None, None),
            (own.latitude, own.longitude),
        ),
        varieties={row.code: row.id for row in varieties},
        product=product,
        today=today,
    )


def count_supply(
    session: Session, who: Actor, command: PostOffer, *, today: date
) -> Supply:
    """Cooperatives and kilograms for every tranche, and the nearest harvests."""
    field = read_field(session, who, command, today=today)
    supply = count_in(field, command)
    return replace(supply, nearest=_nearest(session, field, command))


def count_in(field: Field, command: PostOffer) -> Supply:
    """The same for a field that is read already, without the harvests."""
    asked = [line.kg for line in command.tranches]
    if not field.lots or not asked:
        nothing = tuple(TrancheSupply(kg, 0, 0, 0) for kg in asked)
        return Supply(nothing, 0, 0)
    grid = field.grid(command)
    fits = np.logical_and.reduce([passes(grid) for passes in _RULES])
    owners = np.array([lot.owner for lot in field.lots])
    kg = grid.fitting_kg
    served = [frozenset(np.flatnonzero(row).tolist()) for row in fits]
    most = np.where(fits, kg, 0).max(axis=1)
    met = cover(zip(served, most.tolist(), strict=True), asked)
    tranches = tuple(
        TrancheSupply(
            asked_kg=asked[place],
            cooperatives=len(set(owners[fits[:, place]].tolist())),
            kg=int(kg[fits[:, place], place].sum()),
            covered_kg=met[place],
        )
        for place in range(len(asked))
    )
    some = fits.any(axis=1)
    return Supply(tranches, len(set(owners[some].tolist())), int(most[some].sum()))


def _nearest(
    session: Session, field: Field, command: PostOffer
) -> tuple[NearHarvest, ...]:
    """Harvests of the right kind whose days lie closest to the deliveries."""
    if not field.lots or not command.tranches:
        return ()
    grid = field.grid(command)
    right = np.logical_and.reduce([passes(grid) for passes in _ANY_DAY])[:, 0]
    gap = np.maximum(grid.first_shared_day - grid.last_shared_day, 0).sum(axis=1)
    order = sorted(
        np.flatnonzero(right).tolist(),
        key=lambda place: (int(gap[place]), -field.lots[place].kg, place),
    )
    chosen = [field.lots[place] for place in order[:NEAREST]]
    return _named(session, chosen)


def _named(session: Session, lots: Sequence[Lot]) -> tuple[NearHarvest, ...]:
    kg = {lot.id: lot.kg for lot in lots}
    rows = session.execute(
        select(Harvest, Organisation.short_name)
        .join(Organisation, Organisation.id == Harvest.organisation_id)
        .where(Harvest.id.in_(kg))
        .order_by(Harvest.window_start, Harvest.id)
    )
    return tuple(
        NearHarvest(h.public_id, name, kg[h.id], h.window_start, h.window_end)
        for h, name in rows
    )
