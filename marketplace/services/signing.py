"""Signatures: both sides sign the same digest, and the contract is in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.clauses import missing_clauses
from marketplace.domain.errors import N_, Conflict, Refused
from marketplace.domain.findings import refuse_errors
from marketplace.domain.words import ContractState, NoticeKind, Side
from marketplace.services.chain_evaluation import evaluate_chain
from marketplace.services.chain_linking import join_chains
from marketplace.services.contract_content import content_of, late_interest
from marketplace.services.contract_events import (
    lock_contract,
    move_contract,
    record_event,
)
from marketplace.services.contracts import (
    NO_LONGER,
    WAITING,
    access_contract,
    notify_both,
)
from marketplace.services.days import day_of
from marketplace.services.passwords import check_password
from marketplace.services.rules import rule
from models.contracts import Contract, ContractVersion
from models.organisations import User
from models.signatures import Signature


@dataclass(frozen=True)
class Sign:
    """What a signatory sends: the digest that was read, and the password again."""

    digest: str
    password: str
    agreed: bool
    address: str = ""
    user_agent: str = ""


def sign_contract(
    session: Session,
    who: Actor,
    public_id: str,
    command: Sign,
    *,
    today: date,
    now: datetime,
) -> Contract:
    """Sign the current version; the second signature puts it in force.

    Signing twice is the same as once. Refused: not a representative, the wrong
    password, too late, or words that are not those on the page any more.
    """
    contract = lock_contract(
        session, access_contract(session, who, public_id, "sign").id
    )
    version = current_version(session, contract)
    side = Side.SELLER if who.organisation_id == contract.seller_id else Side.BUYER
    if any(signature.side is side for signature in version.signatures):
        return contract
    _check(session, who, contract, version, command, now)
    add_signature(session, version, side, who, command, now=now)
    record_event(
        session, contract, "signed", who, now=now, data={"digest": version.digest}
    )
    if len(version.signatures) == len(Side):
        _put_in_force(session, contract, today, now)
    return contract


def current_version(session: Session, contract: Contract) -> ContractVersion:
    """The version that is to be signed, or that was."""
    return session.scalars(
        select(ContractVersion).where(
            ContractVersion.contract_id == contract.id,
            ContractVersion.version == contract.current_version,
        )
    ).one()


def _check(
    session: Session,
    who: Actor,
    contract: Contract,
    version: ContractVersion,
    command: Sign,
    now: datetime,
) -> None:
    if not who.may_sign:
        raise Refused(N_("Chỉ người đại diện của tổ chức được ký"))
    if contract.state not in WAITING or contract.sign_by <= now:
        raise Refused(NO_LONGER)
    if contract.state is ContractState.NEGOTIATING:
        raise Refused(N_("Trả lời đề nghị ký nhiều vụ trước khi ký"))
    _require_rate_of_today(session, content_of(version), now)
    check_signatory(session, who, version, command)


def check_signatory(
    session: Session, who: Actor, version: ContractVersion, command: Sign
) -> None:
    """Refused unless these very words were read, agreed to, and the password given."""
    if command.digest != version.digest:
        raise Conflict(N_("Nội dung hợp đồng đã thay đổi, hãy đọc lại rồi ký"))
    if not command.agreed:
        raise Refused(N_("Đánh dấu đã đọc và đồng ý"), "agreed")
    refuse_errors(missing_clauses(content_of(version)))
    user = session.get_one(User, who.user_id)
    if not check_password(user, command.password):
        raise Refused(N_("Mật khẩu chưa đúng"), "password")


def _require_rate_of_today(
    session: Session, content: dict[str, Any], now: datetime
) -> None:
    """The interest stated is that in force on the day of signature."""
    stated = content["payment"].get("late_interest_pct")
    today = late_interest(rule(session, "contract.defaults", day_of(now)))
    if stated is not None and stated != today:
        raise Conflict(
            N_(
                "Lãi chậm trả nay là %(now)s%% một năm, hãy rút lại và lập hợp đồng mới"
            ),
            now=today,
        )


def add_signature(
    session: Session,
    version: ContractVersion,
    side: Side,
    who: Actor,
    command: Sign,
    *,
    now: datetime,
) -> None:
    """Write down that the side signs these words; the caller has checked it."""
    session.add(
        Signature(
            contract_id=version.contract_id,
            version=version.version,
            side=side,
            digest=version.digest,
            organisation_id=who.organisation_id,
            user_id=who.user_id,
            signed_at=now,
            method="password",
            address=command.address[:64],
            user_agent=command.user_agent[:200],
        )
    )
    session.flush()  # the triggers count the signatures
    session.refresh(version, ["signatures"])


def _put_in_force(
    session: Session, contract: Contract, today: date, now: datetime
) -> None:
    dates: dict[str, Any] = {"signed_on": today, "effective_from": today}
    if contract.effective_to <= today:
        raise Refused(N_("Hợp đồng đã quá hạn giao, không ký được nữa"))
    move_contract(
        session, contract, ContractState.SIGNED, "both_signed", None, now=now, **dates
    )
    move_contract(session, contract, ContractState.IN_FORCE, "in_force", None, now=now)
    notify_both(session, contract, NoticeKind.CONTRACT_SIGNED, now)
    for chain in join_chains(session, contract, today=today, now=now):
        evaluate_chain(session, chain.id, today=today, now=now)
