"""Where an organisation or a unit is, in full: up to the province and the country."""

from __future__ import annotations

from marketplace.domain.addresses import full_address
from models.organisations import Organisation
from models.reference import AdminUnit


def address_of(
    unit: AdminUnit,
    lang: str,
    *,
    street: str = "",
    country: str = "",
    inside: bool = False,
) -> str:
    """Bản Một, xã Chiềng Khoong, Sơn La, Việt Nam."""
    units = _upwards(unit)
    return full_address(units, lang, street=street, country=country, inside=inside)


def seat_of(organisation: Organisation) -> str:
    """Where an organisation sits, as papers that are signed name it: in Vietnamese."""
    return address_of(organisation.unit, "vi", street=organisation.address or "")


def _upwards(unit: AdminUnit) -> list[str]:
    """The names of a unit and of all that it lies in."""
    names, here = [unit.name], unit.parent
    while here is not None:
        names.append(here.name)
        here = here.parent
    return names
