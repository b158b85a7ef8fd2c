"""Labels of a lot: which trade item it is, stickers, boxes, pallets; many at once."""

from __future__ import annotations

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.trade_items import LotItemForm, PalletsForm, PalletStepForm
from marketplace.domain.actor import Actor
from marketplace.domain.label_formats import MOST_LABELS, SHEETS, LabelFormat
from marketplace.services.epcis_pallets import (
    empty_pallet,
    ship_pallet,
    shipments_of,
    stack_pallet,
    standing_pallets,
)
from marketplace.services.gs1_keeping import list_ssccs
from marketplace.services.label_pdf import labels_pdf
from marketplace.services.lot_labels import Label, access_own_lot, label_of
from marketplace.services.lots import list_stock
from marketplace.services.trade_items import list_items, name_lot_item
from marketplace.web import words
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import now
from marketplace.web.idempotent import idempotent
from marketplace.web.naming import name_of
from marketplace.web.printing import page_lang, pdf_response
from marketplace.web.refusals import refused
from models.database import transaction
from models.lot_events import LotEvent
from models.lots import Lot

bp = Blueprint("lot_labels", __name__, url_prefix="/tem")

MOST_LOTS = 60
TO_CHOOSE = (LabelFormat.STICKERS_24, LabelFormat.STICKERS_10, LabelFormat.BOX)


@bp.get("/")
@requires(Right.DELIVER)
def index() -> ResponseReturnValue:
    """The lots in hand, to choose some and print their labels together."""
    with transaction(read_only=True) as session:
        lots = [one.lot for one in list_stock(session, current_actor())][:MOST_LOTS]
        return render_template("lot_labels/index.html", lots=lots, formats=TO_CHOOSE)


