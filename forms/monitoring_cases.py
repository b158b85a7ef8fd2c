"""Forms of a monitoring case: why officers look, and what they conclude."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from forms.deliveries import LONGEST, TOO_LONG, long_text
from forms.evidence import WithEvidence
from forms.monitoring import SAY
from marketplace.domain.monitoring import FindingSeverity
from marketplace.domain.monitoring_cases import CaseGround, Conclude, OpenCase

NOTHING = "khong"


class CaseForm(WithEvidence, FlaskForm):
    """Grounds, and what the lead is asked."""

    ground = SelectField(_l("Vì sao mở vụ việc?"))
    about = TextAreaField(
        _l("Căn cứ mở vụ việc"),
        [InputRequired(SAY), Length(max=LONGEST, message=TOO_LONG)],
    )
    question = TextAreaField(
        _l("Bên chủ trì cần trả lời gì?"),
        [InputRequired(SAY), Length(max=LONGEST, message=TOO_LONG)],
    )

    def offer(self, grounds: Sequence[tuple[str, Any]]) -> None:
        """The grounds, in the words of the page."""
        self.ground.choices = [SelectChoice(*one) for one in grounds]

    def command(self) -> OpenCase:
        ground = CaseGround(self.ground.data)
        return OpenCase(ground, long_text(self.about), long_text(self.question))


class ConclusionForm(WithEvidence, FlaskForm):
    """Whether something is wrong, why, and what has to be done."""

    severity = RadioField(
        _l("Vụ việc cho thấy gì?"),
        [InputRequired(_l("Chọn một kết luận"))],
        choices=[
            SelectChoice(NOTHING, _l("Không có lỗi")),
            SelectChoice(str(FindingSeverity.MINOR), _l("Lỗi nhẹ")),
            SelectChoice(str(FindingSeverity.SERIOUS), _l("Lỗi nặng")),
        ],
    )
    text = TextAreaField(
        _l("Kết luận"), [InputRequired(SAY), Length(max=LONGEST, message=TOO_LONG)]
    )
    measures = TextAreaField(
        _l("Bên chủ trì phải làm gì"),
        [Optional(), Length(max=LONGEST, message=TOO_LONG)],
    )

    def command(self) -> Conclude:
        chosen = self.severity.data
        severity = None if chosen == NOTHING else FindingSeverity(chosen)
        return Conclude(severity, long_text(self.text), long_text(self.measures))
