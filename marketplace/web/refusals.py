"""A rule's refusal becomes a message beside its field, and undoes its traces."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import Field, FieldList, Form, FormField

from forms.said import said
from marketplace.domain.errors import NotFound, Refused
from marketplace.services.attempts import TooOften
from marketplace.web.errors import error_page


@dataclass
class Outcome:
    """Whether the use case went through."""

    done: bool = False


@contextmanager
def refused(session: Session, form: FlaskForm) -> Iterator[Outcome]:
    """Run a use case in a savepoint; a refusal is shown and leaves nothing behind.

    The page is then drawn in the same transaction, with what was typed.
    """
    outcome = Outcome()
    try:
        with session.begin_nested():
            yield outcome
        outcome.done = True
    except (NotFound, TooOften):
        raise
    except Refused as refusal:
        message = said(refusal.message, refusal.params)
        field = _field_at(form, refusal.field) if refusal.field else None
        if field is None:
            form.form_errors.append(message)
        else:
            field.errors = [*field.errors, message]


def _field_at(form: Form, name: str) -> Field | None:
    """The field of that name, also one of a row, as `parts-0-deduction`."""
    for field in form:
        if field.name == name:
            return field
        rows = field.entries if isinstance(field, FieldList) else ()
        for row in rows:
            found = _field_at(row.form, name) if isinstance(row, FormField) else None
            if found is not None:
                return found
    return None


def too_often(refusal: TooOften) -> ResponseReturnValue:
    """The page of 429 that says how long to wait."""
    page = error_page(429, said(refusal.message, refusal.params))
    assert isinstance(page, tuple)
    return page[0], 429, {"Retry-After": str(refusal.minutes * 60)}


def init_app(app: Flask) -> None:
    """Whoever tries too often gets that page, wherever it happens."""
    app.register_error_handler(TooOften, too_often)
