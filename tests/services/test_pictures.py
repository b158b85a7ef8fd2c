"""Whatever is sent as a photo becomes a small clean JPEG, or a plain refusal."""

from __future__ import annotations

import hashlib
import io
import random
import resource
import struct
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from marketplace.domain.errors import Refused
from marketplace.domain.photos import (
    LONGEST_EDGE,
    LONGEST_EDGE_SMALL,
    MOST_KEPT,
    MOST_KEPT_SMALL,
    MOST_SENT,
)
from marketplace.services.pictures import prepare_picture
from tests import photo_rows

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PAGE = b"<html><script>alert(document.cookie)</script></html>"
WRONG_TYPE = "Chỉ nhận ảnh JPEG, PNG hoặc WebP"
BROKEN = "Ảnh hỏng, không mở được"
QUICK = 2.0  # seconds of a slow processor


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_becomes_a_bounded_jpeg_with_a_thumbnail(kind):
    sent = photo_rows.encoded(photo_rows.drawn(size=(2400, 1200)), kind)

    kept = prepare_picture(sent)

    assert opened(kept.data).format == opened(kept.small).format == "JPEG"
    assert (kept.width, kept.height) == opened(kept.data).size == (LONGEST_EDGE, 800)
    assert opened(kept.small).size == (LONGEST_EDGE_SMALL, LONGEST_EDGE_SMALL // 2)
    assert kept.digest == hashlib.sha256(kept.data).hexdigest()


def test_the_same_photo_has_the_same_digest_and_another_one_another():
    first, again = (prepare_picture(photo_rows.jpeg(1)) for _ in range(2))

    assert first == again
    assert first.digest != prepare_picture(photo_rows.jpeg(2)).digest


def test_place_phone_and_comment_do_not_come_along():
    sent = photo_rows.with_place()
    assert photo_rows.PLACE.encode() in sent
    assert opened(sent).getexif().get_ifd(photo_rows.GPS)

    kept = prepare_picture(sent)

    for data in (kept.data, kept.small):
        assert not opened(data).getexif()
        assert photo_rows.PLACE.encode() not in data
        assert "comment" not in opened(data).info


def test_a_photo_taken_sideways_stands_upright():
    kept = prepare_picture(photo_rows.with_place(turned=6))

    assert (kept.width, kept.height) == (48, 64)


def test_what_is_transparent_lies_on_white():
    clear = Image.new("RGBA", (20, 20), (0, 0, 0, 0))

    kept = prepare_picture(photo_rows.encoded(clear, "PNG"))

    assert opened(kept.data).getpixel((10, 10)) == (255, 255, 255)


def test_noise_that_does_not_compress_is_kept_within_the_bound():
    noise = Image.frombytes("RGB", (1600, 1600), random.Random(7).randbytes(7_680_000))

    kept = prepare_picture(photo_rows.encoded(noise, quality=95))

    assert len(kept.data) <= MOST_KEPT
    assert len(kept.small) <= MOST_KEPT_SMALL


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        SVG,
        PAGE,
        b"%PDF-1.7",
        b"GIF89a" + PAGE,
        b"\0\0\0\x18ftypheic",
        b"RIFF\0\0\0\0WAVE",
        b"\x1f\x8b\x08" + bytes(40),
        photo_rows.encoded(photo_rows.drawn(), "GIF"),
        photo_rows.encoded(photo_rows.drawn(), "BMP"),
        photo_rows.encoded(photo_rows.drawn(), "TIFF"),
    ],
)
def test_what_is_no_photo_by_its_bytes_is_refused(sent):
    with pytest.raises(Refused, match=WRONG_TYPE):
        prepare_picture(sent)


def whole(kind: str) -> bytes:
    return photo_rows.encoded(photo_rows.drawn(size=(200, 200)), kind)


@pytest.mark.parametrize(
    "sent",
    [
        *(whole(kind)[: len(whole(kind)) // 2] for kind in ("JPEG", "PNG", "WEBP")),
        b"\xff\xd8\xff" + PAGE,
        b"\x89PNG\r\n\x1a\n" + SVG,
        b"RIFF\xff\xff\xff\xffWEBP" + PAGE,
    ],
)
def test_a_truncated_or_broken_photo_is_refused(sent):
    with pytest.raises(Refused, match=BROKEN):
        prepare_picture(sent)


def test_a_page_hidden_behind_a_photo_is_gone():
    kept = prepare_picture(photo_rows.jpeg() + PAGE)

    assert b"script" not in kept.data + kept.small


@pytest.mark.parametrize(
    "sent",
    [*map(photo_rows.bomb, (5_100, 13_000, 60_000)), photo_rows.webp_bomb()],
    ids=["25 megapixels", "169 megapixels", "3600 megapixels", "webp"],
)
def test_a_bomb_is_refused_before_its_pixels_are_read(sent):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(Refused, match=r"điểm ảnh|hỏng"):
        prepare_picture(sent)

    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kib < 50_000


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 600), st.sampled_from(["JPEG", "PNG"]))
def test_damaged_bytes_give_a_picture_or_a_refusal_and_nothing_else(junk, at, kind):
    sound = photo_rows.encoded(photo_rows.drawn(), kind)
    sent = sound[:at] + junk + sound[at + len(junk) :]

    try:
        kept = prepare_picture(sent)
    except Refused as refusal:
        told = refusal.field
    else:
        told = opened(kept.data).format
    assert told in ("photos", "JPEG")


def test_a_photo_that_weighs_too_much_is_refused_unopened():
    with pytest.raises(Refused, match="nặng quá"):
        prepare_picture(photo_rows.jpeg() + bytes(MOST_SENT))


def huge_exif() -> bytes:
    """A JPEG with as much EXIF as its segment holds, and a lying count in it."""
    exif = (
        b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01\x12\0\x02\xff\xff\xff\xff" * 8_000
    )
    body = exif[:65_000]
    segment = b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    plain = photo_rows.jpeg()
    return plain[:2] + segment + plain[2:]


def lying_jpeg() -> bytes:
    """A JPEG whose header claims 65,000 x 65,000 pixels."""
    data = bytearray(photo_rows.jpeg())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", 65_000, 65_000)
    return bytes(data)


def animated(kind: str, frames: int) -> bytes:
    first, *rest = (photo_rows.drawn(number, (400, 300)) for number in range(frames))
    return photo_rows.encoded(first, kind, save_all=True, append_images=rest)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (photo_rows.bomb(50_000), "Ảnh lớn quá 25 triệu điểm ảnh"),
        (lying_jpeg(), "Ảnh lớn quá 25 triệu điểm ảnh"),
        (photo_rows.jpeg()[:2] + b"\xff\xc0" * 50_000, BROKEN),
        (huge_exif(), BROKEN),
        (photo_rows.jpeg() + bytes(MOST_SENT), "Ảnh nặng quá 10 MB"),
    ],
    ids=["50k x 50k", "lying header", "malformed", "huge EXIF", "heavy"],
)
def test_a_hostile_file_is_refused_quickly_and_in_plain_words(sent, said):
    began = time.process_time()

    with pytest.raises(Refused) as refusal:
        prepare_picture(sent)

    assert str(refusal.value) == said
    assert time.process_time() - began < QUICK


@pytest.mark.parametrize(("kind", "frames"), [("PNG", 200), ("WEBP", 40)])
def test_of_an_animation_only_its_first_picture_is_read(kind, frames):
    sent = animated(kind, frames)
    began = time.process_time()

    kept = prepare_picture(sent)

    assert time.process_time() - began < QUICK
    assert not getattr(opened(kept.data), "is_animated", False)
    assert len(kept.data) <= MOST_KEPT
