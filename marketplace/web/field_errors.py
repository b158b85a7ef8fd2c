"""What is wrong in a form, in our own words and in the order of the page.

Forms word their own messages; what WTForms says by itself is English, so its
sentences are known here and said in the language of the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l
from wtforms import Field, FieldList, Form, FormField

_: Callable[..., str] = gettext

NUMBER = r"(?P<{}>-?[\d.]+)"
LOW, HIGH = NUMBER.format("low"), NUMBER.format("high")
_FOREIGN: tuple[tuple[str, LazyString], ...] = (
    (r"This field is required\.", _l("Điền ô này")),
    (r"Not a valid choice\.", _l("Chọn một trong các lựa chọn")),
    (
        r"Invalid [Cc]hoice.*|'.*' (is|are) not (a )?valid choices? .*",
        _l("Chọn một trong các lựa chọn"),
    ),
    (r"Not a valid (integer|decimal|float) value\.", _l("Nhập số, ví dụ 12,5")),
    (r"Not a valid date(time)? value\.", _l("Nhập ngày, ví dụ 30/06/2026")),
    (r"Not a valid time value\.", _l("Nhập giờ, ví dụ 17:30")),
    (r"Invalid email address\.", _l("Địa chỉ thư chưa đúng, ví dụ ten@htx.vn")),
    (r"Invalid (input|URL)\.", _l("Chưa đúng dạng")),
    (r"Field must be equal to .*", _l("Hai ô chưa giống nhau")),
    (rf"Number must be at least {LOW}\.", _l("Nhập số từ %(low)s trở lên")),
    (rf"Number must be at most {HIGH}\.", _l("Nhập số không quá %(high)s")),
    (
        rf"Number must be between {LOW} and {HIGH}\.",
        _l("Nhập số từ %(low)s đến %(high)s"),
    ),
    (
        rf"Field must be at least {LOW} characters? long\.",
        _l("Nhập ít nhất %(low)s ký tự"),
    ),
    (
        rf"Field cannot be longer than {HIGH} characters?\.",
        _l("Nhập không quá %(high)s ký tự"),
    ),
    (
        rf"Field must be between {LOW} and {HIGH} characters long\.",
        _l("Nhập từ %(low)s đến %(high)s ký tự"),
    ),
    (rf"Field must be exactly {LOW} characters? long\.", _l("Nhập đúng %(low)s ký tự")),
    (
        r"(The )?CSRF .*|Invalid CSRF .*",
        _l("Trang đã mở quá lâu. Tải lại trang rồi gửi lại."),
    ),
)
FOREIGN = tuple((re.compile(said), ours) for said, ours in _FOREIGN)


@dataclass(frozen=True)
class Mistake:
    """A message and the id of the control that it belongs to, if any."""

    anchor: str
    message: str


def in_our_words(message: object) -> str:
    """The message as it is, or ours where WTForms spoke by itself."""
    text = str(message)
    for said, ours in FOREIGN:
        if match := said.fullmatch(text):
            places = match.groupdict()
            return str(ours) % places if places else str(ours)
    return text


def own_errors(field: Field) -> list[str]:
    """The messages of the field itself, not of what it contains."""
    if isinstance(field, FormField):
        return []
    return [
        in_our_words(error)
        for error in field.errors
        if error and not isinstance(error, Mapping | list | tuple)
    ]


def mistakes(form: Form) -> list[Mistake]:
    """All that is wrong in the order of the page, first what concerns it all."""
    whole = [Mistake("", in_our_words(error)) for error in form.form_errors]
    return [*whole, *_mistakes_in(form)]


def _mistakes_in(fields: Iterable[Field], row: str = "") -> Iterator[Mistake]:
    for field in fields:
        for error in own_errors(field):
            hidden = getattr(field.widget, "input_type", "") == "hidden"
            yield Mistake("" if hidden else field.id, _placed(field, error, row))
        if isinstance(field, FormField):
            yield from _mistakes_in(field.form, row)
        elif isinstance(field, FieldList):
            for number, entry in enumerate(field.entries, start=1):
                yield from _mistakes_in([entry], _row(field, entry, number))


def _row(rows: FieldList, entry: Field, place: int) -> str:
    """How the page calls a row: by the number of its delivery, if it has one."""
    if not rows.description:
        return _("Dòng %(row)d", row=place)
    own = getattr(getattr(entry, "form", None), "number", None)
    if own is None:
        return f"{rows.description} {place}"
    return f"{rows.description} {own.data}" if own.data else _("Đợt giao mới")


def _placed(field: Field, error: str, row: str) -> str:
    """With the row and the name where the words alone would not say which."""
    name = str(field.label.text).rstrip(" ?:")
    if row:
        return _("%(row)s, %(field)s: %(error)s", row=row, field=name, error=error)
    foreign = any(error == in_our_words(raw) != str(raw) for raw in field.errors)
    return _("%(field)s: %(error)s", field=name, error=error) if foreign else error
