"""Where chains are looked for: communes of today with what went into them, or former ones."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from marketplace.services.units import units_within


def units_of_place(
    session: Session, units: Collection[int], unit: int | None = None
) -> frozenset[int]:
    """An area; with `unit` that commune of it alone, and what went into it."""
    wanted = frozenset(units)
    if unit is None:
        return wanted
    inside = frozenset(units_within(session, unit))
    return inside & wanted if wanted else inside
