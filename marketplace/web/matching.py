"""The matcher at work: progress for who waits, and all runs for officers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.domain.jobs import FINAL, JobState
from marketplace.services.harvests import access_harvest
from marketplace.services.matching_jobs import (
    Progress,
    cancel_job,
    find_job,
    live_proposals,
    newest_job,
    offers_beside,
    progress_of,
    request_run,
    run_of,
)
from marketplace.services.matching_records import list_runs
from marketplace.services.offers import access_offer
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.clock import now
from marketplace.web.idempotent import idempotent
from marketplace.web.limits import limiter
from marketplace.web.paging import page_of
from marketplace.web.proposal_pages import card_of
from models.database import transaction

bp = Blueprint("matching", __name__, url_prefix="/khop")

FIRST_SHARING = 4  # of the ten steps of a shard; see tasks.matching
FIRST_STORING = 9


@bp.get("")
@requires(Right.OFFICIATE)
def runs() -> ResponseReturnValue:
    """All runs with their numbers."""
    with transaction(read_only=True) as session:
        return render_template("matching/runs.html", page=page_of(list_runs(session)))


@bp.post("/chay-lai")
@requires(Right.OFFICIATE)
@limiter.limit("6/minute")
@idempotent
def rerun() -> ResponseReturnValue:
    """Ask for a run now."""
    with transaction() as session:
        job = request_run(session, current_actor().user_id)
        return redirect(url_for("matching.progress", public_id=job.public_id))


@bp.post("/<public_id>/dung")
@requires(Right.OFFICIATE)
@idempotent
def cancel(public_id: str) -> ResponseReturnValue:
    """Stop a run; what it has proposed stays."""
    with transaction() as session:
        cancel_job(session, find_job(session, public_id), now=now())
    flash(_("Lượt khớp đã dừng. Đề xuất đã gửi vẫn còn."))
    return redirect(url_for("matching.progress", public_id=public_id))


@bp.get("/hien-tai")
@signed_in
def current() -> ResponseReturnValue:
    """The newest run, with the harvest or the offer that somebody waits for."""
    with transaction(read_only=True) as session:
        job = newest_job(session)
        if job is None:
            abort(404)
        target = url_for("matching.progress", public_id=job.public_id, **_asked())
    return redirect(target)


def _asked() -> dict[str, Any]:
    return {name: request.args[name] for name in ("vu", "don") if name in request.args}


@bp.get("/<public_id>")
@signed_in
def progress(public_id: str) -> ResponseReturnValue:
    """How far a run is; the same panel alone for who asks every two seconds."""
    with transaction(read_only=True) as session:
        job = find_job(session, public_id)
        shown = _panel(session, job)
        alone = bool(request.headers.get("HX-Request"))
        page = "matching/_panel.html" if alone else "matching/progress.html"
        return render_template(page, **shown)


def _awaited(session: Session) -> tuple[Any, Any]:
    """The harvest or the offer that somebody waits for, at most one of them."""
    if "vu" in request.args:
        return access_harvest(session, current_actor(), request.args["vu"]), None
    if "don" in request.args:
        return None, access_offer(session, current_actor(), request.args["don"])
    return None, None


def _panel(session: Session, job: Any) -> dict[str, Any]:
    who = current_actor()
    harvest, offer = _awaited(session)
    found = live_proposals(
        session,
        harvest_id=harvest.id if harvest else None,
        offer_id=offer.id if offer else None,
    )
    mine = [
        one for one in found if who.organisation_id in (one.seller_id, one.buyer_id)
    ]
    at = progress_of(session, job)
    return {
        "job": job,
        "run": run_of(session, job),
        "at": at,
        "finished": at.state in FINAL,
        "stages": _stages(at, offers_beside(session, harvest) if harvest else None),
        "asked": _asked(),
        "every": "5s" if _is_slow(job) else "2s",
        "harvest": harvest,
        "offer": offer,
        "cards": [card_of(one, who, now()) for one in mine],
    }


def _is_slow(job: Any) -> bool:
    """After half a minute nobody needs to look every two seconds."""
    return bool((now() - job.created_at).total_seconds() > 30)


def _stages(at: Progress, counts: tuple[int, int] | None) -> list[tuple[str, str]]:
    """The steps in words, each done, at work or still to come."""
    begun = at.state is not JobState.QUEUED
    names = [
        (1, _product_words(counts)),
        (FIRST_SHARING, _days_words(counts)),
        (FIRST_STORING, _("Chia số lượng cho hợp nhất")),
        (at.total, _("Xếp hạng và gửi đề xuất")),
    ]
    shown = []
    for until, words in names:
        state = "done" if at.done >= until else "now" if begun else ""
        begun = begun and at.done >= until
        shown.append((state, words))
    return shown


def _product_words(counts: tuple[int, int] | None) -> str:
    if counts is None:
        return str(_("Đọc vụ và đơn đang mở"))
    return str(_("Đúng sản phẩm: %(count)s đơn", count=counts[0]))


def _days_words(counts: tuple[int, int] | None) -> str:
    if counts is None:
        return str(_("So sản phẩm, thời gian, giấy tờ, giá"))
    return str(_("Trùng thời gian: %(count)s đơn", count=counts[1]))
