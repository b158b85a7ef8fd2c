"""Files sent as evidence: photos and PDF, read once, refused beside their field."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import g, request
from flask_babel import lazy_gettext as _l
from wtforms import Form, MultipleFileField
from wtforms.validators import Optional, StopValidation

from forms.said import said
from marketplace.domain.errors import N_, Refused
from marketplace.domain.evidence import MOST_FILES
from marketplace.domain.photos import MOST_SENT
from marketplace.services.evidence import EvidenceFile, prepare_file

FIELD = "files"
TOO_MANY = N_("Nhiều nhất %(most)s tệp")


@dataclass
class SentFiles:
    """What came with the request, and what is wrong with it."""

    files: list[EvidenceFile] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def sent_files() -> SentFiles:
    """The files of this request, prepared when first asked for.

    Ask before a transaction begins: drawing a photo anew takes a while, and on
    SQLite nobody else could write meanwhile.
    """
    if "sent_files" not in g:
        g.sent_files = _prepared()
    found: SentFiles = g.sent_files
    return found


def _prepared() -> SentFiles:
    sent, chosen = SentFiles(), request.files.getlist(FIELD)
    chosen = [one for one in chosen if one.filename]
    if len(chosen) > MOST_FILES:
        sent.errors.append(str(said(TOO_MANY, {"most": MOST_FILES})))
        return sent
    for one in chosen:
        name = one.filename or ""
        try:
            sent.files.append(prepare_file(name, one.stream.read(MOST_SENT + 1)))
        except Refused as refusal:
            sent.errors.append(f"{name}: {said(refusal.message, refusal.params)}")
    return sent


class EvidenceField(MultipleFileField):
    """Several photos or PDF files."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        shown = {"accept": "image/*,application/pdf"}
        super().__init__(*args, render_kw=shown, **kwargs)

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002 - as WTForms calls it
        if errors := sent_files().errors:
            raise StopValidation(errors[0])

    @property
    def kept(self) -> list[EvidenceFile]:
        """What may be stored."""
        return sent_files().files


class WithEvidence:
    """For a form that also takes evidence."""

    files = EvidenceField(_l("Ảnh hoặc tệp PDF"), [Optional()])
