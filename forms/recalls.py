"""Forms of holds and recalls: opening one, answering it, and how it came out."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from forms.deliveries import LONGEST, TOO_LONG, long_text
from forms.typed_fields import KilogramsField
from marketplace.domain.recalls import AnswerRecall, OpenRecall, RecallKind

WHY = _l("Viết rõ lý do")
LONGEST_NUMBER = 12


class OpenRecallForm(FlaskForm):
    """What is opened over a lot, and why."""

    kind = RadioField(_l("Làm gì với hàng này?"), default=RecallKind.RECALL.value)
    reason = TextAreaField(
        _l("Lý do"),
        [InputRequired(WHY), Length(max=LONGEST, message=TOO_LONG)],
        description=_l("Mọi nơi có hàng đều đọc được."),
    )
    drill = BooleanField(
        _l("Chỉ diễn tập"),
        description=_l("Không chặn hàng, chỉ đo xem bao lâu thì mọi nơi trả lời."),
    )

    def offer(self, kinds: list[tuple[str, str]]) -> None:
        """The kinds with their words."""
        self.kind.choices = [SelectChoice(value, words) for value, words in kinds]

    def command(self, lot: str) -> OpenRecall:
        """What was filled in, for one lot."""
        return OpenRecall(
            lots=(lot,),
            kind=RecallKind(self.kind.data),
            reason=long_text(self.reason),
            drill=bool(self.drill.data),
        )


class AnswerRecallForm(FlaskForm):
    """Kilograms found, and what was done with them."""

    isolated = KilogramsField(_l("Đã để riêng"), [Optional()])
    destroyed = KilogramsField(_l("Đã tiêu hủy"), [Optional()])
    returned = KilogramsField(_l("Trả lại nơi giao"), [Optional()])
    note = TextAreaField(
        _l("Ghi chú"), [Optional(), Length(max=LONGEST, message=TOO_LONG)]
    )
    after = HiddenField()

    def follow(self, gone_kg: int | None, stock_kg: int) -> None:
        """Start from what is in stock, after the answer that was given before."""
        self.isolated.data = stock_kg
        self.after.data = "" if gone_kg is None else str(gone_kg)

    def validate(self, extra_validators: Any = None) -> bool:
        """Nothing at all is no answer: who has none of it left says nought."""
        good = super().validate(extra_validators)
        told = (self.isolated, self.destroyed, self.returned)
        if good and all(one.data is None for one in told):
            self.isolated.errors = [_("Ghi số kg, không còn thì ghi 0")]
            return False
        return bool(good)

    def _after_kg(self) -> int | None:
        told = self.after.data or ""
        known = told.isascii() and told.isdecimal() and len(told) < LONGEST_NUMBER
        return int(told) if known else None

    def command(self) -> AnswerRecall:
        """What was filled in; an empty field is nought."""
        return AnswerRecall(
            isolated_kg=self.isolated.data or 0,
            destroyed_kg=self.destroyed.data or 0,
            returned_kg=self.returned.data or 0,
            note=long_text(self.note),
            after_kg=self._after_kg(),
        )
