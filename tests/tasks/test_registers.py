"""Long registers: tried, written and undone by a worker, once and whole."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from marketplace.domain.errors import Refused
from marketplace.domain.jobs import JobState
from marketplace.domain.register_sheets import ImportState, Register
from marketplace.domain.words import NoticeKind
from marketplace.services import jobs, register_asking
from marketplace.services.chain_sums import keep_sums, wrong_sums
from marketplace.services.failpoints import failpoint
from marketplace.services.register_imports import (
    begin_import,
    confirm_import,
    drop_import,
    map_columns,
    propose_import,
)
from marketplace.services.register_undoing import ask_undo, undo_import
from models.chain_days import ChainInterval
from models.chain_sums import ChainSum
from models.chains import Chain
from models.jobs import Job
from models.notices import Letter, Notice
from models.organisations import Membership, Organisation, User
from models.register_imports import ImportedRecord
from tasks import registers
from tasks.runner import run_next_job
from tests.factories import NOW, TODAY

WHEN = {"today": TODAY, "now": NOW}
RIGHT = """\
Tên HTX;Mã số thuế;Xã;Số thành viên
Hợp tác xã Bản Mé;5588000019;Nà Nghịu;12
Hợp tác xã Suối Lềnh;5588000026;Chiềng Khoong;9
"""
CHAINS = """\
Loại chuỗi;Đơn vị chủ trì;Nhóm sản phẩm;Số giấy;Ngày cấp
An toàn;Hợp tác xã Bản Mé;Nhãn;01/2024/XN;5/1/2024
"""


@pytest.fixture(autouse=True)
def long(monkeypatch):
    """Everything is long, and only this test runs jobs."""
    monkeypatch.setattr(register_asking, "QUICK_RECORDS", 0)
    monkeypatch.setattr(jobs, "_announcers", [])


@pytest.fixture
def officers(session, make):
    authority = make.authority()
    both = [make.officer(organisation=authority) for _ in range(2)]
    for number, who in enumerate(both):
        user = session.get_one(User, who.user_id)
        user.email, user.email_verified_at = f"canbo{number}@example.vn", NOW
    session.flush()
    return both


def begun(session, who, text=RIGHT, register=Register.ORGANISATIONS):
    return begin_import(
        session, who, register, "so.csv", text.encode(), lang="vi", titles={}, **WHEN
    )


def work(session, kind=register_asking.KIND):
    """All jobs of a kind; what the market does besides is of no interest here."""
    others = sa.update(Job).where(Job.kind != kind, Job.state == JobState.QUEUED)
    session.execute(others.values(due_at=NOW.replace(year=2100)))
    session.execute(sa.update(Job).where(Job.kind == kind).values(due_at=NOW))
    session.commit()
    while run_next_job():
        pass
    session.expire_all()


def proposed(session, officers, **over):
    row = begun(session, officers[0], **over)
    work(session)
    propose_import(session, officers[0], row.public_id, **WHEN)
    return row


def counted(session, table=Organisation):
    return session.scalar(sa.select(sa.func.count()).select_from(table))


def told(session, who):
    kinds = sa.select(Notice.kind).where(Notice.user_id == who.user_id)
    return list(session.scalars(kinds.order_by(Notice.id)))


def test_a_worker_tries_a_long_file_and_tells_its_maker(session, officers):
    before = counted(session)
    row = begun(session, officers[0], RIGHT.replace("5588000026", "5588000025"))
    assert (row.fresh, row.wrong) == (0, 0)

    work(session)

    assert (row.fresh, row.wrong, row.faults, row.work) == (1, 1, 1, None)
    assert counted(session) == before
    assert told(session, officers[0]) == [NoticeKind.REGISTER_TRIED]
    letter = session.scalars(sa.select(Letter)).one()
    assert letter.recipient == "canbo0@example.vn"


def test_nothing_is_changed_while_a_worker_has_it_but_it_may_be_given_up(
    session, officers
):
    maker, _ = officers
    row = begun(session, maker)

    with pytest.raises(Refused, match="chờ xong"):
        map_columns(session, maker, row.public_id, {"name": 0}, 1, "", **WHEN)
    with pytest.raises(Refused, match="chờ xong"):
        propose_import(session, maker, row.public_id, **WHEN)
    drop_import(session, maker, row.public_id)
    work(session)

    assert row.state is ImportState.DROPPED
    assert told(session, maker) == []


def test_a_worker_writes_all_rows_and_tells_both_officers(session, officers):
    row = proposed(session, officers)
    before = counted(session)

    confirm_import(session, officers[1], row.public_id, **WHEN)
    assert row.state is ImportState.PROPOSED
    work(session)

    assert (row.state, row.decided_by_id) == (
        ImportState.APPLIED,
        officers[1].user_id,
    )
    assert counted(session) == before + 2
    assert told(session, officers[0])[-1] is NoticeKind.REGISTER_APPLIED
    assert told(session, officers[1])[-1] is NoticeKind.REGISTER_APPLIED


class Killed(BaseException):
    """The worker is gone in the middle of its work."""


def test_a_worker_that_dies_leaves_nothing_and_the_next_writes_once(
    session, officers, monkeypatch
):
    row = proposed(session, officers)
    before = counted(session)
    confirm_import(session, officers[1], row.public_id, **WHEN)

    def die(_name):
        raise Killed

    monkeypatch.setattr(registers, "failpoint", die)
    with pytest.raises(Killed):
        work(session)
    session.rollback()
    assert counted(session) == before
    monkeypatch.setattr(registers, "failpoint", failpoint)
    work(session)

    assert row.state is ImportState.APPLIED
    assert counted(session) == before + 2
    assert counted(session, ImportedRecord) == 2


def test_what_stands_in_the_way_is_kept_and_told_and_nothing_is_written(
    session, officers, make
):
    row = proposed(session, officers)
    confirm_import(session, officers[1], row.public_id, **WHEN)
    make.organisation(name="Hợp tác xã Khác", tax_code="5588000019")
    place = sa.select(Membership).where(Membership.user_id == officers[1].user_id)
    seat = session.scalars(place).one()
    seat.scope_group_id, seat.scope_unit_id = None, make.commune("Mường Hung").id
    before = counted(session)

    work(session)

    assert row.state is ImportState.PROPOSED
    assert "không còn đúng" in row.trouble["message"]
    assert counted(session) == before
    assert told(session, officers[1])[-1] is NoticeKind.REGISTER_FAILED


def test_who_has_left_meanwhile_confirms_nothing(session, officers):
    row = proposed(session, officers)
    confirm_import(session, officers[1], row.public_id, **WHEN)
    seat = sa.select(Membership).where(Membership.user_id == officers[1].user_id)
    left = session.scalars(seat).one()
    left.state, left.ended_at = "ended", NOW

    work(session)

    assert (row.state, row.work) == (ImportState.PROPOSED, None)
    assert "không còn là cán bộ" in row.trouble["message"]


def test_a_worker_takes_a_long_import_back(session, officers):
    before = counted(session)
    row = proposed(session, officers)
    confirm_import(session, officers[1], row.public_id, **WHEN)
    work(session)

    ask_undo(session, officers[1], row.public_id, "Nhầm sổ năm trước", now=NOW)
    undo_import(session, officers[0], row.public_id, now=NOW)
    work(session)

    assert row.state is ImportState.UNDONE
    assert counted(session) == before
    assert told(session, officers[1])[-1] is NoticeKind.REGISTER_UNDONE


def test_imported_chains_are_evaluated_at_once_and_may_go_on_the_same_day(
    session, officers, make
):
    make.organisation(name="Hợp tác xã Bản Mé")
    row = proposed(session, officers, text=CHAINS, register=Register.CHAINS)
    confirm_import(session, officers[1], row.public_id, **WHEN)
    work(session)
    chain = session.scalars(sa.select(Chain)).one()
    assert [one.valid_from for one in chain.intervals] == [chain.evaluated_on]
    assert keep_sums(session)

    now = jobs.db_now(session)
    ask_undo(session, officers[0], row.public_id, "Nhầm sổ", now=now)
    undo_import(session, officers[1], row.public_id, now=now)
    work(session)

    assert row.state is ImportState.UNDONE
    assert counted(session, Chain) == counted(session, ChainInterval) == 0
    assert keep_sums(session)
    assert counted(session, ChainSum) == 0
    assert list(wrong_sums(session)) == []
