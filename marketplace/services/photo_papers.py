"""The list of photos on a paper: what each shows, who took it, and its digest.

A photo may come after the words of a record were frozen, so that the list is not
among those words; the contract's chain of events keeps the same digests.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.photos import PhotoOf
from marketplace.services.note_words import PHOTOS
from marketplace.services.paper_printing import moment
from marketplace.services.photo_records import Evidenced
from marketplace.services.photos import list_photos
from models.photos import Photo


def photo_list(
    session: Session, records: Sequence[Evidenced | None], lang: str
) -> dict[str, Any]:
    """The photos of these records, in their order, as a table with its heading."""
    words = PHOTOS[lang]
    photos = [one for record in records for one in list_photos(session, record)]
    return {
        "heading": words["heading"],
        "head": [words[name] for name in ("row", "of", "by", "digest")],
        "rows": [
            [str(number), _shown(photo, words), _author(photo, lang), _spelled(photo)]
            for number, photo in enumerate(photos, 1)
        ],
    }


def _shown(photo: Photo, words: dict[str, str]) -> str:
    if photo.about is PhotoOf.INSPECTION and photo.part is not None:
        return words["part"].format(number=photo.part)
    return words[photo.about]


def _author(photo: Photo, lang: str) -> str:
    told = [photo.by_organisation.short_name, moment(photo.at, lang)]
    if photo.added_later:
        told.append(PHOTOS[lang]["later"])
    return ", ".join(told)


def _spelled(photo: Photo) -> str:
    """The 64 signs in groups, at which a line may end."""
    return " ".join(photo.digest[at : at + 8] for at in range(0, 64, 8))
