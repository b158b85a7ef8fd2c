"""What every page of a contract needs to know about its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.words import Side
from marketplace.services.contracts import WAITING
from marketplace.web.access import current_actor
from marketplace.web.clock import now, today

if TYPE_CHECKING:
    from models.contracts import Contract


def sides(contract: Contract) -> dict[str, object]:
    """Which side the viewer is on, if any, and who still has to sign."""
    me = current_actor().organisation_id
    side = (
        Side.SELLER
        if me == contract.seller_id
        else Side.BUYER
        if me == contract.buyer_id
        else None
    )
    return {
        "side": side,
        "partner": contract.buyer if side is Side.SELLER else contract.seller,
        "waiting": contract.state in WAITING,
        "now": now(),
        "today": today(),
    }
