"""Photos on notes, inspections and claims: added, looked at, taken back."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from forms.photos import PhotosForm, most_photos
from marketplace.domain.canonical import short_digest
from marketplace.domain.errors import NotFound
from marketplace.domain.photos import PhotoOf
from marketplace.services import photos as service
from marketplace.services.photo_records import Evidenced, record_of, source_of
from marketplace.services.photo_store import read_file
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.clock import now
from marketplace.web.contract_pages import sides
from marketplace.web.idempotent import idempotent
from marketplace.web.photo_upload import takes_photos
from marketplace.web.refusals import refused
from models.database import transaction
from models.deliveries import DeliveryNote
from models.majeure import MajeureNotice

bp = Blueprint("photos", __name__)

RECORDS = {
    "giao-nhan": PhotoOf.NOTE,
    "nghiem-thu": PhotoOf.INSPECTION,
    "khieu-nai": PhotoOf.CLAIM,
}
FILES = {"anh.jpg": False, "nho.jpg": True}  # whether the thumbnail is meant
HEADERS = {
    # The address names one picture for ever; no shared cache may keep it.
    "Cache-Control": "private, max-age=86400",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


@bp.route("/phieu/<public_id>/anh/<record>", methods=["GET", "POST"])
@requires(Right.DELIVER)
@takes_photos
@idempotent
def add(public_id: str, record: str) -> ResponseReturnValue:
    """Put photos on a note, the finding that counts, or the open claim.

    `?phan=2` are photos of the second part of the finding.
    """
    about = RECORDS.get(record)
    if about is None:
        raise NotFound
    with transaction() as session:
        who = current_actor()
        found = service.record_for(session, who, public_id, about)
        part = request.args.get("phan", type=int)
        form = PhotosForm()
        if form.validate_on_submit() and form.photos.pictures:
            with refused(session, form) as outcome:
                _add(session, found, form, part)
            if outcome.done:
                flash(_("Đã thêm ảnh."), "ok")
                return redirect(url_for("notes.show", public_id=public_id))
        elif form.is_submitted() and not form.errors:
            form.photos.errors = [_("Chọn ít nhất một ảnh")]
        note = source_of(found)
        page = {"form": form, "note": note, "about": about, "part": part}
        return render_template(
            "photos/add.html", **page, contract=note.contract, **sides(note.contract)
        ), 422 if form.is_submitted() else 200


def _add(
    session: Session, found: Evidenced, form: PhotosForm, part: int | None
) -> None:
    pictures, who, most = form.photos.pictures, current_actor(), most_photos()
    service.add_photos(session, who, found, pictures, most=most, now=now(), part=part)


@bp.get("/anh/<public_id>")
@signed_in
def show(public_id: str) -> ResponseReturnValue:
    """A photo as large as it is kept, who took it and when."""
    with transaction(read_only=True) as session:
        who = current_actor()
        photo = service.access_photo(session, who, public_id)
        source = source_of(record_of(session, photo))
        return render_template(
            "photos/show.html",
            photo=photo,
            note=source,
            back=_page_of(source),
            contract=source.contract,
            check=short_digest(photo.digest),
            may_remove=service.may_remove(session, who, photo),
            **sides(source.contract),
        )


@bp.get("/anh/<public_id>/<file>")
@signed_in
def file(public_id: str, file: str) -> ResponseReturnValue:
    """The picture itself, or its thumbnail; only for those who see the contract."""
    if file not in FILES:
        raise NotFound
    with transaction(read_only=True) as session:
        photo = service.access_photo(session, current_actor(), public_id)
        data = read_file(session, photo, small=FILES[file])
    return Response(data, mimetype="image/jpeg", headers=HEADERS)


@bp.post("/anh/<public_id>/xoa")
@requires(Right.DELIVER)
@idempotent
def remove(public_id: str) -> ResponseReturnValue:
    """Its author takes a photo back before the record is final."""
    form = FlaskForm()
    back = url_for("photos.show", public_id=public_id)
    with transaction() as session, refused(session, form) as outcome:
        source = service.remove_photo(session, current_actor(), public_id, now=now())
        back = _page_of(source)
    for message in form.form_errors:
        flash(str(message), "bad")
    if outcome.done:
        flash(_("Đã xóa ảnh."), "ok")
    return redirect(back)


def _page_of(source: DeliveryNote | MajeureNotice) -> str:
    """Where the photos of a delivery note, or of force majeure, are seen."""
    if isinstance(source, MajeureNotice):
        return url_for("majeure.index", public_id=source.contract.public_id)
    return url_for("notes.show", public_id=source.public_id)
