"""A large shard, solved on columns: read, solved and written without an object
a row. Reasons and advice are told when somebody looks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from sqlalchemy.orm import Session

from marketplace.matching import Transport
from marketplace.matching.allocate import allocate
from marketplace.matching.arrays import LOT_KEY, Int64, Lots, Needs, Pieces, Problem
from marketplace.matching.quotes import Quotes
from marketplace.services.matching_code import Varieties, variety_bits
from marketplace.services.matching_demand import (
    Demand,
    asked_of,
    grades_asked,
    read_demand,
)
from marketplace.services.matching_held import (
    Held,
    Past,
    pairs_apart,
    read_held,
    read_past,
)
from marketplace.services.matching_portions import Portions, bits_of, portions_of
from marketplace.services.matching_said import Said
from marketplace.services.matching_sheet_found import solved_of
from marketplace.services.matching_sheet_moved import moved_between
from marketplace.services.matching_solved import Solved
from marketplace.services.matching_standing import Moved
from marketplace.services.matching_supply import Supply, read_supply
from marketplace.services.matching_terms import (
    Carriage,
    market_references,
    read_terms,
)
from models.unchanged import Notes, is_unchanged, noting


@dataclass(frozen=True)
class Ground:
    """The rules of the day, and who holds what and has met: all but the posts."""

    today: date
    held: Held
    met: Past
    transport: Transport
    costs: Carriage
    quotes: Quotes
    varieties: Varieties

    @classmethod
    def read(cls, session: Session, products: Sequence[int], today: date) -> Ground:
        """As it is for these products."""
        terms = read_terms(session, today)
        return cls(
            today,
            read_held(session, today=today),
            read_past(session, products),
            terms.transport,
            terms.carriage,
            terms.quotes(market_references(session, products, today)),
            variety_bits(session, products),
        )


@dataclass(frozen=True)
class Sheet:
    """A shard as columns."""

    products: Sequence[int]
    supply: Supply
    demand: Demand
    past: Past
    ground: Ground
    notes: Notes | None

    @classmethod
    def read(cls, session: Session, products: Sequence[int], *, today: date) -> Sheet:
        """The open posts of these products."""
        with noting(session) as notes:
            ground = Ground.read(session, products, today)
            supply = read_supply(session, products, ground.held, today=today)
            demand = read_demand(session, products, ground.held, today=today)
        past = ground.met.among(
            set(supply.rows["id"].tolist()), set(demand.rows["offer"].tolist())
        )
        return cls(products, supply, demand, past, ground, notes)

    def still_stands(self, session: Session, *, today: date) -> bool:
        """Whether it would be read as the same; read again only where need be."""
        return (
            self._is_unchanged(session, today)
            or Sheet.read(session, self.products, today=today).digest == self.digest
        )

    def moved(self, session: Session, *, today: date) -> Moved | None:
        """Which posts are others now; None if the rules for all of them are."""
        return moved_between(self, Sheet.read(session, self.products, today=today))

    def _is_unchanged(self, session: Session, today: date) -> bool:
        return (
            self.notes is not None
            and Ground.read(session, self.products, today) == self.ground
            and is_unchanged(session, self.notes)
        )

    def solve(
        self,
        progress: Callable[[str, int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Solved:
        """The best allocation; reasons are told when somebody looks."""

        def hear(done: int, total: int) -> None:
            if progress is not None:
                progress("allocation", done, total)

        found = allocate(
            self.problem,
            quotes=self.ground.quotes,
            progress=hear,
            cancelled=cancelled,
            even=False,
        )
        return solved_of(self, found)

    @cached_property
    def digest(self) -> str:
        """Equal for two readings if and only if the matcher would see the same."""
        told = hashlib.sha256()
        for columns in (self.problem.lots, self.problem.pieces, self.problem.needs):
            for column in columns:
                told.update(np.ascontiguousarray(column).tobytes())
        for said in (self.supply.rows, self.supply.grades, self.demand.all_rows):
            told.update(said.tobytes())
        told.update(self.problem.apart.tobytes())
        told.update(repr((self.ground.quotes, self.ground.transport)).encode())
        return told.hexdigest()

    @cached_property
    def said(self) -> Said:
        """What the posts say."""
        return Said(self.supply, self.demand)

    @cached_property
    def portions(self) -> Portions:
        """Rows of the solver: harvests, split by grade where a need asks for it."""
        return portions_of(self.supply, grades_asked(self.demand))

    @cached_property
    def bits(self) -> Int64:
        """Grade and variety of each portion."""
        return bits_of(self.supply, self.portions, self.ground.varieties)

    @cached_property
    def offers(self) -> Int64:
        """Ids of offers; their places are their numbers for the solver."""
        return np.unique(self.demand.rows["offer"])

    @cached_property
    def problem(self) -> Problem:
        """The shard as the solver sees it."""
        lots, needs = self.supply.rows["owner"], self.demand.rows["owner"]
        owners = np.unique(np.concatenate([lots, needs]))
        return Problem(
            self._lots(owners),
            self._pieces(),
            self._needs(owners),
            self._apart(),
            self.ground.transport.straight_km_per_day,
        )

    def _lots(self, owners: Int64) -> Lots:
        rows, portions = self.supply.rows[self.portions.of], self.portions
        return Lots(
            product=rows["product"].astype(np.int32),
            seller=np.searchsorted(owners, rows["owner"]).astype(np.int32),
            kg=portions.kg,
            least_kg=rows["least"].copy(),
            ask_vnd=rows["floor"].copy(),
            promised_kg=self.supply.promised[portions.of],
            posted=rows["posted"].copy(),
            record=self.supply.record[portions.of],
            lon=rows["lon"].copy(),
            lat=rows["lat"].copy(),
            shelf_days=rows["shelf"].astype(np.int32),
        )

    def _pieces(self) -> Pieces:
        """Every portion has the days and papers of its harvest."""
        pieces, of = self.supply.pieces, self.portions.of
        begin = np.searchsorted(pieces[:, 0], of)
        count = np.searchsorted(pieces[:, 0], of, side="right") - begin
        lot = np.repeat(np.arange(len(of)), count)
        first = np.repeat(begin - (np.cumsum(count) - count), count)
        row = pieces[first + np.arange(len(lot))]
        return Pieces(
            lot=lot.astype(np.int32),
            first_day=row[:, 1].astype(np.int32),
            last_day=row[:, 2].astype(np.int32),
            has=(row[:, 3] | self.bits[lot]).astype(np.uint64),
        )

    def _needs(self, owners: Int64) -> Needs:
        rows, left = self.demand.rows, self.demand.left
        count = len(rows)
        return Needs(
            product=rows["product"].astype(np.int32),
            buyer=np.searchsorted(owners, rows["owner"]).astype(np.int32),
            offer=np.searchsorted(self.offers, rows["offer"]).astype(np.int32),
            first_day=rows["start"].astype(np.int32),
            last_day=rows["end"].astype(np.int32),
            requires=asked_of(self.demand, self.ground.varieties).astype(np.uint64),
            kg=left,
            least_kg=rows["least"].copy(),
            most_kg=left.copy(),
            most_suppliers=self.demand.most_suppliers,
            bid_vnd=rows["ceiling"].copy(),
            posted=rows["posted"].copy(),
            record=self.demand.record.copy(),
            rate_vnd=np.full(count, self.ground.costs.rate_vnd),
            fixed_vnd=np.full(count, self.ground.costs.fixed_vnd),
            lon=rows["lon"].copy(),
            lat=rows["lat"].copy(),
        )

    def _apart(self) -> Int64:
        pairs = pairs_apart(self.past, self.said.lot_digest, self.said.offer_digest)
        ids = self.supply.rows["id"][self.portions.of]
        offers = {int(offer): place for place, offer in enumerate(self.offers)}
        keys = [
            place * LOT_KEY + offers[offer]
            for harvest, offer in pairs
            for place in range(
                np.searchsorted(ids, harvest), np.searchsorted(ids, harvest, "right")
            )
        ]
        return np.array(sorted(keys), dtype=np.int64)
