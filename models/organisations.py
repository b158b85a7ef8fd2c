"""Organisations and the people who act for them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import relationship

from marketplace.domain.actor import Role
from marketplace.domain.words import (
    MembershipState,
    OrganisationKind,
    OrganisationState,
    VerificationDecision,
)
from models.database import (
    Base,
    Code,
    Dong,
    Hectares,
    Id,
    Mapped,
    Name,
    PublicId,
    Timestamped,
    Words,
    mapped_column,
    words,
)
from models.reference import AdminUnit, AreaGroup


class Organisation(Timestamped, Base):
    """A legal entity; buyer and seller are roles in a contract, not kinds."""

    __tablename__ = "organisations"
    __table_args__ = (
        CheckConstraint("charter_capital_vnd >= 0", name="capital_not_negative"),
        CheckConstraint("revenue_vnd >= 0", name="revenue_not_negative"),
        CheckConstraint(
            "kind <> 'cooperative' OR official_members >= 5",
            name="cooperative_has_five_members",
        ),
        CheckConstraint(
            "(state = 'verified') = (verified_at IS NOT NULL) OR state = 'suspended'",
            name="verified_if_and_only_if_dated",
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    kind: Mapped[OrganisationKind] = mapped_column(words(OrganisationKind))
    state: Mapped[OrganisationState] = mapped_column(
        words(OrganisationState), default=OrganisationState.DRAFT, index=True
    )
    name: Mapped[Name]
    name_folded: Mapped[Name] = mapped_column(index=True)
    # Look-alike names share a skeleton; two organisations never do.
    skeleton: Mapped[Name] = mapped_column(unique=True)
    short_name: Mapped[Name]
    tax_code: Mapped[str | None] = mapped_column(String(14), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("admin_units.id"), index=True)
    # What the applicant wrote, when that unit no longer exists.
    declared_unit_id: Mapped[int | None] = mapped_column(ForeignKey("admin_units.id"))
    address: Mapped[Name] = mapped_column(default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    phone: Mapped[str | None] = mapped_column(String(16))
    email: Mapped[str | None] = mapped_column(String(254))
    official_members: Mapped[int | None]
    charter_capital_vnd: Mapped[Dong | None]
    revenue_vnd: Mapped[Dong | None]
    total_area_ha: Mapped[Hectares | None]
    founded_on: Mapped[date | None]
    legal_representative: Mapped[Name] = mapped_column(default="")
    representative_title: Mapped[Name] = mapped_column(default="")
    bank_account: Mapped[Name] = mapped_column(default="")
    gln: Mapped[str | None] = mapped_column(String(13))
    verified_at: Mapped[datetime | None]
    demo: Mapped[bool] = mapped_column(default=False)

    unit: Mapped[AdminUnit] = relationship(foreign_keys=[unit_id])
    declared_unit: Mapped[AdminUnit | None] = relationship(
        foreign_keys=[declared_unit_id]
    )
    memberships: Mapped[list[Membership]] = relationship(back_populates="organisation")


class User(Timestamped, Base):
    """A person who signs in, by e-mail or phone."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint(
            "email IS NOT NULL OR phone IS NOT NULL", name="reachable_somehow"
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    name: Mapped[Name]
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    phone: Mapped[str | None] = mapped_column(String(16), unique=True)
    password_hash: Mapped[Name]
    password_version: Mapped[int] = mapped_column(default=1)
    email_verified_at: Mapped[datetime | None]
    locale: Mapped[str] = mapped_column(String(2), default="vi")
    active: Mapped[bool] = mapped_column(default=True)

    memberships: Mapped[list[Membership]] = relationship(
        back_populates="user", foreign_keys="Membership.user_id"
    )


class Membership(Timestamped, Base):
    """A person's role in an organisation; an officer's scope lies here."""

    __tablename__ = "memberships"
    __table_args__ = (
        Index(
            "uq_memberships_live",
            "user_id",
            "organisation_id",
            unique=True,
            sqlite_where=text("state <> 'ended'"),
            postgresql_where=text("state <> 'ended'"),
        ),
        CheckConstraint(
            "role <> 'officer' OR scope_unit_id IS NOT NULL"
            " OR scope_group_id IS NOT NULL",
            name="officer_has_a_scope",
        ),
        CheckConstraint(
            "(state = 'ended') = (ended_at IS NOT NULL)",
            name="ended_if_and_only_if_dated",
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), index=True
    )
    role: Mapped[Role] = mapped_column(words(Role))
    state: Mapped[MembershipState] = mapped_column(words(MembershipState))
    scope_unit_id: Mapped[int | None] = mapped_column(ForeignKey("admin_units.id"))
    scope_group_id: Mapped[int | None] = mapped_column(ForeignKey("area_groups.id"))
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(
        back_populates="memberships", foreign_keys=[user_id]
    )
    organisation: Mapped[Organisation] = relationship(back_populates="memberships")
    scope_unit: Mapped[AdminUnit | None] = relationship()
    scope_group: Mapped[AreaGroup | None] = relationship()


class VerificationCase(Timestamped, Base):
    """An organisation or a claim to one, waiting for an officer's answer."""

    __tablename__ = "verification_cases"
    __table_args__ = (
        Index(
            "uq_verification_cases_open",
            "organisation_id",
            "membership_id",
            unique=True,
            sqlite_where=text("decision IS NULL"),
            postgresql_where=text("decision IS NULL"),
        ),
        CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)",
            name="decided_if_and_only_if_dated",
        ),
        CheckConstraint(
            "decision IS NULL OR decision = 'verified' OR reason <> ''",
            name="a_no_has_its_reason",
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), index=True
    )
    # Set when somebody claims an organisation that is in the register already.
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("memberships.id"))
    submitted_at: Mapped[datetime]
    decision: Mapped[VerificationDecision | None] = mapped_column(
        words(VerificationDecision)
    )
    reason: Mapped[Words] = mapped_column(default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()
    membership: Mapped[Membership | None] = relationship()
    decided_by: Mapped[User | None] = relationship()


class Invitation(Timestamped, Base):
    """A link by e-mail that lets a person join an organisation."""

    __tablename__ = "invitations"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), index=True
    )
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[Role] = mapped_column(words(Role))
    nonce: Mapped[Code]
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()
