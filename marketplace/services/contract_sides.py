"""The two sides of a contract in force: who speaks for which, and who is told."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.words import ContractState, NoticeKind, Side
from marketplace.services.contract_events import lock_contract
from marketplace.services.contracts import access_contract
from marketplace.services.notices import notify_organisation
from models.contract_events import ContractEvent
from models.contracts import Contract

NOT_IN_FORCE = N_("Hợp đồng này không còn hiệu lực")
NOT_SIGNED = N_("Hợp đồng này chưa được hai bên ký đủ")


def side_of(contract: Contract, who: Actor) -> Side:
    """The side that the actor speaks for; NotFound for whoever is on neither."""
    if who.organisation_id == contract.seller_id:
        return Side.SELLER
    if who.organisation_id == contract.buyer_id:
        return Side.BUYER
    raise NotFound


def lock_party_contract(
    session: Session, who: Actor, public_id: str, *, live: bool = True
) -> tuple[Contract, Side]:
    """A contract of the actor's own, locked, and the side; refused if not in force."""
    found = access_contract(session, who, public_id, "write")
    contract = lock_contract(session, found.id)
    if live:
        check_in_force(contract)
    return contract, side_of(contract, who)


def check_in_force(contract: Contract) -> None:
    """Refused before both have signed, and once it is not in force any more."""
    if contract.state is not ContractState.IN_FORCE:
        raise Refused(NOT_IN_FORCE if contract.signed_on else NOT_SIGNED)


def lock_open_contract(
    session: Session, who: Actor, public_id: str
) -> tuple[Contract, Side]:
    """The same for goods that were handed over: until the contract is closed.

    The end of a contract does not undo a load, so its weights and its quality are
    still told and disputed.
    """
    contract, side = lock_party_contract(session, who, public_id, live=False)
    check_open_contract(contract)
    return contract, side


def check_open_contract(contract: Contract) -> None:
    """Refused before both have signed, and after the closing."""
    if contract.signed_on is None or contract.state is ContractState.CLOSED:
        raise Refused(NOT_IN_FORCE)


def tell_other_side(
    session: Session,
    contract: Contract,
    side: Side,
    kind: NoticeKind,
    event: ContractEvent,
    params: dict[str, object],
    *,
    subject: str = "",
) -> None:
    """Tell the side that did not act; each event speaks once."""
    sells = side is Side.SELLER
    acting, told = (
        (contract.seller, contract.buyer)
        if sells
        else (contract.buyer, contract.seller)
    )
    notify_organisation(
        session,
        told.id,
        kind,
        subject or f"contract:{contract.public_id}",
        {
            "number": contract.number,
            "partner": acting.short_name,
            "product": contract.product.name_vi,
            "product_en": contract.product.name_en,
            **params,
        },
        now=event.at,
        version=event.position,
    )


def tell_both_sides(
    session: Session,
    contract: Contract,
    kind: NoticeKind,
    event: ContractEvent,
    params: dict[str, object],
    *,
    subject: str = "",
) -> None:
    """Tell both sides what neither of them did alone."""
    for side in Side:
        tell_other_side(session, contract, side, kind, event, params, subject=subject)
