"""Templates of contracts: which versions there are, and which is in force on a day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.audit import AuditLink, first_broken, link_digest
from marketplace.domain.errors import NotFound
from marketplace.domain.template_texts import ClauseText, digest_texts
from marketplace.domain.words import LinkageForm
from marketplace.domain.words_templates import TemplateState, TemplateStep
from models.contract_templates import ContractTemplate, TemplateClause, TemplateEvent
from models.contracts import Contract, ContractVersion


@dataclass(frozen=True)
class Listed:
    """A version beside its fellows; `valid_until` is the first day without it."""

    template: ContractTemplate
    valid_until: date | None = None

    def in_force(self, today: date) -> bool:
        first = self.template.valid_from
        return (
            self.template.state is TemplateState.APPROVED
            and first is not None
            and first <= today
            and (self.valid_until is None or today < self.valid_until)
        )


def list_templates(
    session: Session, forms: Collection[LinkageForm] = tuple(LinkageForm)
) -> dict[LinkageForm, list[Listed]]:
    """The versions of each form, the newest first, each with its validity."""
    rows = session.scalars(
        select(ContractTemplate)
        .where(ContractTemplate.linkage_form.in_(forms))
        .order_by(ContractTemplate.version.desc())
    ).all()
    return {
        form: _listed([row for row in rows if row.linkage_form is form])
        for form in forms
    }


def _listed(versions: Sequence[ContractTemplate]) -> list[Listed]:
    days = sorted(
        one.valid_from
        for one in versions
        if one.state is TemplateState.APPROVED and one.valid_from
    )
    return [Listed(one, _next_day(one, days)) for one in versions]


def _next_day(template: ContractTemplate, days: Sequence[date]) -> date | None:
    first = template.valid_from
    if template.state is not TemplateState.APPROVED or first is None:
        return None
    return next((day for day in days if day > first), None)


def access_template(session: Session, who: Actor, public_id: str) -> ContractTemplate:
    """A version that officers may read; NotFound for anybody else."""
    wanted = select(ContractTemplate).where(ContractTemplate.public_id == public_id)
    template = session.scalars(wanted).first()
    if template is None or not who.is_officer:
        raise NotFound
    return template


def template_in_force(
    session: Session, form: LinkageForm, on: date
) -> ContractTemplate:
    """The version whose words a contract drawn on a day takes.

    LookupError if there is none: words must not be guessed.
    """
    found = session.scalars(
        select(ContractTemplate)
        .where(
            ContractTemplate.linkage_form == form,
            ContractTemplate.state == TemplateState.APPROVED,
            ContractTemplate.valid_from <= on,
        )
        .order_by(ContractTemplate.valid_from.desc())
        .limit(1)
    ).first()
    if found is None:
        raise LookupError(f"no template of {form} on {on.isoformat()}")
    return found


def template_of(session: Session, contract: Contract, today: date) -> ContractTemplate:
    """That of the contract's first version, since it keeps it; else today's."""
    for version in contract.versions:
        if version.worded_by is not None:
            return version.worded_by
    return template_in_force(session, contract.linkage_form, today)


def named_in_contents(template: ContractTemplate) -> dict[str, object]:
    """How a content that is signed names its template."""
    return {
        "form": template.linkage_form,
        "version": template.version,
        "digest": template.digest,
    }


def template_signed(session: Session, version: ContractVersion) -> ContractTemplate:
    """The template that a version of a contract was drawn up from.

    Words older than the templates came from what is the first version of the form.
    """
    if version.template_id is not None:
        return session.get_one(ContractTemplate, version.template_id)
    form = session.get_one(Contract, version.contract_id).linkage_form
    wanted = select(ContractTemplate).where(
        ContractTemplate.linkage_form == form, ContractTemplate.version == 1
    )
    return session.scalars(wanted).one()


def texts_of(template: ContractTemplate) -> tuple[ClauseText, ...]:
    """The words of a version in their order."""
    return tuple(
        ClauseText(
            key=row.key,
            need=row.need,
            plain_vi=row.plain_vi,
            legal_vi=row.legal_vi,
            plain_en=row.plain_en,
            legal_en=row.legal_en,
            included=row.included,
        )
        for row in template.clauses
    )


def digest_of_template(template: ContractTemplate) -> str:
    """SHA-256 over what the version says."""
    return digest_texts(template.linkage_form, template.version, texts_of(template))


def clause_rows(texts: Sequence[ClauseText]) -> list[TemplateClause]:
    """New rows for these words in their order."""
    return [
        TemplateClause(
            key=text.key,
            position=position,
            need=text.need,
            included=text.included,
            plain_vi=text.plain_vi,
            legal_vi=text.legal_vi,
            plain_en=text.plain_en,
            legal_en=text.legal_en,
        )
        for position, text in enumerate(texts, 1)
    ]


def record_step(
    session: Session,
    template: ContractTemplate,
    step: TemplateStep,
    who: Actor | None,
    *,
    now: datetime,
    text: str = "",
) -> TemplateEvent:
    """Append a link to the journal; the caller holds the version's row."""
    last = template.steps[-1] if template.steps else None
    link = TemplateEvent(
        template_id=template.id,
        position=last.position + 1 if last else 0,
        previous=last.position if last else None,
        step=step,
        text=text,
        content_digest=digest_of_template(template),
        by_user_id=who.user_id if who else None,
        at=now,
        previous_digest=last.digest if last else None,
    )
    link.digest = link_digest(
        subject=template.public_id,
        position=link.position,
        event=link.step,
        actor=str(link.by_user_id or 0),
        at=link.at,
        payload=_payload(link),
        previous_digest=link.previous_digest,
    )
    template.steps.append(link)
    session.flush()  # the next link of this transaction names this one
    return link


def first_broken_step(template: ContractTemplate) -> int | None:
    """Position of the first link that does not follow, or None if all hold."""
    return first_broken(
        AuditLink(
            subject=template.public_id,
            position=link.position,
            event=link.step,
            actor=str(link.by_user_id or 0),
            at=link.at,
            payload=_payload(link),
            previous_digest=link.previous_digest,
            digest=link.digest,
        )
        for link in template.steps
    )


def _payload(link: TemplateEvent) -> dict[str, object]:
    return {"text": link.text, "content": link.content_digest}
