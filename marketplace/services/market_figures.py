"""The market in numbers: supply and demand by ten days, and the public figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.windows import Dekad, Window, dekads_between
from marketplace.services.baseline_corrections import Declared
from marketplace.services.board import declared_beside, register_figures
from marketplace.services.figures import count_chains_on, units_of_group
from marketplace.services.market_filters import (
    BoardFilter,
    open_harvests,
    open_offers,
)
from models.harvests import Harvest
from models.offers import Offer, Tranche
from models.organisations import Organisation
from models.reference import AreaGroup, Product

AREA = "D126"
DEKADS = 5
Load = tuple[date, date, int]


@dataclass(frozen=True)
class Figure:
    """A number counted from our records beside what was declared, if anything.

    `counted` is None where our records cannot give the number.
    """

    metric: str
    counted: Decimal | None
    unit: str
    declared: tuple[Declared, ...]

    @property
    def latest(self) -> Declared | None:
        return self.declared[0] if self.declared else None


@dataclass(frozen=True)
class Dekads:
    """Supply and demand of a product by ten days, in kilograms."""

    product: Product
    rows: tuple[tuple[Dekad, int, int], ...]
    harvests: int
    offers: int

    @property
    def largest_surplus(self) -> tuple[Dekad, int] | None:
        """Where most is left over, and how much."""
        over = [(row[0], row[1] - row[2]) for row in self.rows if row[1] > row[2]]
        return max(over, key=lambda pair: pair[1], default=None)

    @property
    def largest_gap(self) -> tuple[Dekad, int] | None:
        """Where most is lacking, and how much."""
        under = [(row[0], row[2] - row[1]) for row in self.rows if row[2] > row[1]]
        return max(under, key=lambda pair: pair[1], default=None)


# Metric, unit; in the order of the page. The first of a pair is on the board.
METRICS: Sequence[tuple[str, str]] = (
    ("cooperatives", ""),
    ("members", "people"),
    ("charter_capital", "vnd"),
    ("vietgap_cooperatives", ""),
    ("vietgap_area", "ha"),
    ("vietgap_certified_area", "ha"),
    ("vietgap_output", "kg"),
    ("export_codes", ""),
    ("export_codes_US", ""),
    ("export_codes_CN", ""),
    ("export_codes_AU", ""),
    ("export_code_area", "ha"),
    ("new_codes", ""),
    ("ocop_products", ""),
    ("product_development", ""),
    ("safe_supply", ""),
)


def market_figures(session: Session, today: date) -> dict[str, Figure]:
    """Every public number of the former district, counted and declared.

    The two are never mixed: a page shows the counted one and names the other
    with its source and day.
    """
    counted = _counted(session, today)
    return {
        metric: Figure(
            metric, counted.get(metric), unit, _declared(session, metric, today)
        )
        for metric, unit in METRICS
    }


def _counted(session: Session, today: date) -> dict[str, Decimal | None]:
    units = units_of_group(session, AREA)
    register = register_figures(session, today, units)
    chains = count_chains_on(session, today, units)
    markets = register["codes_by_market"]
    found = {
        "cooperatives": register["cooperatives"],
        "members": register["members"],
        "charter_capital": register["charter_capital_vnd"],
        "vietgap_cooperatives": register["vietgap_cooperatives"],
        "vietgap_area": register["vietgap_area_ha"],
        "vietgap_output": register["vietgap_output_kg"],
        "export_codes": sum(n for code, n in markets.items() if code != "domestic"),
        "export_codes_US": markets["US"],
        "export_codes_CN": markets["CN"],
        "export_codes_AU": markets["AU"] + markets["NZ"],
        "export_code_area": register["code_area_ha"],
        "ocop_products": register["ocop"],
        "product_development": chains["product_development"],
        "safe_supply": chains["safe_supply"],
    }
    return {metric: Decimal(number) for metric, number in found.items()}


def _declared(session: Session, metric: str, today: date) -> tuple[Declared, ...]:
    """Numbers of the same area only, the latest first: the province's stand elsewhere."""
    area = session.scalar(select(AreaGroup.id).where(AreaGroup.code == AREA))
    rows = declared_beside(session, [metric], today)[metric]
    return tuple(row for row in rows if row.area_group_id in (area, None))


