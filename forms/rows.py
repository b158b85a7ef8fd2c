"""Rows of a table in a form."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from wtforms import FieldList, ValidationError


class RowList(FieldList):
    """Rows of one kind; those beyond the most are told of, not dropped in silence."""

    sent = 0

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Count what was sent before the list is cut to the most that it takes."""
        super().process(formdata, *args, **kwargs)
        if formdata:
            self.sent = len(set(self._extract_indices(self.name, formdata)))

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """No more rows than there may be, and each of them good."""
        return bool(super().validate(form, (*extra_validators, _check_count)))


def _check_count(_form: Any, field: RowList) -> None:
    if field.max_entries and field.sent > field.max_entries:
        raise ValidationError(
            _(
                "Nhiều nhất %(most)s dòng, ở đây có %(sent)s dòng",
                most=field.max_entries,
                sent=field.sent,
            )
        )
