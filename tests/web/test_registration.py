"""Three short steps, from a first name to a case in the officer's queue."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.domain.words import OrganisationState
from models.idempotency import IdempotencyKey
from models.notices import Letter
from models.organisations import Membership, Organisation, User, VerificationCase
from tests.pages import problems_of

ACCOUNT = {"person": "Lò Thị Thử", "phone": "0987 000 111", "email": "Thu@Example.vn"}
PASSWORD = "bốn từ không liên quan"
PROFILE = {
    "kind": "cooperative",
    "name": "HTX Nhãn Thử Nghiệm",
    "tax_code": "980 000 0012",
    "commune": "xã Nà Nghịu",
    "official_members": "9",
    "charter_capital_vnd": "1,5 tỷ",
    "total_area_ha": "45,5 ha",
    "founded_on": "30/06/2019",
    "legal_representative": "Lò Thị Thử",
    "password": PASSWORD,
}


def first_steps(client, pick="moi", **account):
    client.post("/dang-ky/tai-khoan", data=ACCOUNT | account)
    return client.post("/dang-ky/to-chuc", data={"pick": pick})


def test_a_cooperative_registers_and_finds_itself_waiting(client, session):
    assert client.get("/dang-ky").headers["Location"] == "/dang-ky/tiep"
    assert first_steps(client).headers["Location"] == "/dang-ky/ho-so"

    sent = client.post("/dang-ky/ho-so", data=PROFILE)

    assert sent.headers["Location"] == "/dang-ky/da-gui"
    organisation = session.scalars(select(Organisation)).one()
    assert organisation.state is OrganisationState.PENDING
    assert organisation.tax_code == "9800000012"
    assert organisation.charter_capital_vnd == 1_500_000_000
    user = session.scalars(select(User)).one()
    assert (user.email, user.phone) == ("thu@example.vn", "+84987000111")
    inside = client.post(
        "/dang-nhap", data={"identifier": "0987000111", "password": PASSWORD}
    )
    assert inside.headers["Location"] == "/hom-nay"
    assert "đang chờ xác minh" in client.get("/hom-nay").get_data(as_text=True)
    page = client.get("/to-chuc/cua-toi").get_data(as_text=True)
    assert "Xã Sông Mã" in page
    assert "Xã Nà Nghịu" in page


def test_an_account_that_exists_sees_the_same_pages(client, make, session, app):
    make.user(email="thu@example.vn")
    stranger = app.test_client()

    answers = []
    for browser, name, code, phone in (
        (client, "HTX Một", "9800000012", "0987 000 111"),
        (stranger, "HTX Hai Khác", "9800000037", "0987 000 112"),
    ):
        known = browser is client
        email = "thu@example.vn" if known else "moi@example.vn"
        first_steps(browser, phone=phone, email=email)
        data = PROFILE | {"name": name, "tax_code": code}
        sent = browser.post("/dang-ky/ho-so", data=data)
        shown = browser.get(sent.headers["Location"]).get_data(as_text=True)
        answers.append((sent.status_code, sent.headers["Location"], shown))

    assert answers[0] == answers[1]
    assert [o.name for o in session.scalars(select(Organisation))] == ["HTX Hai Khác"]
    told = session.scalars(select(Letter).where(Letter.recipient == "thu@example.vn"))
    assert len(told.all()) == 1


def test_what_was_typed_waits_for_the_next_visit(client):
    first_steps(client)
    client.post("/dang-ky/ho-so", data=PROFILE | {"tax_code": "123", "password": ""})

    assert client.get("/dang-ky/tiep").headers["Location"] == "/dang-ky/ho-so"
    page = client.get("/dang-ky/ho-so").get_data(as_text=True)

    assert "HTX Nhãn Thử Nghiệm" in page
    assert PASSWORD not in page
    with client.session_transaction() as kept:
        assert PASSWORD not in str(dict(kept))


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("tax_code", "9800000011", "Mã số thuế không đúng"),
        ("official_members", "4", "từ 5 thành viên"),
        ("official_members", "năm", "Nhập"),
        ("phone", "12345", "Số điện thoại có 10 số"),
        ("email", "không phải thư", "E-mail chưa đúng"),
        ("gln", "8939999000018", "Mã GS1"),
        ("charter_capital_vnd", "-5", "Nhập số tiền"),
        ("commune", "Không Đâu Cả", "Không có xã nào"),
        ("name", "", "Nhập tên"),
        ("password", "1234567890", "dễ đoán"),
        ("founded_on", "31/02/2020", "ngày"),
    ],
)
def test_each_mistake_stands_beside_its_field(client, session, field, typed, said):
    first_steps(client)

    response = client.post("/dang-ky/ho-so", data=PROFILE | {field: typed})

    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert f'id="{field}-e"' in page
    assert said in page
    assert problems_of(page) == []
    assert session.scalars(select(User)).all() == []
    assert session.scalars(select(IdempotencyKey)).all() == []


@pytest.mark.parametrize(
    ("account", "field"),
    [
        ({"phone": "", "email": ""}, "phone"),
        ({"phone": "0123"}, "phone"),
        ({"email": "nowhere"}, "email"),
        ({"person": ""}, "person"),
    ],
)
def test_the_first_step_wants_a_way_to_reach_somebody(client, account, field):
    response = client.post("/dang-ky/tai-khoan", data=ACCOUNT | account)

    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert f'id="{field}-e"' in page
    assert problems_of(page) == []


def test_a_known_organisation_is_found_and_claimed(client, make, session):
    known = make.organisation(name="HTX Toàn Thắng")
    client.post("/dang-ky/tai-khoan", data=ACCOUNT)

    page = client.get("/dang-ky/to-chuc?q=toan+thang").get_data(as_text=True)
    assert "HTX Toàn Thắng" in page
    assert problems_of(page) == []
    client.post("/dang-ky/to-chuc?q=toan+thang", data={"pick": known.public_id})
    client.get("/dang-ky/ho-so")
    sent = client.post("/dang-ky/ho-so", data={"password": PASSWORD})

    assert sent.headers["Location"] == "/dang-ky/da-gui"
    assert session.scalars(select(Membership)).one().state == "pending"
    door = {"identifier": "0987000111", "password": PASSWORD}
    inside = client.post("/dang-nhap", data=door)
    assert inside.headers["Location"] == "/dang-ky/cho-duyet"
    waiting = client.get("/dang-ky/cho-duyet").get_data(as_text=True)
    assert "HTX Toàn Thắng" in waiting
    assert problems_of(waiting) == []
    assert client.get("/hom-nay").headers["Location"] == "/dang-ky/cho-duyet"


@pytest.mark.parametrize("pick", ["", "no-such-id"])
def test_only_what_was_found_can_be_picked(client, pick):
    assert first_steps(client, pick=pick).status_code == 422


def test_an_unverified_organisation_cannot_be_claimed(client, make):
    hidden = make.organisation(verified=False, name="HTX Ẩn")

    assert first_steps(client, pick=hidden.public_id).status_code == 422
    page = client.get("/dang-ky/to-chuc?q=htx+an").get_data(as_text=True)
    assert "HTX Ẩn" not in page


def test_sending_twice_registers_once(client, session):
    first_steps(client)
    with client.session_transaction() as kept:
        before = dict(kept)

    data = PROFILE | {"idempotency_key": "a" * 22}
    one = client.post("/dang-ky/ho-so", data=data)
    with client.session_transaction() as kept:
        kept.update({"registration": before["registration"]})
    two = client.post("/dang-ky/ho-so", data=data)

    assert one.headers["Location"] == two.headers["Location"]
    assert len(session.scalars(select(VerificationCase)).all()) == 1


def test_the_same_key_with_other_words_is_refused(client, session):
    first_steps(client)
    with client.session_transaction() as kept:
        before = dict(kept)
    data = PROFILE | {"idempotency_key": "a" * 22}
    client.post("/dang-ky/ho-so", data=data)
    with client.session_transaction() as kept:
        kept.update({"registration": before["registration"]})

    other = data | {"name": "HTX Khác", "tax_code": "9800000037"}
    assert client.post("/dang-ky/ho-so", data=other).status_code == 422

    assert len(session.scalars(select(Organisation)).all()) == 1
