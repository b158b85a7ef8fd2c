"""Today: what waits for me, the most urgent on top, one button each.

The nouns hand in their own cards:

    @register_tasks
    def tasks(session, actor, today, now) -> list[TaskCard]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint, Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.words import OrganisationState
from marketplace.services.organisations import own_organisation
from marketplace.services.verification import list_queue
from marketplace.web.access import current_actor, current_identity, signed_in
from marketplace.web.clock import now, today
from marketplace.web.shell import register_counts, url_if
from models.database import transaction

bp = Blueprint("home", __name__)

WAITING = "waiting"  # the cookie with the number of cards that the frame shows
WAITING_FOR = timedelta(minutes=1)
MOST_WAITING = 9_999
READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class TaskCard:
    """One thing to do: `kind` is the icon's name, `tone` new, go, warn or nothing.

    `due` are words such as "Còn 2 ngày"; a smaller `urgency` stands higher:
    0 today, 10 this week, 20 soon, 30 whenever.
    """

    kind: str
    title: str
    text: str = ""
    due: str = ""
    url: str = ""
    button: str = ""
    urgency: int = 20
    tone: str = ""


Provider = Callable[[Session, Actor, date, datetime], Iterable[TaskCard]]

_providers: list[Provider] = []


def register_tasks(provider: Provider) -> Provider:
    """Let a noun hand in its cards; usable as a decorator."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def tasks_for(
    session: Session, actor: Actor, on: date, moment: datetime
) -> list[TaskCard]:
    """All cards of the person, the most urgent first."""
    cards = [
        card for provide in _providers for card in provide(session, actor, on, moment)
    ]
    return sorted(cards, key=lambda card: card.urgency)


@bp.get("/hom-nay", endpoint="today")
@signed_in
def today_page() -> ResponseReturnValue:
    """What waits for me today."""
    with transaction(read_only=True) as session:
        cards = _my_cards(session, current_actor())
        return render_template("home/today.html", cards=cards, today=today())


def _my_cards(session: Session, actor: Actor) -> list[TaskCard]:
    """Asked for once a request: the page shows them, the frame counts them."""
    if "home_cards" not in g:
        g.home_cards = tasks_for(session, actor, today(), now())
    cards: list[TaskCard] = g.home_cards
    return cards


# Title, text and button for what keeps an organisation off the market.
_STATES = {
    OrganisationState.PENDING: (
        _l("Tổ chức đang chờ xác minh"),
        _l(
            "Cơ quan trả lời thường trong 2 ngày làm việc. Trong lúc chờ vẫn soạn nháp được."
        ),
        _l("Xem hồ sơ"),
    ),
    OrganisationState.CHANGE_REQUESTED: (
        _l("Hồ sơ tổ chức cần bổ sung"),
        _l("Cán bộ đã ghi rõ cần sửa gì. Sửa rồi gửi lại."),
        _l("Sửa hồ sơ"),
    ),
    OrganisationState.REJECTED: (
        _l("Hồ sơ tổ chức bị từ chối"),
        _l("Xem lý do. Nếu có nhầm lẫn, sửa rồi gửi lại."),
        _l("Xem lý do"),
    ),
    OrganisationState.SUSPENDED: (
        _l("Tổ chức đang bị tạm khóa"),
        _l("Xem lý do rồi gọi cơ quan quản lý."),
        _l("Xem lý do"),
    ),
}


@register_tasks
def _own_state(
    session: Session, actor: Actor, _today: date, _now: datetime
) -> list[TaskCard]:
    """What keeps the organisation off the market."""
    words = _STATES.get(own_organisation(session, actor).state)
    if words is None:
        return []
    title, text, button = map(str, words)
    return [
        TaskCard(
            kind="shield-check",
            title=title,
            text=text,
            url=url_if("organisations.profile"),
            button=button,
            urgency=0,
            tone="warn",
        )
    ]


@register_tasks
def _queue(
    session: Session, actor: Actor, _today: date, moment: datetime
) -> list[TaskCard]:
    """Organisations that wait for an officer."""
    if not actor.is_officer:
        return []
    cases, total = list_queue(session, actor, limit=1)
    if not cases:
        return []
    days = (moment - cases[0].submitted_at).days
    return [
        TaskCard(
            kind="user-check",
            title=ngettext(
                "%(num)d tổ chức chờ xác minh", "%(num)d tổ chức chờ xác minh", total
            ),
            text=_("Lâu nhất: %(name)s", name=cases[0].organisation.name),
            due=ngettext("Chờ %(num)d ngày", "Chờ %(num)d ngày", days) if days else "",
            url=url_if("verification.queue"),
            button=_("Mở danh sách"),
            urgency=0 if days >= 2 else 10,
            tone="warn" if days >= 2 else "new",
        )
    ]


def _counts() -> dict[str, int]:
    identity = current_identity()
    if identity is None or identity.actor is None:
        return {}
    return {"home.today": _waiting(identity.actor)}


def _waiting(actor: Actor) -> int:
    """How many cards wait; as of at most a minute ago, but after one's own deeds.

    The cards ask every noun, which costs as much as a page: a person who goes from
    page to page carries the number along. Whoever forges it deceives himself.
    """
    whose = f"{actor.user_id}.{actor.organisation_id}."
    kept = request.cookies.get(WAITING, "")
    number = kept.removeprefix(whose)
    known = kept.startswith(whose) and number.isascii() and number.isdigit()
    if known and "home_cards" not in g:
        return int(number[:4])
    with transaction(read_only=True) as session:
        count = min(len(_my_cards(session, actor)), MOST_WAITING)
    g.home_waiting = f"{whose}{count}"
    return count


@bp.after_app_request
def _carry_waiting(response: Response) -> Response:
    """Give the number to the browser; forget it when the person has done something."""
    secure = current_app.config["SETTINGS"].secure
    done = request.method not in READING and response.status_code < 400
    if done and WAITING in request.cookies:
        response.delete_cookie(WAITING)
    elif "home_waiting" in g:
        response.set_cookie(
            WAITING,
            g.home_waiting,
            max_age=WAITING_FOR,
            httponly=True,
            samesite="Lax",
            secure=secure,
        )
    return response


register_counts(_counts)
