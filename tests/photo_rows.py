"""Pictures drawn by code, honest and hostile, and photos as rows."""

from __future__ import annotations

import io
import struct
import zlib
from functools import lru_cache
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import select

from marketplace.domain.photos import PhotoOf
from marketplace.services.photo_store import keep_file
from marketplace.services.pictures import Picture, prepare_picture
from models.deliveries import DeliveryNote
from models.photos import Photo
from tests.factories import NOW

GPS, ORIENTATION, MAKE = 0x8825, 0x0112, 0x010F
PLACE = "Nha ong Pang"


def drawn(number: int = 0, size: tuple[int, int] = (64, 48)) -> Image.Image:
    """A small picture, another one for each number."""
    image = Image.new("RGB", size, (40 + number * 37 % 200, 120, 60))
    ImageDraw.Draw(image).ellipse((8, 8, size[0] - 8, size[1] - 8), fill="orange")
    return image


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def jpeg(number: int = 0, size: tuple[int, int] = (64, 48)) -> bytes:
    return encoded(drawn(number, size))


def with_place(turned: int = 1) -> bytes:
    """A JPEG that tells where it was taken, by which phone, and in a comment."""
    exif = Image.Exif()
    exif[MAKE], exif[ORIENTATION] = PLACE, turned
    exif[GPS] = {1: "N", 2: (21.0, 3.0, 9.0), 3: "E", 4: (103.0, 44.0, 24.0)}
    return encoded(drawn(), exif=exif, comment=PLACE.encode())


def bomb(side: int) -> bytes:
    """A PNG of some kilobytes that claims side x side pixels, the first ones there."""

    def chunk(name: bytes, body: bytes) -> bytes:
        checked = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", checked)

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (side // 8 + 2) * min(side, 5_000), 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


def webp_bomb() -> bytes:
    """A lossless WebP of a few bytes that claims 16383 x 16383 pixels."""
    sides = 16382 | 16382 << 14
    body = b"VP8L" + struct.pack("<IBI", 25, 0x2F, sides) + bytes(21)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


@lru_cache
def picture(number: int = 0) -> Picture:
    return prepare_picture(jpeg(number))


def photo(session: Any, note: DeliveryNote) -> Photo:
    """The one photo of the note, taken by somebody of the seller."""
    wanted = select(Photo).where(Photo.note_id == note.id)
    return session.scalars(wanted).first() or _photo(session, note)


def _photo(session: Any, note: DeliveryNote) -> Photo:
    keep_file(session, note.contract_id, picture())
    row = Photo(
        contract_id=note.contract_id,
        about=PhotoOf.NOTE,
        note_id=note.id,
        digest=picture().digest,
        width=64,
        height=48,
        added_later=False,
        by_user_id=note.confirmations[0].user_id,
        by_organisation_id=note.contract.seller_id,
        at=NOW,
    )
    session.add(row)
    session.flush()
    return row
