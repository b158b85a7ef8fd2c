"""Names that rows carry in two languages, and the events of a contract."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Flask
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.domain.clauses import CLAUSES
from marketplace.services.addresses import address_of
from marketplace.web import words
from marketplace.web.labels import LABELS
from marketplace.web.labels_contracts import EVENTS

_ORDER = {clause.key: number for number, clause in enumerate(CLAUSES, 1)}
_HEADS = ("parties", "legal_grounds")  # they stand above the clauses

LABELS["ContractEvent"] = {
    **EVENTS,
    "drawn": _l("Soạn hợp đồng từ thỏa thuận của hai bên"),
    "sent_to_sign": _l("Gửi hai bên đọc và ký"),
    "signed": _l("Ký"),
    "both_signed": _l("Hai bên đã ký đủ"),
    "in_force": _l("Hợp đồng có hiệu lực"),
    "withdrawn": _l("Rút lại trước khi ký đủ"),
    "not_signed": _l("Quá hạn ký"),
    "fulfilled": _l("Giao đủ hàng"),
    "ended": _l("Kết thúc"),
}

# How newspapers write a number, and the units they count in.
_PUBLISHED = re.compile(r"(hơn|gần|khoảng)? ?([0-9.]+(?:,[0-9]+)?) ?(tỷ)?")
_ABOUT = {
    "hơn": _l("hơn %(value)s"),
    "gần": _l("gần %(value)s"),
    "khoảng": _l("khoảng %(value)s"),
}
_UNITS = {
    "ha": _l("%(value)s ha"),
    "thành viên": _l("%(value)s thành viên"),
    "tấn/năm": _l("%(value)s tấn/năm"),
    "tỷ đồng": _l("%(value)s tỷ đồng"),
    "tỷ đồng/năm": _l("%(value)s tỷ đồng/năm"),
}


def current_lang() -> str:
    """`vi` or `en`, whichever the page is in."""
    return "en" if str(get_locale()) == "en" else "vi"


def name_of(row: Any) -> str:
    """The name of a product, variety, grade or group in the page's language."""
    if row is None:
        return ""
    return str(getattr(row, f"name_{current_lang()}"))


def place_of(
    unit: Any, street: str = "", *, country: bool = False, inside: bool = False
) -> str:
    """Where a unit is, up to its province or the country; `inside` a sentence."""
    lang, land = current_lang(), str(_("Việt Nam")) if country else ""
    return address_of(unit, lang, street=street, country=land, inside=inside)


def size_of(grade: Any) -> str:
    """What a grade measures: ≥ 1,2 kg/quả, in English ≥ 1.2 kg/fruit."""
    size = str(grade.description)
    if current_lang() == "en":
        return size.replace(",", ".").replace("quả", "fruit")
    return size


def published(row: Any) -> str:
    """A declared number with its unit: hơn 14.400 tấn/năm, over 14,400 t/year."""
    match = _PUBLISHED.fullmatch(row.value)
    if match is None:
        return f"{row.value} {row.unit}".strip()
    about, figure, scale = match.groups(default="")
    text = words.number(Decimal(figure.replace(".", "").replace(",", ".")))
    if unit := f"{scale} {row.unit}".strip():
        text = (
            str(_UNITS[unit]) % {"value": text} if unit in _UNITS else f"{text} {unit}"
        )
    return str(_ABOUT[about]) % {"value": text} if about else text


def ordered_clauses(content: dict[str, Any]) -> list[tuple[str, dict[str, str]]]:
    """The clauses of a contract in the order in which people read them."""
    shown = [(k, c) for k, c in content["clauses"].items() if k not in _HEADS]
    return sorted(shown, key=lambda pair: pair[1].get("position", _ORDER[pair[0]]))


def shown_params(params: Mapping[str, object]) -> dict[str, object]:
    """The parameters of a predicate's reason, as people write them."""
    return {name: _shown(value, name) for name, value in params.items()}


def _shown(value: object, name: str) -> object:
    if name.endswith("_ha"):
        return words.number(Decimal(str(value)))
    if isinstance(value, date):
        return words.day(value)
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return words.number(value)
    return value


def month_labels(points: Sequence[tuple[date, int, int]]) -> list[str]:
    """`5/26` under each point of a trend by months."""
    return [f"{day.month}/{day:%y}" for day, *_ in points]


def highest(points: Sequence[tuple[date, int, int]]) -> int:
    """The upper end of a trend's axis: the next ten above the largest number."""
    return (max(max(numbers) for _, *numbers in points) // 10 + 1) * 10


def init_app(app: Flask) -> None:
    """Give the names to all templates."""
    app.jinja_env.globals.update(
        current_lang=current_lang,
        name_of=name_of,
        place_of=place_of,
        ordered_clauses=ordered_clauses,
        published=published,
        shown_params=shown_params,
        month_labels=month_labels,
        highest=highest,
    )
