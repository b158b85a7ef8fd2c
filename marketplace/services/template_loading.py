"""The first version of every template, from the words that come with the system."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain import clause_texts_vi
from marketplace.domain.template_texts import first_texts
from marketplace.domain.words import LinkageForm
from marketplace.domain.words_templates import TemplateState, TemplateStep
from marketplace.services.contract_templates import (
    clause_rows,
    digest_of_template,
    record_step,
)
from models.contract_templates import ContractTemplate

# As of the rules that came with it.
FIRST_DAY = date(2018, 1, 1)
FIRST_MOMENT = datetime(2018, 1, 1, tzinfo=UTC)


def load_templates(session: Session) -> None:
    """Version 1 of the forms that have none yet; twice is the same as once."""
    known = set(session.scalars(select(ContractTemplate.linkage_form)))
    for form in LinkageForm:
        if form not in known:
            _load_first(session, form)


def _load_first(session: Session, form: LinkageForm) -> None:
    template = ContractTemplate(
        linkage_form=form,
        version=1,
        state=TemplateState.DRAFT,
        valid_from=FIRST_DAY,
        source=clause_texts_vi.SOURCE,
        reason=clause_texts_vi.REASON,
        written_at=FIRST_MOMENT,
        clauses=clause_rows(first_texts(form)),
    )
    session.add(template)
    session.flush()  # the triggers let clauses into drafts alone
    template.state = TemplateState.PROPOSED
    session.flush()  # one legal step at a time
    template.digest = digest_of_template(template)
    template.state, template.approved_at = TemplateState.APPROVED, FIRST_MOMENT
    record_step(session, template, TemplateStep.SEEDED, None, now=FIRST_MOMENT)
