"""Whether terms can be delivered: days, papers on those days, kilograms, lots.

A refusal speaks of what both sides may know; it never tells a limit.
"""

from __future__ import annotations


from sqlalchemy.orm import Session

from marketplace.domain.bargaining import Bid, Line
from marketplace.domain.errors import N_, Refused
from marketplace.domain.formats import format_day, format_number
from marketplace.domain.masks import names_of
from marketplace.matching import Lot, Market, Need
from marketplace.matching.delivery import runs_within, shared_days
from marketplace.matching.transport import haul
from marketplace.services.matching_held import Held, read_held
from marketplace.services.matching_inputs import pair_market
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
    return pair_market(
        session, proposal.harvest_id, proposal.offer_id, held=held, today=today
    )


def check_deliverable(market: Market, bid: Bid) -> None:
    """Refuse terms that break a hard rule of either side."""
    if not market.lots:
        raise Refused(GONE)
    lot = market.lots[0]
    for line in bid.lines:
        need = market.need.get(line.tranche_id)
        if need is None:
            raise Refused(N_("Một đợt giao không còn nhận hàng"))
        _check_days(lot, need, line, market)
    _check_kilograms(lot, market, bid)


def _check_days(lot: Lot, need: Need, line: Line, market: Market) -> None:
    _, _, transit_days = haul(lot, need, market.transport)
    days = shared_days(lot, need, transit_days)
    first, last = line.deliver_from.toordinal(), line.deliver_to.toordinal()
    if first not in days or last not in days:
        raise Refused(_window_words(days), "days", **_window_params(days))
    for run in runs_within(lot, range(first, last + 1)):
        if lack := need.requires & ~run.has:
            raise Refused(
                N_("Giấy tờ %(names)s không còn hiệu lực vào ngày %(day)s"),
                "days",
                names=", ".join(names_of(lack)),
                day=format_day(date.fromordinal(run.first_day)),
            )


def _window_words(days: range) -> str:
    if not days:
        return N_("Đợt này không còn ngày giao nào trùng với vụ")
    return N_("Chỉ giao được từ %(first)s đến %(last)s")


def _window_params(days: range) -> dict[str, str]:
    if not days:
        return {}
    return {
        "first": format_day(date.fromordinal(days[0])),
        "last": format_day(date.fromordinal(days[-1])),
    }


def _check_kilograms(lot: Lot, market: Market, bid: Bid) -> None:
    needs = market.need
    for line in bid.lines:
        if line.kg > needs[line.tranche_id].kg:
            raise Refused(
                N_("Đợt này chỉ còn cần %(kg)s kg"),
                "kg",
                kg=format_number(needs[line.tranche_id].kg),
            )
    first = market.needs[0]
    if bid.kg > lot.fitting_kg(first.least_grade):
        raise Refused(N_("Không còn đủ hàng cho đề xuất này"), "kg")
    least = max(lot.smallest_kg, first.smallest_kg)
    if bid.kg < least:
        raise Refused(
            N_("Ít nhất %(kg)s kg một lần mua bán"), "kg", kg=format_number(least)
        )
