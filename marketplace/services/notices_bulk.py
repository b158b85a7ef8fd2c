"""Many notices and letters at once, of events that nobody has been told yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.words import LetterState, MembershipState, NoticeKind
from models.bulk import among, insert_rows
from models.notices import Letter, Notice
from models.organisations import Membership, User

News = tuple[int, str, dict[str, object]]
"""Whom to tell, of what, in which words."""
Members = Mapping[int, list[Any]]
"""Rows of users, by organisation."""
NOTICE = ("user_id", "organisation_id", "kind", "subject", "params", "created_at")
LETTER = (
    "recipient",
    "recipient_name",
    "locale",
    "kind",
    "subject",
    "params",
    "state",
    "due_at",
    "created_at",
)


def members_of(session: Session, organisations: Collection[int]) -> Members:
    """The active members of those organisations that have any."""
    wanted = (
        select(
            Membership.organisation_id,
            User.id,
            User.email,
            User.email_verified_at,
            User.name,
            User.locale,
        )
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.state == MembershipState.ACTIVE,
            among(session, Membership.organisation_id, organisations),
        )
        .order_by(Membership.user_id)
    )
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in session.execute(wanted):
        found[row.organisation_id].append(row)
    return found


def notify_organisations(
    session: Session,
    kind: NoticeKind,
    news: Collection[News],
    members: Members,
    *,
    now: datetime,
) -> None:
    """Tell every active member, under the bell and by letter.

    The events are new: a subject that was told of before breaks a rule of the
    database.
    """
    insert_rows(session, Notice, NOTICE, _notices(news, members, kind, now))
    insert_rows(session, Letter, LETTER, _letters(news, members, kind, now))


def _notices(
    news: Iterable[News],
    members: Members,
    kind: NoticeKind,
    now: datetime,
) -> Iterator[tuple[Any, ...]]:
    told: set[tuple[int, str]] = set()
    for organisation, subject, params in news:
        for user in members[organisation]:
            if (user.id, subject) not in told:
                told.add((user.id, subject))
                yield user.id, organisation, kind, subject, params, now


def _letters(
    news: Iterable[News],
    members: Members,
    kind: NoticeKind,
    now: datetime,
) -> Iterator[tuple[Any, ...]]:
    told: set[tuple[str, str]] = set()
    for organisation, subject, params in news:
        for user in members[organisation]:
            who = (user.email, subject)
            if user.email and user.email_verified_at and who not in told:
                told.add(who)
                words = (kind, subject, params, LetterState.PENDING, now, now)
                yield user.email, user.name, user.locale, *words
