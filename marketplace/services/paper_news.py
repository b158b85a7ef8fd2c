"""What the holder hears of a paper: an officer has decided.

Officers find what waits in their queue and among today's work; a notice for each
paper would only fill their letters.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.domain.words import NoticeKind
from marketplace.domain.words_papers import PaperEventKind
from marketplace.services.notices import notify_organisation
from marketplace.services.paper_names import paper_names
from marketplace.services.paper_rows import Row, holder_of, subject_of
from models.paper_records import PaperEvent


def words_of_paper(row: Row) -> dict[str, object]:
    """The places that name a paper, for both kinds of readers."""
    vi, en = paper_names(row)
    return {"paper": vi, "paper_en": en}


def tell_holder(session: Session, row: Row, event: PaperEvent, now: datetime) -> int:
    """An officer has decided; the words say what, from when and why."""
    session.flush()  # the event's number is the version
    return notify_organisation(
        session,
        holder_of(row).id,
        NoticeKind.PAPER_DECIDED,
        subject_of(row),
        {
            "decision": PaperEventKind(event.kind).value,
            "day": event.on.isoformat(),
            "reason": event.reason,
            **words_of_paper(row),
        },
        now=now,
        version=event.id,
    )
