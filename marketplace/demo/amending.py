"""Contracts of the demo that changed: one amended, one with an amendment to answer."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from sqlalchemy import select

from marketplace.demo.buyers import SAO_XANH
from marketplace.demo.cooperatives import BAO_MINH, TOAN_THANG
from marketplace.demo.deals import director_of
from marketplace.demo.diary import Diary, World
from marketplace.demo.people import PASSWORD
from marketplace.domain.actor import Actor
from marketplace.domain.amendments import (
    NewTerms,
    PlannedDelivery,
    ProposeAmendment,
)
from marketplace.domain.words import ContractState, PriceMode
from marketplace.domain.words_amendments import AmendmentReason
from marketplace.services.amendment_signing import sign_amendment
from marketplace.services.amendments import propose_amendment
from marketplace.services.contract_content import content_of
from marketplace.services.signing import Sign, current_version
from models.amendments import Amendment
from models.contracts import Contract, ContractVersion

AMENDED, ASKED = 12, 2  # days ago
MORE_VND, LATER_DAYS = 1_000, 3


def note_amendments(world: World, diary: Diary) -> None:
    """Both sides of one contract agreed on a new price; of another one still has to."""
    diary.note(world.day(AMENDED), partial(_amend, world))
    diary.note(world.day(ASKED), partial(_ask, world))


def _amend(world: World, day: date) -> None:
    contract = _between(world, TOAN_THANG, day)
    if contract is None:
        return
    text = "Giá nguyên liệu và điện sấy tăng từ đầu vụ, hai bên bàn lại giá."
    seller, buyer = (
        director_of(world, one) for one in (contract.seller_id, contract.buyer_id)
    )
    terms = _terms(world, contract, day, contract.price_vnd + MORE_VND)
    reason = AmendmentReason.CHANGED_CIRCUMSTANCES
    amendment = _propose(world, contract, seller, reason, text, terms, day)
    for who in (seller, buyer):
        _sign(world, amendment, who, day)


def _ask(world: World, day: date) -> None:
    contract = _between(world, BAO_MINH, day)
    if contract is None:
        return
    buyer = director_of(world, contract.buyer_id)
    text = "Kho nhận hàng sửa máy lạnh, xin lùi đợt cuối."
    terms = _terms(world, contract, day, contract.price_vnd)
    reason = AmendmentReason.AGREEMENT
    amendment = _propose(world, contract, buyer, reason, text, terms, day)
    _sign(world, amendment, buyer, day)


def _between(world: World, seller: str, day: date) -> Contract | None:
    """The newest contract in force of the two that still has a delivery to come."""
    found = world.session.scalars(
        select(Contract)
        .where(
            Contract.seller_id == world.organisations[seller].id,
            Contract.buyer_id == world.organisations[SAO_XANH].id,
            Contract.state == ContractState.IN_FORCE,
        )
        .order_by(Contract.id.desc())
    )
    return next((one for one in found if one.lines[-1].deliver_from > day), None)


def _terms(world: World, contract: Contract, day: date, price_vnd: int) -> NewTerms:
    """A price, and the last delivery a few days later; all else as it is."""
    content = content_of(current_version(world.session, contract))
    line, later = contract.lines[-1], timedelta(days=LATER_DAYS)
    first, last = line.deliver_from + later, line.deliver_to + later
    price = content["price"]
    return NewTerms(
        mode=PriceMode(price["mode"]),
        price_vnd=price_vnd,
        share_pct=price.get("share_pct", 0),
        reference_market=price.get("reference", {}).get("code", ""),
        price_from=day,
        tolerance_pct=contract.tolerance_pct,
        penalty_pct=contract.penalty_pct,
        payment_days=contract.payment_term_days,
        claim_hours=content["acceptance"]["hours"],
        place=content["delivery"]["place"],
        until=max(contract.effective_to, last + timedelta(days=1)),
        deliveries=(PlannedDelivery(first, last, line.kg, line.number),),
    )


def _propose(
    world: World,
    contract: Contract,
    who: Actor,
    reason: AmendmentReason,
    text: str,
    terms: NewTerms,
    day: date,
) -> Amendment:
    digest = current_version(world.session, contract).digest
    return propose_amendment(
        world.session,
        who,
        contract.public_id,
        ProposeAmendment(digest, reason, text, terms),
        today=day,
        now=world.at(day),
    )


def _sign(world: World, amendment: Amendment, who: Actor, day: date) -> None:
    key = (amendment.contract_id, amendment.version)
    digest = world.session.get_one(ContractVersion, key).digest
    sign_amendment(
        world.session,
        who,
        amendment.contract.public_id,
        amendment.version,
        Sign(digest, PASSWORD, agreed=True),
        today=day,
        now=world.at(day),
    )
