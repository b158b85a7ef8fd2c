"""What notices about boxes say."""

from __future__ import annotations

from marketplace.domain.errors import N_
from marketplace.domain.words import NoticeKind
from marketplace.services.notice_said import Said

BOX_WORDS: dict[NoticeKind, Said] = {
    NoticeKind.BOX_REPORTED: Said(
        N_("Có người báo hàng không đúng"),
        N_("Lô %(lot)s. Xem người cầm thùng hàng nói gì."),
        N_("Xem báo cáo"),
        "flag",
    ),
}
