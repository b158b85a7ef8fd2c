"""A number that looks wrong is asked about once; one tick says that it is right."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from forms.said import said
from marketplace.domain.findings import Finding


class WithDoubts:
    """For a form whose numbers may be doubted; `doubtful` asks for the tick."""

    sure = BooleanField(_l("Số này đúng, cứ ghi"))
    doubtful = False

    def doubts(self, odd: Sequence[Finding]) -> bool:
        """Whether something is odd and nobody has ticked; shown beside its field."""
        if self.sure.data or not odd:
            return False
        self.doubtful = True
        for finding in odd:
            field = self[finding.field]  # type: ignore[index]
            field.errors = [*field.errors, said(finding.message, finding.params)]
        return True
