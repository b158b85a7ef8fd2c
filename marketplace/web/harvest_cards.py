"""The cards of today and the side panel that come from harvests and papers."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from flask import Flask, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.words import HarvestState
from marketplace.services.harvest_demand import asked_kg
from marketplace.services.harvest_tasks import (
    ending_papers,
    has_harvest_after,
    open_harvests,
    over_harvests,
    over_promised_harvests,
    stale_harvests,
)
from marketplace.services.harvests import list_harvests
from marketplace.services.paper_queue import waiting_papers
from marketplace.web import words
from marketplace.web.access import current_actor
from marketplace.web.home import TaskCard, register_tasks
from marketplace.web.labels import label
from marketplace.web.naming import name_of
from models.database import transaction

if TYPE_CHECKING:
    from models.harvests import Harvest
    from models.papers import Certificate

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


@register_tasks
def _papers(
    session: Session, who: Actor, today: date, _now: datetime
) -> list[TaskCard]:
    """Papers that end soon; for officers, papers that wait."""
    if who.is_officer:
        return _waiting(session, who)
    return [
        _ending(row, today, has_harvest_after(session, who, row.expires_on))
        for row in ending_papers(session, who, today=today)
    ]


def _ending(row: Certificate, today: date, in_season: bool) -> TaskCard:
    what = row.area.name if row.area else row.number
    left = (row.expires_on - today).days
    return TaskCard(
        kind="certificate",
        title=_("%(scheme)s %(what)s sắp hết hạn", scheme=label(row.scheme), what=what),
        text=_(
            "Hết hạn %(day)s. Sau ngày đó không giao được cho nơi cần giấy này.",
            day=words.day(row.expires_on),
        ),
        due=words.days_left(row.expires_on, today),
        url=url_for("papers.new", kind="chung-nhan"),
        button=_("Thêm giấy mới"),
        urgency=10 if in_season or left <= 30 else 20,
        tone="warn",
    )


def _waiting(session: Session, who: Actor) -> list[TaskCard]:
    waiting = waiting_papers(session, who)
    if not waiting:
        return []
    count = len(waiting)
    return [
        TaskCard(
            kind="certificate",
            title=ngettext(
                "%(num)d giấy tờ chờ xác minh", "%(num)d giấy tờ chờ xác minh", count
            ),
            url=url_for("papers.queue"),
            button=_("Mở danh sách"),
            urgency=10,
            tone="new",
        )
    ]


def my_harvests() -> list[tuple[Harvest, int]]:
    """The open harvests of who looks, with what is asked of each: a side panel."""
    with transaction(read_only=True) as session:
        found = list_harvests(session, current_actor(), [HarvestState.OPEN])[:ROWS]
        asked = asked_kg(session, [harvest.id for harvest in found])
        return [(harvest, asked.get(harvest.id, 0)) for harvest in found]


def init_app(app: Flask) -> None:
    """`{% include "harvests/_panel.html" %}` asks for the rows itself."""
    app.jinja_env.globals["my_harvests"] = my_harvests
