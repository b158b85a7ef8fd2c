"""Purchase offers: written with supply beside them, posted, revised, closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from forms.offers import OfferForm
from forms.said import said
from marketplace.domain.errors import NotFound, Refused
from marketplace.domain.words import OfferState, OrganisationState
from marketplace.services.matching_leftover import unmatched_of_offer
from marketplace.services.offer_lists import count_offers, list_offers
from marketplace.services.offer_rows import command_of, find_faults
from marketplace.services.offers import (
    access_offer,
    close_offer,
    pause_offer,
    post_offer,
    publish_offer,
    reopen_offer,
    revise_offer,
    save_draft,
)
from marketplace.services.organisations import own_organisation
from marketplace.services.supply import count_supply
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.clock import now, today
from marketplace.web.idempotent import idempotent
from marketplace.web.limits import limiter
from marketplace.web.offer_pages import beside, calendar_of, helped, offer_form
from marketplace.web.paging import page_of
from models.database import transaction

if TYPE_CHECKING:
    from models.offers import Offer

bp = Blueprint("offers", __name__, url_prefix="/don-mua")

SHELVES = {
    "dang-mua": (OfferState.OPEN,),
    "tam-dung": (OfferState.PAUSED,),
    "nhap": (OfferState.DRAFT,),
    "da-dong": (OfferState.CLOSED,),
}


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """The offers of the organisation, the newest first."""
    shelf = request.args.get("loai", "")
    with transaction(read_only=True) as session:
        who = current_actor()
        offers = list_offers(session, who, SHELVES.get(shelf, ()))
        counts = count_offers(session, who)
        return render_template(
            "offers/index.html",
            page=page_of(offers),
            shelf=shelf,
            sizes={
                name: sum(counts.get(state, 0) for state in states)
                for name, states in SHELVES.items()
            },
            today=today(),
        )


@bp.route("/moi", methods=["GET", "POST"])
@requires(Right.BUY)
@limiter.limit("30/minute", methods=["POST"])
@idempotent
def new() -> ResponseReturnValue:
    """A new offer: to the market, or kept as a draft."""
    with transaction(read_only=request.method == "GET") as session:
        form = offer_form(session, current_actor(), today=today())
        if request.method == "POST" and not helped(form):
            offer = _try(session, form, lambda: _keep(session, form))
            if offer is not None:
                return _told(offer)
        return _drawn(session, form)


@bp.route("/<public_id>/sua", methods=["GET", "POST"])
@requires(Right.BUY)
@limiter.limit("30/minute", methods=["POST"])
@idempotent
def edit(public_id: str) -> ResponseReturnValue:
    """Change an offer; what is promised of a delivery stays."""
    with transaction(read_only=request.method == "GET") as session:
        offer = access_offer(session, current_actor(), public_id, "write")
        form = offer_form(session, current_actor(), offer, today=today())
        if request.method == "POST" and not helped(form):
            kept = _try(session, form, lambda: _change(session, form, offer))
            if kept is not None:
                return _told(kept)
        return _drawn(session, form, offer)


def _try(session: Session, form: OfferForm, act: Callable[[], Offer]) -> Offer | None:
    """Run the use case in a savepoint; what it refuses stands beside its field."""
    if not form.validate():
        return None
    try:
        with session.begin_nested():
            faults = _faults(session, form)
            for fault in faults:
                form.show_fault(fault)
            return None if faults else act()
    except NotFound:
        raise
    except Refused as refusal:
        form.show_fault(refusal)
        return None


def _faults(session: Session, form: OfferForm) -> list[Any]:
    """All errors at once; a draft is checked by its own rules."""
    if request.form.get("do") == "draft":
        return []
    found = find_faults(session, form.command(), today=today())
    return [fault for fault in found if fault.forbids]


def _keep(session: Session, form: OfferForm) -> Offer:
    if request.form.get("do") == "draft":
        return save_draft(session, current_actor(), form.command(), today=today())
    return post_offer(
        session, current_actor(), form.command(), today=today(), now=now()
    )


def _change(session: Session, form: OfferForm, offer: Offer) -> Offer:
    who, command = current_actor(), form.command()
    when: dict[str, Any] = {"today": today(), "now": now()}
    if offer.state is not OfferState.DRAFT:
        seen = int(form.revision.data) if str(form.revision.data).isdigit() else None
        return revise_offer(session, who, offer.public_id, command, seen=seen, **when)
    save_draft(session, who, command, offer.public_id, today=today())
    if request.form.get("do") == "draft":
        return offer
    return publish_offer(session, who, offer.public_id, **when)


def _told(offer: Offer) -> ResponseReturnValue:
    if offer.state is OfferState.DRAFT:
        flash(_("Đã lưu nháp. Chưa gửi thì chưa ai thấy."), "ok")
    else:
        flash(_("Đơn mua đã lên sàn. Hệ thống đang tìm nguồn hàng."), "ok")
    if odd := len(offer.warnings):
        flash(
            ngettext("Có %(num)d điều nên xem lại", "Có %(num)d điều nên xem lại", odd),
            "warn",
        )
    return redirect(url_for("offers.show", public_id=offer.public_id), 303)


def _drawn(
    session: Session, form: OfferForm, offer: Offer | None = None
) -> ResponseReturnValue:
    who = current_actor()
    found = beside(session, who, form, today=today())
    page = render_template(
        "offers/form.html",
        form=form,
        offer=offer,
        found=found,
        calendar=calendar_of(found),
        verified=own_organisation(session, who).state is OrganisationState.VERIFIED,
    )
    return page, 422 if form.errors else 200


@bp.post("/nguon-hang")
@requires(Right.BUY)
@limiter.limit("240/minute")
def supply() -> ResponseReturnValue:
    """The supply for what is being typed; nothing is stored and no price used."""
    with transaction(read_only=True) as session:
        who = current_actor()
        form = offer_form(session, who, today=today())
        found = beside(session, who, form, today=today())
        return render_template(
            "offers/supply.html", form=form, found=found, calendar=calendar_of(found)
        )


@bp.get("/<public_id>")
@signed_in
def show(public_id: str) -> ResponseReturnValue:
    """An own offer with its limits, what is promised, and supply for the rest."""
    with transaction(read_only=True) as session:
        who = current_actor()
        offer = access_offer(session, who, public_id)
        command = command_of(offer)
        return render_template(
            "offers/show.html",
            offer=offer,
            command=command,
            supply=count_supply(session, who, command, today=today()),
            lefts=unmatched_of_offer(session, offer.id),
            today=today(),
        )


@bp.post("/<public_id>/trang-thai")
@requires(Right.BUY)
@idempotent
def step(public_id: str) -> ResponseReturnValue:
    """Publish a draft, pause, reopen, or close."""
    act = STEPS.get(request.form.get("step", ""))
    if act is None:
        raise NotFound
    with transaction() as session:
        try:
            with session.begin_nested():
                act(session, current_actor(), public_id)
            flash(_("Đã đổi trạng thái đơn mua."), "ok")
        except NotFound:
            raise
        except Refused as refusal:
            flash(said(refusal.message, refusal.params), "bad")
        return redirect(url_for("offers.show", public_id=public_id), 303)


STEPS: dict[str, Callable[..., Offer]] = {
    "publish": lambda *which: publish_offer(*which, today=today(), now=now()),
    "pause": pause_offer,
    "reopen": reopen_offer,
    "close": lambda *which: close_offer(*which, now=now()),
}


@bp.get("/<public_id>/dong")
@requires(Right.BUY)
def confirm_close(public_id: str) -> ResponseReturnValue:
    """Ask once more before an offer is closed for good."""
    with transaction(read_only=True) as session:
        offer = access_offer(session, current_actor(), public_id, "write")
        return render_template("offers/close.html", offer=offer)
