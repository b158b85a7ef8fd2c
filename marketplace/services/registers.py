"""What the authority keeps lists of, on a day: the records behind each number."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from marketplace.domain.words import (
    CertificateScheme,
    OrganisationKind,
    OrganisationState,
    PaperState,
)
from marketplace.services.clockwork import HOME
from marketplace.services.units import lies_within
from models.organisations import Organisation
from models.paper_records import PaperStop
from models.paper_versions import PaperVersion
from models.papers import Certificate, GrowingArea, GrowingAreaCode

STANDING = (PaperState.ACTIVE, PaperState.EXPIRED)
STOPPED = (PaperState.SUSPENDED, PaperState.REVOKED)


def end_of(day: date) -> datetime:
    """The first instant of the next day in Viet Nam."""
    return datetime.combine(day + timedelta(days=1), time(), HOME)


def cooperatives_on(
    session: Session, on: date, units: Collection[int]
) -> Sequence[Organisation]:
    """Verified cooperatives of the area, those verified by the end of the day."""
    return session.scalars(
        select(Organisation)
        .where(
            Organisation.kind == OrganisationKind.COOPERATIVE,
            Organisation.state == OrganisationState.VERIFIED,
            Organisation.verified_at < end_of(on),
            lies_within(session, Organisation.unit_id, units),
        )
        .order_by(Organisation.name_folded, Organisation.id)
        .options(joinedload(Organisation.unit))
    ).all()


def _once_counted(
    table: type[Certificate] | type[GrowingAreaCode],
) -> ColumnElement[bool]:
    """Whatever is suspended or revoked still counted on the days before."""
    return or_(
        table.state.in_(STANDING),
        and_(table.state.in_(STOPPED), table.ended_on.is_not(None)),
    )


def certificate_counts(on: date) -> ColumnElement[bool]:
    """Whether a certificate counts on the day (dossier CE-01)."""
    as_it_is = and_(
        _once_counted(Certificate),
        Certificate.verified_at < end_of(on),
        Certificate.issued_on <= on,
        on <= Certificate.expires_on,
        or_(Certificate.ended_on.is_(None), on < Certificate.ended_on),
    )
    return and_(
        or_(as_it_is, _as_it_was(PaperVersion.certificate_id, Certificate.id, on)),
        ~_stopped(PaperStop.certificate_id, Certificate.id, on),
    )


def code_counts(on: date) -> ColumnElement[bool]:
    """Whether a growing-area code counts on the day (dossier GA-07)."""
    as_it_is = and_(
        _once_counted(GrowingAreaCode),
        GrowingAreaCode.verified_at < end_of(on),
        GrowingAreaCode.valid_from <= on,
        or_(GrowingAreaCode.valid_to.is_(None), on < GrowingAreaCode.valid_to),
        or_(GrowingAreaCode.ended_on.is_(None), on < GrowingAreaCode.ended_on),
    )
    return and_(
        or_(as_it_is, _as_it_was(PaperVersion.area_code_id, GrowingAreaCode.id, on)),
        ~_stopped(PaperStop.area_code_id, GrowingAreaCode.id, on),
    )


def _as_it_was(
    of: InstrumentedAttribute[int | None], paper: InstrumentedAttribute[int], on: date
) -> ColumnElement[bool]:
    """Whether the paper counted that day with the words it had before a change."""
    return paper.in_(
        select(of).where(
            of.is_not(None), PaperVersion.first_day <= on, on < PaperVersion.until
        )
    )


def _stopped(
    of: InstrumentedAttribute[int | None], paper: InstrumentedAttribute[int], on: date
) -> ColumnElement[bool]:
    """Whether a paper that counts again was suspended on that day."""
    return paper.in_(
        select(of).where(
            of.is_not(None), PaperStop.first_day <= on, on < PaperStop.until
        )
    )


def certificates_on(
    session: Session, scheme: CertificateScheme, on: date, units: Collection[int]
) -> Sequence[Certificate]:
    """Certificates of a scheme that count on the day (dossier CE-01)."""
    return session.scalars(
        select(Certificate)
        .join(Organisation, Organisation.id == Certificate.organisation_id)
        .where(
            Certificate.scheme == scheme,
            certificate_counts(on),
            lies_within(session, Organisation.unit_id, units),
        )
        .order_by(Organisation.name_folded, Certificate.id)
        .options(
            joinedload(Certificate.organisation).joinedload(Organisation.unit),
            joinedload(Certificate.product),
            joinedload(Certificate.area),
            selectinload(Certificate.further),
        )
    ).all()


def codes_on(
    session: Session, on: date, units: Collection[int]
) -> Sequence[GrowingAreaCode]:
    """Growing-area codes that count on the day (dossier GA-07)."""
    return session.scalars(
        select(GrowingAreaCode)
        .join(GrowingArea, GrowingArea.id == GrowingAreaCode.area_id)
        .where(code_counts(on), lies_within(session, GrowingArea.unit_id, units))
        .order_by(GrowingAreaCode.market, GrowingAreaCode.code)
        .options(
            joinedload(GrowingAreaCode.area)
            .joinedload(GrowingArea.organisation)
            .joinedload(Organisation.unit),
            joinedload(GrowingAreaCode.product),
        )
    ).all()


def expiring(
    session: Session,
    today: date,
    units: Collection[int],
    days: int,
    most: int | None = None,
) -> Sequence[Certificate]:
    """Counting certificates that end within so many days, the soonest first."""
    return session.scalars(
        select(Certificate)
        .join(Organisation, Organisation.id == Certificate.organisation_id)
        .where(
            Certificate.state == PaperState.ACTIVE,
            Certificate.verified_at.is_not(None),
            Certificate.expires_on >= today,
            Certificate.expires_on <= today + timedelta(days=days),
            lies_within(session, Organisation.unit_id, units),
        )
        .order_by(Certificate.expires_on, Certificate.id)
        .limit(most)
        .options(
            joinedload(Certificate.organisation).joinedload(Organisation.unit),
            joinedload(Certificate.product),
        )
    ).all()
