"""Letters: leased, fenced, tried again, and really sent over SMTP."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from marketplace.domain.words import LetterState, NoticeKind
from marketplace.services import letters as outbox
from marketplace.services.notices import write_letter
from marketplace.services.tokens import RESET_PASSWORD, read_nonce
from models.database import db_now
from models.notices import Letter
from tasks.letters import send_next_letter

PARAMS = {"partner": "Sao Xanh", "product": "Nhãn", "kg": 12_500, "price_vnd": 14_500}


def write(session, subject="proposal:abc", kind=NoticeKind.PROPOSAL_NEW, **over):
    values = {
        "recipient": "huong@example.vn",
        "name": "Hương",
        "now": db_now(session) - timedelta(seconds=1),
    }
    write_letter(session, kind, subject, PARAMS, **(values | over))
    return session.scalars(select(Letter).order_by(Letter.id.desc())).first()


def test_a_letter_is_leased_to_one(session):
    letter = write(session)

    assert outbox.claim_letter(session) is letter
    assert outbox.claim_letter(session) is None
    assert (letter.state, letter.attempts, letter.fence) == ("sending", 1, 1)


def test_a_letter_whose_sender_vanished_is_sent_by_the_next(session):
    letter = write(session)
    outbox.claim_letter(session)
    letter.lease_until = db_now(session) - timedelta(seconds=1)
    session.flush()

    assert outbox.claim_letter(session).fence == 2

    assert not outbox.finish_letter(session, letter.id, 1)
    assert outbox.finish_letter(session, letter.id, 2)
    session.refresh(letter)
    assert letter.state is LetterState.SENT
    assert letter.sent_at


def test_a_failure_waits_longer_each_time_and_ends_after_eight(session):
    letter, waited = write(session), []
    for _ in range(8):
        letter.due_at = db_now(session) - timedelta(seconds=1)
        session.flush()
        claimed = outbox.claim_letter(session)
        outbox.fail_letter(session, claimed.id, claimed.fence, "refused")
        session.refresh(letter)
        waited.append(letter.due_at - db_now(session))

    assert letter.state is LetterState.FAILED
    assert waited[:7] == sorted(waited[:7])
    assert waited[6] > timedelta(hours=7)


def test_a_letter_not_due_yet_stays(session):
    write(session, now=db_now(session) + timedelta(hours=1))

    assert outbox.claim_letter(session) is None


def test_the_oldest_letter_goes_first(session):
    now = db_now(session)
    write(session, "proposal:later", now=now - timedelta(minutes=1))
    write(session, "proposal:sooner", now=now - timedelta(minutes=2))

    assert outbox.claim_letter(session).subject == "proposal:sooner"
    assert outbox.list_letters(session)[0].subject == "proposal:sooner"


def test_the_same_letter_is_written_once(session):
    write(session)
    write(session)

    assert len(session.scalars(select(Letter)).all()) == 1


def test_a_letter_arrives_with_its_words_and_one_link(session, mailbox):
    letter = write(session)

    assert send_next_letter() is True
    assert send_next_letter() is None

    (message,) = mailbox.letters
    assert message["To"] == "Hương <huong@example.vn>"
    assert message["Subject"] == "Đề xuất mới với Sao Xanh"
    assert message["Message-ID"] == f"<{letter.public_id}@localhost>"
    text = message.get_body(("plain",)).get_content()
    assert "Chào Hương" in text
    assert "12,5 tấn Nhãn, 14.500 đ/kg" in text
    assert "http://localhost/mo/proposal/abc" in text
    html = message.get_body(("html",)).get_content()
    assert 'href="http://localhost/mo/proposal/abc"' in html
    session.refresh(letter)
    assert letter.state is LetterState.SENT


@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("locale", ["vi", "en"])
@pytest.mark.databases("sqlite")
def test_every_kind_of_letter_can_be_written(session, mailbox, kind, locale):
    write(session, "noun:abc", kind, locale=locale)

    assert send_next_letter() is True

    (message,) = mailbox.letters
    body = message.get_body(("plain",)).get_content()
    assert "%(" not in f"{message['Subject']}{body}"


def test_the_link_of_a_right_is_signed_when_it_is_sent(session, mailbox, app):
    letter = write(session, "token:thenonce", NoticeKind.RESET_PASSWORD)

    send_next_letter()

    text = mailbox.letters[0].get_body(("plain",)).get_content()
    link = re.search(r"http://localhost/dat-lai-mat-khau/(\S+)", text)[1]
    keys = [app.config["SECRET_KEY"]]
    assert read_nonce(keys, RESET_PASSWORD, link) == "thenonce"
    session.refresh(letter)
    assert link not in f"{letter.params}{letter.subject}{letter.error}"


def test_a_refusal_is_kept_for_later_and_tells_the_log_no_address(
    session, mailbox, caplog
):
    letter = write(session)
    mailbox.refuse = True

    assert send_next_letter() is False

    session.refresh(letter)
    assert (letter.state, letter.attempts) == (LetterState.PENDING, 1)
    assert letter.error
    assert "huong" not in caplog.text
    mailbox.refuse = False
    letter.due_at = db_now(session)
    session.commit()
    assert send_next_letter() is True


def test_a_name_with_a_line_break_makes_no_header(session, mailbox):
    write(session, name="Hương\r\nBcc: all@example.vn")

    send_next_letter()

    (message,) = mailbox.letters
    assert message["Bcc"] is None


def test_without_a_server_letters_lie_in_a_folder(session, app):
    letter = write(session)

    assert send_next_letter() is True

    folder = Path(urlsplit(app.config["MAIL_URL"]).path)
    assert (folder / f"{letter.public_id}.eml").is_file()
