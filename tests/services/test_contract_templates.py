"""Templates: four eyes, one version in force a day, and contracts that keep theirs."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from marketplace.domain.canonical import digest_of_text
from marketplace.domain.commands_templates import WriteTemplate
from marketplace.domain.errors import Conflict, NotFound, Refused
from marketplace.domain.words import LinkageForm
from marketplace.domain.words_templates import TemplateState
from marketplace.services.contract_content import content_of, freeze_version
from marketplace.services.contract_templates import (
    access_template,
    digest_of_template,
    first_broken_step,
    list_templates,
    template_in_force,
    texts_of,
)
from marketplace.services.contracts import draw_contract
from marketplace.services.signing import Sign, sign_contract
from marketplace.services.template_loading import load_templates
from marketplace.services.template_writing import (
    approve_template,
    check_draft,
    copy_template,
    drop_template,
    propose_template,
    return_template,
    save_template,
)
from models.contract_templates import ContractTemplate, TemplateClause
from models.database import db
from models.reference import Rule
from tests.acting import at_once
from tests.deals import Deals
from tests.factories import NOW, PASSWORD, TODAY, Make
from tests.worlds import undone

F3 = LinkageForm.F3
SOON = TODAY + timedelta(days=10)
NEW_WORDS = "Có gì thì gọi nhau trước, sau đó đưa ra {forum}."


def written(template, day=SOON, **words):
    """The words of the version with another sentence in one clause."""
    words = words or {"plain_vi": NEW_WORDS}
    texts = tuple(
        replace(text, **words) if text.key == "dispute" else text
        for text in texts_of(template)
    )
    return WriteTemplate(day, "Công văn 12", "Dễ hiểu hơn", texts)


class Office:
    """Two officers, and what they do to the template of one form."""

    def __init__(self, session, make):
        self.session = session
        self.author, self.second = make.officer(), make.officer()
        self.first = template_in_force(session, F3, TODAY)

    def drafted(self, day=SOON):
        draft = copy_template(self.session, self.author, self.first.public_id, now=NOW)
        self.save(draft, written(draft, day))
        return draft

    def save(self, draft, command, who=None):
        save_template(
            self.session,
            who or self.author,
            draft.public_id,
            command,
            today=TODAY,
            now=NOW,
        )

    def proposed(self, day=SOON):
        return self.move(propose_template, self.drafted(day), self.author)

    def approved(self, day=SOON):
        return self.move(approve_template, self.proposed(day), self.second)

    def move(self, deed, template, who, today=TODAY):
        return deed(self.session, who, template.public_id, today=today, now=NOW)


@pytest.fixture
def office(session, make):
    return Office(session, make)


def test_every_form_has_its_first_version_once(session):
    load_templates(session)

    found = list_templates(session)

    assert found.keys() == set(LinkageForm)
    for (listed,) in found.values():
        assert listed.template.version == 1
        assert listed.in_force(TODAY)
        assert listed.template.digest == digest_of_template(listed.template)
        assert first_broken_step(listed.template) is None


def test_a_second_officer_lets_a_new_version_come_into_force(session, office):
    new = office.approved()

    assert template_in_force(session, F3, SOON - timedelta(days=1)) is office.first
    assert template_in_force(session, F3, SOON) is new
    newest, oldest = list_templates(session, [F3])[F3]
    assert (oldest.valid_until, newest.valid_until) == (SOON, None)
    assert [step.step for step in new.steps] == [
        "copied", "saved", "proposed", "approved",
    ]  # fmt: skip
    assert first_broken_step(new) is None
    assert new.digest == digest_of_template(new) != office.first.digest


def test_the_author_does_not_approve(session, office):
    proposed = office.proposed()

    with pytest.raises(Refused, match="tự duyệt"):
        office.move(approve_template, proposed, office.author)
    with pytest.raises(DBAPIError, match="four_eyes"):
        session.execute(
            sa.update(ContractTemplate)
            .where(ContractTemplate.id == proposed.id)
            .values(
                state="approved",
                approved_at=NOW,
                digest="0" * 64,
                approved_by_id=office.author.user_id,
            )
        )


def test_a_draft_is_neither_approved_nor_sent_back(session, office):
    draft = office.drafted()

    with pytest.raises(Refused, match="không chờ duyệt"):
        office.move(approve_template, draft, office.second)
    with pytest.raises(Refused, match="không chờ duyệt"):
        return_template(session, office.second, draft.public_id, "Chưa rõ", now=NOW)


def test_only_its_author_writes_a_draft(office):
    draft = office.drafted()

    with pytest.raises(Refused, match="Chỉ người soạn"):
        office.save(draft, written(draft), who=office.second)
    with pytest.raises(Refused, match="Chỉ người soạn"):
        office.move(propose_template, draft, office.second)


def test_what_is_sent_back_is_written_again(session, office):
    proposed = office.proposed()
    with pytest.raises(Refused, match="bản nháp"):
        office.save(proposed, written(proposed))

    return_template(session, office.second, proposed.public_id, "Chưa rõ", now=NOW)

    assert proposed.state is TemplateState.DRAFT
    office.save(proposed, written(proposed))
    assert [step.text for step in proposed.steps][3] == "Chưa rõ"


@pytest.mark.parametrize("day", [TODAY, TODAY - timedelta(days=1)])
def test_a_version_begins_on_a_day_to_come(office, day):
    draft = office.drafted()

    with pytest.raises(Refused, match="sau hôm nay") as refusal:
        check_draft(draft, written(draft, day), today=TODAY)

    assert refusal.value.field == "valid_from"


def test_what_waited_past_its_first_day_is_not_approved(office):
    proposed = office.proposed()

    with pytest.raises(Refused, match="đã tới"):
        office.move(approve_template, proposed, office.second, today=SOON)


def test_two_versions_never_begin_on_one_day(session, office):
    office.approved()
    draft = office.drafted()

    with pytest.raises(Refused, match="phiên bản khác bắt đầu"):
        office.move(propose_template, draft, office.author)


def test_one_version_of_a_form_is_in_the_making(session, office):
    office.drafted()

    with pytest.raises(Conflict, match="chờ soạn"):
        office.drafted()


def test_what_is_dropped_makes_room_and_stays_readable(session, office):
    draft = office.drafted()

    drop_template(session, office.second, draft.public_id, "Không cần", now=NOW)

    assert office.drafted().version == draft.version + 1
    assert access_template(session, office.author, draft.public_id) is draft
    with pytest.raises(Refused):
        drop_template(session, office.second, office.first.public_id, "Vì sao", now=NOW)


def test_nobody_but_officers_reaches_a_template(session, make, office):
    with pytest.raises(NotFound):
        access_template(
            session, make.member(make.organisation()), office.first.public_id
        )


def test_a_wrong_place_or_a_hidden_sign_is_told_beside_its_field(office):
    draft = office.drafted()

    wrong = check_draft(draft, written(draft, legal_vi="{forums}"), today=TODAY)
    with pytest.raises(Refused, match="ký tự ẩn") as hidden:
        check_draft(draft, written(draft, plain_en="a\u202eb"), today=TODAY)

    assert {one.field for one in wrong} == {"dispute:legal_vi"}
    assert [one.params["name"] for one in wrong] == [
        "{forums}",
        "{forum}",
        "{settle_days}",
    ]
    assert hidden.value.field == "dispute:plain_en"


def test_the_database_keeps_what_is_no_draft(session, office):
    new = office.approved()
    clause = sa.update(TemplateClause).where(TemplateClause.template_id == new.id)
    template = sa.update(ContractTemplate).where(ContractTemplate.id == new.id)
    deeds = [
        clause.values(legal_vi="Khác"),
        sa.delete(TemplateClause).where(TemplateClause.template_id == new.id),
        sa.insert(TemplateClause).values(
            template_id=new.id, key="x", position=99, need="mandatory", included=True,
            plain_vi="", legal_vi="x", plain_en="", legal_en="x",
        ),
        template.values(valid_from=TODAY),
        template.values(reason="Khác"),
        sa.delete(ContractTemplate).where(ContractTemplate.id == new.id),
    ]  # fmt: skip

    for deed in deeds:
        with pytest.raises(DBAPIError, match="tr_"), session.begin_nested():
            session.execute(deed)


def test_a_contract_takes_the_words_of_its_day_and_keeps_them(session, make, office):
    contract = Deals(session, make).drawn()
    office.approved()
    later = NOW + timedelta(days=20)
    contract.current_version = 2

    again = freeze_version(session, contract, now=later)

    first = contract.versions[0]
    assert first.template_id == again.template_id == office.first.id
    named = content_of(first)["template"]
    assert named["version"] == 1
    assert named["digest"] == office.first.digest
    assert first.digest == digest_of_text(first.content)
    assert NEW_WORDS[:20] not in again.content


def test_a_contract_drawn_on_the_first_day_has_the_new_words(session, make, office):
    tomorrow = NOW + timedelta(days=1)
    new = office.approved(day=tomorrow.date())
    proposal = make.proposal()
    Deals.promise(session, proposal, tomorrow)

    contract = draw_contract(
        session, proposal, proposal.terms[0], today=tomorrow.date(), now=tomorrow
    )

    assert contract.versions[0].template_id == new.id
    assert "gọi nhau trước" in contract.versions[0].content


def raise_rate(session, pct):
    """The rate of late payment changes on the second day."""
    old = session.scalars(sa.select(Rule).where(Rule.code == "contract.defaults")).one()
    params = old.params | {"late_interest_pct_per_year": pct}
    old.valid_to = TODAY + timedelta(days=1)
    session.add(
        Rule(
            code=old.code,
            severity=old.severity,
            params=params,
            valid_from=old.valid_to,
        )
    )
    session.flush()


def test_the_interest_is_that_of_the_rule_and_holds_on_the_day_of_signature(
    session, make
):
    deals = Deals(session, make)
    contract = deals.drawn()
    content = content_of(contract.versions[0])
    raise_rate(session, 12)
    who = deals.actor(contract, "seller")
    sign = Sign(contract.versions[0].digest, PASSWORD, agreed=True)
    tomorrow = NOW + timedelta(days=1)

    assert content["payment"]["late_interest_pct"] == "10"
    assert "lãi 10% một năm" in content["clauses"]["payment"]["legal_vi"]
    with pytest.raises(Conflict, match="12% một năm"):
        sign_contract(
            session, who, contract.public_id, sign, today=tomorrow.date(), now=tomorrow
        )


DAYS = st.lists(st.integers(1, 400), min_size=1, max_size=5, unique=True)


@settings(max_examples=15)
@given(days=DAYS, asked=st.integers(0, 450))
def test_on_any_day_exactly_the_youngest_begun_version_is_in_force(
    session, days, asked
):
    with undone(session):
        office = Office(session, Make(session))
        begun = {date.min: 1}
        for number, day in enumerate(days, 2):
            office.approved(TODAY + timedelta(days=day))
            begun[TODAY + timedelta(days=day)] = number

        on = TODAY + timedelta(days=asked)

        wanted = begun[max(day for day in begun if day <= on)]
        assert template_in_force(session, F3, on).version == wanted
        listed = list_templates(session, [F3])[F3]
        assert [x.template.version for x in listed if x.in_force(on)] == [wanted]


def test_two_officers_who_copy_at_once_leave_one_draft(fresh_app):
    with fresh_app.app_context():
        make = Make(db.session())
        first = template_in_force(db.session(), F3, TODAY).public_id
        people = [make.officer(), make.officer()]
        db.session.commit()

    told = at_once(
        fresh_app,
        [lambda s, who=who: copy_template(s, who, first, now=NOW) for who in people],
    )

    assert sorted(told) == ["Conflict", "done"]
