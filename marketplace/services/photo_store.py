"""Where the bytes of photos lie: in the database, beside what they prove.

So they are stored and lost with their record, come along in every backup, and
every machine of an installation has them. They are bounded by CHECKs, and no list
reads them. An installation that outgrows this puts an object store behind these
three functions; the key stays (contract, SHA-256).
"""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from marketplace.domain.errors import NotFound
from marketplace.services.jobs import insert_or_ignore
from marketplace.services.pictures import Picture
from models.photos import Photo, PhotoFile


def keep_file(session: Session, contract_id: int, picture: Picture) -> None:
    """Store the bytes; those that are there already stay."""
    row = {
        "contract_id": contract_id,
        "digest": picture.digest,
        "data": picture.data,
        "small": picture.small,
    }
    insert_or_ignore(session, PhotoFile, row)


def read_file(session: Session, photo: Photo, *, small: bool) -> bytes:
    """The JPEG, or its thumbnail."""
    column = PhotoFile.small if small else PhotoFile.data
    data = session.scalar(
        select(column).where(
            PhotoFile.contract_id == photo.contract_id,
            PhotoFile.digest == photo.digest,
        )
    )
    if data is None:
        raise NotFound
    return bytes(data)


def drop_file(session: Session, contract_id: int, digest: str) -> None:
    """Forget bytes that no photo of the contract names any more.

    The caller holds the contract's lock.
    """
    named = select(Photo.id).where(
        Photo.contract_id == contract_id, Photo.digest == digest
    )
    if session.scalar(named.limit(1)) is None:
        session.execute(
            delete(PhotoFile).where(
                PhotoFile.contract_id == contract_id, PhotoFile.digest == digest
            )
        )
