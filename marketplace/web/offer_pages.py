"""What the pages of an offer show: choices, what was typed, supply beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flask import Flask, request
from flask_babel import gettext
from sqlalchemy.orm import Session

from forms.offer_fields import Choices
from forms.offer_filling import (
    data_of,
    fill_weekly,
    paste_rows,
    show_lines,
    split_total,
)
from forms.offers import OfferForm
from forms.said import said
from marketplace.domain.actor import Actor
from marketplace.domain.errors import Refused
from marketplace.services.catalogue import (
    all_products,
    all_varieties,
    grades_of,
    provinces_on,
    varieties_of,
)
from marketplace.services.offer_lists import list_offers
from marketplace.services.offer_rows import command_of
from marketplace.services.price_quotes import price_markets
from marketplace.services.supply import Supply, TrancheSupply, count_supply
from marketplace.services.supply_levers import Lever, apply_lever, find_levers
from marketplace.web.fields import rows_changed
from marketplace.web.naming import name_of, size_of
from marketplace.web.words import day_short, month_name, number

if TYPE_CHECKING:
    from models.offers import Offer
    from models.reference import Grade

_: Callable[..., str] = gettext

# Asked once: the next offer begins with the conditions of the last one.
KEPT = (
    "product", "packaging", "unit", "place", "deposit_pct", "payment_term_days",
    "pooled", "smallest_lot", "traceability", "cold_chain", "schemes", "show_price",
    "price_mode", "share_pct", "reference_market",
)  # fmt: skip
HELPS = {"fill": fill_weekly, "split": split_total, "paste": paste_rows}


@dataclass(frozen=True)
class Beside:
    """Supply for what is typed so far; `by_row` is keyed by the row's place."""

    supply: Supply | None = None
    by_row: dict[int, TrancheSupply] = field(default_factory=dict)
    levers: tuple[Lever, ...] = ()
    days: tuple[date, ...] = ()
    total_kg: int = 0
    most_vnd: int = 0


def offer_form(
    session: Session, who: Actor, offer: Offer | None = None, *, today: date
) -> OfferForm:
    """The form with its choices: what was sent, the stored offer, or the last one."""
    products = all_products(session)
    data = _data(session, who, offer)
    code = _product_code(products, str(data.get("product", "")))
    chosen = next(one for one in products if one.code == code)
    choices = Choices(
        products=[(one.code, name_of(one)) for one in products],
        varieties=[(one.code, name_of(one)) for one in varieties_of(session, chosen)],
        grades=[(one.rank, _grade_words(one)) for one in grades_of(session, chosen)],
        units=provinces(session, today),
        price_markets=[(one.code, name_of(one)) for one in price_markets(session)],
    )
    return OfferForm(choices=choices, data={**data, "product": code})


def _data(session: Session, who: Actor, offer: Offer | None) -> dict[str, Any]:
    if offer is not None:
        return data_of(command_of(offer), offer.revision)
    return defaults_of(session, who)


def defaults_of(session: Session, who: Actor) -> dict[str, Any]:
    """The conditions of the organisation's last offer: never asked twice."""
    past = list_offers(session, who)
    known = data_of(command_of(past[0]), 1) if past else {"payment_term_days": "7"}
    return {name: known[name] for name in KEPT if name in known}


def _product_code(products: Any, stored: str) -> str:
    """The product whose varieties and grades the page offers."""
    asked = request.form.get("product") or request.args.get("san-pham") or stored
    codes = [one.code for one in products]
    return asked if asked in codes else str(codes[0])


def _grade_words(grade: Grade) -> str:
    name = name_of(grade)
    sized = f"{name} ({size_of(grade)})" if grade.description else name
    return sized if grade.rank == 1 else _("%(grade)s trở lên", grade=sized)


def provinces(session: Session, today: date) -> list[tuple[int, str]]:
    """Where goods may be delivered, by name."""
    return [(row.id, row.name) for row in provinces_on(session, today)]


def product_names(session: Session) -> list[str]:
    """Every product and variety, as the first column of a sheet names them."""
    named = (*all_varieties(session), *all_products(session))
    return [name_of(one) for one in named]


def helped(form: OfferForm) -> bool:
    """Whether a button only changed the rows: then nothing is checked or sent."""
    asked = request.form.get("do", "")
    if rows_changed(form.tranches):
        return True
    try:
        if asked in HELPS:
            HELPS[asked](form)
        elif asked.startswith("apply:"):
            command, _places = form.glance()
            show_lines(form, apply_lever(command, asked.removeprefix("apply:")))
    except Refused as refusal:
        form.show_fault(refusal)
    return asked in HELPS or asked.startswith("apply:") or asked == "look"


def beside(session: Session, who: Actor, form: OfferForm, *, today: date) -> Beside:
    """Supply that could serve what is typed so far, and what would bring more."""
    command, places = form.glance()
    known = {choice.value for choice in form.product.choices}
    if not command.tranches or command.product_code not in known:
        return Beside()
    supply = count_supply(session, who, command, today=today)
    return Beside(
        supply=supply,
        by_row=dict(zip(places, supply.tranches, strict=True)),
        levers=tuple(find_levers(session, who, command, today=today)),
        days=tuple(line.window_start for line in command.tranches),
        total_kg=command.total_kg,
        most_vnd=form.most_value_vnd(),
    )


def calendar_of(found: Beside) -> dict[str, Any] | None:
    """The nearest harvests over the deliveries, on one axis of days."""
    supply = found.supply
    if supply is None or not (supply.nearest and found.days):
        return None
    first = min([*found.days, *(one.window_start for one in supply.nearest)])
    last = max([*found.days, *(one.window_end for one in supply.nearest)])
    origin = first.replace(day=1)
    months = _months(origin, last)
    bars = [
        (
            (one.window_start - origin).days,
            (one.window_end - origin).days + 1,
            f"{one.organisation} {one.kg // 1000}",
            "s",
        )
        for one in supply.nearest
    ]
    ticks = [
        ((day - origin).days, (str(place), day_short(day)), _is_covered(tranche))
        for place, (day, tranche) in enumerate(
            zip(found.days[:8], supply.tranches, strict=False), start=1
        )
    ]
    return {"months": months, "bars": bars, "ticks": ticks}


def _is_covered(tranche: TrancheSupply) -> bool:
    return tranche.covered_kg >= tranche.asked_kg


def _months(origin: date, last: date) -> list[tuple[str, int]]:
    months = []
    while origin <= last:
        following = (origin + timedelta(days=32)).replace(day=1)
        months.append((month_name(origin), (following - origin).days))
        origin = following
    return months


def lever_words(lever: Lever) -> str:
    """What a small change would be, as a sentence."""
    if lever.kind == "shift":
        assert lever.day is not None
        return _(
            "Dời đợt %(row)d sang %(day)s", row=lever.row + 1, day=day_short(lever.day)
        )
    if lever.kind == "move":
        return _(
            "Chuyển %(kg)s kg từ đợt %(row)d sang đợt %(other)d",
            kg=number(lever.kg, 0),
            row=lever.row + 1,
            other=lever.other + 1,
        )
    if lever.kind == "grade":
        return _("Nhận cả loại thấp hơn một bậc")
    return _("Nhận mọi giống của sản phẩm này")


def warning_words(warning: dict[str, Any]) -> str:
    """A stored warning in the language of the page."""
    return said(warning["message"], warning.get("params", {}))


def init_app(app: Flask) -> None:
    """Give the sentences of this module to all templates of `app`."""
    app.jinja_env.globals.update(lever_words=lever_words, warning_words=warning_words)
