"""An officer writes a version in the browser; a second approves; words stay plain."""

import gzip

import pytest
from sqlalchemy import select

from marketplace.domain.template_places import PLACES
from marketplace.domain.words import LinkageForm
from marketplace.services.contract_templates import template_in_force
from models.contract_templates import ContractTemplate
from tests.crawler import form_to
from tests.doors import enter
from tests.factories import TODAY

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def officer(app, session, make):
    return enter(app.test_client(), session, make.officer())


@pytest.fixture
def draft(officer, session):
    first = template_in_force(session, LinkageForm.F3, TODAY)
    page = officer.get(f"/mau-hop-dong/{first.public_id}")
    copy = form_to(f"/mau-hop-dong/{first.public_id}/chep", page.text, "/")

    told = officer.post(copy.path, data=dict(copy.values))

    assert told.status_code == 302
    newest = select(ContractTemplate).order_by(ContractTemplate.id.desc())
    return session.scalars(newest).first()


def typed(officer, draft, **over):
    """What the form of the draft would send, with a day, a source and a reason."""
    url = f"/mau-hop-dong/{draft.public_id}/sua"
    form = form_to(url, officer.get(url).text, url)
    base = {"valid_from": "01/01/2099", "source": "Công văn 1", "reason": "Rõ hơn"}
    return url, dict(form.values) | base | over


def place_of(values, key):
    """The prefix of the fields of one clause."""
    (name,) = (n for n, v in values.items() if n.endswith("-key") and v == key)
    return name.removesuffix("-key")


def test_the_seven_forms_are_listed(officer):
    page = officer.get("/mau-hop-dong/").text

    assert all(f"mau-{form}" in page for form in LinkageForm)
    assert page.count("Đang áp dụng") == 7


def test_a_wrong_place_is_told_beside_its_field_with_its_name(officer, draft):
    url, values = typed(officer, draft)
    field = f"{place_of(values, 'dispute')}-legal_vi"

    told = officer.post(url, data=values | {field: "Ra {forumm}."})

    assert told.status_code == 422
    assert "Không có chỗ điền nào tên “{forumm}”" in told.text
    assert f'href="#{field}"' in told.text


def test_two_officers_bring_a_version_into_force(app, session, make, officer, draft):
    url, values = typed(officer, draft)
    saved = officer.post(url, data=values)
    base = f"/mau-hop-dong/{draft.public_id}"
    second = enter(app.test_client(), session, make.officer())

    proposed = officer.post(f"{base}/de-nghi")
    alone = officer.post(f"{base}/duyet", follow_redirects=True)
    approved = second.post(f"{base}/duyet", follow_redirects=True)

    assert saved.location.endswith("/xem-thu")
    assert proposed.status_code == 302
    assert "Người soạn không được tự duyệt" in alone.text
    assert "Sẽ áp dụng" in approved.text


def test_hostile_words_are_words(officer, draft):
    url, values = typed(officer, draft)
    field = f"{place_of(values, 'dispute')}-plain_vi"
    officer.post(url, data=values | {field: "<script>alert(1)</script> %(x)s {forum}"})

    page = officer.get(f"/mau-hop-dong/{draft.public_id}/xem-thu").text

    assert "&lt;script&gt;alert(1)&lt;/script&gt; %(x)s Tòa án" in page
    assert "<script>alert(1)" not in page


def test_a_price_is_previewed_in_every_mode(officer, draft):
    for mode, words in (("floor", "Giá sàn"), ("market", "giá tham chiếu")):
        page = officer.get(f"/mau-hop-dong/{draft.public_id}/xem-thu?gia={mode}")
        assert words in page.text


def test_the_form_of_a_draft_is_light_and_leads_to_the_places(officer, draft):
    url = f"/mau-hop-dong/{draft.public_id}/sua"

    page = officer.get(url)

    assert len(gzip.compress(page.data, 9)) <= 12 * 1024
    assert 'href="/mau-hop-dong/#cho-dien"' in page.text
    listed = officer.get("/mau-hop-dong/").text
    assert 'id="cho-dien"' in listed
    assert all(f"<dt>{{{name}}}</dt>" in listed for name in PLACES)
