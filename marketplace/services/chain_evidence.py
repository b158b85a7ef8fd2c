"""The papers that prove the stages of chains, and the stages a lead runs itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.domain.chain_facts import Evidence, Interval
from marketplace.domain.linkage import find_form
from marketplace.domain.papers import Paper
from marketplace.domain.words import FacilityKind, Stage
from marketplace.services.days import day_of
from models.bulk import among
from models.paper_records import PaperStop
from models.papers import Certificate, Facility, GrowingArea
from models.reference import Product

# What a paper proves by where it hangs: an area grows, a plant processes.
_STAGE_OF_FACILITY = {
    FacilityKind.PACKING_HOUSE: Stage.PROCESSING,
    FacilityKind.PROCESSING: Stage.PROCESSING,
    FacilityKind.DRYER: Stage.PROCESSING,
    FacilityKind.SELLING_POINT: Stage.CONSUMPTION,
}


@dataclass(frozen=True)
class Ground:
    """What organisations hold and run, and which products are of which group."""

    papers: Mapping[int, list[Certificate]]
    stops: Mapping[int, tuple[Interval, ...]]
    stages: Mapping[int, set[Stage]]
    products: Mapping[int, set[int]]


def load_ground(session: Session, organisations: Collection[int]) -> Ground:
    """Papers and places of these organisations, in a handful of queries."""
    papers = _papers(session, organisations)
    return Ground(
        papers=papers,
        stops=_stops(session, [row.id for held in papers.values() for row in held]),
        stages=_stages(session, organisations),
        products=_products(session),
    )


def evidence_of(
    ground: Ground,
    sellers: Collection[int],
    buyers: Collection[int],
    products: Collection[int],
) -> tuple[Evidence, ...]:
    """The papers of every party: of the sellers' land and plants, of the shops."""
    rows = (row for one in {*sellers, *buyers} for row in ground.papers.get(one, ()))
    wanted = [r for r in rows if r.product_id is None or r.product_id in products]
    return tuple(
        Evidence(stage, paper_of(row), stopped=ground.stops.get(row.id, ()))
        for row in sorted(wanted, key=lambda row: row.id)
        for stage in _stages_proven(row, row.organisation_id in sellers)
    )


def own_stages(ground: Ground, lead: int) -> frozenset[Stage]:
    """The stages of a lead that runs all of them itself, else none (S1)."""
    stages = frozenset(ground.stages.get(lead, ()))
    return stages if find_form(stages) is not None else frozenset()


def _papers(
    session: Session, organisations: Collection[int]
) -> dict[int, list[Certificate]]:
    rows = session.scalars(
        select(Certificate)
        .where(among(session, Certificate.organisation_id, organisations))
        .options(selectinload(Certificate.facility))
    )
    found: dict[int, list[Certificate]] = defaultdict(list)
    for row in rows:
        found[row.organisation_id].append(row)
    return found


def _stops(
    session: Session, certificates: Collection[int]
) -> dict[int, tuple[Interval, ...]]:
    """The days on which papers that count again were suspended."""
    rows = session.execute(
        select(PaperStop.certificate_id, PaperStop.first_day, PaperStop.until)
        .where(among(session, PaperStop.certificate_id, certificates))
        .order_by(PaperStop.first_day)
    )
    found: dict[int, tuple[Interval, ...]] = {}
    for paper, first, until in rows:
        found[paper or 0] = (*found.get(paper or 0, ()), Interval(first, until))
    return found


def _stages(session: Session, organisations: Collection[int]) -> dict[int, set[Stage]]:
    found: dict[int, set[Stage]] = defaultdict(set)
    plants = select(Facility.organisation_id, Facility.kind).where(
        among(session, Facility.organisation_id, organisations),
        Facility.ended_on.is_(None),
    )
    for owner, kind in session.execute(plants):
        found[owner].add(_STAGE_OF_FACILITY[kind])
    areas = select(GrowingArea.organisation_id).where(
        among(session, GrowingArea.organisation_id, organisations)
    )
    for owner in session.scalars(areas.distinct()):
        found[owner].add(Stage.PRODUCTION_HARVEST)
    return found


def _products(session: Session) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for product, group in session.execute(select(Product.id, Product.group_id)):
        found[group].add(product)
    return found


def _stages_proven(row: Certificate, seller: bool) -> Iterable[Stage]:
    if row.facility is not None:
        return (_STAGE_OF_FACILITY[row.facility.kind],)
    if not seller:
        return (Stage.CONSUMPTION,)
    return (Stage.PRODUCTION_HARVEST, Stage.PROCESSING)


def paper_of(row: Certificate) -> Paper:
    """A certificate as the rules see it."""
    return Paper(
        state=row.state,
        first_day=row.issued_on,
        last_day=row.expires_on,
        verified_on=_verified_on(row),
        ended_on=row.ended_on,
        scheme=row.scheme,
        stars=row.stars,
    )


def _verified_on(row: Certificate) -> date | None:
    return day_of(row.verified_at) if row.verified_at else None
