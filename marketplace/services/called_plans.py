"""The plan that both signed, as the call-offs since have divided it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.contracts import ContractLine


def divide_plan(
    session: Session, contract_id: int, content: Mapping[str, Any]
) -> dict[str, Any]:
    """The content with each called delivery taken out of the one it came from.

    Quantity, price and clauses stay as they were signed. Deliveries that an
    amendment has since worded stand in the content already.
    """
    rows = {row["number"]: dict(row) for row in content["delivery"]["tranches"]}
    called = session.scalars(
        select(ContractLine)
        .where(
            ContractLine.contract_id == contract_id,
            ContractLine.called_from.in_(rows),
            ContractLine.number.not_in(rows),
            ContractLine.kg > 0,
        )
        .order_by(ContractLine.number)
    )
    for line in called:
        source = rows[line.called_from or 0]
        source["kg"] -= line.kg
        rows[line.number] = {
            **source,
            "number": line.number,
            "kg": line.kg,
            "first_day": line.deliver_from.isoformat(),
            "last_day": line.deliver_to.isoformat(),
        }
    plan = [row for _, row in sorted(rows.items())]
    return {**content, "delivery": {**content["delivery"], "tranches": plan}}
