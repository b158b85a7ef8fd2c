"""The record behind a digest: one register for everything that is printed.

A new kind of paper adds one function to `FINDERS`, which looks up its own table by
an indexed digest and says how its record stands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.authenticity import (
    RecordKind,
    Standing,
    standing_of_closing,
    standing_of_note,
    standing_of_recognition,
    standing_of_statement,
    standing_of_version,
)
from marketplace.domain.canonical import digest_of_text
from marketplace.domain.errors import NotFound
from marketplace.domain.words import ChainKind, Side
from marketplace.domain.words_amendments import AmendmentState
from marketplace.services.chains import access_chain
from marketplace.services.closings import closing_paper
from marketplace.services.contract_versions import signed_at
from marketplace.services.contracts import access_contract
from marketplace.services.inspections import current_inspection
from marketplace.services.issued_statements import list_issued
from marketplace.services.recognition_papers import is_over, is_replaced
from models.amendments import Amendment
from models.chains import Chain
from models.closings import ClosingConfirmation
from models.contracts import Contract, ContractVersion
from models.deliveries import DeliveryNote
from models.inspections import Inspection
from models.recognition_papers import RecognitionPaper
from models.season_plans import SeasonPlan
from models.statements import IssuedStatement


@dataclass(frozen=True)
class Genuine:
    """What lies behind a digest; a stranger learns kind, standing and moment only.

    `final_at` is when the record became final, None as long as it is not.
    A paper of a chain also tells until when it is valid, and since when it is not.
    `noun` and `public_id` name the page of it, for those who may open it.
    """

    kind: RecordKind
    standing: Standing
    final_at: datetime | None
    contract: Contract | None
    noun: str
    public_id: str
    chain: Chain | None = None
    ended_on: date | None = None
    valid_to: date | None = None


def find_genuine(session: Session, digest: str) -> Genuine | None:
    """The record with exactly this digest (64 hexadecimal digits), or None.

    A row whose content no longer gives its digest is not called genuine.
    """
    found = (find(session, digest) for find in FINDERS)
    return next((record for record in found if record is not None), None)


def may_open(session: Session, who: Actor, record: Genuine) -> bool:
    """Whether the actor may see the content of the record."""
    try:
        if record.contract is not None:
            access_contract(session, who, record.contract.public_id)
        elif record.chain is not None:
            access_chain(session, who, record.chain.public_id)
    except NotFound:
        return False
    return True


def _contract_version(session: Session, digest: str) -> Genuine | None:
    wanted = select(ContractVersion).where(ContractVersion.digest == digest)
    version = session.scalars(wanted).first()
    if version is None or digest_of_text(version.content) != digest:
        return None
    contract = version.contract
    at = signed_at(version)
    newer = any(
        other.version > version.version and signed_at(other)
        for other in contract.versions
    )
    standing = standing_of_version(
        signed=at is not None, newer_signed=newer, state=contract.state
    )
    if at is None and _is_closed(session, version):
        standing = Standing.VOID
    first = version.version == 1 or _is_drawn_anew(session, version)
    kind = RecordKind.CONTRACT if first else RecordKind.AMENDMENT
    return Genuine(kind, standing, at, contract, "contract", contract.public_id)


def _is_drawn_anew(session: Session, version: ContractVersion) -> bool:
    """Whether these words were made of a plan for several seasons, before signing."""
    plans = select(SeasonPlan.id).where(
        SeasonPlan.contract_id == version.contract_id,
        SeasonPlan.version == version.version,
    )
    return session.scalar(plans) is not None


def _is_closed(session: Session, version: ContractVersion) -> bool:
    """Whether nobody will sign these words any more."""
    found = session.get(Amendment, (version.contract_id, version.version))
    if found is None:  # drawn anew before anybody signed
        return version.version < version.contract.current_version
    return found.state is not AmendmentState.PROPOSED


def _delivery_note(session: Session, digest: str) -> Genuine | None:
    wanted = select(DeliveryNote).where(DeliveryNote.digest == digest)
    note = session.scalars(wanted).first()
    if note is None or digest_of_text(note.content) != digest:
        return None
    return Genuine(
        RecordKind.DELIVERY_NOTE,
        standing_of_note(note.state),
        note.confirmed_at,
        note.contract,
        "note",
        note.public_id,
    )


def _inspection(session: Session, digest: str) -> Genuine | None:
    wanted = select(Inspection).where(Inspection.digest == digest)
    finding = session.scalars(wanted).first()
    if finding is None or digest_of_text(finding.content) != digest:
        return None
    note = finding.note
    counts = current_inspection(session, note) is finding
    return Genuine(
        RecordKind.INSPECTION,
        Standing.IN_FORCE if counts else Standing.REPLACED,
        finding.at,
        note.contract,
        "note",
        note.public_id,
    )


def _statement(session: Session, digest: str) -> Genuine | None:
    wanted = select(IssuedStatement).where(IssuedStatement.digest == digest)
    issued = session.scalars(wanted).first()
    if issued is None or digest_of_text(issued.content) != digest:
        return None
    contract = issued.contract
    newer = list_issued(session, contract)[0] is not issued
    standing = standing_of_statement(newer=newer)
    kind, noun = RecordKind.STATEMENT, "account"
    return Genuine(kind, standing, issued.at, contract, noun, contract.public_id)


def _closing(session: Session, digest: str) -> Genuine | None:
    wanted = select(ClosingConfirmation).where(ClosingConfirmation.digest == digest)
    rows = session.scalars(wanted).all()
    if not rows or any(digest_of_text(row.content) != digest for row in rows):
        return None
    contract, both = rows[0].contract, len(rows) == len(Side)
    newer = closing_paper(session, contract)[0].digest != digest
    return Genuine(
        RecordKind.CLOSING,
        standing_of_closing(both=both, newer=newer),
        max(row.at for row in rows) if both else None,
        contract,
        "closing",
        contract.public_id,
    )


def _recognition(session: Session, digest: str) -> Genuine | None:
    wanted = select(RecognitionPaper).where(RecognitionPaper.digest == digest)
    paper = session.scalars(wanted).first()
    if paper is None or digest_of_text(paper.content) != digest:
        return None
    row = paper.recognition
    chain, safe = row.chain, row.chain.kind == ChainKind.SAFE_SUPPLY
    return Genuine(
        RecordKind.CONFIRMATION if safe else RecordKind.RECOGNITION,
        standing_of_recognition(
            withdrawn=row.withdrawn_on is not None,
            newer=is_replaced(row),
            over=is_over(row),
        ),
        row.decided_at,
        None,
        "chain",
        chain.public_id,
        chain,
        row.withdrawn_on,
        row.valid_to,
    )


FINDERS: tuple[Callable[[Session, str], Genuine | None], ...] = (
    _contract_version,
    _delivery_note,
    _inspection,
    _statement,
    _closing,
    _recognition,
)
