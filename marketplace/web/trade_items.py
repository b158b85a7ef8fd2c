"""Trade items of an organisation, their GTINs, and its own numbers of GS1."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.trade_items import NumbersForm, TradeItemForm
from marketplace.domain.words_codes import PackLevel
from marketplace.services.areas import list_products
from marketplace.services.gs1_keeping import (
    gln_of,
    prefix_of,
    save_place_number,
    save_prefix,
)
from marketplace.services.trade_items import access_item, list_items, save_item
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import today
from marketplace.web.idempotent import idempotent
from marketplace.web.labels import label
from marketplace.web.naming import name_of
from marketplace.web.paging import page_of
from marketplace.web.refusals import refused
from models.database import transaction

if TYPE_CHECKING:
    from models.trade_items import TradeItem

bp = Blueprint("trade_items", __name__, url_prefix="/mat-hang")


@bp.get("/")
@requires(Right.DELIVER)
def index() -> ResponseReturnValue:
    """What the organisation packs, with the numbers on it."""
    with transaction(read_only=True) as session:
        who = current_actor()
        return render_template(
            "trade_items/index.html",
            page=page_of(list_items(session, who)),
            prefix=prefix_of(session, who.organisation_id),
            gln=gln_of(session, who.organisation_id),
        )


@bp.route("/ma-so", methods=["GET", "POST"])
@requires(Right.DELIVER)
@idempotent
def numbers() -> ResponseReturnValue:
    """The company prefix and the GLN; what is left empty stays as it is."""
    with transaction() as session:
        who = current_actor()
        prefix = prefix_of(session, who.organisation_id)
        gln = gln_of(session, who.organisation_id)
        form = NumbersForm(data={"prefix": prefix, "gln": gln})
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                if form.prefix.data:
                    save_prefix(session, who, form.prefix.data)
                if form.gln.data:
                    save_place_number(session, who, form.gln.data, today=today())
            if outcome.done:
                flash(_("Đã lưu mã số GS1."), "ok")
                return redirect(url_for(".index"))
        page = render_template("trade_items/numbers.html", form=form)
        return page, 422 if form.is_submitted() else 200


@bp.route("/moi", methods=["GET", "POST"])
@requires(Right.DELIVER)
@idempotent
def new() -> ResponseReturnValue:
    """Write down a trade item."""
    return _item_page(None)


@bp.route("/<public_id>", methods=["GET", "POST"])
@requires(Right.DELIVER)
@idempotent
def edit(public_id: str) -> ResponseReturnValue:
    """Change a trade item, or correct its GTIN."""
    return _item_page(public_id)


def _item_page(public_id: str | None) -> ResponseReturnValue:
    with transaction() as session:
        who = current_actor()
        item = access_item(session, who, public_id) if public_id else None
        form = TradeItemForm(
            data=_words(item),
            products=_products(session),
            levels=[(one.value, str(label(one))) for one in PackLevel],
        )
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                save_item(session, who, form.command(), public_id, today=today())
            if outcome.done:
                flash(_("Đã lưu mặt hàng %(name)s.", name=form.name_vi.data), "ok")
                return redirect(url_for(".index"))
        page = render_template("trade_items/item.html", form=form, item=item)
        return page, 422 if form.is_submitted() else 200


def _products(session: Session) -> list[tuple[str, str]]:
    return [(one.code, name_of(one)) for one in list_products(session)]


def _words(item: TradeItem | None) -> dict[str, Any]:
    if item is None:
        return {"level": PackLevel.CASE.value, "grade": ""}
    return {
        "product": item.product.code,
        "name_vi": item.name_vi,
        "name_en": item.name_en,
        "brand": item.brand,
        "net": Decimal(item.net_g) / 1000,
        "level": item.level.value,
        "grade": str(item.grade.rank) if item.grade else "",
        "gtin": item.gtin or "",
    }
