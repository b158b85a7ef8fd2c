"""Officers write a new version of a template; a second one lets it come into force.

One version of a form is in the making at a time. Its journal says who did what.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_templates import WriteTemplate
from marketplace.domain.errors import N_, Conflict, Refused
from marketplace.domain.findings import Finding, refuse_errors
from marketplace.domain.formats import format_day
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.names import clean_text
from marketplace.domain.template_texts import FIELDS, ClauseText, check_texts
from marketplace.domain.words import NoticeKind
from marketplace.domain.words_templates import TemplateState, TemplateStep
from marketplace.services.contract_templates import (
    access_template,
    clause_rows,
    digest_of_template,
    record_step,
    texts_of,
)
from marketplace.services.template_news import tell_second_officers, tell_writer
from models.contract_templates import ContractTemplate

SHORTEST_REASON = 5
BUSY = N_("Hình thức này đang có một phiên bản chờ soạn hoặc chờ duyệt")
NO_DRAFT = N_("Chỉ sửa được bản nháp")
NOT_AUTHOR = N_("Chỉ người soạn được sửa và đề nghị duyệt bản nháp này")
TAKEN = N_("Ngày này đã có một phiên bản khác bắt đầu")


def copy_template(
    session: Session, who: Actor, public_id: str, *, now: datetime
) -> ContractTemplate:
    """A draft with the words of this version; refused while another is in the making."""
    old = access_template(session, who, public_id)
    draft = ContractTemplate(
        linkage_form=old.linkage_form,
        version=_last_version(session, old) + 1,
        based_on=old.version,
        state=TemplateState.DRAFT,
        written_by_id=who.user_id,
        written_at=now,
        clauses=clause_rows(texts_of(old)),
    )
    try:
        with session.begin_nested():
            session.add(draft)
            session.flush()  # the database says whether another is in the making
    except IntegrityError:
        raise Conflict(BUSY) from None
    record_step(
        session, draft, TemplateStep.COPIED, who, now=now, text=str(old.version)
    )
    return draft


def _last_version(session: Session, template: ContractTemplate) -> int:
    versions = select(func.max(ContractTemplate.version)).where(
        ContractTemplate.linkage_form == template.linkage_form
    )
    return int(session.scalar(versions) or 0)


def check_draft(
    template: ContractTemplate, command: WriteTemplate, *, today: date
) -> list[Finding]:
    """All that is wrong with the words of a draft, each beside its field.

    Refused at once with a hidden sign, a day that is not to come, or no reason.
    """
    if command.valid_from <= today:
        message = N_("Chọn ngày sau hôm nay, %(today)s")
        raise Refused(message, "valid_from", today=format_day(today))
    if not clean_text(command.source, field="source"):
        raise Refused(N_("Ghi nguồn của lời văn, ví dụ số công văn"), "source")
    if len(clean_text(command.reason, long=True, field="reason")) < SHORTEST_REASON:
        raise Refused(N_("Nói rõ lý do, dòng này được lưu lại"), "reason")
    return check_texts(template.linkage_form, _clean(command.texts))


def save_template(
    session: Session,
    who: Actor,
    public_id: str,
    command: WriteTemplate,
    *,
    today: date,
    now: datetime,
) -> ContractTemplate:
    """Write the words of one's own draft anew."""
    draft = _locked(session, who, public_id)
    _require_own_draft(draft, who)
    refuse_errors(check_draft(draft, command, today=today))
    draft.valid_from = command.valid_from
    draft.source = clean_text(command.source, field="source")[:200]
    draft.reason = clean_text(command.reason, long=True, field="reason")
    draft.written_at = now
    _write(draft, _clean(command.texts))
    session.flush()  # what stands there now is in the journal
    session.expire(draft, ["clauses"])
    record_step(session, draft, TemplateStep.SAVED, who, now=now)
    return draft


def _write(draft: ContractTemplate, texts: Sequence[ClauseText]) -> None:
    rows = {row.key: row for row in draft.clauses}
    for position, text in enumerate(texts, 1):
        row = rows[text.key]
        row.position = position
        for name in FIELDS:
            setattr(row, name, getattr(text, name))
        if row.need == "optional":
            row.included = text.included


def _clean(texts: Sequence[ClauseText]) -> list[ClauseText]:
    """The words without hidden signs and needless spaces."""
    return [text.reworded(_clean_words(text), included=text.included) for text in texts]


