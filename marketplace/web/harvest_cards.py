"""The cards of today and the side panel that come from harvests."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from flask import Flask, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.words import HarvestState
from marketplace.services.harvest_demand import asked_kg
from marketplace.services.harvest_tasks import (
    open_harvests,
    over_harvests,
    over_promised_harvests,
    stale_harvests,
)
from marketplace.services.harvests import list_harvests
from marketplace.web import words
from marketplace.web.access import current_actor
from marketplace.web.home import TaskCard, register_tasks
from marketplace.web.naming import name_of
from models.database import transaction

if TYPE_CHECKING:
    from models.harvests import Harvest

ROWS = 4


@register_tasks
def _harvests(
    session: Session, who: Actor, today: date, _now: datetime
) -> list[TaskCard]:
    """Forecasts that are too high, too old, or over."""
    if who.is_officer:
        return []
    found = open_harvests(session, who)
    return [
        *(_over_promised(one) for one in over_promised_harvests(found)),
        *(_over(one) for one in over_harvests(found, today=today)),
        *(_stale(one) for one in stale_harvests(session, found, today=today)),
    ]


def _over_promised(harvest: Harvest) -> TaskCard:
    return TaskCard(
        kind="alert-triangle",
        title=_(
            "Vụ %(name)s hứa nhiều hơn dự báo",
            name=name_of(harvest.variety or harvest.product).lower(),
        ),
        text=_(
            "Đã hứa %(promised)s, dự báo còn %(likely)s. Gọi người mua để bàn lại.",
            promised=words.tonnes(harvest.promised_kg),
            likely=words.tonnes(harvest.limit_kg),
        ),
        url=url_for("harvests.show", public_id=harvest.public_id),
        button=_("Xem vụ"),
        urgency=0,
        tone="warn",
    )


def _over(harvest: Harvest) -> TaskCard:
    return TaskCard(
        kind="check",
        title=_(
            "Vụ %(name)s thu được bao nhiêu?",
            name=name_of(harvest.variety or harvest.product).lower(),
        ),
        text=_("Vụ đã qua ngày %(day)s.", day=words.day(harvest.window_end)),
        url=url_for("harvests.close", public_id=harvest.public_id),
        button=_("Ghi số thu được"),
        urgency=20,
    )


def _stale(harvest: Harvest) -> TaskCard:
    return TaskCard(
        kind="history",
        title=_(
            "Xem lại dự báo vụ %(name)s",
            name=name_of(harvest.variety or harvest.product).lower(),
        ),
        text=_(
            "Dự báo %(kg)s đã hơn 30 ngày, thu hoạch từ %(day)s.",
            kg=words.tonnes(harvest.likely_kg),
            day=words.day_short(harvest.window_start),
        ),
        url=url_for("harvests.edit", public_id=harvest.public_id),
        button=_("Sửa hoặc giữ nguyên"),
        urgency=20,
        tone="go",
    )


def my_harvests() -> list[tuple[Harvest, int]]:
    """The open harvests of who looks, with what is asked of each: a side panel."""
    with transaction(read_only=True) as session:
        found = list_harvests(session, current_actor(), [HarvestState.OPEN])[:ROWS]
        asked = asked_kg(session, [harvest.id for harvest in found])
        return [(harvest, asked.get(harvest.id, 0)) for harvest in found]


def init_app(app: Flask) -> None:
    """`{% include "harvests/_panel.html" %}` asks for the rows itself."""
    app.jinja_env.globals["my_harvests"] = my_harvests
