"""The area that an address asks for, out of what the officer oversees."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from marketplace.services.report_areas import choose_area
from marketplace.web.access import current_actor
from marketplace.web.clock import today

NAME = "khu-vuc"


@dataclass(frozen=True)
class AskedArea:
    """An area group, a commune of today, or with no code all that one oversees."""

    code: str
    name: str
    units: Collection[int]

    @property
    def asked(self) -> dict[str, str]:
        """What keeps a link in this area."""
        return {NAME: self.code} if self.code else {}


def asked_area(session: Session) -> AskedArea:
    """The area of the address; anything odd is all that the officer oversees.

    Others oversee nothing.
    """
    if not current_actor().is_officer:
        return AskedArea("", "", ())
    code = request.values.get(NAME, "")
    area, units = choose_area(session, current_actor(), code, today=today())
    return AskedArea(area.code, area.name, units)
