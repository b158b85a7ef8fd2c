"""All that the public page of a box shows, read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.box_verdicts import BoxFacts, BoxVerdict
from marketplace.domain.errors import NotFound
from marketplace.domain.monitoring import PlaceKind
from marketplace.domain.words_trace import LotStep
from marketplace.services.box_papers import (
    DiaryFacts,
    Place,
    certificates_on,
    codes_on,
    diary_of,
    places_of,
)
from marketplace.services.box_story import Story, story_of
from marketplace.services.chain_map import ChainMap, communes_around, km_apart
from marketplace.services.chain_map import Place as Spot
from marketplace.services.lot_graph import origins_of
from marketplace.services.lot_labels import trace_of
from marketplace.services.storage import Storage, storage_of
from marketplace.services.trade_items import item_of_lot
from models.lots import Lot
from models.organisations import Organisation
from models.papers import Certificate, GrowingAreaCode
from models.reference import AdminUnit
from models.trade_items import TradeItem

NEAR_KM = 40  # what the small map shows around the first garden


@dataclass(frozen=True)
class BoxPage:
    """A lot as a stranger may know it."""

    lot: Lot
    item: TradeItem | None
    facts: BoxFacts
    story: Story
    growers: Sequence[Organisation]
    places: Sequence[Place]
    diary: DiaryFacts
    certificates: Sequence[Certificate]
    codes: Sequence[GrowingAreaCode]
    holders: Sequence[Organisation]
    trace: str
    chart: ChainMap | None
    storage: Storage | None

    @property
    def verdict(self) -> BoxVerdict:
        """What stands on top."""
        return self.facts.verdict


def find_box(session: Session, public_id: str) -> Lot:
    """The lot behind a short address; NotFound if there is none."""
    lot = session.scalars(select(Lot).where(Lot.public_id == public_id)).first()
    if lot is None:
        raise NotFound
    return lot


def box_page(session: Session, lot: Lot, *, today: date) -> BoxPage:
    """Story, papers and verdict of a lot, as they stand today."""
    story = story_of(session, lot)
    origins = origins_of(session, [lot.id])
    places = places_of(origins)
    certificates, covered = certificates_on(session, places)
    diary = diary_of(session, origins)
    item = item_of_lot(session, lot)
    growers = {area.organisation_id: area.organisation for area, _day in places}
    holders = [one.organisation for one in lot.holdings if one.kg > 0]
    return BoxPage(
        lot=lot,
        item=item,
        facts=_facts(lot, story, places, diary, covered, today),
        story=story,
        growers=list(growers.values()) or [lot.organisation],
        places=places,
        diary=diary,
        certificates=certificates,
        codes=codes_on(session, places),
        holders=holders,
        trace=trace_of(session, lot, item),
        chart=_chart(session, lot, places, holders, today),
        storage=storage_of(session, lot.product, today),
    )


def _facts(
    lot: Lot,
    story: Story,
    places: Sequence[Place],
    diary: DiaryFacts,
    covered: bool,
    today: date,
) -> BoxFacts:
    return BoxFacts(
        traced=bool(places) and not _bought_in(story),
        interval_kept=diary.kept,
        papers_valid=covered,
        past_best=lot.best_before is not None and lot.best_before < today,
        held=lot.held,
        void=lot.voided_at is not None,
    )


def _bought_in(story: Story) -> bool:
    return any(one.step is LotStep.RECEIVE for one in story.steps)


def _chart(
    session: Session,
    lot: Lot,
    places: Sequence[Place],
    holders: Sequence[Organisation],
    today: date,
) -> ChainMap | None:
    """Communes only: where gardens lie exactly is nobody's business."""
    units = {area.unit_id: area.unit for area, _day in places}
    near = [_spot(PlaceKind.PLOT, one.name, one) for one in units.values()]
    if lot.organisation.unit_id not in units:
        home = lot.organisation
        near.append(_spot(PlaceKind.PLANT, home.short_name, home.unit))
    found = [one for one in near if one is not None]
    if not found:
        return None
    sold = [
        _spot(PlaceKind.SHELF, one.short_name, one.unit)
        for one in holders
        if one.id != lot.organisation_id
    ]
    shelves = [replace(one, km=km_apart(found[0].at, one.at)) for one in sold if one]
    around = [
        (name, at)
        for name, at in communes_around(session, today)
        if km_apart(found[0].at, at) <= NEAR_KM
    ]
    return ChainMap(around, found, shelves)


def _spot(kind: PlaceKind, name: str, unit: AdminUnit) -> Spot | None:
    if unit.latitude is None or unit.longitude is None:
        return None
    return Spot(kind, name, unit.name, (unit.latitude, unit.longitude))
