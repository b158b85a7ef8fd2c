"""Photos sent with a form: decoded once, refused beside their field."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import current_app, g, request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
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


def sent_photos(name: str = FIELD) -> SentPhotos:
    """The photos that came with this request in one field, `parts-0-photos` say.

    All are decoded when first asked for. Ask before a transaction begins: decoding
    takes a while, and on SQLite nobody else could write meanwhile.
    """
    if "sent_photos" not in g:
        g.sent_photos = _decoded()
    found: dict[str, SentPhotos] = g.sent_photos
    return found.get(name, SentPhotos())


def _decoded() -> dict[str, SentPhotos]:
    """What came under each name; they count together, being of one record."""
    chosen = {
        name: [one for one in request.files.getlist(name) if one.filename]
        for name in request.files
        if name.rpartition("-")[2] == FIELD
    }
    most = most_photos()
    if sum(map(len, chosen.values())) > most:
        errors = [str(said(TOO_MANY, {"most": most}))]
        return {name: SentPhotos(errors=errors) for name in chosen if chosen[name]}
    return {name: _decoded_files(files) for name, files in chosen.items()}


def _decoded_files(files: list[FileStorage]) -> SentPhotos:
    sent = SentPhotos()
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
    """Several photos: from the gallery, or straight from the camera of a phone.

    No `capture` here, which would keep people out of their gallery; the script adds
    a button that opens the camera.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        photos = {"accept": "image/*", "data-photos": ""}
        super().__init__(*args, render_kw=photos, **kwargs)

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002 - as WTForms calls it
        if errors := sent_photos(self.name).errors:
            raise StopValidation(errors[0])

    @property
    def pictures(self) -> list[Picture]:
        """What may be stored."""
        return sent_photos(self.name).pictures


class WithPhotos:
    """For a form that also takes photos."""

    photos = PhotosField(_l("Ảnh"), [Optional()])


class PhotosForm(WithPhotos, FlaskForm):
    """Photos alone, for a record that is there already."""
