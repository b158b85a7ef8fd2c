"""The next season with the same partner: what was, what would be, and go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.renewals import EndRenewalForm, RenewalForm
from marketplace.domain.words import Side
from marketplace.services.contract_content import content_of
from marketplace.services.renewal_past import season_of_contract
from marketplace.services.renewal_posts import (
    NEW,
    last_season,
    may_post_again,
    next_plan,
    open_posts,
    suits_best,
    years_of,
)
from marketplace.services.renewal_standing import (
    Standing,
    access_renewal,
    standing_of,
)
from marketplace.services.renewals import end_renewal, go_on
from marketplace.services.signing import current_version
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.clock import now, today
from marketplace.web.contract_pages import sides
from marketplace.web.idempotent import idempotent
from marketplace.web.naming import name_of
from marketplace.web.refusals import refused
from marketplace.web.words import day, tonnes
from models.database import transaction

if TYPE_CHECKING:
    from models.contracts import Contract

bp = Blueprint("renewals", __name__, url_prefix="/hop-dong/<public_id>/vu-toi")


@bp.get("")
@signed_in
def show(public_id: str) -> ResponseReturnValue:
    """What the season was like, what would be carried over, and how far the two are."""
    with transaction(read_only=True) as session:
        contract = access_renewal(session, current_actor(), public_id)
        standing = standing_of(session, current_actor(), contract, today=today())
        form = _form(session, standing)
        return render_template("renewals/show.html", **_page(session, standing, form))


@bp.post("")
@requires(Right.BUY)
@idempotent
def propose(public_id: str) -> ResponseReturnValue:
    """Ask to go on with a post of one's own, or join in what the other side asked."""
    with transaction() as session:
        who = current_actor()
        contract = access_renewal(session, who, public_id)
        standing = standing_of(session, who, contract, today=today())
        form = _form(session, standing)
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                made = go_on(
                    session, who, public_id, form.post.data, today=today(), now=now()
                )
            if outcome.done:
                return _after(made.proposal, public_id)
        page = _page(session, standing, form)
        return render_template("renewals/show.html", **page), 422


def _after(proposal: Any, public_id: str) -> ResponseReturnValue:
    if proposal is None:
        flash(_("Đã đề nghị làm tiếp. Bên kia chọn hàng xong sẽ báo."), "ok")
        return redirect(url_for("renewals.show", public_id=public_id))
    flash(_("Đã gửi đề nghị vụ tới. Chờ bên kia trả lời."), "ok")
    return redirect(url_for("proposals.show", public_id=proposal.public_id))


@bp.post("/thoi")
@requires(Right.BUY)
@idempotent
def end(public_id: str) -> ResponseReturnValue:
    """Take back what one asked, or say no to what the other side asked."""
    with transaction() as session:
        who = current_actor()
        form = EndRenewalForm()
        contract = access_renewal(session, who, public_id)
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                end_renewal(session, who, public_id, today=today(), now=now())
            if outcome.done:
                flash(_("Đã thôi bàn vụ tới. Bên kia được báo."), "ok")
                return redirect(url_for("contracts.show", public_id=public_id))
        standing = standing_of(session, who, contract, today=today())
        page = _page(session, standing, _form(session, standing))
        return render_template("renewals/show.html", **page | {"ending": form}), 422


def _form(session: Session, standing: Standing) -> RenewalForm:
    contract, side = standing.contract, standing.side
    posts = [
        (post.public_id, _named(post, side))
        for post in open_posts(session, contract, side, today=today())
    ]
    if may_post_again(contract, side):
        posts.append((NEW, _again(contract, side)))
    form = RenewalForm(posts=posts)
    if posts and not form.post.data:
        form.post.data = suits_best(session, contract, side, today=today())
    return form


def _named(post: Any, side: Side) -> str:
    """A post on the market, as its owner knows it apart from others."""
    if side is Side.SELLER:
        return str(
            _(
                "Vụ đang bán: %(kg)s, %(first)s đến %(last)s",
                kg=tonnes(post.likely_kg),
                first=day(post.window_start),
                last=day(post.window_end),
            )
        )
    lines = [one for one in post.tranches if not one.dropped]
    return str(
        _(
            "Đơn đang mua: %(kg)s, %(first)s đến %(last)s",
            kg=tonnes(sum(one.kg for one in lines)),
            first=day(min(one.window_start for one in lines)),
            last=day(max(one.window_end for one in lines)),
        )
    )


def _again(contract: Contract, side: Side) -> str:
    years = years_of(contract, today())
    if side is Side.SELLER:
        assert contract.harvest is not None
        kg = tonnes(contract.harvest.likely_kg)
        year = contract.harvest.window_start.year + years
        return str(
            _(
                "Đăng vụ mới như vụ trước: dự kiến %(kg)s, năm %(year)s",
                kg=kg,
                year=year,
            )
        )
    kg = tonnes(sum(line.kg for line in last_season(contract)))
    year = contract.lines[0].deliver_from.year + years
    return str(
        _("Đăng đơn mới như đơn trước: mua %(kg)s, năm %(year)s", kg=kg, year=year)
    )


def _page(session: Session, standing: Standing, form: RenewalForm) -> dict[str, Any]:
    contract = standing.contract
    return {
        "contract": contract,
        "standing": standing,
        "form": form,
        "plan": next_plan(contract, today()),
        "season": season_of_contract(session, contract, today=today()),
        "content": content_of(current_version(session, contract)),
        "product": name_of(contract.product),
        **sides(contract),
    }
