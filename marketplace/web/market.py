"""The public market: what is on sale, what is wanted, and no one's limits."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.services.market import (
    MOST_A_PAGE,
    find_harvests,
    find_offers,
    products_on_board,
    public_harvest,
    public_offer,
)
from marketplace.services.market_figures import dekad_chart, market_figures
from marketplace.services.market_filters import BoardFilter
from marketplace.services.prices import offered_price
from marketplace.web.access import public
from marketplace.web.clock import now, today
from marketplace.web.market_pages import (
    MARKETS,
    SCHEMES,
    asked_filter,
    chart_of,
    commune_choices,
    months_ahead,
)
from marketplace.web.paging import Page, page_number
from models.database import transaction

bp = Blueprint("market", __name__)

HARVESTS, OFFERS = "vu", "don"


@bp.get("/")
@public
def landing() -> ResponseReturnValue:
    """What this is, the season in one chart, and the board."""
    with transaction(read_only=True) as session:
        data = _board(session)
        chart = dekad_chart(session, today=today(), product_code=data["wanted"].product)
        return render_template(
            "market/landing.html",
            chart=chart_of(chart),
            dekads=chart,
            figures=market_figures(session, today()),
            now=now(),
            **data,
        )


@bp.get("/san")
@public
def board() -> ResponseReturnValue:
    """Open harvests and offers with filters and pages."""
    with transaction(read_only=True) as session:
        return render_template("market/board.html", **_board(session))


def _board(session: Session) -> dict[str, Any]:
    wanted, day = asked_filter(), today()
    shelf = OFFERS if request.args.get("loai") == OFFERS else HARVESTS
    find = find_offers if shelf == OFFERS else find_harvests
    items, total = find(session, wanted, today=day, page=page_number())
    pages = max(1, -(-total // MOST_A_PAGE))
    counts = {
        shelf: total,
        _other(shelf): _count(session, wanted, _other(shelf)),
    }
    products = products_on_board(session, today=day)
    return {
        "page": Page(items, min(page_number(), pages), total, MOST_A_PAGE),
        "shelf": shelf,
        "counts": counts,
        "wanted": wanted,
        "products": [product for product, _count in products],
        "months": months_ahead(day),
        "communes": commune_choices(session, day),
        "schemes": SCHEMES,
        "markets": MARKETS,
        "offered": _offered(session, wanted, products),
        "today": day,
    }


def _other(shelf: str) -> str:
    return HARVESTS if shelf == OFFERS else OFFERS


def _count(session: Session, wanted: BoardFilter, shelf: str) -> int:
    find = find_offers if shelf == OFFERS else find_harvests
    return find(session, wanted, today=today(), size=1)[1]


def _offered(session: Session, wanted: BoardFilter, products: Any) -> Any:
    """The middle of the offered prices of the chosen product, if enough offer."""
    chosen = next((one for one, _n in products if one.code == wanted.product), None)
    return offered_price(session, chosen.id, today=today()) if chosen else None


@bp.get("/san/vu/<public_id>")
@public
def harvest(public_id: str) -> ResponseReturnValue:
    """One open harvest in public words."""
    with transaction(read_only=True) as session:
        card = public_harvest(session, public_id, today=today())
        return render_template("market/harvest.html", card=card, today=today())


@bp.get("/san/don/<public_id>")
@public
def offer(public_id: str) -> ResponseReturnValue:
    """One open offer in public words."""
    with transaction(read_only=True) as session:
        card = public_offer(session, public_id, today=today())
        return render_template("market/offer.html", card=card, today=today())
