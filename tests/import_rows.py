"""Rows of a register that is taken over from a file, for tests."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from marketplace.domain.actor import Actor
from marketplace.domain.register_sheets import Register
from marketplace.services.register_imports import (
    begin_import,
    confirm_import,
    propose_import,
)
from marketplace.services.register_undoing import (
    ask_undo,
    undo_import,
)
from models.register_imports import RegisterImport
from tests.factories import NOW, TODAY

WHEN = {"today": TODAY, "now": NOW}
COOPERATIVES = """\
DANH SÁCH HỢP TÁC XÃ
STT;Tên HTX;Mã số thuế;Xã;Số thành viên;Diện tích (ha)
1;Hợp tác xã Bản Mé;5588000019;xã Nà Nghịu, huyện Sông Mã;12;35,5
2;Hợp tác xã Suối Lềnh;;Chiềng Khoong;;1.200
"""
RIGHT = COOPERATIVES.replace("Lềnh;;", "Lềnh;5588000026;").replace(";;1.2", ";9;1.2")


def begun(session, who, text, register=Register.ORGANISATIONS, name="so.csv"):
    data = text if isinstance(text, bytes) else text.encode()
    return begin_import(
        session, who, register, name, data, lang="vi", titles={}, **WHEN
    )


def applied(session, officers, text, register=Register.ORGANISATIONS):
    maker, second = officers
    row = begun(session, maker, text, register)
    propose_import(session, maker, row.public_id, **WHEN)
    return confirm_import(session, second, row.public_id, **WHEN)


def undone(session, officers, row, reason="Nhầm sổ năm trước"):
    """One officer asks, the other agrees."""
    ask_undo(session, officers[0], row.public_id, reason, now=NOW)
    return undo_import(session, officers[1], row.public_id, now=NOW)


def counted(session, table):
    return session.scalar(select(func.count()).select_from(table))


def said(row):
    return {(one["row"], one["field"]) for one in row.findings}


def two_officers(make):
    """Two officers of one authority over the former district."""
    authority = make.authority()
    return make.officer(organisation=authority), make.officer(organisation=authority)


def draft(session: Any, owner: Any, maker: Actor) -> RegisterImport:
    """A draft of one cooperative that nobody knows yet."""
    row = RegisterImport(
        organisation_id=owner.id,
        register="organisations",
        filename="so-htx.csv",
        digest="0" * 64,
        lang="vi",
        cells=[["Tên", "Xã"], ["Hợp tác xã Bản Mé", "Sông Mã"]],
        mapping={"name": 0, "commune": 1},
        heading=1,
        findings=[],
        made_by_id=maker.user_id,
    )
    session.add(row)
    session.flush()
    return row
