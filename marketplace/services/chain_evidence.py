"""The papers that prove the stages of chains, and the stages a lead runs itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.domain.chain_facts import Evidence, Interval
from marketplace.domain.chain_records import read_as
from marketplace.domain.linkage import find_form
from marketplace.domain.paper_scopes import (
    STAGE_OF_FACILITY,
    PaperScope,
    stages_proven,
)
from marketplace.domain.papers import Paper
from marketplace.domain.words import CertificateScheme, Market, PaperState, Stage
from marketplace.services.paper_places import paper_scope
from marketplace.services.paper_rows import Row, column_of, paper_of
from models.bulk import among
from models.paper_places import CertificatePlace
from models.paper_records import PackingHouseCode, PaperStop
from models.paper_versions import PaperVersion
from models.papers import Certificate, Facility, GrowingArea
from models.reference import Product

Stops = Mapping[tuple[str, int], tuple[Interval, ...]]
"""Days without a paper, by the column that names it and its id."""


@dataclass(frozen=True)
class Ground:
    """What organisations hold and run, and which products are of which group."""

    papers: Mapping[int, list[Certificate]]
    packing: Mapping[int, list[PackingHouseCode]]
    stops: Stops
    versions: Mapping[tuple[str, int], Sequence[PaperVersion]]
    stages: Mapping[int, set[Stage]]
    products: Mapping[int, set[int]]


def load_ground(session: Session, organisations: Collection[int]) -> Ground:
    """Papers and places of these organisations, in a handful of queries."""
    papers = _papers(session, organisations)
    packing = _packing(session, organisations)
    rows: list[Row] = [row for held in papers.values() for row in held]
    rows += [row for held in packing.values() for row in held]
    return Ground(
        papers=papers,
        packing=packing,
        stops=_stops(session, rows),
        versions=_versions(session, rows),
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
    held: tuple[Mapping[int, Sequence[Row]], ...] = (ground.papers, ground.packing)
    rows = [
        (row, owner in sellers)
        for of in held
        for owner in {*sellers, *buyers}
        for row in of.get(owner, ())
    ]
    found: list[Evidence] = []
    for row, seller in sorted(rows, key=lambda one: (column_of(one[0]), one[0].id)):
        stopped = ground.stops.get(_name(row), ())
        for paper, scope in (
            _now(row),
            *map(_before, ground.versions.get(_name(row), ())),
        ):
            found += (
                Evidence(stage, paper, stopped=stopped)
                for stage in _stages_of(paper, scope, products, seller)
            )
    return tuple(found)


def _now(row: Row) -> tuple[Paper, PaperScope]:
    scope = paper_scope(row) if isinstance(row, Certificate) else PaperScope()
    return paper_of(row), scope


def _before(version: PaperVersion) -> tuple[Paper, PaperScope]:
    """A paper as it was: it counted from its first day, and until another did."""
    said = version.said
    paper = Paper(
        PaperState.ACTIVE,
        version.first_day,
        version.until - timedelta(days=1),
        version.first_day,
        scheme=CertificateScheme(said["scheme"]) if "scheme" in said else None,
        market=Market(said["market"]) if "market" in said else None,
        packing=version.packing_code_id is not None,
        stars=said.get("stars"),
    )
    return paper, read_as(PaperScope, version.scope)


def _stages_of(
    paper: Paper, scope: PaperScope, products: Collection[int], seller: bool
) -> Sequence[Stage]:
    if paper.packing:
        return (Stage.PROCESSING,)
    return stages_proven(scope, products, seller=seller)


def own_stages(ground: Ground, lead: int) -> frozenset[Stage]:
    """The stages of a lead that runs all of them itself, else none (S1)."""
    stages = frozenset(ground.stages.get(lead, ()))
    return stages if find_form(stages) is not None else frozenset()


def _papers(
    session: Session, organisations: Collection[int]
) -> dict[int, list[Certificate]]:
    further = selectinload(Certificate.further)
    rows = session.scalars(
        select(Certificate)
        .where(among(session, Certificate.organisation_id, organisations))
        .options(
            selectinload(Certificate.area),
            selectinload(Certificate.facility),
            further.selectinload(CertificatePlace.area),
            further.selectinload(CertificatePlace.facility),
        )
    )
    found: dict[int, list[Certificate]] = defaultdict(list)
    for row in rows:
        found[row.organisation_id].append(row)
    return found


def _packing(
    session: Session, organisations: Collection[int]
) -> dict[int, list[PackingHouseCode]]:
    """Codes of packing houses by who runs them."""
    rows = session.execute(
        select(PackingHouseCode, Facility.organisation_id)
        .join(Facility, Facility.id == PackingHouseCode.facility_id)
        .where(among(session, Facility.organisation_id, organisations))
    )
    found: dict[int, list[PackingHouseCode]] = defaultdict(list)
    for row, owner in rows:
        found[owner].append(row)
    return found


def _stops(session: Session, rows: Collection[Row]) -> Stops:
    """The days on which papers that count again were suspended."""
    found: dict[tuple[str, int], tuple[Interval, ...]] = {}
    for column in (PaperStop.certificate_id, PaperStop.packing_code_id):
        ids = [row.id for row in rows if column_of(row) == column.key]
        wanted = (
            select(column, PaperStop.first_day, PaperStop.until)
            .where(among(session, column, ids))
            .order_by(PaperStop.first_day)
        )
        for paper, first, until in session.execute(wanted) if ids else ():
            name = (column.key, paper or 0)
            found[name] = (*found.get(name, ()), Interval(first, until))
    return found


def _versions(
    session: Session, rows: Collection[Row]
) -> dict[tuple[str, int], list[PaperVersion]]:
    """How papers were before their changes, the oldest first."""
    found: dict[tuple[str, int], list[PaperVersion]] = defaultdict(list)
    for column in (PaperVersion.certificate_id, PaperVersion.packing_code_id):
        ids = [row.id for row in rows if column_of(row) == column.key]
        wanted = select(PaperVersion).where(among(session, column, ids))
        for one in session.scalars(wanted.order_by(PaperVersion.id)) if ids else ():
            found[column.key, getattr(one, column.key)].append(one)
    return found


def _name(row: Row) -> tuple[str, int]:
    return column_of(row), row.id


def _stages(session: Session, organisations: Collection[int]) -> dict[int, set[Stage]]:
    found: dict[int, set[Stage]] = defaultdict(set)
    plants = select(Facility.organisation_id, Facility.kind).where(
        among(session, Facility.organisation_id, organisations),
        Facility.ended_on.is_(None),
    )
    for owner, kind in session.execute(plants):
        found[owner].add(STAGE_OF_FACILITY[kind])
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
