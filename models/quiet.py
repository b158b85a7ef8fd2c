"""Errors of the database without the values that caused them.

An error ends in a log or in `jobs.error`. What was to be written (a limit, a
phone number, the hash of a password) is on no account part of it: neither as
the parameters that SQLAlchemy repeats, nor as PostgreSQL's "Failing row
contains (...)" and "Key (email)=(...)".
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import event


def keep_quiet(engine: sa.Engine) -> None:
    """Let errors of this engine say which rule was violated, and no value."""
    event.listen(engine, "handle_error", _shorten)


def _shorten(context: sa.ExceptionContext) -> None:
    original, shown = context.original_exception, context.sqlalchemy_exception
    said = str(original)
    rule = said.partition("\n")[0]  # details follow on lines of their own
    if rule != said and isinstance(original.args[0], str):
        original.args = (rule, *original.args[1:])
    if isinstance(shown, sa.exc.StatementError):
        shown.hide_parameters = True
        shown.args = (str(shown.args[0]).replace(said, rule),)
