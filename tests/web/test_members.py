"""Members and invitations through the pages."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.domain.actor import Role
from marketplace.services.tokens import INVITATION, sign_nonce
from models.organisations import Invitation, Membership, User
from tests.factories import PASSWORD
from tests.pages import problems_of


@pytest.fixture
def coop(make):
    organisation = make.organisation(name="HTX Đông Người")
    return {
        role: make.membership(organisation, role)
        for role in (Role.DIRECTOR, Role.STAFF)
    }


def enter(browser, member):
    data = {"identifier": member.user.email, "password": PASSWORD}
    assert browser.post("/dang-nhap", data=data).status_code == 302
    return browser


def link(app, session):
    nonce = session.scalars(
        select(Invitation.nonce).order_by(Invitation.id.desc())
    ).first()
    return f"/loi-moi/{sign_nonce([app.config['SECRET_KEY']], INVITATION, nonce)}"


def test_a_newcomer_comes_by_the_link_and_only_once(client, app, session, coop):
    enter(client, coop[Role.DIRECTOR])
    data = {"email": "moi@example.vn", "role": "staff"}
    assert client.post("/thanh-vien/moi", data=data).status_code == 302
    path = link(app, session)
    newcomer, late = app.test_client(), app.test_client()

    page = newcomer.get(path)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert problems_of(page.get_data(as_text=True)) == []
    weak = {"person": "Người Mới", "password": "1234567890"}
    assert newcomer.post(path, data=weak).status_code == 422
    good = weak | {"password": "bốn từ không liên quan"}
    assert newcomer.post(path, data=good).status_code == 302

    assert newcomer.get("/hom-nay").status_code == 200
    assert late.get(path).status_code == 410
    assert late.post(path, data=good).status_code == 410


def test_somebody_with_an_account_signs_in_and_accepts(
    client, app, session, make, coop
):
    enter(client, coop[Role.DIRECTOR])
    user = make.user(email="moi@example.vn")
    data = {"email": "moi@example.vn", "role": "staff"}
    client.post("/thanh-vien/moi", data=data)
    path = link(app, session)
    browser = app.test_client()

    assert "Đăng nhập để nhận" in browser.get(path).get_data(as_text=True)
    door = {"identifier": user.email, "password": PASSWORD, "next": path}
    assert browser.post("/dang-nhap", data=door).headers["Location"] == path
    assert browser.post(path).status_code == 302

    page = browser.get("/thanh-vien/").get_data(as_text=True)
    assert "moi@example.vn" in page


def test_the_link_of_another_is_refused(client, app, session, coop):
    enter(client, coop[Role.DIRECTOR])
    data = {"email": "moi@example.vn", "role": "staff"}
    client.post("/thanh-vien/moi", data=data)
    other = enter(app.test_client(), coop[Role.STAFF])

    response = other.post(link(app, session))

    assert response.status_code == 422
    assert "moi@example.vn" in response.get_data(as_text=True)


def test_who_is_removed_is_out_in_the_next_request(client, app, session, coop):
    enter(client, coop[Role.DIRECTOR])
    gone = enter(app.test_client(), coop[Role.STAFF])
    assert gone.get("/hom-nay").status_code == 200
    path = f"/thanh-vien/{coop[Role.STAFF].public_id}/cho-roi"

    assert problems_of(client.get(path).get_data(as_text=True)) == []
    assert client.post(path).status_code == 302

    assert gone.get("/hom-nay").headers["Location"].startswith("/dang-nhap")


def test_the_last_director_stays(client, session, coop):
    enter(client, coop[Role.DIRECTOR])

    response = client.post("/thanh-vien/roi-to-chuc")

    assert response.status_code == 422
    assert "ít nhất một giám đốc" in response.get_data(as_text=True)


def test_staff_manage_nobody(client, coop):
    enter(client, coop[Role.STAFF])
    director = coop[Role.DIRECTOR].public_id

    page = client.get("/thanh-vien/").get_data(as_text=True)

    assert "/thanh-vien/moi" not in page
    assert problems_of(page) == []
    for path in ("moi", f"{director}/vai-tro", f"{director}/cho-roi"):
        assert client.get(f"/thanh-vien/{path}").status_code == 403
        assert client.post(f"/thanh-vien/{path}").status_code == 403


def test_a_role_above_ones_own_is_not_on_the_list(client, session, make, coop):
    administrator = make.membership(
        coop[Role.DIRECTOR].organisation, Role.ADMINISTRATOR
    )
    enter(client, administrator)

    data = {"email": "moi@example.vn", "role": "director"}
    response = client.post("/thanh-vien/moi", data=data)

    assert response.status_code == 422
    assert session.scalars(select(Invitation)).all() == []


def test_a_director_gives_a_role(client, session, coop):
    enter(client, coop[Role.DIRECTOR])
    staff = coop[Role.STAFF]
    path = f"/thanh-vien/{staff.public_id}/vai-tro"

    assert problems_of(client.get(path).get_data(as_text=True)) == []
    assert client.post(path, data={"role": "director"}).status_code == 302

    session.refresh(staff)
    assert staff.role is Role.DIRECTOR


def test_members_of_others_are_not_there(client, session, make, coop):
    stranger = make.membership(make.organisation(), Role.STAFF)
    enter(client, coop[Role.DIRECTOR])

    for path in ("vai-tro", "cho-roi"):
        url = f"/thanh-vien/{stranger.public_id}/{path}"
        assert client.get(url).status_code == 404
        assert client.post(url, data={"role": "staff"}).status_code == 404


def test_a_withdrawn_link_is_dead(client, app, session, coop):
    enter(client, coop[Role.DIRECTOR])
    data = {"email": "moi@example.vn", "role": "staff"}
    client.post("/thanh-vien/moi", data=data)
    invitation = session.scalars(select(Invitation)).one()

    client.post(f"/thanh-vien/moi/{invitation.public_id}/rut")

    assert app.test_client().get(link(app, session)).status_code == 410


def test_extra_fields_change_nothing(client, session, coop):
    enter(client, coop[Role.DIRECTOR])
    staff = coop[Role.STAFF]
    before = (staff.organisation_id, staff.user_id, staff.state)

    client.post(
        f"/thanh-vien/{staff.public_id}/vai-tro",
        data={
            "role": "buyer",
            "organisation_id": "1",
            "user_id": "1",
            "state": "ended",
            "scope_unit_id": "1",
        },
    )

    session.refresh(staff)
    assert (staff.organisation_id, staff.user_id, staff.state) == before
    assert staff.scope_unit_id is None
    assert session.get(User, staff.user_id)
    assert len(session.scalars(select(Membership)).all()) == 2


def test_accounts_and_member_households_have_names_of_their_own(client, coop):
    enter(client, coop[Role.DIRECTOR])

    for lang, users, households in (
        ("vi", "Người dùng", "Hộ thành viên"),
        ("en", "Users", "Member households"),
    ):
        page = client.get(f"/thanh-vien?lang={lang}").text
        assert f"<h1>{users}</h1>" in page
        assert f"<title>{users}" in page
        for name in (users, households):  # both stand in the navigation
            assert f"{name}</span></a>" in page or f"{name}</a>" in page
        assert "Thành viên</h1>" not in page
