"""What reports take from contracts: land counted once, mass a year, and where it goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from marketplace.domain.areas import area_without_doubles
from marketplace.domain.reports import Outlet, outlet_of
from models.contracts import Contract


def land_of(contracts: Iterable[Contract]) -> Decimal:
    """Hectares linked by contracts; a plot under several of them is counted once."""
    return area_without_doubles(
        (piece_of_land(contract), contract.linked_area_ha) for contract in contracts
    )


def piece_of_land(contract: Contract) -> tuple[str, int]:
    """The land a contract names; without a growing area it is land of its own."""
    harvest = contract.harvest
    if harvest is None:
        return ("contract", contract.id)
    if harvest.area_id is None:
        return ("harvest", harvest.id)
    return ("area", harvest.area_id)


def kg_a_year(contract: Contract) -> int:
    """Kilograms of a contract spread over the seasons that it covers."""
    seasons = {contract.season, *(line.season for line in contract.lines)} - {""}
    return contract.total_kg // max(len(seasons), 1)


def outlet(contract: Contract) -> Outlet:
    """Where the goods of a contract go, by its buyer and the market of its offer."""
    market = contract.offer.market if contract.offer else None
    return outlet_of(contract.buyer.kind, market)


def kg_by_outlet(contracts: Iterable[Contract]) -> Counter[Outlet]:
    """Kilograms a year by where they go."""
    found: Counter[Outlet] = Counter()
    for contract in contracts:
        found[outlet(contract)] += kg_a_year(contract)
    return found


def tonnes(kilograms: int) -> Decimal:
    """Tonnes of a mass in kilograms, exactly."""
    return Decimal(kilograms) / 1000


def millions(vnd: int) -> Decimal:
    """Millions of đồng, exactly."""
    return Decimal(vnd) / 1_000_000
