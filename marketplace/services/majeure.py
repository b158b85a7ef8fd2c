"""Notices of force majeure: given on a contract in force, or taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.deliveries import DeliveryState
from marketplace.domain.errors import N_, Conflict, NotFound, Refused
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.majeure import (
    Expected,
    GiveNotice,
    Hindered,
    MajeureState,
    add_months,
    check_hindered,
)
from marketplace.domain.names import clean_text
from marketplace.domain.words import NoticeKind, Side
from marketplace.services.contract_content import content_of
from marketplace.services.contract_events import record_event
from marketplace.services.contract_sides import lock_party_contract, tell_other_side
from marketplace.services.contracts import access_contract
from marketplace.services.days import day_of
from marketplace.services.deliveries import Planned, planned_deliveries
from marketplace.services.majeure_effects import hindrance_of
from marketplace.services.rules import rule
from marketplace.services.signing import current_version
from models.contracts import Contract
from models.majeure import MajeureLine, MajeureNotice

ANSWERED = N_("Báo bất khả kháng này đã được trả lời")


def access_majeure(
    session: Session, who: Actor, public_id: str, number: int, action: str = "read"
) -> MajeureNotice:
    """A notice of a contract that the actor may see; NotFound for others."""
    contract = access_contract(session, who, public_id, action)
    found = session.scalars(
        select(MajeureNotice).where(
            MajeureNotice.contract_id == contract.id, MajeureNotice.number == number
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def notice_hours(session: Session, contract: Contract) -> int:
    """Hours in which the words both signed let a side give notice."""
    content = content_of(current_version(session, contract))
    return int(content["force_majeure"]["hours"])


def expected_deliveries(
    session: Session, contract: Contract, *, today: date
) -> dict[int, Expected]:
    """What may be told of: deliveries with open kilograms that no notice tells of.

    The longest extension is that of the law (Commercial Law art. 296), within the
    term of the contract; beyond it both sign an amendment.
    """
    limits = rule(session, "force_majeure.extension", today)
    told = hindrance_of(session, contract).kg
    found = {}
    for one in planned_deliveries(session, contract):
        open_kg = one.open_kg - told.get(one.line.number, 0)
        if one.delivery.state is not DeliveryState.CANCELLED and open_kg > 0:
            found[one.line.number] = _expected(contract, one, open_kg, limits)
    return found


def _expected(
    contract: Contract, one: Planned, open_kg: int, limits: Mapping[str, Any]
) -> Expected:
    agreed = contract.signed_on or contract.effective_from
    far = add_months(agreed, int(limits["long_after_months"])) < one.line.deliver_to
    months = int(limits["long_months" if far else "months"])
    latest = add_months(one.line.deliver_to, months)
    last = contract.effective_to - timedelta(days=1)
    return Expected(one.line.number, open_kg, one.delivery.day, min(latest, last))


def give_notice(
    session: Session,
    who: Actor,
    public_id: str,
    command: GiveNotice,
    *,
    today: date,
    now: datetime,
) -> MajeureNotice:
    """Tell the other side what struck; it stands once it or an officer says so.

    A notice after the contract's hours is kept and marked late. Refused: a contract
    that is not in force, a moment to come, no words, kilograms that are not open.
    """
    contract, side = lock_party_contract(session, who, public_id)
    _check_moments(contract, command, today, now)
    expected = expected_deliveries(session, contract, today=today)
    touched = check_hindered(command.hindered, expected)
    notice = _notice(session, contract, side, who, command, now)
    session.add(notice)
    session.flush()  # its deliveries name it
    _touch(session, contract, notice, touched)
    kg = sum(one.kg for one in touched)
    data = {"number": notice.number, "kind": notice.kind, "late": notice.late, "kg": kg}
    event = record_event(session, contract, "majeure_given", who, now=now, data=data)
    params: dict[str, object] = {
        "kg": kg,
        "reason": notice.text.rstrip(" ."),
        "expires_at": notice.answer_by.isoformat(),
    }
    kind, subject = NoticeKind.MAJEURE_GIVEN, subject_of(contract)
    tell_other_side(session, contract, side, kind, event, params, subject=subject)
    return notice


def subject_of(contract: Contract) -> str:
    """What a notice to people names as its page."""
    return f"majeure:{contract.public_id}"


def _touch(
    session: Session,
    contract: Contract,
    notice: MajeureNotice,
    touched: tuple[Hindered, ...],
) -> None:
    for one in touched:
        row = MajeureLine(
            notice_id=notice.id,
            line=one.line,
            contract_id=contract.id,
            lost_kg=one.lost_kg,
            postponed_kg=one.postponed_kg,
            postponed_to=one.postponed_to,
        )
        session.add(row)
    session.flush()
    session.refresh(notice, ["lines"])


def _check_moments(
    contract: Contract, command: GiveNotice, today: date, now: datetime
) -> None:
    if command.learned_at > now:
        raise Refused(N_("Lúc này chưa tới"), "learned")
    if command.began_on > day_of(command.learned_at):
        raise Refused(N_("Sự việc phải xảy ra trước khi biết"), "began")
    if command.began_on < min(contract.signed_on or today, today):
        # What was known before the signature could be foreseen.
        raise Refused(N_("Ngày này trước ngày ký hợp đồng"), "began")
    for text, name in ((command.text, "text"), (command.measures, "measures")):
        if not text.strip():
            raise Refused(N_("Nói rõ việc gì xảy ra và đã làm gì"), name)


def _notice(
    session: Session,
    contract: Contract,
    side: Side,
    who: Actor,
    command: GiveNotice,
    now: datetime,
) -> MajeureNotice:
    last = select(func.max(MajeureNotice.number)).where(
        MajeureNotice.contract_id == contract.id
    )
    hours = int(rule(session, "force_majeure.answer", day_of(now))["hours"])
    told_by = command.learned_at + timedelta(hours=notice_hours(session, contract))
    return MajeureNotice(
        contract_id=contract.id,
        number=(session.scalar(last) or 0) + 1,
        state=MajeureState.NOTIFIED,
        kind=command.kind,
        given_by=side,
        given_by_id=who.user_id,
        began_on=command.began_on,
        learned_at=command.learned_at,
        given_at=now,
        late=now > told_by,
        text=clean_text(command.text, long=True, field="text"),
        measures=clean_text(command.measures, long=True, field="measures"),
        answer_by=now + timedelta(hours=hours),
    )


def withdraw_notice(
    session: Session, who: Actor, public_id: str, number: int, *, now: datetime
) -> MajeureNotice:
    """Its giver takes it back while nobody has answered; once more is the same."""
    access_majeure(session, who, public_id, number, "write")
    contract, side = lock_party_contract(session, who, public_id, live=False)
    notice = stored(session, access_majeure(session, who, public_id, number))
    if side is not notice.given_by:
        raise Refused(N_("Việc này là của bên kia"))
    if notice.state is MajeureState.WITHDRAWN:
        return notice
    move_notice(notice, MajeureState.WITHDRAWN)
    session.flush()
    data = {"number": notice.number}
    event = record_event(
        session, contract, "majeure_withdrawn", who, now=now, data=data
    )
    kind, subject = NoticeKind.MAJEURE_ANSWERED, subject_of(contract)
    params: dict[str, object] = {"state": str(notice.state)}
    tell_other_side(session, contract, side, kind, event, params, subject=subject)
    return notice


def stored(session: Session, notice: MajeureNotice) -> MajeureNotice:
    """The notice as it is stored now; the caller holds the contract's lock."""
    session.refresh(notice)
    return notice


def move_notice(notice: MajeureNotice, state: MajeureState) -> None:
    """Take one legal step; Conflict where somebody answered before."""
    if notice.state is not state:
        try:
            check_transition(Lifecycle.MAJEURE, notice.state, state)
        except Refused:
            raise Conflict(ANSWERED) from None
    notice.state = state
