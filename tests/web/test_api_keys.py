"""Keys for software: drawn by who manages, shown once, revoked for good."""

from __future__ import annotations

import re

import pytest

from marketplace.domain.actor import Role
from models.epcis import ApiKey
from tests.api_rows import bearer
from tests.doors import enter

SECRET = re.compile(r'value="(lk_[^"]+)"')


@pytest.fixture
def director(client, session, make):
    who = make.member(make.organisation())
    enter(client, session, who)
    return who


def draw(client, **over):
    form = {"name": "Phần mềm kho"} | over
    return client.post("/khoa-phan-mem/moi", data=form)


def test_a_key_is_shown_once_and_opens_what_it_may(client, director):
    assert draw(client, may_write="y").status_code == 302
    page = client.get("/khoa-phan-mem/").text
    secret = SECRET.search(page)[1]

    assert secret not in client.get("/khoa-phan-mem/").text
    assert client.get("/epcis/events", headers=bearer(secret)).status_code == 200


def test_the_secret_is_not_kept(client, session, director):
    draw(client)
    secret = SECRET.search(client.get("/khoa-phan-mem/").text)[1]

    (key,) = session.query(ApiKey).all()
    assert secret not in repr(vars(key))
    assert not key.may_write


def test_a_revoked_key_opens_nothing(client, session, director):
    draw(client)
    secret = SECRET.search(client.get("/khoa-phan-mem/").text)[1]
    (key,) = session.query(ApiKey).all()

    answer = client.post(f"/khoa-phan-mem/{key.public_id}/thu-hoi")

    assert answer.status_code == 302
    assert client.get("/epcis/events", headers=bearer(secret)).status_code == 401
    assert "Đã thu hồi" in client.get("/khoa-phan-mem/").text


def test_a_key_needs_a_name(client, session, director):
    answer = draw(client, name=" ")

    assert answer.status_code == 422
    assert session.query(ApiKey).count() == 0


def test_who_does_not_manage_draws_none(client, session, make):
    enter(client, session, make.member(role=Role.STAFF))

    assert client.get("/khoa-phan-mem/").status_code == 403
    assert draw(client).status_code == 403


def test_a_page_without_a_key_says_where_to_send_it(client, director):
    page = client.get("/khoa-phan-mem/").text

    assert "/epcis" in page
    assert "Chưa có khóa nào" in page
    assert "/khoa-phan-mem/" in client.get("/thanh-vien/").text
