"""Purchase offers: drafted, posted, revised, paused, closed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_offers import PostOffer
from marketplace.domain.errors import N_, Conflict, NotFound, Refused
from marketplace.domain.findings import Finding, refuse_errors, stored_findings
from marketplace.domain.lifecycles import NOT_NOW, Lifecycle, check_transition
from marketplace.domain.words import OfferState
from marketplace.services.matching_asking import ask_for_matching
from marketplace.services.offer_rows import (
    command_of,
    find_faults,
    product_of,
    replace_tranches,
    revise_tranches,
    write_words,
)
from marketplace.services.organisations import require_verified
from marketplace.services.price_changes import ceilings_of, name_prices, new_ceilings
from marketplace.services.proposal_ending import end_of_offer
from models.offers import Offer

# What a draft may still lack; all else the tables themselves insist on.
DRAFT_MAY_LACK = frozenset({"place", "tranches", "answer_by", "smallest_lot"})
CHANGED = N_("Đơn này vừa được người khác sửa. Tải lại trang rồi sửa tiếp")


def access_offer(
    session: Session, who: Actor, public_id: str, action: str = "read"
) -> Offer:
    """An offer of the actor's own organisation, with all its secrets.

    What others may see of an open offer is `market.public_offer`.
    """
    offer = session.scalars(select(Offer).where(Offer.public_id == public_id)).first()
    if offer is None or offer.organisation_id != who.organisation_id:
        raise NotFound
    if action != "read" and who.is_officer:
        raise NotFound
    return offer


def post_offer(
    session: Session,
    who: Actor,
    command: PostOffer,
    *,
    today: date,
    now: datetime,
    public_id: str | None = None,
) -> Offer:
    """Put an offer on the market; matching looks at it within seconds.

    Refused for an organisation that is not verified, and at the first error of
    PO-01 to PO-03; what is only odd is kept with the offer as warnings.
    """
    require_verified(session, who)
    warnings = refuse_errors(find_faults(session, command, today=today))
    offer = _new(session, who, command, public_id)
    offer.state, offer.posted_at = OfferState.OPEN, now
    offer.warnings = stored_findings(warnings)
    name_prices(session, offer, ceilings_of(command), now=now, first=True)
    ask_for_matching(session, offer_id=offer.id)
    return offer


def save_draft(
    session: Session,
    who: Actor,
    command: PostOffer,
    public_id: str | None = None,
    *,
    today: date,
    new_id: str | None = None,
) -> Offer:
    """Keep an offer that nobody else sees; any organisation may prepare one.

    `public_id` is a draft to overwrite, `new_id` the public id of a new one.
    """
    faults = find_faults(session, command, today=today)
    warnings = refuse_errors(one for one in faults if not _may_wait(one))
    if public_id is None:
        offer = _new(session, who, command, new_id)
    else:
        offer = access_offer(session, who, public_id, "write")
        if offer.state is not OfferState.DRAFT:
            raise Refused(N_("Đơn này đã đăng, không còn là nháp"))
        write_words(session, offer, command)
        replace_tranches(session, offer, command)
    offer.warnings = stored_findings(warnings)
    return offer


def _may_wait(fault: Finding) -> bool:
    return fault.forbids and (
        fault.field in DRAFT_MAY_LACK or str(fault.field).endswith("window_start")
    )


def _new(
    session: Session, who: Actor, command: PostOffer, public_id: str | None = None
) -> Offer:
    offer = Offer(
        organisation_id=who.organisation_id,
        product_id=product_of(session, command.product_code).id,
        place=command.place,
        payment_term_days=command.payment_term_days,
    )
    if public_id:
        offer.public_id = public_id
    session.add(offer)
    session.flush()  # everything that belongs to it names it
    write_words(session, offer, command)
    replace_tranches(session, offer, command)
    return offer


def publish_offer(
    session: Session, who: Actor, public_id: str, *, today: date, now: datetime
) -> Offer:
    """Put a draft on the market as it is stored."""
    offer = access_offer(session, who, public_id, "write")
    _require(offer, OfferState.DRAFT)
    require_verified(session, who)
    faults = find_faults(session, command_of(offer), today=today)
    offer.warnings = stored_findings(refuse_errors(faults))
    move_offer(session, offer, OfferState.OPEN, posted_at=now)
    prices = ceilings_of(command_of(offer))
    name_prices(session, offer, prices, now=now, first=True)
    ask_for_matching(session, offer_id=offer.id)
    return offer


def revise_offer(
    session: Session,
    who: Actor,
    public_id: str,
    command: PostOffer,
    *,
    today: date,
    now: datetime,
    seen: int | None = None,
) -> Offer:
    """Change an offer that is on the market; `seen` is the revision on the page.

    What is agreed already stays: a tranche never falls below what is promised
    of it. Refused for another product and for an offer that is closed.
    """
    offer = access_offer(session, who, public_id, "write")
    if seen is not None and seen != offer.revision:
        raise Conflict(CHANGED)
    if offer.state is OfferState.CLOSED:
        raise Refused(N_("Đơn này đã đóng, không sửa được nữa"))
    if offer.product.code != command.product_code:
        message = N_("Đơn đã đăng không đổi sản phẩm được. Đóng đơn này, đặt đơn mới")
        raise Refused(message, "product")
    warnings = refuse_errors(find_faults(session, command, today=today))
    _next_revision(session, offer)
    name_prices(session, offer, new_ceilings(offer, command), now=now)
    write_words(session, offer, command)
    revise_tranches(session, offer, command)
    offer.warnings = stored_findings(warnings)
    ask_for_matching(session, offer_id=offer.id)
    return offer


def _next_revision(session: Session, offer: Offer) -> None:
    """Whoever revises at the same moment waits here, and then finds a conflict."""
    raised = cast(
        "CursorResult[Any]",
        session.execute(
            update(Offer)
            .where(Offer.id == offer.id, Offer.revision == offer.revision)
            .values(revision=Offer.revision + 1)
            .execution_options(synchronize_session=False)
        ),
    )
    if raised.rowcount != 1:
        raise Conflict(CHANGED)
    session.refresh(offer)


def pause_offer(session: Session, who: Actor, public_id: str) -> Offer:
    """No new proposals for now; those on the table stay."""
    return _step(session, who, public_id, OfferState.PAUSED)


def reopen_offer(session: Session, who: Actor, public_id: str) -> Offer:
    """Back on the market after a pause."""
    require_verified(session, who)
    _require(access_offer(session, who, public_id, "write"), OfferState.PAUSED)
    return _step(session, who, public_id, OfferState.OPEN)


def close_offer(
    session: Session, who: Actor, public_id: str, *, now: datetime
) -> Offer:
    """For good: nothing more is bought by this offer; contracts stay.

    What is not yet agreed ends with it, and the sellers are told.
    """
    offer = _step(session, who, public_id, OfferState.CLOSED)
    end_of_offer(session, offer, now=now)
    return offer


def _require(offer: Offer, state: OfferState) -> None:
    """Two ways lead to the market, and a draft must not take the unchecked one."""
    if offer.state is not state:
        raise Refused(NOT_NOW)


def _step(session: Session, who: Actor, public_id: str, new: OfferState) -> Offer:
    offer = access_offer(session, who, public_id, "write")
    move_offer(session, offer, new)
    ask_for_matching(session, offer_id=offer.id)
    return offer


def move_offer(
    session: Session, offer: Offer, new: OfferState, **columns: object
) -> None:
    """Take one legal step; Conflict if somebody took one meanwhile."""
    check_transition(Lifecycle.OFFER, offer.state, new)
    session.flush()  # what was set on the row so far belongs before the step
    moved = cast(
        "CursorResult[Any]",
        session.execute(
            update(Offer)
            .where(Offer.id == offer.id, Offer.state == offer.state)
            .values(state=new, **columns)
            .execution_options(synchronize_session=False)
        ),
    )
    if moved.rowcount != 1:
        raise Conflict(CHANGED)
    session.refresh(offer)
