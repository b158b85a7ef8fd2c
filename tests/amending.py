"""Amendments of contracts through the services, for tests."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.amendments import (
    NewTerms,
    PlannedDelivery,
    ProposeAmendment,
)
from marketplace.domain.words import PriceMode, Side
from marketplace.domain.words_amendments import AmendmentReason
from marketplace.services.amendment_signing import sign_amendment
from marketplace.services.amendments import propose_amendment
from marketplace.services.contract_content import content_of
from marketplace.services.signing import Sign, current_version
from models.amendments import Amendment
from models.contracts import Contract, ContractVersion
from tests.factories import NOW, PASSWORD, TODAY


def terms_of(session: Session, contract: Contract, **over: Any) -> NewTerms:
    """The terms in force, but for what is given."""
    content = content_of(current_version(session, contract))
    price = content["price"]
    terms: dict[str, Any] = {
        "mode": PriceMode(price["mode"]),
        "price_vnd": price["price_vnd"],
        "share_pct": price.get("share_pct", 0),
        "reference_market": price.get("reference", {}).get("code", ""),
        "price_from": TODAY,
        "tolerance_pct": content["quantity"]["tolerance_pct"],
        "penalty_pct": content["breach"]["penalty_pct"],
        "payment_days": content["payment"]["days"],
        "claim_hours": content["acceptance"]["hours"],
        "place": content["delivery"]["place"],
        "until": date.fromisoformat(content["term"]["until"]),
    }
    return NewTerms(**(terms | over))


def command_for(session: Session, contract: Contract, **over: Any) -> ProposeAmendment:
    """Propose these terms to whoever reads the contract now."""
    return ProposeAmendment(
        digest=current_version(session, contract).digest,
        reason=AmendmentReason.AGREEMENT,
        text="Hai bên bàn lại",
        terms=terms_of(session, contract, **over),
    )


def proposed(
    session: Session, who: Actor, contract: Contract, day: int = 0, **over: Any
) -> Amendment:
    """An amendment that waits for both signatures."""
    today, now = TODAY + timedelta(days=day), NOW + timedelta(days=day)
    command = command_for(session, contract, **({"price_from": today} | over))
    return propose_amendment(
        session, who, contract.public_id, command, today=today, now=now
    )


def signed(
    session: Session,
    who: Actor,
    amendment: Amendment,
    at: datetime = NOW,
    digest: str = "",
) -> Amendment:
    """One side signs it."""
    key = (amendment.contract_id, amendment.version)
    words = session.get_one(ContractVersion, key)
    command = Sign(digest or words.digest, PASSWORD, agreed=True)
    contract = session.get_one(Contract, amendment.contract_id)
    return sign_amendment(
        session,
        who,
        contract.public_id,
        amendment.version,
        command,
        today=at.date(),
        now=at,
    )


def amended(
    session: Session,
    sides: dict[Side, Actor],
    contract: Contract,
    day: int = 0,
    **over: Any,
) -> Amendment:
    """Proposed by the seller, and signed by both on that day."""
    found = proposed(session, sides[Side.SELLER], contract, day, **over)
    for who in sides.values():
        signed(session, who, found, NOW + timedelta(days=day))
    return found


def moved(contract: Contract, number: int, **over: Any) -> PlannedDelivery:
    """A planned delivery as it is, but for what is given."""
    line = next(one for one in contract.lines if one.number == number)
    plan: dict[str, Any] = {
        "first_day": line.deliver_from,
        "last_day": line.deliver_to,
        "kg": line.kg,
        "number": number,
    }
    return PlannedDelivery(**(plan | over))
