"""Signing in, and the links that set passwords: nothing tells who exists."""

from __future__ import annotations

import time
from datetime import timedelta
from statistics import median

import pytest
from sqlalchemy import select

from marketplace.domain.errors import Refused
from marketplace.domain.words import NoticeKind
from marketplace.services import people, tokens
from marketplace.services.attempts import TooOften
from marketplace.services.passwords import check_password, hash_password
from marketplace.services.sessions import identify
from models.notices import Letter
from models.sessions import Attempt, OneTimeToken
from tests.factories import NOW, PASSWORD

KEYS = ["the key of this test, long enough"]


def sign_in(session, identifier, password=PASSWORD, *, address="10.0.0.1", now=NOW):
    command = people.SignIn(identifier, password, address=address)
    return people.sign_in(session, command, now=now)


@pytest.mark.parametrize(
    "typed", ["Huong@Example.VN ", "0987 654 321", "+84987654321", "0987.654.321"]
)
def test_mail_and_phone_are_found_however_they_are_written(session, make, typed):
    user = make.user(email="huong@example.vn", phone="+84987654321")

    token = sign_in(session, typed)

    assert identify(session, token, now=NOW).user_id == user.id


@pytest.mark.parametrize("identifier", ["nobody@example.vn", "0912345678", "?", ""])
def test_an_unknown_account_is_a_wrong_password(session, make, identifier):
    make.user()

    assert sign_in(session, identifier) is None


def test_a_locked_account_is_a_wrong_password(session, make):
    user = make.user(active=False)

    assert sign_in(session, user.email) is None


@pytest.mark.databases("sqlite")
def test_the_time_does_not_tell_who_exists(session, make):
    user = make.user()

    def spent(who):
        begun = time.perf_counter()
        check_password(who, "a wrong password")
        return time.perf_counter() - begun

    known, unknown = [], []
    for _ in range(9):
        known.append(spent(user))
        unknown.append(spent(None))
    # Both hash once; the bar is wide because other tests share the machine.
    assert 0.5 < median(known) / median(unknown) < 2


def test_the_eleventh_try_is_refused_known_or_not(session, make):
    user = make.user()
    for number in range(10):
        assert sign_in(session, user.email, "wrong", address=f"10.1.0.{number}") is None
        assert sign_in(session, "no@example.vn", address=f"10.2.0.{number}") is None

    for identifier in (user.email, "no@example.vn"):
        with pytest.raises(TooOften):
            sign_in(session, identifier, address="10.3.0.1")


def test_one_address_tries_ten_accounts_and_no_more(session, make):
    user = make.user()
    for number in range(10):
        sign_in(session, f"user{number}@example.vn", address="10.4.0.1")

    with pytest.raises(TooOften):
        sign_in(session, user.email, address="10.4.0.1")

    later = NOW + timedelta(minutes=5, seconds=1)
    assert sign_in(session, user.email, address="10.4.0.1", now=later)


def test_who_gets_in_is_not_counted(session, make):
    user = make.user()

    for _ in range(12):
        assert sign_in(session, user.email)


def test_the_table_of_tries_holds_no_addresses(session, make):
    sign_in(session, "secret@example.vn", address="10.9.9.9")

    keys = " ".join(session.scalars(select(Attempt.key)))
    assert "secret" not in keys
    assert "10.9.9.9" not in keys


def test_an_old_hash_is_renewed_at_the_door(session, make):
    from argon2 import PasswordHasher

    weak = PasswordHasher(memory_cost=1024, time_cost=1, parallelism=1)
    user = make.user(password_hash=weak.hash(PASSWORD))

    assert sign_in(session, user.email)

    assert "m=19456,t=2,p=1" in user.password_hash


def test_a_hash_is_salted():
    assert hash_password(PASSWORD) != hash_password(PASSWORD)


# --- a forgotten password ---------------------------------------------------------


