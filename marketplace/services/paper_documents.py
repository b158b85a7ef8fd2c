"""What was sent as a copy of a paper: a picture drawn anew, or a PDF that is sound.

The kind is read from the bytes, never from the name. A PDF is kept as it was sent,
within bounds; it is only ever handed out to be saved, in a sandbox.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from marketplace.domain.errors import N_, Refused
from marketplace.domain.paper_files import MOST_PDF, FileKind
from marketplace.domain.photos import MIB
from marketplace.services.pictures import looks_like_photo, prepare_picture

FIELD = "files"
_PDF, _END = b"%PDF-", b"%%EOF"
# Names of what a paper never needs and a reader might run or fetch.
_ACTIVE = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA")


@dataclass(frozen=True)
class Document:
    """A copy ready to be kept; `small` is the thumbnail of a picture."""

    kind: FileKind
    data: bytes
    small: bytes | None
    digest: str


def prepare_document(sent: bytes) -> Document:
    """Refused: another kind of file, too large, broken, locked, or with programs."""
    if sent.startswith(_PDF):
        return _pdf(sent)
    if not looks_like_photo(sent):
        raise Refused(N_("Chỉ nhận PDF hoặc ảnh JPEG, PNG, WebP"), FIELD)
    picture = prepare_picture(sent)
    return Document(FileKind.JPEG, picture.data, picture.small, picture.digest)


def _pdf(sent: bytes) -> Document:
    if len(sent) > MOST_PDF:
        raise Refused(N_("Tệp PDF nặng quá %(most)s MB"), FIELD, most=MOST_PDF // MIB)
    if _END not in sent[-2048:] or b"obj" not in sent:
        raise Refused(N_("Tệp PDF hỏng, không mở được"), FIELD)
    if b"/Encrypt" in sent:
        raise Refused(N_("Tệp PDF bị khóa, bỏ mật khẩu rồi gửi lại"), FIELD)
    if any(name in sent for name in _ACTIVE):
        raise Refused(N_("Tệp PDF có phần chạy được, in lại thành PDF rồi gửi"), FIELD)
    return Document(FileKind.PDF, sent, None, hashlib.sha256(sent).hexdigest())
