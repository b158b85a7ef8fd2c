"""Parameters of the predicates, changed from a day on that is still to come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.chain_params import ChainParams
from marketplace.domain.errors import N_, Refused
from models.reference import Rule

CODE = "chain.parameters"


def change_parameters(
    session: Session,
    changes: Mapping[str, Any],
    *,
    version: str,
    valid_from: date,
    source: str,
    today: date,
) -> Rule:
    """New parameters from a day on; until then, and for the past, the old ones hold.

    Refused for today or earlier, for those days have been counted; for a version that
    was used before; and while another change is still to come.
    """
    rows = session.scalars(
        select(Rule).where(Rule.code == CODE).order_by(Rule.valid_from)
    ).all()
    last = rows[-1]
    if valid_from <= today:
        raise Refused(N_("Tham số mới chỉ áp dụng từ ngày mai trở đi"), "valid_from")
    if last.valid_to is not None or last.valid_from >= valid_from:
        raise Refused(N_("Đã có thay đổi tham số khác sau ngày này"), "valid_from")
    if version in {row.params["version"] for row in rows}:
        raise Refused(N_("Phiên bản này đã dùng rồi"), "version")
    params = {**last.params, **changes, "version": version}
    ChainParams.from_rule(params)
    last.valid_to = valid_from
    session.flush()  # one row a day
    rule = Rule(
        code=CODE,
        severity=last.severity,
        params=params,
        valid_from=valid_from,
        legal_basis_id=last.legal_basis_id,
        source=source,
    )
    session.add(rule)
    return rule
