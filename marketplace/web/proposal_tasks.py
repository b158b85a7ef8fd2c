"""Proposals that wait for an answer: beside the menu and on today's page."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import Flask, g, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.words import Side
from marketplace.services.proposals import waiting_proposals
from marketplace.web.access import current_identity
from marketplace.web.clock import now
from marketplace.web.home import TaskCard, register_tasks
from marketplace.web.naming import name_of
from marketplace.web.proposal_pages import Card, card_of
from marketplace.web.shell import register_counts
from marketplace.web.words import price, tonnes
from models.database import transaction

SOON = timedelta(hours=24)


@register_tasks
def waiting_cards(
    session: Session, actor: Actor, _today: date, moment: datetime
) -> list[TaskCard]:
    """One card a proposal, with the time that is left to answer."""
    waiting = waiting_proposals(session, actor, now=moment)
    g.waiting_proposals = len(waiting)
    return [_task(card_of(one, actor, moment), moment) for one in waiting]


def _task(card: Card, moment: datetime) -> TaskCard:
    left = card.terms.expires_at - moment
    return TaskCard(
        kind="heart-handshake",
        title=_title(card),
        text=_(
            "%(product)s, %(price)s. Khớp %(good)s/%(all)s điều.",
            product=name_of(card.proposal.harvest.product),
            price=price(card.bid.price_vnd),
            good=card.fit[0],
            all=card.fit[1],
        ),
        due=_time_left(left),
        url=url_for("proposals.show", public_id=card.proposal.public_id),
        button=_("Xem và trả lời"),
        urgency=0 if left < SOON else 10,
        tone="warn" if left < SOON else "new",
    )


def _title(card: Card) -> str:
    name, kg = card.partner.short_name, tonnes(card.bid.kg)
    if card.terms.round:
        return str(_("%(name)s đề nghị lại %(kg)s", name=name, kg=kg))
    if card.side is Side.SELLER:
        return str(_("%(name)s muốn mua %(kg)s", name=name, kg=kg))
    return str(_("%(name)s có %(kg)s để bán", name=name, kg=kg))


def _time_left(left: timedelta) -> str:
    hours = max(int(left.total_seconds()) // 3600, 0)
    if hours >= 48:
        return str(ngettext("Còn %(num)d ngày", "Còn %(num)d ngày", hours // 24))
    if hours:
        return str(ngettext("Còn %(num)d giờ", "Còn %(num)d giờ", hours))
    return str(_("Còn chưa đầy một giờ"))


def init_app(_app: Flask) -> None:
    """Count them beside the menu."""
    register_counts(_waiting)


def _waiting() -> dict[str, int]:
    identity = current_identity()
    if identity is None or identity.actor is None:
        return {}
    if "waiting_proposals" not in g:  # no cards were made in this request
        with transaction(read_only=True) as session:
            found = waiting_proposals(session, identity.actor, now=now())
        g.waiting_proposals = len(found)
    return {"proposals.index": g.waiting_proposals}
