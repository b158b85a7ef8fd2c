"""From an agreement to a contract that two sides signed, or that fell away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, NotFound
from marketplace.domain.linkage import form_of
from marketplace.domain.words import (
    BUYER_KINDS,
    ContractState,
    NoticeKind,
    Stage,
)
from marketplace.services.contract_content import freeze_version
from marketplace.services.contract_events import (
    move_contract,
    record_event,
)
from marketplace.services.notices import notify_organisation
from marketplace.services.rules import rule
from models.contracts import Contract, ContractLine
from models.harvests import Harvest
from models.offers import Offer
from models.organisations import Organisation
from models.proposals import Proposal, Terms

WAITING = (ContractState.PROPOSED, ContractState.NEGOTIATING)
NO_LONGER = N_("Hợp đồng này không còn chờ ký")


def access_contract(
    session: Session, who: Actor, public_id: str, action: str = "read"
) -> Contract:
    """A contract of the actor's own organisation, or in an officer's scope.

    Officers read; only the two parties change anything.
    """
    contract = session.scalars(
        select(Contract).where(Contract.public_id == public_id)
    ).first()
    if contract is None or not _reaches(contract, who, action):
        raise NotFound
    return contract


def _reaches(contract: Contract, who: Actor, action: str) -> bool:
    if who.organisation_id in (contract.seller_id, contract.buyer_id):
        return True
    return (
        action == "read"
        and who.is_officer
        and contract.signed_on is not None
        and bool({contract.seller.unit_id, contract.buyer.unit_id} & who.scope_unit_ids)
    )


def list_contracts(
    session: Session, who: Actor, states: Sequence[ContractState] = ()
) -> list[Contract]:
    """The contracts of the actor's organisation, those to sign first."""
    wanted = select(Contract).where(
        or_(
            Contract.seller_id == who.organisation_id,
            Contract.buyer_id == who.organisation_id,
        )
    )
    if states:
        wanted = wanted.where(Contract.state.in_(states))
    waiting = Contract.state.in_(WAITING)
    return list(session.scalars(wanted.order_by(waiting.desc(), Contract.id.desc())))


def draw_contract(
    session: Session, proposal: Proposal, terms: Terms, *, today: date, now: datetime
) -> Contract:
    """Write down what both sides accepted, as version 1, and ask for signatures.

    The kilograms are promised already; the caller holds the locks.
    """
    contract = _draft(session, proposal, terms, today, now)
    session.add(contract)
    session.flush()  # its lines and its version name it
    _add_lines(session, contract, terms)
    version = freeze_version(session, contract, now=now)
    record_event(
        session, contract, "drawn", None, now=now, data={"digest": version.digest}
    )
    move_contract(
        session, contract, ContractState.PROPOSED, "sent_to_sign", None, now=now
    )
    notify_both(session, contract, NoticeKind.CONTRACT_TO_SIGN, now)
    return contract


def _draft(
    session: Session, proposal: Proposal, terms: Terms, today: date, now: datetime
) -> Contract:
    defaults = rule(session, "contract.defaults", today)
    return Contract(
        number=_next_number(session, proposal.seller, today),
        proposal_id=proposal.id,
        harvest_id=proposal.harvest_id,
        offer_id=proposal.offer_id,
        seller_id=proposal.seller_id,
        buyer_id=proposal.buyer_id,
        product_id=proposal.harvest.product_id,
        **_moving(proposal.offer),
        price_vnd=terms.price_vnd,
        tolerance_pct=defaults["tolerance_pct"],
        penalty_pct=defaults["penalty_pct"],
        payment_term_days=proposal.offer.payment_term_days,
        deposit_pct=proposal.offer.deposit_pct,
        sign_by=now + timedelta(hours=defaults["sign_hours"]),
        effective_from=today,
        season=proposal.harvest.season,
        **_quantities(terms, proposal.offer.payment_term_days, defaults),
        **_linkage(proposal.harvest),
    )


def _moving(offer: Offer) -> dict[str, Any]:
    """How the agreed price moves, as the buyer's offer said it would."""
    market = offer.reference_market
    return {
        "price_mode": offer.price_mode,
        "share_pct": offer.share_pct,
        "reference_market": market.code if market else "",
    }


def _quantities(
    terms: Terms, payment_term_days: int, defaults: dict[str, Any]
) -> dict[str, Any]:
    total_kg = sum(line.kg for line in terms.lines)
    last_delivery = max(line.deliver_to for line in terms.lines)
    settle = payment_term_days + int(defaults["closing_days"])
    return {
        "total_kg": total_kg,
        "value_vnd": total_kg * terms.price_vnd,
        "effective_to": last_delivery + timedelta(days=settle),
    }


def _linkage(harvest: Harvest) -> dict[str, Any]:
    """The stages that the two parties join, and so the form of linkage."""
    stages = {Stage.CONSUMPTION}
    producer = harvest.organisation.kind not in BUYER_KINDS
    if producer or harvest.area_id is not None:
        stages.add(Stage.PRODUCTION_HARVEST)
    if harvest.product.processed or not producer:
        stages.add(Stage.PROCESSING)
    return {
        "stages": sorted(stages),
        "linkage_form": form_of(stages),
        "linked_area_ha": harvest.harvested_area_ha
        or (harvest.area.area_ha if harvest.area else Decimal(0)),
    }


def _add_lines(session: Session, contract: Contract, terms: Terms) -> None:
    lines = sorted(terms.lines, key=lambda line: (line.deliver_from, line.tranche_id))
    contract.lines = [
        ContractLine(
            number=number,
            tranche_id=line.tranche_id,
            kg=line.kg,
            deliver_from=line.deliver_from,
            deliver_to=line.deliver_to,
        )
        for number, line in enumerate(lines, 1)
    ]
    session.flush()  # the frozen words list them


def _next_number(session: Session, seller: Organisation, today: date) -> str:
    """`NN/YYYY/HĐLK-<short name>`, counted within the seller and the year (CT-01)."""
    session.execute(  # two contracts of one seller are numbered in line
        select(Organisation.id)
        .where(Organisation.id == seller.id)
        .with_for_update(key_share=True)
    )
    year = f"/{today.year}/"
    taken = session.scalar(
        select(func.count())
        .select_from(Contract)
        .where(Contract.seller_id == seller.id, Contract.number.contains(year))
    )
    return f"{(taken or 0) + 1:02d}{year}HĐLK-{seller.short_name}"[:64]


def flag_at_risk(session: Session, harvest: Harvest, reason: str) -> list[Contract]:
    """Mark the live contracts of a harvest whose forecast no longer covers them."""
    contracts = session.scalars(
        select(Contract).where(
            Contract.harvest_id == harvest.id,
            Contract.state.in_(
                (*WAITING, ContractState.SIGNED, ContractState.IN_FORCE)
            ),
        )
    ).all()
    for contract in contracts:
        contract.at_risk = harvest.over_promised
        contract.at_risk_reason = reason if harvest.over_promised else ""
    return list(contracts)


def notify_both(
    session: Session,
    contract: Contract,
    kind: NoticeKind,
    now: datetime,
    page: str = "contract",
) -> None:
    """Tell both parties, each with the other's name; `page` is where it leads."""
    for party, other in (
        (contract.seller, contract.buyer),
        (contract.buyer, contract.seller),
    ):
        notify_organisation(
            session,
            party.id,
            kind,
            f"{page}:{contract.public_id}",
            {
                "number": contract.number,
                "partner": other.short_name,
                "kg": contract.total_kg,
                "product": contract.product.name_vi,
                "product_en": contract.product.name_en,
            },
            now=now,
            version=contract.current_version,
        )
