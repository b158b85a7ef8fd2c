"""Recalls on today's page: who has to answer, and by when."""

from __future__ import annotations

from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.services.recall_lists import unanswered
from marketplace.web.home import TaskCard, register_tasks
from marketplace.web.recall_sheets import recall_title
from marketplace.web.words import instant
from models.recalls import Recall


@register_tasks
def recalls_to_answer(
    session: Session, actor: Actor, _today: date, _moment: datetime
) -> list[TaskCard]:
    """One card an order that waits for our answer, drills too."""
    return [_card(one) for one in unanswered(session, actor)]


def _card(recall: Recall) -> TaskCard:
    return TaskCard(
        kind="clipboard-check" if recall.drill else "alert-triangle",
        title=recall_title(recall),
        text=recall.reason,
        due=_("Trả lời trước %(at)s", at=instant(recall.answer_by)),
        url=url_for("recalls.answer", public_id=recall.public_id),
        button=_("Trả lời"),
        urgency=0,
        tone="" if recall.drill else "warn",
    )
