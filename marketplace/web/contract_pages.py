"""What every page of a contract needs to know about its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from marketplace.domain.words import Side
from marketplace.services.call_off_frames import open_frame
from marketplace.services.call_off_sums import sums_of_frame
from marketplace.services.contracts import WAITING
from marketplace.services.renewal_standing import predecessor_of, standing_of
from marketplace.services.season_plans import may_propose, open_plan
from marketplace.services.season_views import season_views
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


def calls(session: Session, contract: Contract) -> dict[str, object]:
    """The frame for weekly calls that is proposed or agreed, and what was called."""
    frame = open_frame(session, contract)
    if frame is None:
        return {"frame": None}
    return {"frame": frame, "sums": sums_of_frame(session, frame, today())}


def seasons(session: Session, contract: Contract) -> dict[str, object]:
    """The contract before and what comes after, for its two sides alone."""
    who = current_actor()
    views = season_views(session, contract, today=today())
    if who.organisation_id not in (contract.seller_id, contract.buyer_id):
        return {"views": views, "before": None, "renewal": None}
    return {
        "views": views,
        "season_plan": open_plan(session, contract),
        "may_bind_seasons": may_propose(session, contract),
        "before": predecessor_of(session, contract),
        "renewal": standing_of(session, who, contract, today=today()),
    }
