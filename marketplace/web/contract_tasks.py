"""Contracts to sign and chains to decide: on today's page, beside the menu."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from flask import Flask, g, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.words import ContractState
from marketplace.services.chain_lists import count_waiting_chains
from marketplace.services.contracts import WAITING, list_contracts
from marketplace.web.access import current_identity
from marketplace.web.clock import now
from marketplace.web.home import TaskCard, register_tasks
from marketplace.web.naming import name_of
from marketplace.web.shell import register_counts
from marketplace.web.words import instant, price, tonnes
from models.database import transaction

if TYPE_CHECKING:
    from models.contracts import Contract

SOON = timedelta(days=2)


@register_tasks
def to_sign(
    session: Session, actor: Actor, _today: date, moment: datetime
) -> list[TaskCard]:
    """One card a contract that this side has not signed yet."""
    if not actor.may_sign:
        return []
    found = _unsigned(session, actor, moment)
    g.unsigned_contracts = len(found)
    return [_card(contract, actor, moment) for contract in found]


def _unsigned(session: Session, actor: Actor, moment: datetime) -> list[Contract]:
    return [
        contract
        for contract in list_contracts(session, actor, WAITING)
        if contract.sign_by > moment
        and contract.state is not ContractState.NEGOTIATING
        and not _signed_by(contract, actor)
    ]


def _signed_by(contract: Contract, actor: Actor) -> bool:
    return any(
        signature.organisation_id == actor.organisation_id
        for version in contract.versions
        if version.version == contract.current_version
        for signature in version.signatures
    )


def _card(contract: Contract, actor: Actor, moment: datetime) -> TaskCard:
    sells = contract.seller_id == actor.organisation_id
    partner = contract.buyer if sells else contract.seller
    urgent = contract.sign_by - moment < SOON
    return TaskCard(
        kind="writing-sign",
        title=_("Ký hợp đồng với %(partner)s", partner=partner.short_name),
        text=_(
            "%(kg)s %(product)s, %(price)s. Hai bên đã đồng ý, còn chữ ký.",
            kg=tonnes(contract.total_kg),
            product=name_of(contract.product).lower(),
            price=price(contract.price_vnd),
        ),
        due=_("Ký trước %(day)s", day=instant(contract.sign_by)),
        url=url_for("contracts.show", public_id=contract.public_id),
        button=_("Đọc và ký"),
        urgency=0 if urgent else 10,
        tone="warn" if urgent else "new",
    )


@register_tasks
def to_decide(
    session: Session, actor: Actor, _today: date, _moment: datetime
) -> list[TaskCard]:
    """For officers: one card for all chains that wait for a decision."""
    if not actor.is_officer:
        return []
    waiting = _waiting_chains(session, actor)
    if not waiting:
        return []
    return [
        TaskCard(
            kind="binary-tree-2",
            title=ngettext(
                "%(num)d chuỗi chờ công nhận", "%(num)d chuỗi chờ công nhận", waiting
            ),
            text=_("Xem điều kiện của từng chuỗi rồi công nhận hoặc trả lại."),
            url=url_for("chains.index", cho=1),
            button=_("Xem các chuỗi"),
            urgency=10,
            tone="new",
        )
    ]


def _waiting_chains(session: Session, actor: Actor) -> int:
    """Asked for once a request: a card tells it, and the menu."""
    if "waiting_chains" not in g:
        g.waiting_chains = count_waiting_chains(session, actor)
    waiting: int = g.waiting_chains
    return waiting


def _counts() -> dict[str, int]:
    """The numbers beside the menu."""
    identity = current_identity()
    if identity is None or identity.actor is None:
        return {}
    actor = identity.actor
    with transaction(read_only=True) as session:
        if actor.is_officer:
            return {"chains.index": _waiting_chains(session, actor)}
        if "unsigned_contracts" in g:  # the cards of this request have them
            return {"contracts.index": g.unsigned_contracts}
        return {"contracts.index": len(_unsigned(session, actor, now()))}


def init_app(_app: Flask) -> None:
    """Hand the numbers to the frame."""
    register_counts(_counts)
