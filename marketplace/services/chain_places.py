"""Where chains are: in communes of today with what went into them, or former ones."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.services.units import units_within
from models.chains import Chain
from models.organisations import Organisation


@dataclass(frozen=True)
class Places:
    """Units, and the organisations that named one of them as their former commune."""

    units: frozenset[int]
    leads: frozenset[int]

    def hold(self, chain: Chain) -> bool:
        return chain.unit_id in self.units or chain.lead_id in self.leads


def places_of(
    session: Session, units: Collection[int], unit: int | None = None
) -> Places:
    """An area; with `unit` that commune of it alone, and what went into it."""
    wanted = frozenset(units)
    if unit is not None:
        inside = units_within(session, unit)
        wanted = inside & wanted if wanted else inside
    named = select(Organisation.id).where(Organisation.declared_unit_id.in_(wanted))
    return Places(wanted, frozenset(session.scalars(named)))
