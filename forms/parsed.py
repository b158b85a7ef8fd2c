"""A text field whose words a rule of the domain reads; its refusal is the message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import get_locale
from wtforms import StringField
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from forms.said import said
from marketplace.domain.errors import Refused


class ParsedField(StringField):
    """Keeps what was typed in `data` and what it means in `value`.

    `value` is None while nothing was typed.
    """

    def __init__(
        self,
        label: Any,
        parse: Callable[[str], Any],
        validators: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self._parse = parse
        self.value: Any = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Spaces are nothing typed, and a required field wants more."""
        super().process_formdata(valuelist)
        if not (self.data or "").strip():
            self.raw_data = [""]

    def pre_validate(self, _form: BaseForm) -> None:
        """Read the text by the rule; its words are shown beside the field."""
        text = (self.data or "").strip()
        if not text:
            return
        try:
            self.value = self._parse(text)
        except Refused as refusal:
            raise StopValidation(said(refusal.message, refusal.params)) from None


def in_page_language(parse: Callable[..., Any]) -> Callable[[str], Any]:
    """A parser of numbers that reads points and commas as the page writes them."""

    def read(text: str) -> Any:
        lang = "en" if str(get_locale()) == "en" else "vi"
        return parse(text, lang=lang)

    return read
