"""Forms about a box with which something is wrong."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from marketplace.domain.commands_codes import ReportBox
from marketplace.domain.words_codes import BoxComplaint

WORDS = {
    BoxComplaint.OTHER_GOODS: _l("Không phải hàng ghi trên trang"),
    BoxComplaint.COPIED_LABEL: _l("Nghi tem bị sao chép"),
    BoxComplaint.SPOILED: _l("Hàng hỏng, thối, có sâu"),
    BoxComplaint.SHORT_WEIGHT: _l("Thiếu cân"),
    BoxComplaint.MADE_ILL: _l("Ăn vào bị bệnh"),
    BoxComplaint.SOMETHING_ELSE: _l("Chuyện khác"),
}
_TOO_LONG = Length(max=1000, message=_l("Viết ngắn hơn 1.000 chữ"))


class BoxReportForm(FlaskForm):
    """What a stranger sees wrong with a box."""

    complaint = RadioField(
        _l("Có gì không đúng?"),
        choices=[SelectChoice(one.value, words) for one, words in WORDS.items()],
        validators=[InputRequired(_l("Chọn một điều"))],
    )
    text = TextAreaField(
        _l("Bạn thấy gì, mua ở đâu?"),
        [InputRequired(_l("Viết vài chữ về điều bạn thấy")), _TOO_LONG],
    )
    contact = StringField(
        _l("Điện thoại hoặc e-mail để hỏi lại"),
        [Optional(), Length(max=200, message=_l("Viết ngắn hơn 200 chữ"))],
    )
    # People do not see it; what fills in every field does.
    homepage = StringField(_l("Để trống ô này"), [Optional(), Length(max=200)])

    @property
    def is_machine(self) -> bool:
        return bool(self.homepage.data)

    def command(self) -> ReportBox:
        return ReportBox(
            complaint=BoxComplaint(self.complaint.data),
            text=self.text.data or "",
            contact=self.contact.data or "",
        )


class BoxAnswerForm(FlaskForm):
    """What came of a report."""

    answer = TextAreaField(
        _l("Đã xem xét và xử lý thế nào?"),
        [InputRequired(_l("Ghi đã xem xét và xử lý thế nào")), _TOO_LONG],
    )
