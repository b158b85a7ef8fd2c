"""What photos belong to: notes, findings, claims, and notices of force majeure."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from marketplace.domain.majeure import MajeureState
from marketplace.domain.photos import PhotoOf
from marketplace.domain.words_delivery import ClaimState, NoteState
from models.deliveries import DeliveryNote
from models.inspections import Claim, Inspection
from models.majeure import MajeureNotice
from models.photos import Photo

Evidenced = DeliveryNote | Inspection | Claim | MajeureNotice


@dataclass(frozen=True)
class Evidence:
    """What a photo belongs to, and whether both sides rely on it already."""

    about: PhotoOf
    key: int
    source: DeliveryNote | MajeureNotice
    final: bool

    @property
    def mine(self) -> ColumnElement[bool]:
        column = {
            PhotoOf.NOTE: Photo.note_id,
            PhotoOf.INSPECTION: Photo.inspection_id,
            PhotoOf.CLAIM: Photo.claim_id,
            PhotoOf.MAJEURE: Photo.majeure_id,
        }[self.about]
        return column == self.key


def record_of(session: Session, photo: Photo) -> Evidenced:
    """What the photo belongs to."""
    if photo.note_id is not None:
        return session.get_one(DeliveryNote, photo.note_id)
    if photo.inspection_id is not None:
        return session.get_one(Inspection, photo.inspection_id)
    if photo.majeure_id is not None:
        return session.get_one(MajeureNotice, photo.majeure_id)
    return session.get_one(Claim, photo.claim_id)


def source_of(record: Evidenced) -> DeliveryNote | MajeureNotice:
    """The delivery note, or the notice of force majeure, that a record is about."""
    own = isinstance(record, DeliveryNote | MajeureNotice)
    return record if own else record.note  # type: ignore[union-attr,return-value]


def evidence_of(record: Evidenced) -> Evidence:
    """How the photos of a record are found, and whether it is final."""
    if isinstance(record, DeliveryNote):
        final = record.state is not NoteState.WRITTEN
        return Evidence(PhotoOf.NOTE, record.id, record, final)
    if isinstance(record, MajeureNotice):
        final = record.state is not MajeureState.NOTIFIED
        return Evidence(PhotoOf.MAJEURE, record.id, record, final)
    if isinstance(record, Inspection):
        return Evidence(PhotoOf.INSPECTION, record.id, record.note, final=True)
    # Once an officer was called, nothing that was shown to him goes away.
    final = record.state is not ClaimState.OPEN
    return Evidence(PhotoOf.CLAIM, record.id, record.note, final)
