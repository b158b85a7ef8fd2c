"""Photos sent with a form: decoded once, refused beside their field."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import current_app, g, request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Form, MultipleFileField
from wtforms.validators import Optional, StopValidation

from forms.said import said
from marketplace.domain.errors import N_, Refused
from marketplace.domain.photos import MOST_SENT
from marketplace.services.pictures import Picture, prepare_picture

FIELD = "photos"
TOO_MANY = N_("Nhiều nhất %(most)s ảnh")


@dataclass
class SentPhotos:
    """What came under the field's name, and what is wrong with it."""

    pictures: list[Picture] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def sent_photos() -> SentPhotos:
    """The photos of this request, decoded when first asked for.

    Ask before a transaction begins: decoding takes a while, and on SQLite nobody
    else could write meanwhile.
    """
    if "sent_photos" not in g:
        g.sent_photos = _decoded()
    found: SentPhotos = g.sent_photos
    return found


def _decoded() -> SentPhotos:
    sent = SentPhotos()
    files = [one for one in request.files.getlist(FIELD) if one.filename]
    most = most_photos()
    if len(files) > most:
        sent.errors.append(str(said(TOO_MANY, {"most": most})))
        return sent
    for file in files:
        try:
            sent.pictures.append(prepare_picture(file.stream.read(MOST_SENT + 1)))
        except Refused as refusal:
            message = said(refusal.message, refusal.params)
            sent.errors.append(f"{file.filename}: {message}")
    return sent


def most_photos() -> int:
    """How many photos one record may carry."""
    most: int = current_app.config["PHOTOS_MOST"]
    return most


class PhotosField(MultipleFileField):
    """Several photos, straight from the camera of a phone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        camera = {"accept": "image/*", "capture": "environment", "data-photos": ""}
        super().__init__(*args, render_kw=camera, **kwargs)

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002 - as WTForms calls it
        if errors := sent_photos().errors:
            raise StopValidation(errors[0])

    @property
    def pictures(self) -> list[Picture]:
        """What may be stored."""
        return sent_photos().pictures


class WithPhotos:
    """For a form that also takes photos."""

    photos = PhotosField(_l("Ảnh"), [Optional()])


class PhotosForm(WithPhotos, FlaskForm):
    """Photos alone, for a record that is there already."""
