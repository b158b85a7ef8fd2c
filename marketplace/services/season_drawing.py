"""A contract worded anew over several seasons, and the plan that its words name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.renewals import PlanLine
from marketplace.domain.season_plans import SeasonSpan
from marketplace.domain.words import PriceMode
from marketplace.services.contract_content import (
    DAY_OF_DELIVERY,
    freeze_version,
)
from marketplace.services.days import day_of
from marketplace.services.price_lookup import market_of
from marketplace.services.rules import rule
from models.contracts import Contract, ContractLine, ContractVersion

Placed = Sequence[tuple[SeasonSpan, PlanLine]]


def draw_seasons(
    session: Session,
    contract: Contract,
    spans: Sequence[SeasonSpan],
    placed: Placed,
    market: str,
    *,
    who: Actor,
    now: datetime,
) -> ContractVersion:
    """Make the later seasons those placed, and freeze the words that say so.

    `market` is where later prices are taken from; empty keeps the rule of the first
    season. The caller holds the lock; nobody has signed. Both have the time to sign
    again from now.
    """
    contract.current_version = _next_version(session, contract)
    _plan(session, contract, placed)
    defaults = rule(session, "contract.defaults", day_of(now))
    lines = contract.lines
    contract.total_kg = sum(line.kg for line in lines)
    contract.value_vnd = contract.total_kg * contract.price_vnd
    contract.seasons_covered = len(spans)
    settle = contract.payment_term_days + int(defaults["closing_days"])
    last = max(line.deliver_to for line in lines)
    contract.effective_to = last + timedelta(days=settle)
    contract.sign_by = now + timedelta(hours=defaults["sign_hours"])
    session.flush()  # the frozen words read the row
    rows = list(_rows(session, contract, spans, market))
    return freeze_version(session, contract, now=now, who=who, seasons=rows)


def _next_version(session: Session, contract: Contract) -> int:
    newest = select(func.max(ContractVersion.version)).where(
        ContractVersion.contract_id == contract.id
    )
    return (session.scalar(newest) or 0) + 1


def _plan(session: Session, contract: Contract, placed: Placed) -> None:
    """Replace what an earlier agreement had planned for later seasons."""
    session.execute(
        delete(ContractLine).where(
            ContractLine.contract_id == contract.id, ContractLine.season != ""
        )
    )
    session.expire(contract, ["lines"])
    number = max(line.number for line in contract.lines)
    session.add_all(
        ContractLine(
            contract_id=contract.id,
            number=place,
            kg=line.kg,
            deliver_from=line.first_day,
            deliver_to=line.last_day,
            version=contract.current_version,
            season=span.code,
        )
        for place, (span, line) in enumerate(placed, number + 1)
    )
    session.flush()  # the frozen words list them
    session.expire(contract, ["lines"])


def _rows(
    session: Session, contract: Contract, spans: Sequence[SeasonSpan], market: str
) -> Sequence[dict[str, Any]]:
    """What the content says of each season; the first goes by the contract's price."""
    own = {"price": _market_price(session, contract, market)} if market else {}
    return [
        {
            "season": span.code,
            "first_day": span.first_day,
            "last_day": span.last_day,
            "kg": sum(one.kg for one in contract.lines if _is_of(one, span, place)),
            **(own if place else {}),
        }
        for place, span in enumerate(spans)
    ]


def _is_of(line: ContractLine, span: SeasonSpan, place: int) -> bool:
    return line.season == span.code if place else not line.season


def _market_price(session: Session, contract: Contract, code: str) -> dict[str, Any]:
    """The reference price of the market; planned amounts go by the first season's."""
    market = market_of(session, code)
    return {
        "mode": PriceMode.MARKET,
        "price_vnd": contract.price_vnd,
        "reference": {
            "code": market.code,
            "name_vi": market.name_vi,
            "name_en": market.name_en,
        },
        "reference_day_rule": DAY_OF_DELIVERY,
    }
