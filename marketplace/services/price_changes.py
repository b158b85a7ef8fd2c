"""How often a floor or a ceiling changes: who may try any price finds the other's.

Whether a harvest and an offer meet tells on which side of the other's limit one's
own is. Two limits keep it from being felt for step by step: a post changes its
price a few times a day, and all posts of an organisation name a few prices of a
product a day. What was named lately may be named again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.commands_offers import PostOffer
from marketplace.domain.errors import N_, Refused
from marketplace.domain.words import Side
from marketplace.services.clockwork import HOME
from marketplace.services.days import day_of
from marketplace.services.rules import rule
from models.harvests import Harvest
from models.offers import Offer
from models.price_changes import PriceChange

RULE = "price.changes"
TOO_MANY_CHANGES = N_(
    "Giá của bài này đã đổi %(most)s lần trong %(hours)s giờ."
    " Đổi tiếp được từ %(time)s ngày %(day)s. Các mục khác vẫn sửa được"
)
TOO_MANY_PRICES = N_(
    "Tổ chức đã ra %(most)s mức giá khác nhau cho sản phẩm này trong %(hours)s giờ."
    " Dùng lại một mức đã ra, hoặc ra mức mới từ %(time)s ngày %(day)s"
)


def name_prices(
    session: Session,
    post: Harvest | Offer,
    prices: Mapping[str, int],
    *,
    now: datetime,
    first: bool = False,
) -> None:
    """Write down what a post on the market names, by field; refused if too often.

    Where no rule says how often, nothing is refused.
    """
    limit = _limit(session, now)
    hours = timedelta(hours=limit["hours"]) if limit else timedelta(0)
    recent = _since(session, post, now - hours)
    known = {row.price_vnd for row in recent}
    novel = {one for one in prices.values() if one not in known}
    if limit and prices:
        field = next(name for name, one in prices.items() if not novel or one in novel)
        if not first:
            own = {row.at for row in recent if _is_of(row, post) and not row.first}
            _check(own, limit, "most", TOO_MANY_CHANGES, field)
        if novel:
            named = [row.at for row in recent if row.novel]
            named += [now] * (len(novel) - 1)
            _check(named, limit, "most_prices", TOO_MANY_PRICES, field)
    for price in sorted(set(prices.values())):
        session.add(_row(post, price, first=first, novel=price in novel, now=now))


def ceilings_of(command: PostOffer) -> dict[str, int]:
    """The ceilings by the fields that they were typed in."""
    return {
        f"tranches-{row}-ceiling": line.ceiling_price_vnd
        for row, line in enumerate(command.tranches)
    }


def new_ceilings(offer: Offer, command: PostOffer) -> dict[str, int]:
    """Those among them that no tranche of the offer has had."""
    had = {row.ceiling_price_vnd for row in offer.tranches if not row.dropped}
    return {name: one for name, one in ceilings_of(command).items() if one not in had}


def _limit(session: Session, now: datetime) -> dict[str, Any] | None:
    try:
        return rule(session, RULE, day_of(now))
    except LookupError:
        return None


def _since(
    session: Session, post: Harvest | Offer, since: datetime
) -> Sequence[PriceChange]:
    """What the organisation named of the product on this side."""
    return session.scalars(
        select(PriceChange)
        .where(
            PriceChange.organisation_id == post.organisation_id,
            PriceChange.product_id == post.product_id,
            PriceChange.side == _side(post),
            PriceChange.at > since,
        )
        .order_by(PriceChange.at)
    ).all()


def _check(
    moments: Collection[datetime],
    limit: dict[str, Any],
    name: str,
    message: str,
    field: str,
) -> None:
    """Refused with the moment from which there is room again."""
    most = int(limit[name])
    if len(moments) < most:
        return
    free = sorted(moments)[-most] + timedelta(hours=limit["hours"], minutes=1)
    free = free.astimezone(HOME)
    raise Refused(
        message,
        field,
        most=most,
        hours=limit["hours"],
        time=f"{free:%H:%M}",
        day=free.date(),
    )


def _side(post: Harvest | Offer) -> Side:
    return Side.SELLER if isinstance(post, Harvest) else Side.BUYER


def _is_of(row: PriceChange, post: Harvest | Offer) -> bool:
    mine = row.harvest_id if isinstance(post, Harvest) else row.offer_id
    return mine == post.id


def _row(
    post: Harvest | Offer, price: int, *, first: bool, novel: bool, now: datetime
) -> PriceChange:
    harvest = isinstance(post, Harvest)
    return PriceChange(
        organisation_id=post.organisation_id,
        product_id=post.product_id,
        side=_side(post),
        harvest_id=post.id if harvest else None,
        offer_id=None if harvest else post.id,
        price_vnd=price,
        first=first,
        novel=novel,
        at=now,
    )
