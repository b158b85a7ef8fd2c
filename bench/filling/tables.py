"""An instance as rows of the product's own tables, written in bulk.

What a mask of the instance means is said in the words of the product: papers
are certificates of the cooperative, codes are growing-area codes of the product
it grows (or, for markets the product does not know, a certificate that nothing
else asks for), so that the same pairs fit. Transport follows the rule of the
market and not the instance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench import world
from bench.filling.demand import fill_offers
from bench.filling.ground import POSTED, Ground, first_id, variety_of, write
from bench.filling.supply import fill_harvests, fill_papers
from marketplace.domain.words import OrganisationKind, OrganisationState, SeasonClass
from marketplace.matching.arrays import Problem
from models.organisations import Organisation, User
from models.reference import AdminUnit, Product, ProductGroup, Variety


def fill(session: Session, problem: Problem) -> Ground:
    """Write the instance; the caller commits. Returns where its rows begin."""
    ground = _ground(session, problem)
    write(session, User, [(ground.user, "Kiểm đo", "kiemdo@vi.du", "-")], USER)
    write(session, Organisation, _organisations(problem, ground), ORGANISATION)
    _products(session, problem, ground)
    fill_harvests(session, problem, ground)
    fill_papers(session, problem, ground)
    fill_offers(session, problem, ground)
    if session.get_bind().dialect.name == "postgresql":
        catch_up(session)
    return ground


USER = "id name email password_hash"
ORGANISATION = (
    "id kind state name name_folded skeleton short_name unit_id official_members"
    " verified_at"
)


def _ground(session: Session, problem: Problem) -> Ground:
    counts = np.zeros(int(problem.lots.product.max()) + 1, np.int64)
    np.maximum.at(counts, problem.lots.product, variety_of(problem.pieces.has) + 1)
    variety, varieties = first_id(session, Variety), []
    for count in counts.tolist():
        varieties.append(list(range(variety, variety + count)))
        variety += count
    return Ground(
        unit=int(session.scalars(sa.select(sa.func.min(AdminUnit.id))).one()),
        user=first_id(session, User),
        people=first_id(session, Organisation),
        products=first_id(session, Product),
        varieties=varieties,
    )


def _organisations(problem: Problem, ground: Ground) -> Iterator[Sequence[Any]]:
    """Cooperatives, then buyers, numbered as in the instance."""
    sellers = int(problem.lots.seller.max()) + 1
    state = OrganisationState.VERIFIED
    for number in range(int(problem.needs.buyer.max()) + 1):
        kind, members = OrganisationKind.ENTERPRISE, None
        if number < sellers:
            kind, members = OrganisationKind.COOPERATIVE, 7
        name, folded = f"Đơn vị đo {number}", f"don vi do {number}"
        names = (name, folded, folded, name)
        yield (
            ground.people + number,
            kind,
            state,
            *names,
            ground.unit,
            members,
            POSTED,
        )


def _products(session: Session, problem: Problem, ground: Ground) -> None:
    group = first_id(session, ProductGroup)
    names = "id code name_vi name_en report_group icon"
    row = (group, "kiem-do", "Kiểm đo", "Benchmark", "other", "nhan")
    write(session, ProductGroup, [row], names)
    crop = world.crops(int(problem.lots.product.max()) + 1)
    first = ground.products
    rows = [
        (first + n, f"kiem-do-{n}", group, f"Hàng {n}", f"Good {n}", "nhan", days, days)
        for n, days in enumerate(crop.shelf_days.tolist())
    ]
    names = "id code group_id name_vi name_en icon shelf_life_days cold_life_days"
    write(session, Product, rows, names)
    kinds = [
        (
            kind,
            first + n,
            f"g{kind}",
            f"Giống {kind}",
            f"Variety {kind}",
            SeasonClass.MAIN,
        )
        for n, known in enumerate(ground.varieties)
        for kind in known
    ]
    write(session, Variety, kinds, "id product_id code name_vi name_en season_class")


def catch_up(session: Session) -> None:
    """Sequences do not know of ids that were given by hand."""
    tables = sa.inspect(session.connection()).get_table_names()
    for name in tables:
        serial = sa.func.pg_get_serial_sequence(name, "id")
        table = sa.table(name, sa.column("id"))
        columns = sa.inspect(session.connection()).get_columns(name)
        if any(column["name"] == "id" for column in columns):
            last = sa.select(sa.func.coalesce(sa.func.max(table.c.id), 1))
            session.execute(sa.select(sa.func.setval(serial, last.scalar_subquery())))
