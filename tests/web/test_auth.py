"""The door, as a browser and as an attacker meet it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from marketplace.services.attempts import forget_attempts
from marketplace.services.tokens import RESET_PASSWORD, VERIFY_EMAIL, sign_nonce
from models.notices import Letter
from models.sessions import Attempt, OneTimeToken, UserSession
from tests.factories import NOW, PASSWORD
from tests.pages import problems_of

EVIL = [
    "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example",
    "\\\\evil.example", "https:evil.example", "javascript:alert(1)", "/\tevil.example",
    "\x01//evil.example", "//evil.example@localhost", "http:///evil.example", "//[",
    "evil.example",
]  # fmt: skip


def door(client, identifier, password=PASSWORD, **fields):
    data = {"identifier": identifier, "password": password, **fields}
    return client.post("/dang-nhap", data=data)


def person(make):
    user = make.user()
    make.membership(make.organisation(), user=user)
    return user


def cookie_of(client):
    return client.get_cookie("lienket").value


def test_somebody_gets_in_and_out(client, make):
    user = person(make)

    inside = door(client, user.email)

    assert inside.status_code == 302
    assert client.get("/hom-nay").status_code == 200
    client.post("/dang-xuat")
    assert client.get("/hom-nay").headers["Location"].startswith("/dang-nhap")


def test_what_fails_always_answers_the_same(client, make):
    known, gone = person(make), make.user(active=False)

    answers = [
        door(client, known.email, "a wrong password"),
        door(client, "nobody@example.vn"),
        door(client, "0912 000 111"),
        door(client, gone.email),
    ]

    def bare(answer):
        text = answer.get_data(as_text=True)
        for typed in (known.email, "nobody@example.vn", "0912 000 111", gone.email):
            text = text.replace(typed, "X")
        return answer.status_code, re.sub(
            r'(<input[^>]*hidden[^>]*) value="[^"]*"', "", text
        )

    assert [bare(answer) for answer in answers] == [bare(answers[0])] * 4
    assert answers[0].status_code == 422


def test_a_forgotten_password_answers_everybody_the_same(client, make):
    known = person(make)

    answers = [
        client.post("/quen-mat-khau", data={"identifier": identifier})
        for identifier in (known.email, "nobody@example.vn", "not an address")
    ]

    assert {(a.status_code, a.headers["Location"]) for a in answers} == {
        (302, "/quen-mat-khau/da-gui")
    }


def test_ten_wrong_passwords_close_the_door_with_words(client, make, session):
    user = person(make)
    for _ in range(10):
        assert door(client, user.email, "wrong").status_code == 422

    shut = door(client, user.email)

    assert shut.status_code == 429
    assert "Chờ 5 phút" in shut.get_data(as_text=True)
    assert shut.headers["Retry-After"] == "300"
    assert len(session.scalars(select(Attempt)).all()) == 20
    forget_attempts(session, now=NOW)
    assert len(session.scalars(select(Attempt)).all()) == 20


def test_a_cookie_copied_before_signing_out_is_dead(client, make, app):
    door(client, person(make).email)
    copied = cookie_of(client)
    client.post("/dang-xuat")

    thief = app.test_client()
    thief.set_cookie("lienket", copied)

    assert thief.get("/hom-nay").status_code == 302


def test_a_planted_session_is_worthless_after_sign_in(client, make, app):
    client.get("/dang-ky/tai-khoan")
    client.post("/dang-ky/tai-khoan", data={"person": "Kẻ Gài", "phone": "0987000123"})
    planted = cookie_of(client)

    door(client, person(make).email)

    assert cookie_of(client) != planted
    thief = app.test_client()
    thief.set_cookie("lienket", planted)
    assert thief.get("/hom-nay").status_code == 302
    assert "Kẻ Gài" not in client.get("/dang-ky/to-chuc").get_data(as_text=True)


def test_each_sign_in_is_a_new_session(client, make, session):
    user = person(make)

    door(client, user.email)
    first = cookie_of(client)
    door(client, user.email)

    assert cookie_of(client) != first
    assert len(session.scalars(select(UserSession)).all()) == 2


def test_the_cookie_is_for_this_site_and_no_script(client, make):
    response = door(client, person(make).email)

    flags = response.headers["Set-Cookie"]
    assert "HttpOnly" in flags
    assert "SameSite=Lax" in flags
    assert "Expires" not in flags


def test_an_own_machine_is_remembered(client, make):
    response = door(client, person(make).email, remember="y")

    assert "Expires" in response.headers["Set-Cookie"]


@pytest.mark.parametrize("target", EVIL)
def test_nobody_is_sent_elsewhere_after_the_door(client, make, target):
    response = door(client, person(make).email, next=target)

    assert response.headers["Location"] == "/hom-nay"


def test_one_comes_back_to_the_page_one_wanted(client, make):
    wanted = client.get("/thanh-vien/?trang=2").headers["Location"]
    page = client.get(wanted).get_data(as_text=True)

    field = re.search(r'name="next"[^>]*value="([^"]*)"', page)[1]

    assert field == "/thanh-vien/?trang=2"
    response = door(client, person(make).email, next=field)
    assert response.headers["Location"] == field


def test_signing_out_everywhere_ends_the_other_browsers(client, make, app):
    user = person(make)
    other = app.test_client()
    door(client, user.email)
    door(other, user.email)

    client.post("/dang-xuat-moi-noi")

    assert other.get("/hom-nay").status_code == 302
    assert client.get("/hom-nay").status_code == 302


def test_one_place_can_be_ended_from_another(client, make, app, session):
    user = person(make)
    other = app.test_client()
    door(other, user.email)
    door(client, user.email)
    row = session.scalars(select(UserSession).order_by(UserSession.id)).first()

    assert client.post(f"/noi-dang-nhap/{row.id}/ket-thuc").status_code == 302

    assert other.get("/hom-nay").status_code == 302
    assert client.get("/hom-nay").status_code == 200


def test_nobody_ends_the_places_of_others(client, make, app, session):
    mine, theirs = person(make), person(make)
    other = app.test_client()
    door(other, theirs.email)
    door(client, mine.email)
    row = session.scalars(select(UserSession).order_by(UserSession.id)).first()

    assert client.post(f"/noi-dang-nhap/{row.id}/ket-thuc").status_code == 404
    assert other.get("/hom-nay").status_code == 200


def test_one_changes_hats_and_back(client, make):
    user = make.user()
    first, second = make.organisation(name="HTX Một"), make.buyer(name="Siêu thị Hai")
    make.membership(first, user=user)
    make.membership(second, user=user)
    door(client, user.email)

    client.post("/doi-to-chuc", data={"organisation": second.public_id})

    page = client.get("/to-chuc/cua-toi").get_data(as_text=True)
    assert "<h1>Siêu thị Hai</h1>" in page
    foreign = make.organisation().public_id
    assert (
        client.post("/doi-to-chuc", data={"organisation": foreign}).status_code == 404
    )


def test_a_new_password_comes_with_a_new_session_and_ends_the_others(client, make, app):
    user = person(make)
    other = app.test_client()
    door(client, user.email)
    door(other, user.email)

    data = {"current": PASSWORD, "password": "bốn từ không liên quan"}
    assert client.post("/mat-khau", data=data).status_code == 302

    assert client.get("/hom-nay").status_code == 200
    assert other.get("/hom-nay").status_code == 302


@pytest.mark.parametrize(
    ("current", "new"), [("wrong", "bốn từ không liên quan"), (PASSWORD, "ngắn")]
)
def test_a_refused_password_says_so_beside_the_field(client, make, current, new):
    door(client, person(make).email)

    response = client.post("/mat-khau", data={"current": current, "password": new})

    assert response.status_code == 422
    page = response.get_data(as_text=True)
    assert 'class="error"' in page
    assert "Có lỗi:" in page
    assert problems_of(page) == []


# --- links from letters ------------------------------------------------------------


def link(app, session, purpose):
    nonce = session.scalars(
        select(OneTimeToken.nonce).order_by(OneTimeToken.id.desc())
    ).first()
    return sign_nonce([app.config["SECRET_KEY"]], purpose, nonce)


def test_a_reset_link_works_once_and_leaks_to_nobody(client, make, app, session):
    user = person(make)
    client.post("/quen-mat-khau", data={"identifier": user.email})
    path = f"/dat-lai-mat-khau/{link(app, session, RESET_PASSWORD)}"

    page = client.get(path)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert problems_of(page.get_data(as_text=True)) == []
    assert client.post(path, data={"password": "ngắn"}).status_code == 422
    new = "bốn từ không liên quan"
    assert client.post(path, data={"password": new}).status_code == 302

    assert client.get(path).status_code == 410
    assert client.post(path, data={"password": new}).status_code == 410
    assert door(client, user.email, new).status_code == 302


def test_reading_the_outbox_opens_nothing(client, make, session):
    user = person(make)
    client.post("/quen-mat-khau", data={"identifier": user.email})
    letter = session.scalars(select(Letter)).one()
    nonce = letter.subject.partition(":")[2]

    assert client.get(f"/dat-lai-mat-khau/{nonce}").status_code == 410


def test_an_address_is_confirmed_by_a_button(client, make, app, session):
    user = person(make)
    user.email_verified_at = None
    session.flush()
    door(client, user.email)
    client.post("/xac-nhan-thu")
    path = f"/xac-nhan-thu/{link(app, session, VERIFY_EMAIL)}"

    client.get(path)
    session.refresh(user)
    assert user.email_verified_at is None
    client.post(path)

    session.refresh(user)
    assert user.email_verified_at
    assert client.get(path).status_code == 410


def test_pages_follow_the_chosen_language(client, make, session):
    user = person(make)
    door(client, user.email)

    client.post("/ngon-ngu", data={"locale": "en"})
    client.post("/ngon-ngu", data={"locale": "xx"})

    session.refresh(user)
    assert user.locale == "en"
