"""What must hold of photos and their bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from marketplace.services.violations import Question, Violation, asked_alike
from models.deliveries import DeliveryNote
from models.inspections import Claim, Inspection
from models.majeure import MajeureNotice
from models.photos import Photo, PhotoFile


@asked_alike
def _photos_are_of_their_contract() -> Iterator[Question]:
    note_id = func.coalesce(Photo.note_id, Inspection.note_id, Claim.note_id)
    yield (
        "a photo belongs to the contract of its record",
        select(Photo.public_id, DeliveryNote.contract_id)
        .outerjoin(Inspection, Inspection.id == Photo.inspection_id)
        .outerjoin(Claim, Claim.id == Photo.claim_id)
        .join(DeliveryNote, DeliveryNote.id == note_id)
        .where(DeliveryNote.contract_id != Photo.contract_id),
    )
    yield (
        "a photo belongs to the contract of its notice",
        select(Photo.public_id, MajeureNotice.contract_id)
        .join(MajeureNotice, MajeureNotice.id == Photo.majeure_id)
        .where(MajeureNotice.contract_id != Photo.contract_id),
    )


@asked_alike
def _bytes_are_named() -> Iterator[Question]:
    here = and_(
        Photo.contract_id == PhotoFile.contract_id, Photo.digest == PhotoFile.digest
    )
    yield (
        "bytes of a photo are kept only while a photo names them",
        select(PhotoFile.contract_id, PhotoFile.digest)
        .outerjoin(Photo, here)
        .where(Photo.id.is_(None)),
    )


def _bytes_are_those_of_their_digest(session: Session) -> Iterator[Violation]:
    rows = session.execute(
        select(PhotoFile.contract_id, PhotoFile.digest, PhotoFile.data),
        execution_options={"yield_per": 20},
    )
    for contract_id, digest, data in rows:
        if hashlib.sha256(data).hexdigest() != digest:
            yield Violation("bytes have their digest", str(contract_id), digest)


CHECKS_OF_PHOTOS: tuple[Callable[[Session], Iterator[Violation]], ...] = (
    _photos_are_of_their_contract,
    _bytes_are_named,
    _bytes_are_those_of_their_digest,
)
