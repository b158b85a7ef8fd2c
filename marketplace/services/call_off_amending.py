"""Call-offs and amendments of one contract do not wait beside each other."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.domain.errors import N_, Refused
from marketplace.services.amendments import open_amendment
from models.contracts import Contract


def refuse_beside_amendment(session: Session, contract: Contract) -> None:
    """Refused while an amendment waits: it says how the deliveries will be."""
    if open_amendment(session, contract) is not None:
        raise Refused(
            N_("Đang có phụ lục chờ trả lời, trả lời phụ lục đó rồi mới gọi hàng")
        )
