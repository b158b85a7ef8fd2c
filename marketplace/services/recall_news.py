"""Who is told of a recall: everybody it asks, and officers there and where it began."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.domain.errors import N_
from marketplace.domain.recalls import RecallKind
from marketplace.domain.words_work import NoticeKind
from marketplace.services.notices import notify_officers, notify_organisation
from models.recalls import Recall, RecallShare


def tell_opened(session: Session, recall: Recall, *, now: datetime) -> int:
    """Tell whom it asks, and officers of all places; nobody a second time."""
    kind = NoticeKind.RECALL_DRILL if recall.drill else NoticeKind.RECALL_OPENED
    return _everybody(session, recall, kind, now) + _there(session, recall, kind, now)


def _there(session: Session, recall: Recall, kind: NoticeKind, now: datetime) -> int:
    """Officers of every place that it is about."""
    units = {one.organisation.unit_id for one in recall.answers}
    units.add(recall.organisation.unit_id)
    return sum(_officers(session, recall, kind, unit, now) for unit in sorted(units))


def tell_closed(session: Session, recall: Recall, *, now: datetime) -> int:
    """Tell the same that it was lifted, and why."""
    kind = NoticeKind.RECALL_CLOSED
    return _everybody(session, recall, kind, now) + _there(session, recall, kind, now)


def tell_lifting(session: Session, recall: Recall, *, now: datetime) -> int:
    """Another officer has to agree that it is lifted."""
    unit = recall.organisation.unit_id
    return _officers(session, recall, NoticeKind.RECALL_TO_LIFT, unit, now)


def tell_answered(session: Session, recall: Recall, *, now: datetime) -> int:
    """Whoever opened it hears that all have answered."""
    return notify_organisation(
        session,
        recall.organisation_id,
        NoticeKind.RECALL_ANSWERED,
        f"recall:{recall.public_id}",
        _params(recall),
        now=now,
    )


def remind(
    session: Session, recall: Recall, organisation_id: int, *, now: datetime
) -> int:
    """Tell one that its answer is late."""
    return notify_organisation(
        session,
        organisation_id,
        NoticeKind.RECALL_LATE,
        f"recall:{recall.public_id}",
        _params(recall, organisation_id),
        now=now,
    )


def _everybody(
    session: Session, recall: Recall, kind: NoticeKind, now: datetime
) -> int:
    return sum(
        notify_organisation(
            session,
            one.organisation_id,
            kind,
            f"recall:{recall.public_id}",
            _params(recall, one.organisation_id),
            now=now,
        )
        for one in recall.answers
    )


def _officers(
    session: Session, recall: Recall, kind: NoticeKind, unit: int, now: datetime
) -> int:
    subject = f"recall:{recall.public_id}"
    return notify_officers(session, unit, kind, subject, _params(recall), now=now)


ORDERS = {
    RecallKind.HOLD: (N_("Giữ lại"), "Hold"),
    RecallKind.RECALL: (N_("Thu hồi"), "Recall"),
}
TO_HOLDERS = (
    N_("Không bán, không giao tiếp. Trả lời số kg còn trong kho."),
    "Do not sell it or send it on. Answer how many kg you have.",
)
TO_OFFICERS = (
    N_("Theo dõi trả lời của các nơi có hàng."),
    "Follow the answers of who has some.",
)


def _params(recall: Recall, to: int | None = None) -> dict[str, object]:
    """The lots as `to` knows them: what it had of them, else what was chosen."""
    own = {one.lot.code for one in recall.shares if to in _parties(one)}
    chosen = {one.lot.code for one in recall.lots if one.chosen}
    order, todo = ORDERS[recall.kind], TO_HOLDERS if to else TO_OFFICERS
    return {
        "lot": ", ".join(sorted(own or chosen)[:3]),
        "reason": recall.outcome or recall.reason,
        "by": recall.organisation.short_name,
        **dict(zip(("order", "order_en"), order, strict=True)),
        **dict(zip(("todo", "todo_en"), todo, strict=True)),
    }


def _parties(share: RecallShare) -> set[int]:
    return {one for one in (share.organisation_id, share.sender_id) if one is not None}
