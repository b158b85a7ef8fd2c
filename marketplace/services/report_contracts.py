"""What reports take from contracts: land counted once, mass a year, and where it goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from marketplace.domain.errors import N_
from marketplace.domain.formats import format_number
from marketplace.domain.land import Claim, Land
from marketplace.domain.reports import Outlet, Said, outlet_of
from marketplace.services.land_under import (
    Outlines,
    declared_gardens,
    plots_of_gardens,
)
from models.contracts import Contract

_MEASURED = N_(
    "Diện tích: %(measured)s ha đo theo ranh thửa đã vẽ, %(declared)s ha theo khai ở nơi "
    "chưa vẽ thửa."
)


class ContractLand:
    """The land under contracts on a day, read once and summed for any of them.

    As for PD7: a garden counts as its outlines measure it, one that nobody has drawn
    as the contract says, and each piece of land once.
    """

    def __init__(
        self, session: Session, contracts: Sequence[Contract], on: date
    ) -> None:
        gardens = {one for kind, one in map(piece_of_land, contracts) if kind == "area"}
        self._said = declared_gardens(session, gardens)
        plots = plots_of_gardens(session, gardens, on)
        self._outlines = Outlines(session, plots)

    def land(self, contracts: Iterable[Contract]) -> Land:
        """The land that these of the contracts bind together."""
        claims = [
            Claim(frozenset({_garden(one)}), one.linked_area_ha) for one in contracts
        ]
        return self._outlines.land(claims, self._said)


def measured_note(land: Land) -> Said:
    """How much of the hectares was measured, to be said under them."""
    measured, declared = map(format_number, (land.measured_ha, land.declared_ha))
    return Said(_MEASURED, {"measured": measured, "declared": declared})


def _garden(contract: Contract) -> Hashable:
    kind, number = piece_of_land(contract)
    return number if kind == "area" else (kind, number)


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
