"""Cards on today's page: what monitoring waits for."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.monitoring import FindingSeverity
from marketplace.services.corrective_actions import actions_waiting
from marketplace.services.dormancy_decisions import proposals_waiting
from marketplace.services.monitoring_cases import cases_waiting
from marketplace.services.monitoring_checks import checks_waiting
from marketplace.services.monitoring_findings import findings_waiting
from marketplace.services.monitoring_samples import samples_waiting
from marketplace.web.home import TaskCard, register_tasks
from marketplace.web.labels import label
from marketplace.web.words import day
from models.chain_dormancy import DormancyProposal
from models.corrective_actions import CorrectiveAction
from models.monitoring import Nonconformity, PostCheck, SampleTest
from models.monitoring_cases import MonitoringCase

AHEAD = timedelta(days=7)
LONG_WITHOUT_RESULT = timedelta(days=14)


@register_tasks
def findings(
    session: Session, actor: Actor, today: date, _now: datetime
) -> list[TaskCard]:
    """Faults to mend, or corrections to look at."""
    found = findings_waiting(session, actor)
    return [_finding(one, actor, today) for one in found]


def _finding(one: Nonconformity, actor: Actor, today: date) -> TaskCard:
    late, chain = one.due_on < today, one.chain
    due = _("Quá hạn %(day)s", day=day(one.due_on)) if late else ""
    serious = one.severity is FindingSeverity.SERIOUS
    return TaskCard(
        kind="alert-triangle",
        title=_("%(chain)s báo đã khắc phục", chain=chain.name)
        if actor.is_officer
        else _("Khắc phục lỗi của %(chain)s", chain=chain.name),
        text=f"{label(one.severity)}: {one.text}",
        due=due or _("Hạn %(day)s", day=day(one.due_on)),
        url=url_for(
            "chain_findings.show", public_id=chain.public_id, number=one.number
        ),
        button=_("Xem và xác nhận") if actor.is_officer else _("Xem và khắc phục"),
        urgency=0 if late or serious else 10,
        tone="warn",
    )


@register_tasks
def actions(
    session: Session, actor: Actor, today: date, _now: datetime
) -> list[TaskCard]:
    """Corrective actions to do as the lead, to accept as an officer."""
    return [_action(one, actor, today) for one in actions_waiting(session, actor)]


def _action(one: CorrectiveAction, actor: Actor, today: date) -> TaskCard:
    late = one.due_on < today and one.done_on is None
    until = day(one.due_on)
    return TaskCard(
        kind="clipboard-check",
        title=_("Việc khắc phục của %(chain)s", chain=one.chain.name),
        text=one.what,
        due=_("Quá hạn %(day)s", day=until) if late else _("Hạn %(day)s", day=until),
        url=url_for("chain_actions.index"),
        button=_("Xem và nhận") if actor.is_officer else _("Báo đã làm xong"),
        urgency=0 if late else 10,
        tone="warn" if late else "new",
    )


@register_tasks
def checks(
    session: Session, actor: Actor, today: date, _now: datetime
) -> list[TaskCard]:
    """Visits of this week, and those that were not made."""
    found = checks_waiting(session, actor, until=today + AHEAD)
    return [_check(one, actor, today) for one in found]


def _check(one: PostCheck, actor: Actor, today: date) -> TaskCard:
    late, chain = one.planned_on < today, one.chain
    return TaskCard(
        kind="clipboard-check",
        title=_("Hậu kiểm %(chain)s", chain=chain.name),
        text=one.plan,
        due=_("Quá hạn %(day)s", day=day(one.planned_on))
        if late
        else _("Ngày %(day)s", day=day(one.planned_on)),
        url=url_for("chain_checks.show", public_id=chain.public_id, number=one.number),
        button=_("Ghi kết quả") if actor.is_officer else _("Xem và chuẩn bị"),
        urgency=0 if late and actor.is_officer else 10,
        tone="warn" if late else "new",
    )


@register_tasks
def samples(
    session: Session, actor: Actor, today: date, _now: datetime
) -> list[TaskCard]:
    """Samples whose laboratory takes long."""
    return [
        _sample(one)
        for one in samples_waiting(session, actor)
        if one.taken_on <= today - LONG_WITHOUT_RESULT
    ]


def _sample(one: SampleTest) -> TaskCard:
    chain = one.chain
    return TaskCard(
        kind="clipboard-list",
        title=_("Mẫu %(code)s chưa có kết quả", code=one.code),
        text=_(
            "%(chain)s, %(laboratory)s", chain=chain.name, laboratory=one.laboratory
        ),
        due=_("Lấy ngày %(day)s", day=day(one.taken_on)),
        url=url_for("chain_samples.show", public_id=chain.public_id, number=one.number),
        button=_("Ghi kết quả"),
        urgency=20,
    )


@register_tasks
def cases(
    session: Session, actor: Actor, today: date, _now: datetime
) -> list[TaskCard]:
    """Cases to answer as the lead, to conclude or to decide as an officer."""
    return [
        _case(one, actor, today)
        for one in cases_waiting(session, actor)
        if not actor.is_officer or _may_go_on(one, today)
    ]


def _may_go_on(one: MonitoringCase, today: date) -> bool:
    late = one.answer_by is not None and one.answer_by < today
    return one.concluded or one.answered_on is not None or late


def _case(one: MonitoringCase, actor: Actor, today: date) -> TaskCard:
    chain, until = one.chain, one.answer_by or today
    late = until < today
    button = _("Xem và trả lời")
    if actor.is_officer:
        button = _("Xem và quyết định") if one.concluded else _("Xem và kết luận")
    return TaskCard(
        kind="scale",
        title=_("Vụ việc giám sát %(chain)s", chain=chain.name),
        text=one.conclusion or one.question if actor.is_officer else one.question,
        due=_("Quá hạn %(day)s", day=day(until))
        if late
        else _("Trả lời trước %(day)s", day=day(until)),
        url=url_for("chain_cases.show", public_id=chain.public_id, number=one.number),
        button=button,
        urgency=0 if late or one.concluded else 10,
        tone="warn",
    )


@register_tasks
def sleeping(
    session: Session, actor: Actor, _today: date, _now: datetime
) -> list[TaskCard]:
    """Chains that may have stopped: for an opinion, or for the second officer."""
    return [_sleeping(one) for one in proposals_waiting(session, actor)]


def _sleeping(one: DormancyProposal) -> TaskCard:
    return TaskCard(
        kind="clock-exclamation",
        title=_("%(chain)s có thể đã ngừng", chain=one.chain.name),
        text=one.opinion
        or _("Không giao hàng từ ngày %(day)s.", day=day(one.quiet_from)),
        url=url_for("chain_dormancy.index"),
        button=_("Xem và quyết định") if one.opinion else _("Xem và ghi ý kiến"),
        urgency=20,
        tone="warn",
    )
