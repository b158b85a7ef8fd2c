"""A rule's refusal becomes a message beside its field, and undoes its traces."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask_babel import gettext
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from marketplace.domain.errors import NotFound, Refused


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
    except NotFound:
        raise
    except Refused as refusal:
        message = gettext(refusal.message, **refusal.params)
        field = getattr(form, refusal.field, None) if refusal.field else None
        if field is None:
            form.form_errors.append(message)
        else:
            field.errors = [*field.errors, message]
