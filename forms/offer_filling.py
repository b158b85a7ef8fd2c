"""What the buttons of an offer's form do to its rows, with or without a script."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeVar

from forms.offer_fields import TypedField, form_lang
from forms.offers import OfferForm
from forms.rows import RowList
from marketplace.domain.commands_offers import PostOffer, TrancheLine
from marketplace.domain.errors import N_, Refused
from marketplace.domain.formats import format_day, format_number
from marketplace.domain.offers import MOST_TRANCHES, split_evenly, weekly_days
from marketplace.domain.sheets import Row, parse_pasted, without_heading

T = TypeVar("T")

HEADINGS = ("ngày giao", "giao từ ngày", "ngày", "từ ngày", "đến ngày", "date")


def typed_tonnes(kg: int) -> str:
    """12500 is "12,5", without a sign between thousands."""
    lang = form_lang()
    grouped = format_number(Decimal(kg) / 1000, lang)
    return grouped.replace("." if lang == "vi" else ",", "")


def _read(field: TypedField[T]) -> T | None:
    """The value of a helper field; a mistake in it is refused at the field."""
    text = (field.data or "").strip()
    if not text:
        return None
    try:
        return field.read(text)
    except Refused as refusal:
        raise Refused(refusal.message, field.name, **refusal.params) from None


def _needed(field: TypedField[T], message: str) -> T:
    value = _read(field)
    if value is None:
        raise Refused(message, field.name)
    return value


def fill_weekly(form: OfferForm) -> None:
    """Rows from a day to a day, every so many days; the total split if given."""
    first = _needed(form.fill_from, N_("Nhập ngày giao đầu tiên"))
    last = _needed(form.fill_to, N_("Nhập ngày giao cuối cùng"))
    days = weekly_days(first, last, _read(form.fill_every) or 7)
    total, price = _read(form.fill_total), _read(form.fill_price)
    shares = split_evenly(total, len(days)) if total else []
    rows = [
        {
            "window_start": format_day(day),
            "kg": typed_tonnes(shares[place]) if shares else "",
            "ceiling": format_number(price, form_lang()) if price else "",
        }
        for place, day in enumerate(days)
    ]
    put_rows(form, rows)


def split_total(form: OfferForm) -> None:
    """The total in equal parts over the rows that have a day."""
    total = _needed(form.fill_total, N_("Nhập tổng số tấn, ví dụ 48"))
    rows = [row for row in form.rows() if (row.window_start.data or "").strip()]
    if not rows:
        raise Refused(N_("Thêm ngày giao trước, rồi chia đều"), "fill_total")
    for row, kg in zip(rows, split_evenly(total, len(rows)), strict=True):
        row.kg.data = typed_tonnes(kg)


def paste_rows(form: OfferForm) -> None:
    """Rows of a spreadsheet behind those that are typed already.

    Three columns are day, tonnes, price; four have a last day after the first.
    """
    pasted = without_heading(parse_pasted(form.paste.data or "", "paste"), HEADINGS)
    if not pasted:
        raise Refused(N_("Dán vào đây các dòng: ngày, số tấn, giá"), "paste")
    kept = [_typed(row) for row in form.rows()]
    rows = kept + [_of_cells(cells) for cells in pasted]
    if len(rows) > MOST_TRANCHES:
        message = N_("Một đơn có nhiều nhất %(most)s đợt")
        raise Refused(message, "paste", most=MOST_TRANCHES)
    put_rows(form, rows)
    form.paste.data = ""


def _of_cells(cells: Row) -> dict[str, str]:
    names: Sequence[str] = ("window_start", "kg", "ceiling")
    if len(cells) > 3:
        names = ("window_start", "window_end", "kg", "ceiling")
    return dict(zip(names, cells, strict=False))


def put_rows(form: OfferForm, rows: Sequence[dict[str, str]]) -> None:
    """These rows instead of those that stand there."""
    table: RowList = form.tranches
    while table.entries:
        table.pop_entry()
    for row in rows[:MOST_TRANCHES] or [{}]:
        table.append_entry(row)


def show_lines(form: OfferForm, command: PostOffer) -> None:
    """Days and kilograms of a command in the rows they were read from."""
    places = form.glance()[1]
    for place, line in zip(places, command.tranches, strict=True):
        row = form.tranches[place].form
        row.window_start.data = format_day(line.window_start)
        row.window_end.data = _last_day(line)
        row.kg.data = typed_tonnes(line.kg)
    form.least_grade.data = str(command.least_grade)
    form.varieties.data = list(command.variety_codes)


def _last_day(line: TrancheLine) -> str:
    single = line.window_end == line.window_start
    return "" if single else format_day(line.window_end)


def data_of(command: PostOffer, revision: int) -> dict[str, object]:
    """What the fields of a form show of an offer that is stored."""
    lang = form_lang()
    alone = command.most_suppliers == 1
    return {
        **_asked_of(command),
        **_moving_of(command),
        "revision": str(revision),
        "product": command.product_code,
        "varieties": list(command.variety_codes),
        "least_grade": str(command.least_grade),
        "market": command.market.value,
        "traceability": command.traceability,
        "cold_chain": command.cold_chain,
        "packaging": command.packaging,
        "unit": str(command.unit_id or ""),
        "place": command.place,
        "show_price": "yes" if command.show_price else "no",
        "deposit_pct": str(command.deposit_pct or ""),
        "payment_term_days": str(command.payment_term_days),
        "answer_by": format_day(command.answer_by) if command.answer_by else "",
        "pooled": "one" if alone else "many",
        "smallest_lot": _or_empty(command.smallest_lot_kg),
        "most_suppliers": "" if alone else str(command.most_suppliers or ""),
        "notes": command.notes,
        "tranches": [_row_of(line, lang) for line in command.tranches],
    }


def _moving_of(command: PostOffer) -> dict[str, object]:
    return {
        "price_mode": command.price_mode.value,
        "share_pct": str(command.share_pct or ""),
        "reference_market": command.reference_market,
    }


def _asked_of(command: PostOffer) -> dict[str, object]:
    least = (one.least_stars for one in command.requirements if one.least_stars)
    return {
        "schemes": [one.scheme.value for one in command.requirements if one.scheme],
        "least_stars": str(next(least, 3)),
        "codes": [one.market.value for one in command.requirements if one.market],
    }


def _row_of(line: TrancheLine, lang: str) -> dict[str, str]:
    return {
        "number": str(line.number or ""),
        "window_start": format_day(line.window_start),
        "window_end": _last_day(line),
        "kg": typed_tonnes(line.kg),
        "ceiling": format_number(line.ceiling_price_vnd, lang),
    }


def _or_empty(kg: int) -> str:
    return typed_tonnes(kg) if kg else ""


def _typed(row: Any) -> dict[str, str]:
    return {name: field.data or "" for name, field in row._fields.items()}
