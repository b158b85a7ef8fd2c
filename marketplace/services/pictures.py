"""What was sent as a photo becomes a small JPEG, or is refused with a plain reason.

Nothing of the sent bytes is kept: the pixels are drawn anew, so that places, names
of owners and whatever else hides in a file (EXIF, comments, a page behind the
picture) do not come along.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageOps

from marketplace.domain.errors import N_, Refused
from marketplace.domain.photos import (
    LONGEST_EDGE,
    LONGEST_EDGE_SMALL,
    MIB,
    MOST_KEPT,
    MOST_KEPT_SMALL,
    MOST_PIXELS,
    MOST_SENT,
)

# What cameras and phones write. Pillow's other readers are never asked.
FORMATS = ("JPEG", "PNG", "WEBP")
MEGAPIXELS = 1_000_000
# Ours is lower and is checked before a pixel is read; Pillow's would only warn.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True)
class Picture:
    """A JPEG and its thumbnail; `digest` is the SHA-256 of the JPEG."""

    data: bytes
    small: bytes
    digest: str
    width: int
    height: int


def prepare_picture(sent: bytes) -> Picture:
    """Decode, turn upright, shrink and write anew.

    Refused: too many bytes or pixels, bytes of another type, a broken file.
    """
    if len(sent) > MOST_SENT:
        raise Refused(N_("Ảnh nặng quá %(most)s MB"), "photos", most=MOST_SENT // MIB)
    if not looks_like_photo(sent):
        raise Refused(N_("Chỉ nhận ảnh JPEG, PNG hoặc WebP"), "photos")
    image = _decoded(sent)
    data, size = _written(image, LONGEST_EDGE, MOST_KEPT)
    small, _ = _written(image, LONGEST_EDGE_SMALL, MOST_KEPT_SMALL)
    return Picture(data, small, hashlib.sha256(data).hexdigest(), *size)


def looks_like_photo(sent: bytes) -> bool:
    """Whether the first bytes are those of a JPEG, PNG or WebP."""
    return (
        sent.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
        or sent[:4] + sent[8:12] == b"RIFFWEBP"
    )


def _decoded(sent: bytes) -> Image.Image:
    """The pixels, upright, on white, and nothing else."""
    try:
        with Image.open(io.BytesIO(sent), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Refused(
                    N_("Ảnh lớn quá %(most)s triệu điểm ảnh"),
                    "photos",
                    most=MOST_PIXELS // MEGAPIXELS,
                )
            # A JPEG is decoded at a half or a quarter where that is enough.
            image.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))
            return _plain(ImageOps.exif_transpose(image))
    except Refused:
        raise
    except Exception as error:  # a decoder may raise anything on hostile bytes
        raise Refused(N_("Ảnh hỏng, không mở được"), "photos") from error


def _plain(image: Image.Image) -> Image.Image:
    shrunk = image.copy()
    shrunk.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    with_alpha = shrunk.convert("RGBA")
    paper = Image.new("RGB", shrunk.size, "white")
    paper.paste(with_alpha, mask=with_alpha.getchannel("A"))
    return paper


def _written(image: Image.Image, edge: int, most: int) -> tuple[bytes, tuple[int, int]]:
    """A JPEG of at most so many bytes: first at less quality, then smaller."""
    for longest, quality in _tries(edge):
        shown = image.copy()
        shown.thumbnail((longest, longest))
        file = io.BytesIO()
        shown.save(file, "JPEG", quality=quality, optimize=True)
        if file.tell() <= most:
            return file.getvalue(), shown.size
    raise Refused(N_("Ảnh hỏng, không mở được"), "photos")


def _tries(edge: int) -> Iterator[tuple[int, int]]:
    while edge > LONGEST_EDGE_SMALL // 4:
        yield from ((edge, quality) for quality in (80, 60))
        edge //= 2
