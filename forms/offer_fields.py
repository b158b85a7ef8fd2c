"""Fields that keep what was typed and read it as people mean it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask_babel import get_locale
from wtforms import StringField
from wtforms.validators import StopValidation

from forms.said import said
from marketplace.domain.errors import Refused

T = TypeVar("T")


def form_lang() -> str:
    """`vi` or `en`: how the person writes numbers."""
    return "en" if str(get_locale()) == "en" else "vi"


def in_words(refusal: Refused) -> str:
    """A refusal in the language of the page."""
    return said(refusal.message, refusal.params)


def whole(text: object) -> int | None:
    """A short whole number in a hidden field or a choice; None for anything else."""
    said = str(text or "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


class TypedField(StringField, Generic[T]):
    """A text whose meaning is in `value` once it is validated; None if empty."""

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        *,
        read: Callable[[str], T],
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.read = read
        self.value: T | None = None

    def pre_validate(self, form: Any) -> None:
        del form  # a text is read by itself
        self.value = None
        text = (self.data or "").strip()
        if not text:
            return
        try:
            self.value = self.read(text)
        except Refused as refusal:
            raise StopValidation(in_words(refusal)) from None

    def glance(self) -> T | None:
        """The meaning without a word about mistakes, for a page that only looks."""
        try:
            return self.read((self.data or "").strip())
        except Refused:
            return None


@dataclass(frozen=True)
class Choices:
    """What an offer may choose from, by code and name, for one product."""

    products: Iterable[tuple[str, str]] = ()
    varieties: Iterable[tuple[str, str]] = ()
    grades: Iterable[tuple[int, str]] = ()
    units: Iterable[tuple[int, str]] = ()
    price_markets: Iterable[tuple[str, str]] = ()