def dekad_chart(
    session: Session, *, today: date, product_code: str = ""
) -> Dekads | None:
    """The five busiest periods of ten days that lie ahead, for one product.

    Without a product that of which most is on sale. What a window holds is
    spread evenly over its days. None if nothing is open.
    """
    supply, demand = _supply(session, today), _demand(session, today)
    chosen = _chosen(session, product_code, supply or demand)
    if chosen is None:
        return None
    has, wants = supply[chosen.id], demand[chosen.id]
    dekads = _busiest_dekads([*has, *wants], today)
    rows = tuple(
        (one, _within(has, one, today), _within(wants, one, today)) for one in dekads
    )
    return Dekads(chosen, rows, len(has), len(_offers_of(session, chosen.id, today)))


def _chosen(
    session: Session, code: str, loads: dict[int, list[Load]]
) -> Product | None:
    if code:
        return session.scalars(select(Product).where(Product.code == code)).first()
    sizes = {product: sum(kg for _, _, kg in rows) for product, rows in loads.items()}
    if not sizes:
        return None
    return session.get(
        Product, max(sizes, key=lambda product: (sizes[product], -product))
    )


def _supply(session: Session, today: date) -> defaultdict[int, list[Load]]:
    rows = session.execute(
        select(
            Harvest.product_id,
            Harvest.window_start,
            Harvest.window_end,
            Harvest.likely_kg - Harvest.promised_kg,
        )
        .join(Organisation, Organisation.id == Harvest.organisation_id)
        .where(*open_harvests(session, BoardFilter(), today))
    )
    return _by_product(rows)


def _demand(session: Session, today: date) -> defaultdict[int, list[Load]]:
    rows = session.execute(
        select(
            Offer.product_id,
            Tranche.window_start,
            Tranche.window_end,
            Tranche.kg - Tranche.promised_kg,
        )
        .join(Tranche, Tranche.offer_id == Offer.id)
        .join(Organisation, Organisation.id == Offer.organisation_id)
        .where(
            *open_offers(session, BoardFilter(), today),
            Tranche.dropped.is_(False),
            Tranche.window_end >= today,
        )
    )
    return _by_product(rows)


def _by_product(rows: Iterable[Any]) -> defaultdict[int, list[Load]]:
    found: defaultdict[int, list[Load]] = defaultdict(list)
    for product, start, end, kg in rows:
        found[product].append((start, end, kg))
    return found


def _offers_of(session: Session, product_id: int, today: date) -> Sequence[int]:
    return session.scalars(
        select(Offer.id)
        .join(Organisation, Organisation.id == Offer.organisation_id)
        .where(
            Offer.product_id == product_id,
            *open_offers(session, BoardFilter(), today),
        )
    ).all()


def _busiest_dekads(loads: Sequence[Load], today: date) -> list[Dekad]:
    """The five in a row in which most is sold and bought; the earlier of equals."""
    if not loads:
        return []
    first = max(min(start for start, _, _ in loads), today)
    last = max(end for _, end, _ in loads)
    dekads = dekads_between(first, last + timedelta(days=11 * DEKADS))
    sizes = [_within(loads, one, today) for one in dekads]
    starts = range(len(dekads) - DEKADS + 1)
    best = max(starts, key=lambda i: (sum(sizes[i : i + DEKADS]), -i))
    return dekads[best : best + DEKADS]


def _within(loads: Sequence[Load], dekad: Dekad, today: date) -> int:
    """Kilograms that fall into ten days; days that are over bear nothing."""
    period = Window(dekad.first, dekad.last)
    total = 0
    for start, end, kg in loads:
        window = Window(max(start, today), end)
        total += kg * window.overlap_days(period) // window.days
    return total
