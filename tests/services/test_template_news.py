"""Notices about templates: to whom, when, and each once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.domain.words import LinkageForm, NoticeKind
from marketplace.services.contract_templates import template_in_force
from marketplace.services.notice_params import shown_params
from marketplace.services.notice_words import said_of
from marketplace.services.template_writing import (
    approve_template,
    copy_template,
    propose_template,
    return_template,
    save_template,
)
from models.notices import Letter, Notice
from tests.factories import NOW, TODAY
from tests.services.test_contract_templates import written

REASON = "Thiếu điều về chuyên chở"


@pytest.fixture
def officers(make):
    """The writer, and two others of whom either may approve."""
    return [make.officer() for _ in range(3)]


@pytest.fixture
def proposed(session, officers):
    first = template_in_force(session, LinkageForm.F3, TODAY)
    draft = copy_template(session, officers[0], first.public_id, now=NOW)
    command = written(draft)
    save_template(session, officers[0], draft.public_id, command, today=TODAY, now=NOW)
    return propose_template(session, officers[0], draft.public_id, today=TODAY, now=NOW)


def told(session, kind):
    wanted = select(Notice).where(Notice.kind == kind).order_by(Notice.user_id)
    return session.scalars(wanted).all()


def test_every_officer_but_the_writer_learns_that_a_version_waits(
    session, officers, proposed
):
    notices = told(session, NoticeKind.TEMPLATE_WAITING)

    others = sorted(one.user_id for one in officers[1:])
    assert [one.user_id for one in notices] == others
    assert {one.subject for one in notices} == {f"template:{proposed.public_id}"}
    letters = select(Letter.kind).where(Letter.kind == NoticeKind.TEMPLATE_WAITING)
    assert len(session.scalars(letters).all()) == len(others)
    said = said_of(notices[0].kind, notices[0].params)
    text = said.text % shown_params(notices[0].params, "vi")
    assert proposed.written_by.name in text
    assert f"{proposed.valid_from:%d/%m/%Y}" in text


def test_the_writer_learns_of_the_approval(session, officers, proposed):
    approve_template(session, officers[1], proposed.public_id, today=TODAY, now=NOW)

    (notice,) = told(session, NoticeKind.TEMPLATE_APPROVED)
    assert notice.user_id == officers[0].user_id
    assert told(session, NoticeKind.TEMPLATE_RETURNED) == []


def test_the_writer_learns_why_a_version_came_back_each_time(
    session, officers, proposed
):
    for _ in range(2):
        return_template(session, officers[2], proposed.public_id, REASON, now=NOW)
        propose_template(session, officers[0], proposed.public_id, today=TODAY, now=NOW)

    notices = told(session, NoticeKind.TEMPLATE_RETURNED)
    assert [one.user_id for one in notices] == [officers[0].user_id] * 2
    assert notices[0].params["reason"] == REASON
    assert len(told(session, NoticeKind.TEMPLATE_WAITING)) == 3 * 2


def test_who_takes_an_own_version_back_is_told_nothing(session, officers, proposed):
    return_template(session, officers[0], proposed.public_id, REASON, now=NOW)

    assert told(session, NoticeKind.TEMPLATE_RETURNED) == []
