"""The cards of today that come from papers: what ends, what came back, what waits."""

from __future__ import annotations

from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.services.harvest_tasks import has_harvest_after
from marketplace.services.paper_expiries import (
    Expiry,
    ending_papers_of,
    with_stakes,
)
from marketplace.services.paper_queue import count_waiting_papers, returned_papers
from marketplace.services.paper_rows import Row, place_of
from marketplace.services.paper_stakes import Stakes
from marketplace.web import words
from marketplace.web.harvest_pages import paper_title
from marketplace.web.home import TaskCard, register_tasks
from marketplace.web.paper_pages import (
    kind_of_paper,
    paper_heading,
    url_of_paper,
)


@register_tasks
def _papers(
    session: Session, who: Actor, today: date, _now: datetime
) -> list[TaskCard]:
    """Papers that end soon or came back; for officers, papers that wait."""
    if who.is_officer:
        return _waiting(session, who)
    ending = ending_papers_of(session, who.organisation_id, today=today)
    found = with_stakes(session, ending, who, today=today)
    back = returned_papers(session, who.organisation_id)
    return [
        *(_returned(row) for row in back),
        *(
            _ending(one, today, has_harvest_after(session, who, one.stakes.last_day))
            for one in found
        ),
    ]


def _returned(row: Row) -> TaskCard:
    return TaskCard(
        kind="certificate",
        title=_("%(paper)s bị trả lại để sửa", paper=paper_title(row)),
        text=_("Cán bộ đã ghi rõ cần sửa gì. Sửa rồi gửi lại."),
        url=url_of_paper(row),
        button=_("Xem và sửa"),
        urgency=10,
        tone="warn",
    )


def _ending(one: Expiry, today: date, in_season: bool) -> TaskCard:
    row, last = one.row, one.stakes.last_day
    what = place_of(row) or getattr(row, "number", "")
    soon = in_season or one.days <= 30 or bool(one.stakes.contracts)
    return TaskCard(
        kind="certificate",
        title=_(
            "%(scheme)s %(what)s sắp hết hạn", scheme=paper_heading(row), what=what
        ),
        text=_("Hết hạn %(day)s. %(loss)s", day=words.day(last), loss=loss(one.stakes)),
        due=words.days_left(last, today),
        url=url_of_paper(row)
        if one.stakes.any
        else url_for("papers.new", kind=kind_of_paper(row)),
        button=_("Xem ảnh hưởng") if one.stakes.any else _("Thêm giấy mới"),
        urgency=10 if soon else 20,
        tone="warn",
    )


def loss(stakes: Stakes) -> str:
    """What would be lost, in one sentence."""
    if not stakes.any:
        return str(_("Sau ngày đó không giao được cho nơi cần giấy này."))
    parts = []
    if count := len(stakes.contracts):
        contracts = ngettext("%(num)d hợp đồng", "%(num)d hợp đồng", count)
        kg = words.tonnes(stakes.kg)
        parts.append(
            _("%(contracts)s còn %(kg)s chưa giao", contracts=contracts, kg=kg)
        )
    if count := len(stakes.chains):
        parts.append(
            ngettext(
                "%(num)d chuỗi mất điều kiện", "%(num)d chuỗi mất điều kiện", count
            )
        )
    if count := len(stakes.posts):
        parts.append(ngettext("%(num)d vụ đang rao", "%(num)d vụ đang rao", count))
    return str(_("Ảnh hưởng: %(parts)s.", parts=", ".join(map(str, parts))))


def _waiting(session: Session, who: Actor) -> list[TaskCard]:
    count = count_waiting_papers(session, who)
    if not count:
        return []
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
