"""Copies sent with a form: read once, refused beside their field."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import g, request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Form, MultipleFileField
from wtforms.validators import Optional, StopValidation

from forms.said import said
from marketplace.domain.errors import N_, Refused
from marketplace.domain.paper_files import MOST_FILES
from marketplace.domain.photos import MOST_SENT
from marketplace.services.paper_documents import FIELD, prepare_document
from marketplace.services.paper_files import Sent

TOO_MANY = N_("Nhiều nhất %(most)s tệp")
NONE = N_("Chọn ít nhất một tệp")


@dataclass
class SentFiles:
    """What came under the field's name, and what is wrong with it."""

    documents: list[Sent] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def sent_files() -> SentFiles:
    """The copies that came with this request, decoded when first asked for.

    Ask before a transaction begins: decoding takes a while, and on SQLite nobody
    else could write meanwhile.
    """
    if "sent_files" not in g:
        g.sent_files = _decoded()
    found: SentFiles = g.sent_files
    return found


def _decoded() -> SentFiles:
    chosen = [one for one in request.files.getlist(FIELD) if one.filename]
    sent = SentFiles()
    if len(chosen) > MOST_FILES:
        sent.errors.append(said(TOO_MANY, {"most": MOST_FILES}))
        return sent
    for file in chosen:
        try:
            document = prepare_document(file.stream.read(MOST_SENT + 1))
            sent.documents.append((file.filename or "", document))
        except Refused as refusal:
            message = said(refusal.message, refusal.params)
            sent.errors.append(f"{file.filename}: {message}")
    if not chosen:
        sent.errors.append(said(NONE, {}))
    return sent


class FilesField(MultipleFileField):
    """Several copies: pages as photos, or a PDF."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kinds = {"accept": "application/pdf,image/jpeg,image/png,image/webp"}
        super().__init__(*args, render_kw=kinds, **kwargs)

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002 - as WTForms calls it
        if errors := sent_files().errors:
            raise StopValidation(errors[0])


class PaperFilesForm(FlaskForm):
    """Copies for a paper that is written down already."""

    files = FilesField(
        _l("Bản chụp giấy"),
        [Optional()],
        description=_l("PDF đến 5 MB, hoặc ảnh JPEG, PNG, WebP. Nhiều nhất 6 tệp."),
    )
