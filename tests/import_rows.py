"""Rows of a register that is taken over from a file, for tests."""

from __future__ import annotations

from typing import Any

from marketplace.domain.actor import Actor
from models.register_imports import RegisterImport


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
