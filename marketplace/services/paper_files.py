"""Copies of a paper: added, replaced, never removed, and who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.names import clean_text
from marketplace.domain.paper_files import MOST_FILES, MOST_NAME
from marketplace.domain.words import PaperState
from marketplace.domain.words_papers import PaperEventKind
from marketplace.services.jobs import insert_or_ignore
from marketplace.services.paper_changes import open_change
from marketplace.services.paper_documents import FIELD, Document
from marketplace.services.paper_history import record_paper_event
from marketplace.services.paper_rows import (
    Row,
    about,
    access_certificate,
    access_code,
    access_packing_code,
    column_of,
    holder_of,
)
from marketplace.services.paper_sending import check_open
from models.paper_files import PaperBlob, PaperFile
from models.paper_records import PackingHouseCode
from models.papers import Certificate, GrowingAreaCode

Sent = tuple[str, Document]
"""The name under which a copy was sent, and the copy."""


def add_paper_files(
    session: Session,
    who: Actor,
    row: Row,
    sent: Sequence[Sent],
    *,
    replaces: PaperFile | None = None,
    today: date,
    now: datetime,
) -> list[PaperFile]:
    """Put copies on the actor's own paper; the first may take the place of another.

    A copy that is there already is not added again. Refused: a paper that is over,
    more than so many copies. An officer who has the page open must look again.
    """
    session.refresh(row, with_for_update=True)
    check_open(row.state)
    there = list_paper_files(session, row)
    known = {one.digest for one in there if one is not replaces}
    fresh = [one for one in _unlike(sent) if one[1].digest not in known]
    if replaces is not None and replaces not in there:
        raise NotFound
    if len(there) - bool(replaces) + len(fresh) > MOST_FILES:
        raise Refused(N_("Nhiều nhất %(most)s tệp"), FIELD, most=MOST_FILES)
    added = [_add(session, who, row, one, now) for one in fresh]
    for place, file in enumerate(added):
        old = replaces if place == 0 else None
        _remember(session, who, row, file, old, today=today, now=now)
    waits = row if row.state is PaperState.PENDING else open_change(session, row)
    if added and waits is not None:
        waits.updated_at = now  # what an officer saw is no longer all
    return added


def list_paper_files(session: Session, row: Row) -> list[PaperFile]:
    """The copies that stand, in the order in which they came."""
    return [one for one in all_paper_files(session, row) if one.replaced_at is None]


def all_paper_files(session: Session, row: Row) -> Sequence[PaperFile]:
    """Also those that were replaced."""
    return session.scalars(
        select(PaperFile)
        .where(about(PaperFile, row))
        .options(joinedload(PaperFile.by_user))
        .order_by(PaperFile.id)
    ).all()


def access_paper_file(session: Session, who: Actor, public_id: str) -> PaperFile:
    """A copy of a paper that the actor may see; NotFound for all others."""
    file = session.scalars(
        select(PaperFile).where(PaperFile.public_id == public_id)
    ).first()
    if file is None:
        raise NotFound
    if file.certificate_id is not None:
        one = session.get_one(Certificate, file.certificate_id)
        access_certificate(session, who, one.public_id)
    elif file.area_code_id is not None:
        code = session.get_one(GrowingAreaCode, file.area_code_id)
        access_code(session, who, code.public_id)
    else:
        house = session.get_one(PackingHouseCode, file.packing_code_id)
        access_packing_code(session, who, house.public_id)
    return file


def read_paper_file(session: Session, file: PaperFile, *, small: bool) -> bytes:
    """The bytes, or those of the thumbnail; NotFound where there is none."""
    column = PaperBlob.small if small else PaperBlob.data
    data = session.scalar(
        select(column).where(
            PaperBlob.organisation_id == file.organisation_id,
            PaperBlob.digest == file.digest,
        )
    )
    if data is None:
        raise NotFound
    return bytes(data)


def _unlike(sent: Sequence[Sent]) -> list[Sent]:
    return list({one[1].digest: one for one in sent}.values())


def _add(
    session: Session, who: Actor, row: Row, sent: Sent, now: datetime
) -> PaperFile:
    name, document = sent
    holder = holder_of(row).id
    blob = {
        "organisation_id": holder,
        "digest": document.digest,
        "data": document.data,
        "small": document.small,
    }
    insert_or_ignore(session, PaperBlob, blob)
    file = PaperFile(
        **{column_of(row): row.id},
        organisation_id=holder,
        digest=document.digest,
        kind=document.kind,
        name=clean_text(name[-MOST_NAME:], field=FIELD) or document.kind.value,
        size=len(document.data),
        by_user_id=who.user_id,
        at=now,
    )
    session.add(file)
    session.flush()  # in the order in which they were sent
    return file


def _remember(
    session: Session,
    who: Actor,
    row: Row,
    file: PaperFile,
    old: PaperFile | None,
    *,
    today: date,
    now: datetime,
) -> None:
    data = {"name": file.name, "digest": file.digest}
    kind = PaperEventKind.FILE_ADDED
    if old is not None:
        old.replaced_by_id, old.replaced_at = file.id, now
        kind = PaperEventKind.FILE_REPLACED
        data["replaces"] = old.digest
    record_paper_event(session, row, kind, who.user_id, on=today, now=now, data=data)
