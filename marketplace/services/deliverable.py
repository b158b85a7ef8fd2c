"""Whether terms can be delivered: days, papers on those days, kilograms, lots.

A refusal speaks of what both sides may know; it never tells a limit.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from marketplace.domain.bargaining import Bid, Line
from marketplace.domain.errors import N_, Refused
from marketplace.domain.formats import format_day, format_number
from marketplace.domain.masks import names_of
from marketplace.matching import Lot, Market, Need
from marketplace.matching.delivery import runs_within, shared_days
from marketplace.matching.pair import least_kg
from marketplace.matching.transport import haul
from marketplace.services.matching_held import Held, read_held
from marketplace.services.matching_inputs import read_posts
from models.proposals import Proposal

GONE = N_("Vụ hoặc đơn này không còn mở, hoặc không còn đủ hàng")


def market_of(
    session: Session, proposal: Proposal, *, today: date, first_come: bool = False
) -> Market:
    """The two posts of a proposal with what is left for it.

    What other proposals hold is not left, unless `first_come`: at the second
    yes whoever comes first is served.
    """
    held = Held() if first_come else read_held(session, proposal.id)
    pair = ([proposal.harvest_id], [proposal.offer_id])
    return read_posts(session, *pair, held=held, today=today).market


def check_deliverable(market: Market, proposal: Proposal, bid: Bid) -> None:
    """Refuse terms that break a hard rule of either side."""
    numbers = {tranche.id: tranche.number for tranche in proposal.offer.tranches}
    if not market.lots:
        raise Refused(GONE)
    lot = market.lots[0]
    for line in bid.lines:
        need = market.need.get(line.tranche_id)
        if need is None:
            raise Refused(N_("Một đợt giao không còn nhận hàng"), "lines")
        _check_days(lot, need, line, market, numbers[need.id])
        _check_tranche(need, line, numbers[need.id])
        _check_smallest(lot, need, line)
    _check_total(lot, market.needs[0], bid)


def _check_days(lot: Lot, need: Need, line: Line, market: Market, number: int) -> None:
    _, _, transit_days = haul(lot, need, market.transport)
    days = shared_days(lot, need, transit_days)
    first, last = line.deliver_from.toordinal(), line.deliver_to.toordinal()
    if first not in days or last not in days:
        raise Refused(
            _window_words(days), "lines", number=number, **_window_params(days)
        )
    for run in runs_within(lot, range(first, last + 1)):
        if lack := need.requires & ~run.has:
            raise Refused(
                N_("Đợt %(number)s: %(names)s không còn hiệu lực ngày %(day)s"),
                "lines",
                number=number,
                names=", ".join(names_of(lack)),
                day=format_day(date.fromordinal(run.first_day)),
            )


def _window_words(days: range) -> str:
    if not days:
        return N_("Đợt %(number)s không còn ngày giao nào trùng với vụ")
    return N_("Đợt %(number)s chỉ giao được từ %(first)s đến %(last)s")


def _window_params(days: range) -> dict[str, str]:
    if not days:
        return {}
    return {
        "first": format_day(date.fromordinal(days[0])),
        "last": format_day(date.fromordinal(days[-1])),
    }


def _check_tranche(need: Need, line: Line, number: int) -> None:
    if line.kg > need.kg:
        raise Refused(
            N_("Đợt %(number)s chỉ còn cần %(kg)s kg"),
            "lines",
            number=number,
            kg=format_number(need.kg),
        )


def _check_smallest(lot: Lot, need: Need, line: Line) -> None:
    """A delivery is no less than the smallest lot, unless nothing more is left."""
    least = least_kg(lot, need)
    if line.kg < least:
        raise Refused(
            N_("Ít nhất %(kg)s kg một lần mua bán"), "lines", kg=format_number(least)
        )


def _check_total(lot: Lot, need: Need, bid: Bid) -> None:
    if bid.kg > lot.fitting_kg(need.least_grade):
        raise Refused(N_("Không còn đủ hàng cho đề xuất này"), "lines")
