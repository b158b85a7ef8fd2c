"""Evidence of an event of a chain: prepared, kept, and read by who may see it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.evidence import (
    MIB,
    MOST_FILE,
    MOST_FILES,
    MOST_NAME,
    PDF_HEAD,
    MediaType,
)
from marketplace.domain.names import clean_text
from marketplace.services.chains import access_chain
from marketplace.services.monitoring import may_read_words
from marketplace.services.pictures import prepare_picture
from models.chain_files import ChainFile
from models.monitoring import ChainEvent


@dataclass(frozen=True)
class EvidenceFile:
    """Bytes that may be kept, with the name that people see."""

    name: str
    media_type: MediaType
    data: bytes
    digest: str


def prepare_file(name: str, sent: bytes) -> EvidenceFile:
    """A PDF as it is, or a photo drawn anew; the bytes tell which, not the name.

    Refused: too large, another type, a broken picture, an odd name.
    """
    shown = clean_text(name, field="files")[-MOST_NAME:] or "-"
    if sent.startswith(PDF_HEAD):
        if len(sent) > MOST_FILE:
            raise Refused(
                N_("Tệp nặng quá %(most)s MB"), "files", most=MOST_FILE // MIB
            )
        digest = hashlib.sha256(sent).hexdigest()
        return EvidenceFile(shown, MediaType.PDF, sent, digest)
    picture = prepare_picture(sent)
    return EvidenceFile(shown, MediaType.JPEG, picture.data, picture.digest)


def keep_files(
    session: Session, event: ChainEvent, files: Sequence[EvidenceFile], *, now: datetime
) -> list[ChainFile]:
    """Store what came with an event; the caller holds the chain's lock.

    The same file twice is kept once. Refused: too many.
    """
    unlike = {one.digest: one for one in files}
    if len(unlike) > MOST_FILES:
        raise Refused(N_("Nhiều nhất %(most)s tệp"), "files", most=MOST_FILES)
    last = select(func.max(ChainFile.number)).where(
        ChainFile.chain_id == event.chain_id
    )
    first = (session.scalar(last) or 0) + 1
    kept = [
        ChainFile(
            chain_id=event.chain_id,
            number=number,
            event_id=event.id,
            name=one.name,
            media_type=one.media_type,
            digest=one.digest,
            data=one.data,
            at=now,
        )
        for number, one in enumerate(unlike.values(), first)
    ]
    session.add_all(kept)
    session.flush()  # pages name them by their numbers
    return kept


def files_of(session: Session, events: Iterable[int]) -> dict[int, list[ChainFile]]:
    """The files of each of these events, in the order in which they came."""
    found: dict[int, list[ChainFile]] = {}
    wanted = select(ChainFile).where(ChainFile.event_id.in_(events))
    for file in session.scalars(wanted.order_by(ChainFile.number)):
        found.setdefault(file.event_id, []).append(file)
    return found


def access_file(session: Session, who: Actor, public_id: str, number: int) -> ChainFile:
    """A file of a chain whose event the actor reads in full; NotFound for others."""
    chain = access_chain(session, who, public_id)
    file = session.scalars(
        select(ChainFile).where(
            ChainFile.chain_id == chain.id, ChainFile.number == number
        )
    ).first()
    if file is None or not may_read_words(who, chain, file.event):
        raise NotFound
    return file
