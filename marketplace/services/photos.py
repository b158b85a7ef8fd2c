"""Photos as evidence of goods and of force majeure: added, seen, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.majeure import OPEN as STILL_OPEN
from marketplace.domain.photos import PhotoOf
from marketplace.domain.words import Side
from marketplace.domain.words_delivery import NoteState
from marketplace.services.contract_events import record_event
from marketplace.services.contract_sides import lock_party_contract
from marketplace.services.contracts import access_contract
from marketplace.services.delivery_notes import access_note
from marketplace.services.dispute_records import open_claim
from marketplace.services.inspections import current_inspection
from marketplace.services.photo_records import (
    Evidence,
    Evidenced,
    evidence_of,
    record_of,
)
from marketplace.services.photo_store import drop_file, keep_file
from marketplace.services.pictures import Picture
from models.contracts import Contract
from models.deliveries import DeliveryNote
from models.inspections import Claim, Inspection
from models.majeure import MajeureNotice
from models.photos import Photo


def record_for(session: Session, who: Actor, note_id: str, about: PhotoOf) -> Evidenced:
    """The note, its finding that counts, or its open claim; NotFound for strangers."""
    note = access_note(session, who, note_id, "write")
    if about is PhotoOf.NOTE:
        return note
    found: Evidenced | None = (
        current_inspection(session, note)
        if about is PhotoOf.INSPECTION
        else open_claim(session, note)
    )
    if found is None:
        raise NotFound
    return found


def add_photos(
    session: Session,
    who: Actor,
    record: Evidenced,
    pictures: Sequence[Picture],
    *,
    most: int,
    now: datetime,
    part: int | None = None,
) -> list[Photo]:
    """Put pictures on a record of the actor's own contract; returns the new ones.

    `part` is the number of a part of an inspection that they show. A picture that
    is there already is not added again. Refused: more than `most` on the record, a
    void note, a closed claim, the seller on an inspection, a part it has not.
    """
    if not pictures:
        return []
    known = evidence_of(record)
    contract, side = lock_party_contract(
        session, who, known.source.contract.public_id, live=False
    )
    session.refresh(record)
    known = evidence_of(record)
    _check_open(record, side)
    _check_part(record, part)
    there = list_photos(session, record)
    fresh = _fresh(pictures, {photo.digest for photo in there})
    if len(there) + len(fresh) > most:
        raise Refused(N_("Nhiều nhất %(most)s ảnh"), "photos", most=most)
    later = _comes_later(record, now)
    added = [
        _add(session, contract, known, picture, who, now, later=later, part=part)
        for picture in fresh
    ]
    _remember(session, known, "photos_added", added, who, now)
    return added


def remove_photo(
    session: Session, who: Actor, public_id: str, *, now: datetime
) -> DeliveryNote | MajeureNotice:
    """Its author takes a photo back, as long as the record is not final."""
    photo = access_photo(session, who, public_id, "write")
    contract, _side = lock_party_contract(
        session, who, photo.contract.public_id, live=False
    )
    known = evidence_of(record_of(session, photo))
    session.refresh(known.source)
    if not may_remove(session, who, photo):
        raise Refused(N_("Ảnh này không xóa được nữa"))
    _remember(session, known, "photo_removed", [photo], who, now)
    session.delete(photo)
    session.flush()  # the bytes go once no row names them
    drop_file(session, contract.id, photo.digest)
    return known.source


def may_remove(session: Session, who: Actor, photo: Photo) -> bool:
    """Whether the actor took it, and nobody relies on its record yet."""
    if photo.by_user_id != who.user_id:
        return False
    return not evidence_of(record_of(session, photo)).final


def access_photo(
    session: Session, who: Actor, public_id: str, action: str = "read"
) -> Photo:
    """A photo of a contract that the actor may see; NotFound for others."""
    photo = session.scalars(select(Photo).where(Photo.public_id == public_id)).first()
    if photo is None:
        raise NotFound
    access_contract(session, who, photo.contract.public_id, action)
    return photo


def list_photos(session: Session, record: Evidenced | None) -> list[Photo]:
    """The photos on a record, the oldest first."""
    if record is None:
        return []
    wanted = select(Photo).where(evidence_of(record).mine)
    return list(session.scalars(wanted.order_by(Photo.id)))


def _comes_later(record: Evidenced, now: datetime) -> bool:
    """Whether both sides relied on the record before this photo came."""
    if isinstance(record, DeliveryNote):
        return record.state is NoteState.CONFIRMED
    return isinstance(record, Inspection) and record.at != now


def _check_open(record: Evidenced, side: Side) -> None:
    if isinstance(record, DeliveryNote) and record.state is NoteState.VOID:
        raise Refused(N_("Phiếu này đã hủy, không thêm ảnh được"), "photos")
    if isinstance(record, MajeureNotice) and record.state not in STILL_OPEN:
        raise Refused(N_("Báo bất khả kháng này đã được trả lời"), "photos")
    if isinstance(record, Claim) and record.closed_at is not None:
        raise Refused(N_("Khiếu nại này đã khép lại"), "photos")
    if isinstance(record, Inspection) and side is not Side.BUYER:
        raise Refused(N_("Nghiệm thu là việc của bên mua"), "photos")


def _check_part(record: Evidenced, part: int | None) -> None:
    parts = record.parts if isinstance(record, Inspection) else []
    if part is not None and part not in {one.number for one in parts}:
        raise NotFound


def _fresh(pictures: Sequence[Picture], there: set[str]) -> list[Picture]:
    unlike = {picture.digest: picture for picture in pictures}
    return [one for digest, one in unlike.items() if digest not in there]


def _add(
    session: Session,
    contract: Contract,
    known: Evidence,
    picture: Picture,
    who: Actor,
    now: datetime,
    *,
    later: bool,
    part: int | None,
) -> Photo:
    keep_file(session, contract.id, picture)
    photo = Photo(
        contract_id=contract.id,
        about=known.about,
        digest=picture.digest,
        width=picture.width,
        height=picture.height,
        part=part,
        added_later=later,
        by_user_id=who.user_id,
        by_organisation_id=who.organisation_id,
        at=now,
        **{f"{known.about}_id": known.key},
    )
    session.add(photo)
    session.flush()  # in the order in which they were taken
    return photo


def _remember(
    session: Session,
    known: Evidence,
    event: str,
    photos: Sequence[Photo],
    who: Actor,
    now: datetime,
) -> None:
    """The contract's chain keeps the digests, so that no picture is put in another's
    place, and the trace of one that was taken back."""
    if photos:
        data = {
            "note": known.source.number,
            "about": known.about,
            "digests": [photo.digest for photo in photos],
        }
        record_event(session, known.source.contract, event, who, now=now, data=data)
