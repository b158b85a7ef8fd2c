"""A member household as it is written down, in values that are read already."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SaveHousehold:
    """Name, the cooperative's own code, telephone, and the id of the commune."""

    name: str
    unit_id: int
    code: str = ""
    phone: str | None = None
    left: bool = False
