"""What must hold between a paper and how it was before."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from marketplace.services.violations import Question, Violation, asked_alike
from models.paper_records import PAPER_COLUMNS
from models.paper_versions import PaperVersion

_OTHER = aliased(PaperVersion)


@asked_alike
def _a_paper_counts_by_one_version_a_day() -> Iterator[Question]:
    for column in PAPER_COLUMNS:
        yield (
            "a paper counts by one version on a day",
            select(PaperVersion.id, _OTHER.id)
            .join(_OTHER, getattr(_OTHER, column) == getattr(PaperVersion, column))
            .where(
                PaperVersion.id < _OTHER.id,
                PaperVersion.first_day < _OTHER.until,
                _OTHER.first_day < PaperVersion.until,
            ),
        )


CHECKS_OF_PAPERS: tuple[Callable[[Session], Iterator[Violation]], ...] = (
    _a_paper_counts_by_one_version_a_day,
)
