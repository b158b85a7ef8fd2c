"""Templates of contracts: the words of each linkage form, version by version."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import relationship

from marketplace.domain.words import ClauseNeed, LinkageForm
from marketplace.domain.words_templates import TemplateState, TemplateStep
from models.database import (
    Base,
    Code,
    Digest,
    Id,
    Mapped,
    Name,
    PublicId,
    Words,
    mapped_column,
    words,
)
from models.organisations import User

_APPROVED = text("state = 'approved'")
_IN_THE_MAKING = text("state IN ('draft', 'proposed')")


class ContractTemplate(Base):
    """One version of the words of a linkage form.

    An approved version is in force from its first day until the first day of the
    next approved one. No two of a form begin on one day, so that no two are ever in
    force together. Triggers forbid change of what is no draft any more. Version 1
    came with the reference data and has no author.
    """

    __tablename__ = "contract_templates"
    __table_args__ = (
        UniqueConstraint("linkage_form", "version"),
        ForeignKeyConstraint(
            ["linkage_form", "based_on"],
            ["contract_templates.linkage_form", "contract_templates.version"],
            name="fk_contract_templates_based_on",
        ),
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint(
            "(version = 1) = (based_on IS NULL)", name="only_the_first_is_no_copy"
        ),
        CheckConstraint("based_on < version", name="copies_an_older_one"),
        CheckConstraint(
            "(version = 1) = (written_by_id IS NULL)", name="only_the_first_is_given"
        ),
        CheckConstraint(
            "state NOT IN ('proposed', 'approved')"
            " OR (valid_from IS NOT NULL AND reason <> '' AND source <> '')",
            name="proposed_with_day_and_reason",
        ),
        CheckConstraint(
            "(state = 'approved') = (approved_at IS NOT NULL)", name="approved_at_once"
        ),
        CheckConstraint(
            "(state = 'approved') = (digest IS NOT NULL)", name="sealed_when_approved"
        ),
        CheckConstraint(
            "version = 1 OR (approved_at IS NULL) = (approved_by_id IS NULL)",
            name="approved_by_somebody",
        ),
        CheckConstraint("approved_by_id <> written_by_id", name="four_eyes"),
        Index(
            "uq_contract_templates_first_day",
            "linkage_form",
            "valid_from",
            unique=True,
            sqlite_where=_APPROVED,
            postgresql_where=_APPROVED,
        ),
        Index(
            "uq_contract_templates_in_the_making",
            "linkage_form",
            unique=True,
            sqlite_where=_IN_THE_MAKING,
            postgresql_where=_IN_THE_MAKING,
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    linkage_form: Mapped[LinkageForm] = mapped_column(words(LinkageForm))
    version: Mapped[int]
    based_on: Mapped[int | None]
    state: Mapped[TemplateState] = mapped_column(
        words(TemplateState), default=TemplateState.DRAFT
    )
    valid_from: Mapped[date | None]
    source: Mapped[Name] = mapped_column(default="")
    reason: Mapped[Words] = mapped_column(default="")
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    written_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    approved_at: Mapped[datetime | None]
    digest: Mapped[str | None] = mapped_column(String(64))

    written_by: Mapped[User | None] = relationship(foreign_keys=[written_by_id])
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id])
    clauses: Mapped[list[TemplateClause]] = relationship(
        back_populates="template", order_by="TemplateClause.position"
    )
    steps: Mapped[list[TemplateEvent]] = relationship(
        back_populates="template", order_by="TemplateEvent.position"
    )


class TemplateClause(Base):
    """The words of one clause of a version; they change while it is a draft."""

    __tablename__ = "template_clauses"
    __table_args__ = (
        CheckConstraint("need = 'optional' OR included", name="only_optional_left_out"),
        CheckConstraint("legal_vi <> '' AND legal_en <> ''", name="worded_in_both"),
    )

    template_id: Mapped[int] = mapped_column(
        ForeignKey("contract_templates.id"), primary_key=True
    )
    key: Mapped[Code] = mapped_column(primary_key=True)
    position: Mapped[int]
    need: Mapped[ClauseNeed] = mapped_column(words(ClauseNeed))
    included: Mapped[bool] = mapped_column(default=True)
    plain_vi: Mapped[Words]
    legal_vi: Mapped[Words]
    plain_en: Mapped[Words]
    legal_en: Mapped[Words]

    template: Mapped[ContractTemplate] = relationship(back_populates="clauses")


class TemplateEvent(Base):
    """A link of the journal of a version; triggers forbid change and removal."""

    __tablename__ = "template_events"
    __table_args__ = (
        CheckConstraint(
            "(position = 0) = (previous IS NULL)", name="only_the_first_has_none"
        ),
        CheckConstraint("previous = position - 1", name="follows_its_predecessor"),
        ForeignKeyConstraint(
            ["template_id", "previous"],
            ["template_events.template_id", "template_events.position"],
            name="fk_template_events_previous",
        ),
    )

    template_id: Mapped[int] = mapped_column(
        ForeignKey("contract_templates.id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    previous: Mapped[int | None]
    step: Mapped[TemplateStep] = mapped_column(words(TemplateStep))
    text: Mapped[Words] = mapped_column(default="")
    content_digest: Mapped[Digest]
    by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    previous_digest: Mapped[str | None] = mapped_column(String(64))
    digest: Mapped[Digest]

    template: Mapped[ContractTemplate] = relationship(
        back_populates="steps", foreign_keys=[template_id]
    )
    by_user: Mapped[User | None] = relationship()