def reset_nonce(session, user):
    people.ask_reset(session, user.email, address="10.0.0.1", now=NOW)
    wanted = select(OneTimeToken).where(OneTimeToken.user_id == user.id)
    return session.scalars(wanted.order_by(OneTimeToken.id.desc())).first().nonce


def test_a_link_sets_a_password_once(session, make):
    user = make.user()
    token = sign_in(session, user.email)
    nonce = reset_nonce(session, user)

    people.reset_password(session, nonce, "bốn từ không liên quan", now=NOW)

    assert sign_in(session, user.email, "bốn từ không liên quan")
    assert sign_in(session, user.email) is None
    assert identify(session, token, now=NOW) is None
    with pytest.raises(Refused):
        people.reset_password(session, nonce, "lại bốn từ khác nữa", now=NOW)


def test_a_link_is_over_after_half_an_hour(session, make):
    nonce = reset_nonce(session, make.user())

    with pytest.raises(Refused):
        people.reset_password(
            session, nonce, "bốn từ không liên quan", now=NOW + timedelta(minutes=30)
        )


def test_a_new_password_kills_all_links_before_it(session, make):
    user = make.user()
    first, second = reset_nonce(session, user), reset_nonce(session, user)

    people.reset_password(session, second, "bốn từ không liên quan", now=NOW)

    with pytest.raises(Refused):
        people.reset_password(session, first, "lại bốn từ khác nữa", now=NOW)


def test_nobody_gets_more_than_five_reset_letters_a_day(session, make):
    user = make.user()

    for _ in range(9):
        people.ask_reset(session, user.email, address="10.0.0.1", now=NOW)

    letters = select(Letter).where(Letter.recipient == user.email)
    assert len(session.scalars(letters).all()) == 5


def test_asking_for_an_unknown_account_writes_no_letter(session, make):
    make.user()

    people.ask_reset(session, "nobody@example.vn", address="10.0.0.1", now=NOW)

    letters = select(Letter).where(Letter.kind == NoticeKind.RESET_PASSWORD)
    assert session.scalars(letters).all() == []


def test_a_signature_serves_one_purpose_and_one_key():
    link = tokens.sign_nonce(KEYS, tokens.RESET_PASSWORD, "abc")

    assert tokens.read_nonce(KEYS, tokens.RESET_PASSWORD, link) == "abc"
    assert tokens.read_nonce([*KEYS, "tomorrow's key"], tokens.RESET_PASSWORD, link)
    for keys, purpose, text in (
        (KEYS, tokens.VERIFY_EMAIL, link),
        (["another key"], tokens.RESET_PASSWORD, link),
        (KEYS, tokens.RESET_PASSWORD, link + "x"),
        (KEYS, tokens.RESET_PASSWORD, "abc"),
    ):
        with pytest.raises(Refused):
            tokens.read_nonce(keys, purpose, text)


def test_a_confirmed_address_is_confirmed_once(session, make):
    user = make.user(email_verified_at=None)
    people.send_verification(session, user, now=NOW)
    nonce = session.scalars(select(OneTimeToken.nonce)).one()

    people.confirm_email(session, nonce, now=NOW)

    assert user.email_verified_at == NOW
    with pytest.raises(Refused):
        people.confirm_email(session, nonce, now=NOW)


def test_three_confirmation_letters_in_six_hours_are_enough(session, make):
    user = make.user(email_verified_at=None)

    sent = [people.send_verification(session, user, now=NOW) for _ in range(4)]

    assert sent == [True, True, True, False]


@pytest.mark.parametrize(
    "password",
    ["ngắn quá", "1234567890", "matkhau123", "aaaaaaaaaaaa", "Hợp tác xã 2026",
     "songma2025!", "Người Thử 123", "x" * 129],
)  # fmt: skip
def test_a_weak_password_is_refused(session, make, password):
    user = make.user(name="Người Thử")
    nonce = reset_nonce(session, user)

    with pytest.raises(Refused) as refusal:
        people.reset_password(session, nonce, password, now=NOW)

    assert refusal.value.field == "password"
