"""Amendments of contracts in force: proposed, withdrawn, refused, lapsed.

One is open at a time (the database forbids two). Its signatures are the business of
`amendment_signing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.amendments import MOST_DELIVERIES, ProposeAmendment
from marketplace.domain.errors import N_, Conflict, NotFound, Refused
from marketplace.domain.names import clean_text
from marketplace.domain.words import NoticeKind, Side
from marketplace.domain.words_amendments import AmendmentState
from marketplace.services.amendment_content import content_to_propose
from marketplace.services.amendment_plans import check_plan, rows_of
from marketplace.services.call_off_frames import is_call_open
from marketplace.services.contract_content import content_of
from marketplace.services.contract_events import record_event
from marketplace.services.contract_sides import (
    lock_party_contract,
    tell_other_side,
)
from marketplace.services.contract_storing import store_version
from marketplace.services.contract_templates import template_signed
from marketplace.services.contracts import access_contract
from marketplace.services.days import day_of
from marketplace.services.rules import rule
from marketplace.services.signing import current_version
from models.amendments import Amendment
from models.contracts import Contract, ContractVersion

ONLY_SIGNATORIES = N_("Chỉ người đại diện của tổ chức được ký")
NO_LONGER_OPEN = N_("Phụ lục này không còn chờ trả lời")


def access_amendment(
    session: Session, who: Actor, public_id: str, version: int, action: str = "read"
) -> Amendment:
    """An amendment of the actor's contract; officers see only those in force."""
    contract = access_contract(session, who, public_id, action)
    found = session.get(Amendment, (contract.id, version))
    party = who.organisation_id in (contract.seller_id, contract.buyer_id)
    if found is None or not (party or found.state is AmendmentState.SIGNED):
        raise NotFound
    return found


def amended_words(session: Session, amendment: Amendment) -> dict[str, Any]:
    """The content that an amendment changes: that of the version before it."""
    key = (amendment.contract_id, amendment.base_version)
    return content_of(session.get_one(ContractVersion, key))


def amendments_of(session: Session, contract: Contract) -> Sequence[Amendment]:
    """Every amendment that was ever proposed, the oldest first."""
    wanted = select(Amendment).where(Amendment.contract_id == contract.id)
    return session.scalars(wanted.order_by(Amendment.version)).all()


def open_amendment(session: Session, contract: Contract) -> Amendment | None:
    """The one that waits for an answer, if any."""
    wanted = select(Amendment).where(
        Amendment.contract_id == contract.id,
        Amendment.state == AmendmentState.PROPOSED,
    )
    return session.scalars(wanted).first()


def amendments_waiting(session: Session, who: Actor) -> list[Amendment]:
    """Open amendments that the actor's organisation has not signed."""
    mine = who.organisation_id
    wanted = (
        select(Amendment)
        .join(Contract, Contract.id == Amendment.contract_id)
        .where(
            Amendment.state == AmendmentState.PROPOSED,
            or_(Contract.seller_id == mine, Contract.buyer_id == mine),
        )
        .order_by(Amendment.answer_by)
    )
    return [
        one
        for one in session.scalars(wanted)
        if all(s.organisation_id != mine for s in one.wording.signatures)
    ]


def propose_amendment(
    session: Session,
    who: Actor,
    public_id: str,
    command: ProposeAmendment,
    *,
    today: date,
    now: datetime,
) -> Amendment:
    """Lay new words of a contract in force before the other side.

    Refused: not a representative, another amendment or a call-off is open, a plan
    that contradicts what was delivered, terms outside the law; Conflict if the contract was amended
    since it was read.
    """
    contract, side = lock_party_contract(session, who, public_id)
    if not who.may_sign:
        raise Refused(ONLY_SIGNATORIES)
    base = current_version(session, contract)
    if base.digest != command.digest:
        raise Conflict(N_("Hợp đồng vừa được sửa đổi, hãy đọc lại bản mới"))
    if open_amendment(session, contract) is not None:
        raise Conflict(N_("Đang có một phụ lục chờ trả lời, trả lời phụ lục đó trước"))
    if is_call_open(session, contract):
        raise Conflict(
            N_("Đang có lần gọi hàng chờ trả lời, trả lời xong rồi mới sửa hợp đồng")
        )
    _check(contract, command, today)
    version = _freeze(session, contract, base, command, side, who, today, now)
    amendment = _add(session, contract, base, version, command, side, who, now)
    data = {"version": version.version, "digest": version.digest}
    event = record_event(
        session, contract, "amendment_proposed", who, now=now, data=data
    )
    day = day_of(amendment.answer_by).isoformat()
    tell_other_side(
        session, contract, side, NoticeKind.AMENDMENT_TO_SIGN, event, {"day": day}
    )
    return amendment


def _check(contract: Contract, command: ProposeAmendment, today: date) -> None:
    if not command.text.strip():
        raise Refused(N_("Nói rõ vì sao cần sửa"), "text")
    if command.terms.price_from < today:
        raise Refused(N_("Giá mới không áp dụng cho hàng đã giao"), "price_from")
    if len(command.terms.deliveries) > MOST_DELIVERIES:
        raise Refused(N_("Nhiều nhất %(most)s đợt giao"), "lines", most=MOST_DELIVERIES)
    named = [one.number for one in command.terms.deliveries if one.number is not None]
    if not {line.number for line in contract.lines}.issuperset(named):
        raise Refused(N_("Không có đợt này để sửa, tải lại trang rồi sửa lại"), "lines")


def _freeze(
    session: Session,
    contract: Contract,
    base: ContractVersion,
    command: ProposeAmendment,
    side: Side,
    who: Actor,
    today: date,
    now: datetime,
) -> ContractVersion:
    numbers = _next(session, contract)
    template = template_signed(session, base)
    content = content_to_propose(session, base, command, side, numbers, today=today)
    check_plan(
        session,
        contract,
        rows_of(content),
        proposed_on=today,
        today=today,
        until=command.terms.until,
    )
    return store_version(
        session, contract, numbers[0], content, template, now=now, who=who
    )


def _next(session: Session, contract: Contract) -> tuple[int, int]:
    """The next version and annex; one that came to nothing keeps its numbers."""
    version = select(func.max(ContractVersion.version)).where(
        ContractVersion.contract_id == contract.id
    )
    number = select(func.max(Amendment.number)).where(
        Amendment.contract_id == contract.id
    )
    return (session.scalar(version) or 0) + 1, (session.scalar(number) or 0) + 1


def _add(
    session: Session,
    contract: Contract,
    base: ContractVersion,
    version: ContractVersion,
    command: ProposeAmendment,
    side: Side,
    who: Actor,
    now: datetime,
) -> Amendment:
    hours = int(rule(session, "contract.amendment", day_of(now))["answer_hours"])
    amendment = Amendment(
        contract_id=contract.id,
        version=version.version,
        number=_next(session, contract)[1],
        base_version=base.version,
        reason=command.reason,
        reason_text=clean_text(command.text, long=True, field="text"),
        price_from=command.terms.price_from,
        proposed_by=side,
        proposed_by_id=who.user_id,
        proposed_at=now,
        answer_by=now + timedelta(hours=hours),
    )
    session.add(amendment)
    session.flush()  # the page it leads to names it
    return amendment
