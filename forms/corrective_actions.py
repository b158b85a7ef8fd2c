"""The form of a corrective action: what, who, until when."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from forms.deliveries import A_DAY, LONGEST, TOO_LONG, long_text
from forms.monitoring import SAY
from forms.typed_fields import TypedDayField
from marketplace.domain.monitoring import PlanAction
from marketplace.domain.names import clean_text


class ActionForm(FlaskForm):
    """What the lead will do about a finding."""

    what = TextAreaField(
        _l("Sẽ làm gì"), [InputRequired(SAY), Length(max=LONGEST, message=TOO_LONG)]
    )
    person = StringField(
        _l("Ai làm"), [InputRequired(SAY), Length(max=200, message=TOO_LONG)]
    )
    due_on = TypedDayField(_l("Xong trước ngày"), [InputRequired(A_DAY)])

    def command(self) -> PlanAction:
        person = clean_text(self.person.data or "", field="person")
        return PlanAction(long_text(self.what), person, self.due_on.data or date.min)
