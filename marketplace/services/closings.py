"""Closing a contract (thanh lý): both sides confirm the same statement of its end."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.canonical import canonical_bytes, digest_of
from marketplace.domain.errors import N_, Conflict, Refused
from marketplace.domain.words import ContractState, NoticeKind, Side
from marketplace.services.closing_content import closing_content
from marketplace.services.closing_rest import only_a_rest_is_left
from marketplace.services.contract_events import (
    lock_contract,
    move_contract,
    record_event,
)
from marketplace.services.contract_sides import side_of
from marketplace.services.contracts import access_contract, notify_both
from marketplace.services.days import day_of
from marketplace.services.final_prices import lacks_price_alone
from marketplace.services.fulfilment import (
    NOTE_WAITS,
    may_still_be_disputed,
    notes_wait,
    open_matters,
)
from marketplace.services.statements import statement_of
from models.closings import ClosingConfirmation
from models.contracts import Contract

ENDED = (ContractState.FULFILLED, ContractState.EXPIRED, ContractState.TERMINATED)
NOT_ENDED = N_("Hợp đồng chưa xong: còn hàng chưa giao hoặc tiền chưa trả")
NOT_PRICED = N_("Có hàng đã nhận mà chưa có giá cuối")
STILL_DISPUTED = N_("Còn trong giờ khiếu nại kết quả nghiệm thu")


@dataclass(frozen=True)
class Closing:
    """The statement that closes a contract, and who stands by it."""

    content: dict[str, Any]
    digest: str
    as_of: date
    confirmations: tuple[ClosingConfirmation, ...]

    @property
    def sides(self) -> frozenset[Side]:
        return frozenset(one.side for one in self.confirmations)


def closing_of(session: Session, contract: Contract, *, today: date) -> Closing:
    """The closing to be confirmed, or the one that was.

    The first who confirms fixes its day, so that both stand by the same words;
    when the facts change after that, it is made anew for today.
    """
    rows = _confirmations(session, contract)
    if rows and contract.state is ContractState.CLOSED:
        return _as_confirmed(rows[-1], rows)
    if rows:
        last = rows[-1]
        closing = _closing(closing_content(session, contract, as_of=last.as_of), rows)
        if closing.digest == last.digest:
            return closing
    return _closing(closing_content(session, contract, as_of=today), rows)


def closing_paper(session: Session, contract: Contract) -> list[ClosingConfirmation]:
    """Who stands by the closing that was confirmed last; nobody before the first."""
    rows = _confirmations(session, contract)
    return [one for one in rows if one.digest == rows[-1].digest]


def ended_on(
    session: Session, contract: Contract, content: Mapping[str, Any]
) -> date | None:
    """The day on which it ended; of one carried out, that of the second confirmation."""
    if content["ended_on"]:
        return date.fromisoformat(content["ended_on"])
    if contract.state is not ContractState.CLOSED:
        return None
    return day_of(max(one.at for one in closing_paper(session, contract)))


def let_go_vnd(session: Session, contract: Contract) -> int:
    """The rest that both sides let go when they closed the contract, in đồng."""
    if contract.state is not ContractState.CLOSED:
        return 0
    content = _read(closing_paper(session, contract)[0].content)
    return int(content["vnd"].get("waived_vnd", 0)) if "vnd" in content else 0


def _closing(content: dict[str, Any], rows: Sequence[ClosingConfirmation]) -> Closing:
    digest = digest_of(content)
    mine = tuple(one for one in rows if one.digest == digest)
    return Closing(_read(canonical_bytes(content)), digest, content["as_of"], mine)


def _as_confirmed(
    last: ClosingConfirmation, rows: Sequence[ClosingConfirmation]
) -> Closing:
    mine = tuple(one for one in rows if one.digest == last.digest)
    return Closing(_read(last.content), last.digest, last.as_of, mine)


def _read(text: str | bytes) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(text)
    return content


def _confirmations(session: Session, contract: Contract) -> list[ClosingConfirmation]:
    wanted = select(ClosingConfirmation).where(
        ClosingConfirmation.contract_id == contract.id
    )
    return list(session.scalars(wanted.order_by(ClosingConfirmation.at)))


def obstacles_to_closing(
    session: Session, contract: Contract, *, today: date, now: datetime
) -> list[str]:
    """What has to be done before a contract can be closed, as msgids."""
    if contract.signed_on is None:
        return [NOT_ENDED]
    if contract.state not in ENDED and not (
        only_a_rest_is_left(session, contract, today=today)
        or lacks_price_alone(session, contract, today=today)
    ):
        return [NOT_ENDED]
    found = [NOTE_WAITS] if notes_wait(session, contract) else []
    found += open_matters(session, contract)
    if may_still_be_disputed(session, contract, now=now):
        found.append(STILL_DISPUTED)
    statement = statement_of(session, contract, today=today)
    if statement.provisional or statement.totals.unpriced_kg:
        found.append(NOT_PRICED)
    return found


def confirm_closing(
    session: Session,
    who: Actor,
    public_id: str,
    digest: str,
    *,
    today: date,
    now: datetime,
) -> Contract:
    """Stand by the closing that was on the page; the second side closes the contract.

    Confirming twice is the same as once. Refused: not a representative, or
    something is left to do; Conflict if the facts have changed since.
    """
    found = access_contract(session, who, public_id, "sign")
    contract = lock_contract(session, found.id)
    side = side_of(contract, who)
    closing = closing_of(session, contract, today=today)
    if side in closing.sides:
        return contract
    if not who.may_sign:
        raise Refused(N_("Chỉ người đại diện của tổ chức được ký"))
    for obstacle in obstacles_to_closing(session, contract, today=today, now=now):
        raise Refused(obstacle)
    if digest != closing.digest:
        raise Conflict(N_("Số liệu thanh lý đã thay đổi, hãy xem lại rồi xác nhận"))
    session.add(_confirmation(contract, side, closing, who, now))
    session.flush()  # the second one counts both
    data = {"digest": digest}
    record_event(session, contract, "closing_confirmed", who, now=now, data=data)
    if len(closing.sides | {side}) == len(Side):
        _close(session, contract, closing, now)
    return contract


def _confirmation(
    contract: Contract, side: Side, closing: Closing, who: Actor, now: datetime
) -> ClosingConfirmation:
    return ClosingConfirmation(
        contract_id=contract.id,
        side=side,
        digest=closing.digest,
        content=canonical_bytes(_unsealed(closing.content)).decode(),
        as_of=closing.as_of,
        organisation_id=who.organisation_id,
        user_id=who.user_id,
        at=now,
    )


def _unsealed(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name != "schema"}


def _close(
    session: Session, contract: Contract, closing: Closing, now: datetime
) -> None:
    """The record that stays: the whole closing lies in the chain of events.

    One in force lacked a rest alone, which both let go by this: so it is fulfilled.
    """
    if contract.state is ContractState.IN_FORCE:
        done = ContractState.FULFILLED
        data = {"accepted_kg": contract.accepted_kg}
        move_contract(session, contract, done, "fulfilled", None, now=now, data=data)
    move_contract(
        session,
        contract,
        ContractState.CLOSED,
        "closed",
        None,
        now=now,
        data={**_unsealed(closing.content), "digest": closing.digest},
    )
    notify_both(session, contract, NoticeKind.CONTRACT_CLOSED, now)
