"""What a change of a paper changes, line by line, as people read it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor, Role
from marketplace.domain.words import PaperState
from marketplace.services.areas import list_areas, list_facilities, list_products
from marketplace.services.paper_changes import (
    command_of,
    open_change,
    words_of_paper,
)
from marketplace.services.paper_rows import Row, holder_of
from marketplace.web import words
from marketplace.web.labels import label
from marketplace.web.naming import name_of

NAMES = {
    "scheme": _l("Loại giấy"),
    "number": _l("Số giấy"),
    "issuer": _l("Nơi cấp"),
    "issued_on": _l("Ngày cấp"),
    "expires_on": _l("Ngày hết hạn"),
    "product_code": _l("Sản phẩm"),
    "area": _l("Vườn"),
    "facility": _l("Cơ sở"),
    "area_ha": _l("Diện tích (ha)"),
    "stars": _l("Số sao OCOP"),
    "output_kg_per_year": _l("Sản lượng một năm (kg)"),
    "more_areas": _l("Vườn khác cũng ghi trên giấy"),
    "more_facilities": _l("Cơ sở khác cũng ghi trên giấy"),
    "market": _l("Thị trường"),
    "code": _l("Mã số"),
    "first_day": _l("Có hiệu lực từ"),
    "last_day": _l("Đến hết ngày"),
    "supervised_on": _l("Lần giám sát gần nhất"),
}


@dataclass(frozen=True)
class Line:
    """One thing that a paper says, as it was verified and as it is to be."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class ChangeSeen:
    """An open change of a paper, for the page; returned if its holder is to mend it."""

    lines: list[Line]
    returned: bool


def change_seen(session: Session, row: Row) -> ChangeSeen | None:
    """What the holder wants to change, beside what was verified."""
    change = open_change(session, row)
    if change is None:
        return None
    before, after = words_of_paper(row), command_of(change)
    places = _places(session, row)
    lines = []
    for field in dataclasses.fields(before):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old != new:
            name = str(NAMES[field.name])
            lines.append(Line(name, _said(old, places), _said(new, places)))
    return ChangeSeen(lines, change.state is PaperState.RETURNED)


def _places(session: Session, row: Row) -> dict[str, str]:
    """Names of the holder's gardens and facilities, and of products."""
    holder = Actor(0, holder_of(row).id, Role.DIRECTOR)
    found = {one.public_id: one.name for one in list_areas(session, holder)}
    found |= {one.public_id: one.name for one in list_facilities(session, holder)}
    return found | {one.code: name_of(one) for one in list_products(session)}


def _said(value: Any, places: dict[str, str]) -> str:
    if isinstance(value, tuple):
        return ", ".join(_said(one, places) for one in value) or "–"
    if value is None or value == "":
        return str(_("Không ghi"))
    if isinstance(value, Enum):
        return str(label(value))
    if isinstance(value, date):
        return words.day(value)
    if isinstance(value, int | Decimal):
        return words.number(value)
    return places.get(str(value), str(value))
