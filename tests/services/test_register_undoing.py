"""Registers that were taken over are taken back: whole, by two, or not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from marketplace.domain.errors import Refused
from marketplace.domain.register_sheets import ImportState, Register
from marketplace.domain.words import NoticeKind
from marketplace.services.chain_evaluation import evaluate_chain
from marketplace.services.register_undoing import (
    ask_undo,
    keep_import,
    undo_import,
)
from models.chains import Chain, Recognition
from models.notices import Notice
from models.organisations import Organisation
from tests import import_rows
from tests.factories import NOW, TODAY
from tests.import_rows import (
    RIGHT,
    WHEN,
    applied,
    counted,
    undone,
)


@pytest.fixture
def officers(make):
    """Two officers of one authority over the former district."""
    return import_rows.two_officers(make)


def test_an_import_is_taken_back_whole(session, officers):
    before = counted(session, Organisation)
    row = applied(session, officers, RIGHT)
    assert counted(session, Organisation) == before + 2

    undone(session, officers, row)

    assert row.state is ImportState.UNDONE
    assert counted(session, Organisation) == before


def test_what_others_rest_on_stays_and_nothing_else_goes(session, officers, make):
    row = applied(session, officers, RIGHT)
    first = session.scalars(
        select(Organisation).where(Organisation.tax_code == "5588000019")
    ).one()
    make.member(first)
    before = counted(session, Organisation)

    with pytest.raises(Refused, match="dòng 3 "):
        undone(session, officers, row)

    assert counted(session, Organisation) == before
    assert row.state is ImportState.UNDO_ASKED


def test_a_chain_that_was_counted_stays(session, officers, make):
    make.organisation(name="Hợp tác xã Bản Mé")
    chains = (
        "Loại chuỗi;Đơn vị chủ trì;Nhóm sản phẩm;Số giấy;Ngày cấp\n"
        "An toàn;Hợp tác xã Bản Mé;Nhãn;01/2024/XN;5/1/2024\n"
    )
    row = applied(session, officers, chains, Register.CHAINS)
    chain = session.scalars(select(Chain)).one()
    evaluate_chain(session, chain.id, today=TODAY + timedelta(days=1), now=NOW)

    with pytest.raises(Refused):
        undone(session, officers, row)

    assert counted(session, Recognition) == 1


def test_two_officers_take_an_import_back_or_it_stays(session, officers):
    row = applied(session, officers, RIGHT)
    ask_undo(session, officers[0], row.public_id, "Nhầm sổ", now=NOW)

    with pytest.raises(Refused, match="không tự đồng ý"):
        undo_import(session, officers[0], row.public_id, now=NOW)
    keep_import(session, officers[1], row.public_id, now=NOW)
    with pytest.raises(Refused, match="Chưa ai đề nghị"):
        undo_import(session, officers[1], row.public_id, now=NOW)

    told = session.execute(
        select(Notice.kind, Notice.user_id).order_by(Notice.id.desc()).limit(2)
    ).all()
    assert told == [
        (NoticeKind.REGISTER_KEPT, officers[0].user_id),
        (NoticeKind.REGISTER_UNDO_ASKED, officers[1].user_id),
    ]
    row.undo_asked_by_id = row.undone_by_id = officers[0].user_id
    with pytest.raises(IntegrityError), session.begin_nested():
        session.flush()


def test_what_its_owner_changed_since_stays(session, officers):
    row = applied(session, officers, RIGHT)
    first = session.scalars(
        select(Organisation).where(Organisation.tax_code == "5588000026")
    ).one()
    first.phone, first.updated_at = "+84987654321", row.written_at + timedelta(hours=1)
    session.flush()

    with pytest.raises(Refused, match="dòng 4 đã được sửa"):
        ask_undo(session, officers[0], row.public_id, "Nhầm sổ", now=NOW)


def test_a_chain_that_only_today_has_counted_goes_with_its_import(
    session, officers, make
):
    make.organisation(name="Hợp tác xã Bản Mé")
    chains = (
        "Loại chuỗi;Đơn vị chủ trì;Nhóm sản phẩm;Số giấy;Ngày cấp\n"
        "An toàn;Hợp tác xã Bản Mé;Nhãn;01/2024/XN;5/1/2024\n"
    )
    row = applied(session, officers, chains, Register.CHAINS)
    evaluate_chain(session, session.scalars(select(Chain.id)).one(), **WHEN)

    undone(session, officers, row)

    assert counted(session, Chain) == counted(session, Recognition) == 0
