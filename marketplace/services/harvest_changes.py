"""What becomes of a harvest on the market: revised, withdrawn, closed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_harvests import CloseHarvest, ReviseForecast
from marketplace.domain.errors import N_, Refused
from marketplace.domain.findings import Finding, refuse_errors, stored_findings
from marketplace.domain.harvests import (
    HarvestLimits,
    check_expected,
    check_lot,
    complete_forecast,
)
from marketplace.domain.names import clean_text
from marketplace.domain.words import HarvestState, NoticeKind
from marketplace.domain.yields import promise_limit_kg
from marketplace.services.contract_events import ask_to_watch
from marketplace.services.contracts import flag_at_risk
from marketplace.services.harvest_limits import limits_of
from marketplace.services.harvest_rows import (
    record_revision,
    write_forecast,
)
from marketplace.services.harvests import (
    access_harvest,
    lock_harvest,
    move_harvest,
)
from marketplace.services.matching_asking import ask_for_matching
from marketplace.services.notices import notify_organisation
from marketplace.services.price_changes import name_prices
from marketplace.services.proposal_ending import HARVESTED, WITHDRAWN, end_of_harvest
from models.contracts import Contract
from models.harvests import Harvest


def find_revision_faults(
    session: Session,
    who: Actor,
    public_id: str,
    command: ReviseForecast,
    *,
    today: date,
) -> list[Finding]:
    """Everything wrong or odd in a new forecast, for a page that shows all."""
    harvest = access_harvest(session, who, public_id, "write")
    limits = limits_of(
        session,
        harvest.product,
        harvest.area,
        today,
        season=harvest.season,
        but=harvest.id,
    )
    forecast = complete_forecast(command.forecast, limits)
    lot = _lot_of(harvest, command)
    return [
        *check_expected(
            forecast,
            limits,
            today=today,
            product_code=harvest.product.code,
            variety_code=harvest.variety.code if harvest.variety else "",
            area_ha=harvest.harvested_area_ha,
        ),
        *check_lot(lot, forecast),
    ]


def revise_harvest(
    session: Session,
    who: Actor,
    public_id: str,
    command: ReviseForecast,
    *,
    today: date,
    now: datetime,
) -> Harvest:
    """Say what is expected now; every earlier forecast is kept.

    A forecast below what is promised is taken, for it is the truth: the live
    contracts are flagged and both sides told, with the reason, which it needs.
    """
    harvest = lock_harvest(session, who, public_id)
    if harvest.state is not HarvestState.OPEN:
        raise Refused(N_("Vụ này không còn bán, không sửa dự báo được nữa"))
    faults = find_revision_faults(session, who, public_id, command, today=today)
    warnings = refuse_errors(faults)
    limits = limits_of(session, harvest.product, harvest.area, today)
    reason = clean_text(command.reason, long=True, field="reason")
    _check_reason(harvest, command, limits, reason)
    write_forecast(harvest, complete_forecast(command.forecast, limits), limits)
    _write_terms(session, harvest, command, now=now)
    harvest.warnings = stored_findings(warnings)
    harvest.revision += 1
    record_revision(session, harvest, who, reason, now=now)
    _tell_risk(session, harvest, reason, now=now)
    ask_for_matching(session, harvest_id=harvest.id)
    return harvest


def _check_reason(
    harvest: Harvest, command: ReviseForecast, limits: HarvestLimits, reason: str
) -> None:
    limit_kg = promise_limit_kg(command.forecast.likely_kg, limits.tolerance_pct)
    if harvest.promised_kg > limit_kg and not reason:
        message = N_("Dự báo thấp hơn số đã hứa. Nói rõ vì sao, bên mua sẽ đọc")
        raise Refused(message, "reason")


def _lot_of(harvest: Harvest, command: ReviseForecast) -> int:
    """A lot larger than what is expected now would keep the rest from sale."""
    if command.smallest_lot_kg is not None:
        return command.smallest_lot_kg
    return min(harvest.smallest_lot_kg, command.forecast.likely_kg)


def _write_terms(
    session: Session, harvest: Harvest, command: ReviseForecast, *, now: datetime
) -> None:
    harvest.smallest_lot_kg = _lot_of(harvest, command)
    floor = command.floor_price_vnd
    if floor is not None and floor != harvest.floor_price_vnd:
        name_prices(session, harvest, {"floor_price": floor}, now=now)
        harvest.floor_price_vnd = floor
    asking = harvest.asking_price_vnd
    if asking is not None and asking < harvest.floor_price_vnd:
        message = N_("Giá hiện trên sàn không được thấp hơn giá mong muốn")
        raise Refused(message, "floor_price")


def _tell_risk(
    session: Session, harvest: Harvest, reason: str, *, now: datetime
) -> None:
    """Flag what can no longer be delivered in full, or take the flag back."""
    session.flush()  # the flag follows what is stored
    for contract in flag_at_risk(session, harvest, reason):
        ask_to_watch(session, contract)
        if contract.at_risk:
            _tell_both(session, contract, harvest, reason, now)


def _tell_both(
    session: Session, contract: Contract, harvest: Harvest, reason: str, now: datetime
) -> None:
    for party, other in (
        (contract.seller, contract.buyer),
        (contract.buyer, contract.seller),
    ):
        notify_organisation(
            session,
            party.id,
            NoticeKind.AT_RISK,
            f"contract:{contract.public_id}",
            {
                "number": contract.number,
                "partner": other.short_name,
                "kg": contract.total_kg,
                "product": contract.product.name_vi,
                "product_en": contract.product.name_en,
                "reason": reason,
            },
            now=now,
            version=harvest.revision,
        )


def withdraw_harvest(
    session: Session, who: Actor, public_id: str, *, now: datetime
) -> Harvest:
    """Take what is not promised off the market; contracts stay as they are.

    What is not yet agreed ends with it, and the buyers are told.
    """
    harvest = lock_harvest(session, who, public_id)
    move_harvest(session, harvest, HarvestState.WITHDRAWN)
    end_of_harvest(session, harvest, WITHDRAWN, now=now)
    ask_for_matching(session, harvest_id=harvest.id)
    return harvest


def close_harvest(
    session: Session,
    who: Actor,
    public_id: str,
    command: CloseHarvest,
    *,
    today: date,
    now: datetime,
) -> Harvest:
    """The harvest is over; keep how much it really was.

    Less than what is promised flags the live contracts, as a revision would.
    """
    harvest = lock_harvest(session, who, public_id)
    if today < harvest.window_start:
        raise Refused(N_("Chưa đến vụ thu hoạch, sửa dự báo hoặc gỡ vụ"), "actual")
    if command.actual_kg < 0:
        raise Refused(N_("Nhập số từ 0 trở lên"), "actual")
    harvest.actual_kg = command.actual_kg
    harvest.limit_kg = min(harvest.limit_kg, command.actual_kg)
    harvest.over_promised = harvest.promised_kg > harvest.limit_kg
    move_harvest(session, harvest, HarvestState.CLOSED)
    harvest.revision += 1
    record_revision(session, harvest, who, CLOSING, now=now)
    _tell_risk(session, harvest, CLOSING, now=now)
    end_of_harvest(session, harvest, HARVESTED, now=now)
    ask_for_matching(session, harvest_id=harvest.id)
    return harvest


CLOSING = N_("Đã thu hoạch xong")
