"""Forms for the templates of contracts: the words of a draft, and why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange

from forms.rows import RowList
from forms.said import said
from forms.typed_fields import TypedDayField
from marketplace.domain.commands_templates import WriteTemplate
from marketplace.domain.findings import Finding
from marketplace.domain.template_texts import FIELDS, ClauseText

MOST_CLAUSES = 60
WHY = _l("Nói rõ lý do, dòng này được lưu lại")


class ClauseForm(Form):
    """The words of one clause, and its place among them."""

    key = HiddenField(validators=[Length(max=64)])
    position = IntegerField(
        _l("Thứ tự"),
        [
            InputRequired(_l("Nhập một số từ 1 đến 60")),
            NumberRange(1, MOST_CLAUSES, _l("Nhập một số từ 1 đến 60")),
        ],
    )
    included = BooleanField(_l("Dùng điều khoản này"))
    plain_vi = TextAreaField(_l("Lời dễ hiểu, tiếng Việt"))
    legal_vi = TextAreaField(_l("Lời pháp lý, tiếng Việt"))
    plain_en = TextAreaField(_l("Lời dễ hiểu, tiếng Anh"))
    legal_en = TextAreaField(_l("Lời pháp lý, tiếng Anh"))


class TemplateForm(FlaskForm):
    """A draft: from when, whence and why, and its clauses."""

    valid_from = TypedDayField(
        _l("Áp dụng từ ngày"), [InputRequired(_l("Nhập ngày, ví dụ 30/06/2026"))]
    )
    source = StringField(
        _l("Nguồn"),
        [
            InputRequired(_l("Ghi nguồn của lời văn, ví dụ số công văn")),
            Length(max=200, message=_l("Viết ngắn hơn 200 chữ")),
        ],
    )
    reason = TextAreaField(_l("Lý do có phiên bản mới"), [InputRequired(WHY)])
    clauses = RowList(FormField(ClauseForm), max_entries=MOST_CLAUSES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A refusal names its field as the clause and the column, `price.fixed:legal_vi`.
        for row in self.clauses:
            for name in FIELDS:
                setattr(self, f"{row.form.key.data}:{name}", row.form[name])

    def command(self, known: Mapping[str, ClauseText]) -> WriteTemplate:
        """What was typed, in the order of the numbers; unknown clauses fall away."""
        assert self.valid_from.data is not None
        rows = sorted(self.clauses, key=lambda row: row.form.position.data)
        texts = [
            _typed(row.form, known[row.form.key.data])
            for row in rows
            if row.form.key.data in known
        ]
        return WriteTemplate(
            valid_from=self.valid_from.data,
            source=self.source.data or "",
            reason=self.reason.data or "",
            texts=tuple(texts),
        )

    def show(self, findings: Sequence[Finding]) -> None:
        """Each finding beside its field; those of none on top."""
        for finding in findings:
            message = said(finding.message, finding.params)
            field = getattr(self, finding.field or "", None)
            if field is None:
                self.form_errors.append(message)
            else:
                field.errors = [*field.errors, message]


def _typed(form: Form, text: ClauseText) -> ClauseText:
    words = {name: form[name].data or "" for name in FIELDS}
    return text.reworded(words, included=bool(form["included"].data))


class ReasonForm(FlaskForm):
    """Why a version goes back to its author, or is given up."""

    reason = TextAreaField(
        _l("Lý do"),
        [InputRequired(WHY), Length(max=1000, message=_l("Viết ngắn hơn 1.000 chữ"))],
    )
