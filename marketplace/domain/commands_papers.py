"""What an organisation writes down of its land, buildings and papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from marketplace.domain.words import CertificateScheme, FacilityKind, Market


@dataclass(frozen=True)
class SaveArea:
    """A garden: land of one organisation under one product, in hectares."""

    name: str
    product_code: str
    area_ha: Decimal
    unit_id: int
    households: int | None = None
    practice: str = ""


@dataclass(frozen=True)
class SaveFacility:
    """A packing house, dryer, plant or selling point."""

    kind: FacilityKind
    name: str
    unit_id: int
    capacity_kg_per_day: int | None = None


@dataclass(frozen=True)
class SaveCertificate:
    """A certificate as it is printed; `area` and `facility` are public ids.

    `more_areas` and `more_facilities` are those that it names beside the first.
    """

    scheme: CertificateScheme
    number: str
    issuer: str
    issued_on: date
    expires_on: date
    product_code: str = ""
    area: str = ""
    facility: str = ""
    area_ha: Decimal | None = None
    stars: int | None = None
    output_kg_per_year: int | None = None
    more_areas: tuple[str, ...] = ()
    more_facilities: tuple[str, ...] = ()


@dataclass(frozen=True)
class SaveCode:
    """A growing-area code of a garden for one market.

    `last_day` is the last day on which it is valid, None without a term.
    """

    area: str
    market: Market
    code: str
    area_ha: Decimal
    first_day: date
    last_day: date | None = None
    supervised_on: date | None = None


@dataclass(frozen=True)
class SavePackingCode:
    """The code of a packing house for one market; `facility` is a public id.

    `last_day` is the last day on which it is valid, None without a term.
    """

    facility: str
    market: Market
    code: str
    first_day: date
    last_day: date | None = None
    supervised_on: date | None = None
