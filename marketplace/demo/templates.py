"""The demo's templates: one form has a second version that begins next month."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from marketplace.demo.diary import Diary, World
from marketplace.demo.people import OFFICER, SECOND_OFFICER
from marketplace.domain.commands_templates import WriteTemplate
from marketplace.domain.template_texts import ClauseText
from marketplace.domain.words import LinkageForm
from marketplace.services.contract_templates import template_in_force, texts_of
from marketplace.services.template_writing import (
    approve_template,
    copy_template,
    propose_template,
    save_template,
)

SOURCE = "Góp ý của các hợp tác xã sau vụ trước"
REASON = "Nói rõ thời gian thương lượng và hòa giải trước khi ra tòa"
LEGAL_VI = (
    "Tranh chấp được giải quyết bằng thương lượng, rồi hòa giải có người thứ ba, tất cả "
    "trong {settle_days} ngày; không thành thì đưa ra {forum}."
)
LEGAL_EN = (
    "Disputes are settled by negotiation, then by conciliation with a third person, all "
    "within {settle_days} days, failing which they go to {forum}."
)


def note_templates(world: World, diary: Diary) -> None:
    """Five days ago one officer wrote it and another approved it."""
    diary.note(world.day(5), lambda day: _bring_in(world, day))


def _bring_in(world: World, day: date) -> None:
    session, now = world.session, world.at(day)
    author, second = world.actors[OFFICER.email], world.actors[SECOND_OFFICER.email]
    old = template_in_force(session, LinkageForm.F3, day)
    draft = copy_template(session, author, old.public_id, now=now).public_id
    command = WriteTemplate(
        valid_from=day + timedelta(days=35),
        source=SOURCE,
        reason=REASON,
        texts=tuple(map(_reworded, texts_of(old))),
    )
    save_template(session, author, draft, command, today=day, now=now)
    propose_template(session, author, draft, today=day, now=now)
    approve_template(session, second, draft, today=day, now=now)


def _reworded(text: ClauseText) -> ClauseText:
    return (
        replace(text, legal_vi=LEGAL_VI, legal_en=LEGAL_EN)
        if text.key == "dispute"
        else text
    )