def _clean_words(text: ClauseText) -> dict[str, str]:
    return {
        name: clean_text(getattr(text, name), long=True, field=f"{text.key}:{name}")
        for name in FIELDS
    }


def propose_template(
    session: Session, who: Actor, public_id: str, *, today: date, now: datetime
) -> ContractTemplate:
    """The first pair of eyes: the author asks that the draft come into force."""
    draft = _locked(session, who, public_id)
    _require_own_draft(draft, who)
    _require_day_to_come(session, draft, today)
    refuse_errors(check_texts(draft.linkage_form, texts_of(draft)))
    step = TemplateStep.PROPOSED
    _move(session, draft, TemplateState.PROPOSED, step, who, now)
    tell_second_officers(session, draft, now=now)
    return draft


def approve_template(
    session: Session, who: Actor, public_id: str, *, today: date, now: datetime
) -> ContractTemplate:
    """The second pair of eyes: from its first day on, new contracts take its words."""
    template = _locked(session, who, public_id)
    if template.state is not TemplateState.PROPOSED:
        raise Refused(N_("Phiên bản này không chờ duyệt"))
    if template.written_by_id == who.user_id:
        raise Refused(N_("Người soạn không được tự duyệt"))
    _require_day_to_come(session, template, today)
    template.digest = digest_of_template(template)
    template.approved_by_id, template.approved_at = who.user_id, now
    step = TemplateStep.APPROVED
    _move(session, template, TemplateState.APPROVED, step, who, now)
    tell_writer(session, template, NoticeKind.TEMPLATE_APPROVED, now=now)
    return template


def return_template(
    session: Session, who: Actor, public_id: str, reason: str, *, now: datetime
) -> ContractTemplate:
    """Send a proposed version back to its author, with the reason."""
    template = _locked(session, who, public_id)
    if template.state is not TemplateState.PROPOSED:
        raise Refused(N_("Phiên bản này không chờ duyệt"))
    step, why = TemplateStep.RETURNED, _reason(reason)
    _move(session, template, TemplateState.DRAFT, step, who, now, why)
    if template.written_by_id != who.user_id:
        tell_writer(session, template, NoticeKind.TEMPLATE_RETURNED, now=now)
    return template


def drop_template(
    session: Session, who: Actor, public_id: str, reason: str, *, now: datetime
) -> ContractTemplate:
    """Give a version in the making up, with the reason; its words stay readable."""
    template = _locked(session, who, public_id)
    step = TemplateStep.DROPPED
    return _move(
        session, template, TemplateState.DROPPED, step, who, now, _reason(reason)
    )


def _reason(text: str) -> str:
    reason = clean_text(text, long=True, field="reason")
    if len(reason) < SHORTEST_REASON:
        raise Refused(N_("Nói rõ lý do, dòng này được lưu lại"), "reason")
    return reason


def _locked(session: Session, who: Actor, public_id: str) -> ContractTemplate:
    template = access_template(session, who, public_id)
    session.refresh(template, with_for_update={"key_share": True})
    return template


def _require_own_draft(draft: ContractTemplate, who: Actor) -> None:
    if draft.state is not TemplateState.DRAFT:
        raise Refused(NO_DRAFT)
    if draft.written_by_id != who.user_id:
        raise Refused(NOT_AUTHOR)


def _require_day_to_come(
    session: Session, template: ContractTemplate, today: date
) -> None:
    day = template.valid_from
    if day is None or day <= today:
        raise Refused(N_("Ngày bắt đầu đã tới, cần chọn ngày khác"))
    taken = select(ContractTemplate.id).where(
        ContractTemplate.linkage_form == template.linkage_form,
        ContractTemplate.state == TemplateState.APPROVED,
        ContractTemplate.valid_from == day,
    )
    if session.scalar(taken) is not None:
        raise Refused(TAKEN)


def _move(
    session: Session,
    template: ContractTemplate,
    new: TemplateState,
    step: TemplateStep,
    who: Actor,
    now: datetime,
    text: str = "",
) -> ContractTemplate:
    check_transition(Lifecycle.TEMPLATE, template.state, new)
    template.state = new
    session.flush()  # the triggers look at the step
    record_step(session, template, step, who, now=now, text=text)
    return template
