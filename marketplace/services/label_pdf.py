"""Labels as PDF: stickers on A4, a label for a box, one for a pallet with its SSCC."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import zxingcpp

from marketplace.domain.formats import format_day, format_number
from marketplace.domain.gs1 import element_string, readable
from marketplace.domain.label_formats import SHEETS, LabelFormat
from marketplace.services.addresses import address_of
from marketplace.services.label_words import LABEL
from marketplace.services.lot_labels import Label
from marketplace.services.paper_names import market_name
from marketplace.services.paper_printing import made, print_paper, qr_svg
from models.lots import Lot


def labels_pdf(
    labels: Sequence[Label],
    kind: LabelFormat,
    lang: str,
    *,
    copies: int = 1,
    ssccs: Sequence[str] = (),
    now: datetime,
) -> bytes:
    """So many copies of each label on sheets; a pallet's label has its own SSCC."""
    sheet = SHEETS[kind]
    drawn = [_label(one, kind, lang) for one in labels]
    if kind is LabelFormat.PALLET:
        drawn = [drawn[0] | _sscc(one) for one in ssccs]
    order = [at for at in range(len(drawn)) for _copy in range(copies)]
    words = LABEL[lang]
    data = {
        "lang": lang,
        "words": words,
        "title": f"{words['title']} {', '.join(one.lot.code for one in labels)}"[:120],
        "made": made(now),
        "kind": kind.value,
        "sheet": {
            "paper": sheet.paper,
            "label": sheet.label,
            "columns": sheet.columns,
            "rows": sheet.rows,
        },
        "labels": drawn,
        "pages": [
            order[at : at + sheet.labels] for at in range(0, len(order), sheet.labels)
        ],
    }
    return print_paper("label.typ", data)


def _label(label: Label, kind: LabelFormat, lang: str) -> dict[str, Any]:
    lot, item = label.lot, label.item
    named: Any = item or lot.product
    name = getattr(named, f"name_{lang}") or named.name_vi
    maker, words = lot.organisation, LABEL[lang]
    boxed = kind is LabelFormat.BOX
    large = boxed or kind is LabelFormat.PALLET
    return {
        "name": name,
        "producer": maker.name,
        "address": address_of(
            maker.unit, lang, street=maker.address, country=words["country"]
        ),
        "lot": lot.code,
        "qr": qr_svg(label.address),
        "rows": _rows(label, lang, with_lot=not large),
        "marks": [
            [f"{words['code']} ({market_name(market, lang)})", code]
            for code, market in label.marks
        ],
        "trace": label.trace,
        # On a pallet (01) would name the pallet itself as the item; it has its SSCC.
        "bars": _bars(label.elements) if label.elements and boxed else None,
    }


def _rows(label: Label, lang: str, *, with_lot: bool) -> list[list[str]]:
    lot, item, words = label.lot, label.item, LABEL[lang]
    grade = getattr(lot.grade, f"name_{lang}") if lot.grade else ""
    net = format_number(Decimal(item.net_g) / 1000, lang) + " kg" if item else ""
    told = [
        (words["lot"], lot.code if with_lot else ""),
        (words["harvested"], _picked(lot, lang)),
        (words["made" if lot.product.processed else "packed"], _day(lot.made_on, lang)),
        (words["best"], _day(lot.best_before, lang)),
        (words["net"], net),
        (words["grade"], grade),
        (words["brand"], item.brand if item else ""),
    ]
    return [[name, value] for name, value in told if value]


def _picked(lot: Lot, lang: str) -> str:
    """The day, or the first and the last day of what was mixed."""
    days = sorted({day for day in (lot.harvested_from, lot.harvested_to) if day})
    return " – ".join(format_day(day, lang) for day in days)


def _day(day: date | None, lang: str) -> str:
    return format_day(day, lang) if day else ""


def _sscc(number: str) -> dict[str, Any]:
    return {"sscc": number, "pallet": _bars((("00", number),))}


def _bars(pairs: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """GS1-128 with what people read under it."""
    element_string(pairs)  # every value is allowed, or nothing is printed
    kind = zxingcpp.BarcodeFormat.Code128
    drawn = zxingcpp.create_barcode(readable(pairs), kind, gs1=True)
    svg = zxingcpp.write_barcode_to_svg(drawn, scale=2, add_quiet_zones=True)
    return {"svg": svg, "text": readable(pairs)}
