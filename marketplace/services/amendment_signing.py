"""Both sides sign an amendment; the second signature makes it the contract."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.words import ContractState, NoticeKind, PriceMode, Side
from marketplace.domain.words_amendments import AmendmentState
from marketplace.services.amendment_answers import close_amendment
from marketplace.services.amendment_content import check_grounds
from marketplace.services.amendment_plans import apply_plan, check_plan, rows_of
from marketplace.services.amendments import (
    NO_LONGER_OPEN,
    ONLY_SIGNATORIES,
    access_amendment,
)
from marketplace.services.chain_evaluation import evaluate_chain
from marketplace.services.contract_content import content_of
from marketplace.services.contract_endings import lock_deals
from marketplace.services.contract_events import record_event
from marketplace.services.contract_sides import (
    NOT_IN_FORCE,
    side_of,
    tell_both_sides,
    tell_other_side,
)
from marketplace.services.days import day_of
from marketplace.services.signing import Sign, add_signature, check_signatory
from models.amendments import Amendment
from models.chains import ChainContract
from models.contracts import Contract, ContractVersion


def sign_amendment(
    session: Session,
    who: Actor,
    public_id: str,
    version: int,
    command: Sign,
    *,
    today: date,
    now: datetime,
) -> Amendment:
    """Sign the words of an amendment; the second signature puts them in force.

    Signing twice is the same as once. Refused: not a representative, the same person
    for both sides, the wrong password, too late, law that has changed, or a plan that
    deliveries have overtaken; Conflict if the words are not those on the page, or a
    post has too little left for what is added.
    """
    contract, amendment, words = _lock(session, who, public_id, version)
    side = side_of(contract, who)
    if any(signature.side is side for signature in words.signatures):
        return amendment
    _check(session, who, contract, amendment, words, today, now)
    check_signatory(session, who, words, command)
    add_signature(session, words, side, who, command, now=now)
    data = {"version": version, "digest": words.digest}
    event = record_event(session, contract, "amendment_signed", who, now=now, data=data)
    if len(words.signatures) == len(Side):
        _put_in_force(session, contract, amendment, words, today, now)
    elif side is not amendment.proposed_by:
        params: dict[str, object] = {"day": day_of(amendment.answer_by).isoformat()}
        tell_other_side(
            session, contract, side, NoticeKind.AMENDMENT_TO_SIGN, event, params
        )
    return amendment


def _lock(
    session: Session, who: Actor, public_id: str, version: int
) -> tuple[Contract, Amendment, ContractVersion]:
    """All that a signature may change, locked in the order of the house."""
    found = access_amendment(session, who, public_id, version, "sign")
    harvest = found.contract.harvest_id
    contract = lock_deals(session, {found.contract_id: harvest})[0]
    for line in contract.lines:
        session.refresh(line)
    key = (contract.id, version)
    amendment = session.get_one(Amendment, key, populate_existing=True)
    words = session.get_one(ContractVersion, key, populate_existing=True)
    session.refresh(words, ["signatures"])
    return contract, amendment, words


def _check(
    session: Session,
    who: Actor,
    contract: Contract,
    amendment: Amendment,
    words: ContractVersion,
    today: date,
    now: datetime,
) -> None:
    if not who.may_sign:
        raise Refused(ONLY_SIGNATORIES)
    if contract.state is not ContractState.IN_FORCE:
        raise Refused(NOT_IN_FORCE)
    if amendment.state is not AmendmentState.PROPOSED or amendment.answer_by <= now:
        raise Refused(NO_LONGER_OPEN)
    if any(signature.user_id == who.user_id for signature in words.signatures):
        raise Refused(N_("Hai bên phải do hai người khác nhau ký"))
    content = content_of(words)
    check_grounds(session, content, today=today)
    until = date.fromisoformat(content["term"]["until"])
    if until <= today:
        raise Refused(N_("Thời hạn mới đã qua, hãy soạn lại"))
    check_plan(
        session,
        contract,
        rows_of(content),
        proposed_on=date.fromisoformat(content["amendment"]["proposed_on"]),
        today=today,
        until=until,
    )


def _put_in_force(
    session: Session,
    contract: Contract,
    amendment: Amendment,
    words: ContractVersion,
    today: date,
    now: datetime,
) -> None:
    """The words become the contract: its plan, its terms, and what reads them."""
    content = content_of(words)
    apply_plan(session, contract, words, rows_of(content), now=now)
    for name, value in _columns(content).items():
        setattr(contract, name, value)
    contract.current_version = words.version
    close_amendment(session, amendment, AmendmentState.SIGNED, now)
    session.expire(contract, ["lines"])
    data = {
        "version": words.version,
        "digest": words.digest,
        "amends": content["amendment"]["amends"]["digest"],
    }
    event = record_event(session, contract, "amended", None, now=now, data=data)
    tell_both_sides(session, contract, NoticeKind.CONTRACT_AMENDED, event, {})
    links = select(ChainContract.chain_id).where(
        ChainContract.contract_id == contract.id
    )
    for chain_id in session.scalars(links.order_by(ChainContract.chain_id)).all():
        evaluate_chain(session, chain_id, today=today, now=now)


def _columns(content: dict[str, Any]) -> dict[str, Any]:
    """The columns that lists and sums read, as the new words have them."""
    price = content["price"]
    reference = price.get("reference", "")
    named = reference["code"] if isinstance(reference, dict) else reference
    return {
        "price_mode": PriceMode(price["mode"]),
        "price_vnd": price["price_vnd"],
        "share_pct": price.get("share_pct", 0),
        "reference_market": named,
        "total_kg": content["quantity"]["kg"],
        "value_vnd": content["value_vnd"],
        "tolerance_pct": content["quantity"]["tolerance_pct"],
        "penalty_pct": content["breach"]["penalty_pct"],
        "payment_term_days": content["payment"]["days"],
        "deposit_pct": int(content.get("advance", {}).get("pct", 0)),
        "effective_to": date.fromisoformat(content["term"]["until"]),
    }
