"""Templates of contracts: officers read them, write a new one, and approve it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from forms.contract_templates import ReasonForm, TemplateForm
from marketplace.domain.clause_filling import fill_clauses
from marketplace.domain.template_places import PLACES
from marketplace.domain.template_samples import sample_content
from marketplace.domain.template_texts import FIELDS
from marketplace.domain.words import PriceMode
from marketplace.services.contract_templates import (
    Listed,
    access_template,
    list_templates,
    texts_of,
)
from marketplace.services.template_writing import (
    approve_template,
    check_draft,
    copy_template,
    drop_template,
    propose_template,
    return_template,
    save_template,
)
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import now, today
from marketplace.web.idempotent import idempotent
from marketplace.web.refusals import refused
from models.contract_templates import ContractTemplate
from models.database import transaction

bp = Blueprint("contract_templates", __name__, url_prefix="/mau-hop-dong")

# What the page of a reason is for: its title, its button, what it says when done.
REASONS: dict[str, tuple[LazyString, LazyString, LazyString]] = {
    "tra-lai": (_l("Trả lại người soạn"), _l("Trả lại"), _l("Đã trả lại người soạn.")),
    "bo": (_l("Bỏ phiên bản này"), _l("Bỏ"), _l("Đã bỏ phiên bản này.")),
}


@bp.get("/")
@requires(Right.OFFICIATE)
def index() -> ResponseReturnValue:
    """The seven forms, each with its versions and from when they hold."""
    with transaction(read_only=True) as session:
        return render_template(
            "contract_templates/index.html",
            forms=list_templates(session),
            places=PLACES,
            today=today(),
        )


@bp.get("/<public_id>")
@requires(Right.OFFICIATE)
def show(public_id: str) -> ResponseReturnValue:
    """The words of one version, who wrote and who approved it, and its journal."""
    with transaction(read_only=True) as session:
        listed = _listed(session, public_id)
        return render_template(
            "contract_templates/show.html",
            listed=listed,
            template=listed.template,
            texts=texts_of(listed.template),
            mine=listed.template.written_by_id == current_actor().user_id,
            today=today(),
        )


def _listed(session: Session, public_id: str) -> Listed:
    template = access_template(session, current_actor(), public_id)
    form = template.linkage_form
    listed = list_templates(session, [form])[form]
    return next(one for one in listed if one.template is template)


@bp.get("/<public_id>/xem-thu")
@requires(Right.OFFICIATE)
def preview(public_id: str) -> ResponseReturnValue:
    """The words filled with a made-up contract, for each way to set the price."""
    with transaction(read_only=True) as session:
        template = access_template(session, current_actor(), public_id)
        asked = request.args.get("gia", "")
        mode = PriceMode(asked) if asked in set(PriceMode) else PriceMode.FIXED
        content = sample_content(template.linkage_form, mode)
        content["clauses"] = fill_clauses(content, texts_of(template))
        return render_template(
            "contract_templates/preview.html",
            template=template,
            content=content,
            mode=mode,
            modes=list(PriceMode),
        )


@bp.post("/<public_id>/chep")
@requires(Right.OFFICIATE)
@idempotent
def copy(public_id: str) -> ResponseReturnValue:
    """Begin a new version with the words of this one."""
    form = FlaskForm()
    with transaction() as session, refused(session, form) as outcome:
        draft = copy_template(session, current_actor(), public_id, now=now())
    if outcome.done:
        return redirect(url_for(".edit", public_id=draft.public_id))
    return _back(form, public_id)


@bp.route("/<public_id>/sua", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def edit(public_id: str) -> ResponseReturnValue:
    """Write the words of one's own draft."""
    with transaction() as session:
        template = access_template(session, current_actor(), public_id)
        form = TemplateForm(data=_stored(template))
        if form.validate_on_submit() and _saved(session, template, form):
            flash(_("Đã lưu bản nháp. Xem thử rồi đề nghị duyệt."), "ok")
            return redirect(url_for(".preview", public_id=public_id))
        page = render_template(
            "contract_templates/edit.html",
            form=form,
            template=template,
            known={text.key: text for text in texts_of(template)},
            mine=template.written_by_id == current_actor().user_id,
        )
        return page, 422 if form.is_submitted() else 200


def _saved(session: Session, template: ContractTemplate, form: TemplateForm) -> bool:
    command = form.command({text.key: text for text in texts_of(template)})
    with refused(session, form) as outcome:
        wrong = check_draft(template, command, today=today())
        form.show(wrong)
        if not wrong:
            who, public_id = current_actor(), template.public_id
            save_template(session, who, public_id, command, today=today(), now=now())
    return outcome.done and not wrong


def _stored(template: ContractTemplate) -> dict[str, Any]:
    return {
        "valid_from": template.valid_from,
        "source": template.source,
        "reason": template.reason,
        "clauses": [
            {name: getattr(row, name) for name in ("key", "position", *FIELDS)}
            | {"included": row.included}
            for row in template.clauses
        ],
    }


@bp.post("/<public_id>/de-nghi")
@requires(Right.OFFICIATE)
@idempotent
def propose(public_id: str) -> ResponseReturnValue:
    """Ask a second officer to approve."""
    return _moved(public_id, propose_template, _("Đã đề nghị, chờ cán bộ thứ hai."))


@bp.post("/<public_id>/duyet")
@requires(Right.OFFICIATE)
@idempotent
def approve(public_id: str) -> ResponseReturnValue:
    """The second officer approves."""
    return _moved(public_id, approve_template, _("Đã duyệt phiên bản này."))


def _moved(
    public_id: str, move: Callable[..., ContractTemplate], said: str
) -> ResponseReturnValue:
    form = FlaskForm()
    with transaction() as session, refused(session, form) as outcome:
        move(session, current_actor(), public_id, today=today(), now=now())
    if outcome.done:
        flash(said, "ok")
    return _back(form, public_id)


@bp.route("/<public_id>/tra-lai", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def send_back(public_id: str) -> ResponseReturnValue:
    """Back to the author, with the reason."""
    return _with_reason(public_id, return_template, "tra-lai")


@bp.route("/<public_id>/bo", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def drop(public_id: str) -> ResponseReturnValue:
    """Give a version in the making up, with the reason."""
    return _with_reason(public_id, drop_template, "bo")


def _with_reason(
    public_id: str, move: Callable[..., ContractTemplate], what: str
) -> ResponseReturnValue:
    title, button, done = REASONS[what]
    form = ReasonForm()
    with transaction() as session:
        template = access_template(session, current_actor(), public_id)
        if form.validate_on_submit():
            reason = form.reason.data or ""
            with refused(session, form) as outcome:
                move(session, current_actor(), public_id, reason, now=now())
            if outcome.done:
                flash(str(done), "ok")
                return redirect(url_for(".show", public_id=public_id))
        page = render_template(
            "contract_templates/reason.html",
            form=form,
            template=template,
            title=title,
            button=button,
        )
        return page, 422 if form.is_submitted() else 200


def _back(form: FlaskForm, public_id: str) -> ResponseReturnValue:
    for message in form.form_errors:
        flash(str(message), "bad")
    return redirect(url_for(".show", public_id=public_id))
