"""All that the public page of a box shows, read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.box_verdicts import BoxFacts, BoxVerdict
from marketplace.domain.errors import NotFound
from marketplace.domain.words_trace import LotStep
from marketplace.services.box_map import BoxMap, map_of_box
from marketplace.services.box_papers import (
    DiaryFacts,
    Place,
    Sources,
    certificates_on,
    codes_on,
    diary_of,
    sources_of,
)
from marketplace.services.box_story import Story, story_of
from marketplace.services.lot_graph import whereabouts
from marketplace.services.lot_holds import is_recalled
from marketplace.services.lot_labels import trace_of
from marketplace.services.storage import Storage, storage_of
from marketplace.services.trade_items import item_of_lot
from models.lots import Lot
from models.organisations import Organisation
from models.papers import Certificate, GrowingAreaCode
from models.trade_items import TradeItem


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
    chart: BoxMap | None
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
    sources = sources_of(session, lot)
    places = sources.places
    certificates, covered = certificates_on(session, sources)
    diary = diary_of(session, sources)
    item = item_of_lot(session, lot)
    growers = {area.organisation_id: area.organisation for area, _day in places}
    holders = [one.organisation for one in lot.holdings if one.kg > 0]
    gardens = [area.unit for area, _day in places]
    facts = _facts(lot, sources, diary, covered, today)
    return BoxPage(
        lot=lot,
        item=item,
        facts=replace(facts, **_fate(session, lot)),
        story=story,
        growers=list(growers.values()),
        places=places,
        diary=diary,
        certificates=certificates,
        codes=codes_on(session, sources),
        holders=holders,
        trace=trace_of(session, lot, item),
        chart=map_of_box(session, lot, gardens, holders, today=today),
        storage=storage_of(session, lot.product, today),
    )


def _facts(
    lot: Lot,
    sources: Sources,
    diary: DiaryFacts,
    covered: bool,
    today: date,
) -> BoxFacts:
    return BoxFacts(
        traced=sources.whole,
        interval_kept=diary.kept,
        papers_valid=covered,
        past_best=lot.best_before is not None and lot.best_before < today,
        held=lot.held,
        void=lot.voided_at is not None,
    )


def _fate(session: Session, lot: Lot) -> dict[str, bool]:
    """Whether it is called back, and whether all that was not used was destroyed."""
    gone = {one.gone for one in whereabouts(session, [lot.id])}
    return {
        "recalled": lot.held and is_recalled(session, lot.id),
        "destroyed": gone == {LotStep.DESTROY},
    }
