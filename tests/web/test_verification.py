"""The queue and the case, as an officer and as an applicant see them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from marketplace.domain.words import OrganisationState
from marketplace.services.verification import open_case
from models.notices import Notice
from models.organisations import User
from tests.factories import PASSWORD
from tests.pages import problems_of


@pytest.fixture
def waiting(make, session):
    organisation = make.organisation(verified=False, name="HTX Chờ Lâu")
    director = make.member(organisation)
    now = datetime.now(UTC) - timedelta(days=3)
    return open_case(session, organisation, now=now), organisation, director


def enter(client, session, actor):
    user = session.get(User, actor.user_id)
    data = {"identifier": user.email, "password": PASSWORD}
    assert client.post("/dang-nhap", data=data).status_code == 302


def test_an_officer_verifies(client, make, session, waiting):
    case, organisation, _director = waiting
    enter(client, session, make.officer())

    queue = client.get("/xac-minh/").get_data(as_text=True)
    assert "HTX Chờ Lâu" in queue
    assert "3 ngày" in queue
    path = f"/xac-minh/{case.public_id}"
    assert problems_of(client.get(path).get_data(as_text=True)) == []
    assert client.post(path, data={"decision": "verified"}).status_code == 302

    session.refresh(organisation)
    assert organisation.state is OrganisationState.VERIFIED
    assert path not in client.get("/xac-minh/").get_data(as_text=True)


def test_a_reason_reaches_the_applicant_who_changes_and_sends_again(
    client, make, session, waiting, app
):
    case, organisation, director = waiting
    officer = app.test_client()
    enter(officer, session, make.officer())
    reason = "Mã số thuế khác trên giấy, chép lại"
    data = {"decision": "change_requested", "reason": reason}
    officer.post(f"/xac-minh/{case.public_id}", data=data)

    enter(client, session, director)
    assert reason in client.get("/thong-bao").get_data(as_text=True)
    assert reason in client.get("/to-chuc/cua-toi").get_data(as_text=True)
    edit = client.get("/to-chuc/cua-toi/sua").get_data(as_text=True)
    assert problems_of(edit) == []
    changed = {
        "kind": "cooperative", "name": "HTX Chờ Lâu", "tax_code": "9800000012",
        "commune": "Chiềng Khoong", "official_members": "9",
        "legal_representative": "Lò Thị Thử",
    }  # fmt: skip
    assert client.post("/to-chuc/cua-toi/sua", data=changed).status_code == 302

    session.refresh(organisation)
    assert organisation.state is OrganisationState.PENDING
    assert organisation.tax_code == "9800000012"
    assert "HTX Chờ Lâu" in officer.get("/xac-minh/").get_data(as_text=True)


@pytest.mark.parametrize("data", [{}, {"decision": "rejected"}, {"decision": "maybe"}])
def test_an_answer_without_its_parts_is_refused(client, make, session, waiting, data):
    case, organisation, _director = waiting
    enter(client, session, make.officer())

    response = client.post(f"/xac-minh/{case.public_id}", data=data)

    assert response.status_code == 422
    assert problems_of(response.get_data(as_text=True)) == []
    session.refresh(organisation)
    assert organisation.state is OrganisationState.PENDING


def test_a_case_is_not_there_for_others(client, make, session, waiting, app):
    case, _organisation, director = waiting
    elsewhere, own = app.test_client(), app.test_client()
    enter(elsewhere, session, make.officer("D116"))
    enter(own, session, director)

    assert elsewhere.get(f"/xac-minh/{case.public_id}").status_code == 404
    assert own.get(f"/xac-minh/{case.public_id}").status_code == 403
    assert client.get(f"/xac-minh/{case.public_id}").status_code == 302


def test_sending_an_answer_twice_tells_once(client, make, session, waiting):
    case, _organisation, director = waiting
    enter(client, session, make.officer())
    data = {"decision": "verified", "idempotency_key": "k" * 22}

    answers = [client.post(f"/xac-minh/{case.public_id}", data=data) for _ in range(2)]

    assert [a.status_code for a in answers] == [302, 302]
    told = select(Notice).where(Notice.user_id == director.user_id)
    assert len(session.scalars(told).all()) == 1


def test_an_officer_suspends_with_a_reason_and_lets_back(client, make, session):
    organisation = make.organisation()
    enter(client, session, make.officer())
    path = f"/to-chuc/{organisation.public_id}"

    assert client.post(f"{path}/tam-khoa", data={"reason": ""}).status_code == 422
    client.post(f"{path}/tam-khoa", data={"reason": "Giấy giả, đang xem"})
    session.refresh(organisation)
    assert organisation.state is OrganisationState.SUSPENDED
    client.post(f"{path}/mo-khoa")

    session.refresh(organisation)
    assert organisation.state is OrganisationState.VERIFIED


def test_the_public_page_keeps_papers_to_officers(client, make, session, app):
    organisation = make.organisation(phone="+84987555444", tax_code="9800000012")
    officer = app.test_client()
    enter(officer, session, make.officer())
    path = f"/to-chuc/{organisation.public_id}"

    seen = client.get(path).get_data(as_text=True)

    assert organisation.name in seen
    for secret in ("0987 555 444", "9800000012", organisation.legal_representative):
        assert secret not in seen
        assert secret in officer.get(path).get_data(as_text=True)


def test_opening_a_notice_reads_it_and_leads_on(client, make, session, waiting):
    officer = make.officer()
    case, _organisation, _director = waiting
    open_case(session, make.organisation(verified=False), now=datetime.now(UTC))
    enter(client, session, officer)
    notice = session.scalars(
        select(Notice).where(Notice.user_id == officer.user_id)
    ).first()

    opened = client.post(f"/thong-bao/{notice.public_id}")

    assert opened.headers["Location"].startswith("/xac-minh/")
    assert case.public_id not in opened.headers["Location"]
    session.refresh(notice)
    assert notice.read_at
    foreign = make.member()
    make_client = client.application.test_client()
    enter(make_client, session, foreign)
    assert make_client.post(f"/thong-bao/{notice.public_id}").status_code == 404