@bp.get("/in")
@requires(Right.DELIVER)
def many() -> ResponseReturnValue:
    """Labels of several lots in one file: `lo` once each, `kho`, `so` copies of each."""
    wanted = request.args.getlist("lo")[:MOST_LOTS]
    if not wanted:
        flash(_("Chọn ít nhất một lô để in."), "warn")
        return redirect(url_for(".index"))
    with transaction(read_only=True) as session:
        who = current_actor()
        labels = [_label(session, who, one) for one in dict.fromkeys(wanted)]
        if _says_held(labels):
            return redirect(url_for(".index"))
        copies = min(_copies(1), MOST_LABELS // len(labels))
        pdf = labels_pdf(labels, _format(), page_lang(), copies=copies, now=now())
        return pdf_response(pdf, "tem")


@bp.route("/<public_id>", methods=["GET", "POST"])
@requires(Right.DELIVER)
@idempotent
def show(public_id: str) -> ResponseReturnValue:
    """What the label says, and as which trade item the lot was packed."""
    with transaction() as session:
        who = current_actor()
        lot = access_own_lot(session, who, public_id)
        form = _item_form(session, who, lot)
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                name_lot_item(session, who, lot, form.item.data)
            if outcome.done:
                flash(_("Đã ghi mặt hàng của lô."), "ok")
                return redirect(url_for(".show", public_id=public_id))
        page = render_template(
            "lot_labels/show.html",
            form=form,
            pallets=PalletsForm(formdata=None, data={"count": 1}),
            label_=_label(session, who, public_id),
            drawn=list_ssccs(session, who, lot),
            went=_went_form(session, who, lot, shown=True),
            formats=[(one, SHEETS[one].labels) for one in TO_CHOOSE],
        )
        return page, 422 if form.is_submitted() else 200


@bp.get("/<public_id>/pdf")
@requires(Right.DELIVER)
def pdf(public_id: str) -> ResponseReturnValue:
    """A sheet of stickers, box labels, or the pallets that were numbered."""
    kind = _format()
    with transaction(read_only=True) as session:
        who = current_actor()
        found = _label(session, who, public_id)
        if _says_held([found]):
            return redirect(url_for(".show", public_id=public_id))
        ssccs = []
        if kind is LabelFormat.PALLET:
            ssccs = [one.sscc for one in list_ssccs(session, who, found.lot)]
            if not ssccs:
                abort(404)
        pages = labels_pdf(
            [found],
            kind,
            page_lang(),
            copies=1 if ssccs else _copies(SHEETS[kind].labels),
            ssccs=ssccs,
            now=now(),
        )
        return pdf_response(pages, f"tem-{found.lot.code}")


@bp.post("/<public_id>/kien")
@requires(Right.DELIVER)
@idempotent
def pallet(public_id: str) -> ResponseReturnValue:
    """Number so many pallets of the lot; their labels may be printed again."""
    form = PalletsForm()
    with transaction() as session:
        who = current_actor()
        lot = access_own_lot(session, who, public_id)
        if form.validate_on_submit():
            for _number in range(form.pallets()):
                stack_pallet(session, who, lot, _base(), now=now())
            flash(_("Đã đánh số kiện."), "ok")
        else:
            flash(_("Nhập số kiện, ví dụ 2."), "warn")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/kien/di")
@requires(Right.DELIVER)
@idempotent
def went(public_id: str) -> ResponseReturnValue:
    """A pallet went with a shipment, or was taken apart: partners are told by EPCIS."""
    with transaction() as session:
        who = current_actor()
        form = _went_form(session, who, access_own_lot(session, who, public_id))
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                _note_step(session, who, form)
            if outcome.done:
                flash(_("Đã ghi việc của kiện."), "ok")
                return redirect(url_for(".show", public_id=public_id))
        flash(_("Chọn kiện còn ở đây và chuyến hàng."), "warn")
    return redirect(url_for(".show", public_id=public_id))


def _note_step(session: Session, who: Actor, form: PalletStepForm) -> None:
    sscc, to = form.sscc.data, form.went.data
    if to == PalletStepForm.EMPTIED:
        empty_pallet(session, who, sscc, _base(), now=now())
    else:
        ship_pallet(session, who, sscc, to, _base(), now=now())


def _went_form(
    session: Session, who: Actor, lot: Lot, *, shown: bool = False
) -> PalletStepForm:
    pallets = [one.sscc for one in standing_pallets(session, who, lot)]
    ships = [
        (one.public_id, f"{words.instant(one.at)}, {_receiver(one)}")
        for one in shipments_of(session, who, lot)
    ]
    only = {"formdata": None} if shown else {}
    return PalletStepForm(pallets=pallets, ships=ships, **only)


def _receiver(ship: LotEvent) -> str:
    to = ship.to_organisation
    return to.short_name if to else ship.to_name


def _base() -> str:
    return str(current_app.config["BASE_URL"])


def _item_form(session: Session, who: Actor, lot: Lot) -> LotItemForm:
    items = [
        (one.public_id, name_of(one) or one.name_vi)
        for one in list_items(session, who)
        if one.product_id == lot.product_id
    ]
    return LotItemForm(items=items)


def _label(session: Session, who: Actor, public_id: str) -> Label:
    return label_of(session, access_own_lot(session, who, public_id), _base())


def _says_held(labels: list[Label]) -> bool:
    """Goods on hold get no labels: they are not to leave."""
    held = [one.lot.code for one in labels if one.lot.held]
    if held:
        text = _("Lô %(lots)s đang bị giữ lại, không in tem.", lots=", ".join(held))
        flash(text, "bad")
    return bool(held)


def _format() -> LabelFormat:
    asked = request.args.get("kho", "")
    return LabelFormat(asked) if asked in set(LabelFormat) else LabelFormat.STICKERS_24


def _copies(usual: int) -> int:
    asked = request.args.get("so", "")
    known = asked.isascii() and asked.isdigit() and len(asked) < 5
    return min(max(int(asked), 1), MOST_LABELS) if known else usual
