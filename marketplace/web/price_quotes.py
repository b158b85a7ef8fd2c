"""Market prices: everybody reads them, officers write them down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.price_quotes import CorrectionForm, PricesForm, QuoteForm
from marketplace.services.catalogue import all_products, most_grades
from marketplace.services.price_lookup import (
    QuoteFilter,
    list_quotes,
    list_series,
    newest_of,
    products_quoted,
    versions_of,
)
from marketplace.services.price_quotes import (
    access_quote,
    correct_quote,
    find_oddities,
    price_markets,
    record_quote,
)
from marketplace.web.access import Right, can, current_actor, public, requires
from marketplace.web.clock import now, today
from marketplace.web.idempotent import idempotent
from marketplace.web.naming import name_of
from marketplace.web.paging import PAGE, Page, page_number
from marketplace.web.price_charts import band_words, grade_words, price_chart
from marketplace.web.refusals import refused
from models.database import transaction

if TYPE_CHECKING:
    from models.price_quotes import PriceQuote
    from models.reference import Product

bp = Blueprint("price_quotes", __name__, url_prefix="/gia-tham-chieu")

PERIODS = (30, 90, 365)
USUAL_PERIOD = 90


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    """Charts of a product by market, and every price that counts."""
    with transaction(read_only=True) as session:
        officer, days = can(Right.OFFICIATE), _asked_days()
        products = products_quoted(session, withdrawn=officer)
        wanted = _asked(products, days)
        return render_template(
            "price_quotes/index.html",
            charts=[price_chart(one) for one in list_series(session, wanted)],
            page=_page(session, wanted, withdrawn=officer),
            wanted=wanted,
            products=products,
            markets=price_markets(session),
            days=days,
            periods=PERIODS,
        )


def _page(
    session: Session, wanted: QuoteFilter, *, withdrawn: bool
) -> Page[PriceQuote]:
    number = page_number()
    start = (number - 1) * PAGE
    rows, total = list_quotes(
        session, wanted, withdrawn=withdrawn, limit=PAGE, offset=start
    )
    return Page(rows, number, total)


def _asked_days() -> int:
    text = request.args.get("ky", "")
    return next((days for days in PERIODS if str(days) == text), USUAL_PERIOD)


def _asked(products: Sequence[Product], days: int) -> QuoteFilter:
    """One product at a time, the first unless another is asked for."""
    codes = [one.code for one in products]
    code = request.args.get("san-pham", "")
    return QuoteFilter(
        product_code=code if code in codes else next(iter(codes), ""),
        market_code=request.args.get("cho", "")[:64],
        since=today() - timedelta(days=days),
        text=request.args.get("q", "").strip()[:100],
    )


@bp.get("/<public_id>")
@public
def show(public_id: str) -> ResponseReturnValue:
    """One day's price with every version it ever had; officers see who wrote it."""
    with transaction(read_only=True) as session:
        quote = access_quote(session, public_id)
        versions = versions_of(session, quote)
        return render_template(
            "price_quotes/show.html", quote=versions[0], versions=versions
        )


@bp.route("/moi", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def new() -> ResponseReturnValue:
    """Write down the price of a day; an odd one is asked about once."""
    with transaction() as session:
        form = _quote_form(session)
        doubtful = False
        if form.validate_on_submit():
            doubtful = _doubted(session, form, form.product.data)
            if not doubtful:
                with refused(session, form) as outcome:
                    who = current_actor()
                    quote = record_quote(
                        session, who, form.command(), today=today(), now=now()
                    )
                if outcome.done:
                    flash(_("Đã ghi giá."), "ok")
                    return redirect(url_for(".show", public_id=quote.public_id))
        page = render_template(
            "price_quotes/form.html", form=form, doubtful=doubtful, quote=None
        )
        return page, 422 if form.is_submitted() else 200


def _quote_form(session: Session) -> QuoteForm:
    return QuoteForm(
        products=[(one.code, name_of(one)) for one in all_products(session)],
        markets=[(one.code, name_of(one)) for one in price_markets(session)],
        ranks=range(1, most_grades(session) + 1),
        data={"product": request.args.get("san-pham", ""), "day": today()},
    )


def _doubted(session: Session, form: PricesForm, product_code: str) -> bool:
    """Whether a price is odd and nobody has said that it is right."""
    if form.sure.data:
        return False
    odd = find_oddities(session, product_code, form.prices(), today=today())
    form.show_doubts(odd)
    return bool(odd)


@bp.route("/<public_id>/sua", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def correct(public_id: str) -> ResponseReturnValue:
    """Write a further version over the one that was seen, with the reason."""
    with transaction() as session:
        seen = access_quote(session, public_id)
        form = CorrectionForm(data=_typed(seen))
        doubtful = False
        if form.validate_on_submit():
            doubtful = not form.withdrawn.data and _doubted(
                session, form, seen.product.code
            )
            if not doubtful and (done := _corrected(session, form, public_id)):
                return done
        page = render_template(
            "price_quotes/form.html",
            form=form,
            doubtful=doubtful,
            quote=seen,
            newest=newest_of(session, seen),
        )
        return page, 422 if form.is_submitted() else 200


def _corrected(
    session: Session, form: CorrectionForm, public_id: str
) -> ResponseReturnValue | None:
    with refused(session, form) as outcome:
        quote = correct_quote(
            session, current_actor(), public_id, form.command(), now=now()
        )
    if not outcome.done:
        return None
    flash(_("Đã sửa. Dòng cũ vẫn được lưu."), "ok")
    return redirect(url_for(".show", public_id=quote.public_id))


def _typed(quote: PriceQuote) -> dict[str, Any]:
    return {
        "low": quote.low_vnd,
        "high": quote.high_vnd,
        "source": quote.source,
        "link": quote.link,
    }


def init_app(app: Flask) -> None:
    """Give the words of prices to all templates of `app`."""
    app.jinja_env.globals.update(band_words=band_words, grade_words=grade_words)
