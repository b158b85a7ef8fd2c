"""What templates need to know about a form's fields to draw them."""

from __future__ import annotations

import calendar
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from flask import Flask, request
from wtforms import Field, FieldList
from wtforms.widgets import HiddenInput

from marketplace.web.field_errors import mistakes, own_errors

CONTROLS = {
    "BooleanField": "check",
    "RadioField": "radios",
    "SelectMultipleField": "many",
    "TextAreaField": "area",
    "SelectField": "select",
    "FileField": "file",
    "MultipleFileField": "file",
    "HiddenField": "hidden",
    "CSRFTokenField": "hidden",
}
DEKAD = re.compile(r"(\d{4})-(\d{2})-([123])")


@dataclass(frozen=True)
class Month:
    """The dekads of one month that may be chosen."""

    first: date
    options: tuple[tuple[int, Field], ...]


def control(field: Field) -> str:
    """Which control draws the field: by its class, also for subclasses."""
    if isinstance(field.widget, HiddenInput):
        return "hidden"
    names = (base.__name__ for base in type(field).__mro__)
    return next((CONTROLS[name] for name in names if name in CONTROLS), "input")


def dekads(field: Iterable[Any]) -> list[Month]:
    """The options of a dekad field by month; values are like 2026-08-1."""
    found = [
        (match, option)
        for option in field
        if (match := DEKAD.fullmatch(str(_value(option))))
    ]
    return [
        Month(
            date(int(year), int(number), 1),
            tuple((int(match[3]), option) for match, option in options),
        )
        for (year, number), options in groupby(found, lambda one: one[0].group(1, 2))
    ]


def month_days(first: date) -> int:
    """How many days the month of `first` has."""
    return calendar.monthrange(first.year, first.month)[1]


def _value(option: Any) -> object:
    return getattr(option, "_value", lambda: option.data)()


def rows_changed(field: FieldList) -> bool:
    """Whether the person asked for one row more or less, without a script.

    The view then shows the form again before it validates anything.
    """
    if request.form.get("add_row") == field.name:
        field.append_entry()
        return True
    gone = request.form.get("remove_row", "")
    kept = [entry for entry in field.entries if entry.name != gone]
    changed = len(kept) < len(field.entries)
    field.entries = kept
    return changed


def new_key() -> str:
    """A key that lets the server know a form that was sent twice."""
    return secrets.token_urlsafe(16)


def init_app(app: Flask) -> None:
    """Give the questions to all templates of `app`."""
    app.jinja_env.globals.update(
        control=control,
        own_errors=own_errors,
        mistakes=mistakes,
        dekads=dekads,
        month_days=month_days,
        new_key=new_key,
    )
