"""What notices about lots say."""

from __future__ import annotations

from marketplace.domain.errors import N_
from marketplace.domain.words_work import NoticeKind
from marketplace.services.notice_said import Said

LOT_WORDS: dict[NoticeKind, Said] = {
    NoticeKind.LOT_SENT: Said(
        N_("%(sender)s gửi %(kg)s tới"),
        N_("Lô %(lots)s. Hàng tới thì ghi nhận, một lần chạm là xong."),
        N_("Nhận hàng"),
        "truck-delivery",
    ),
    NoticeKind.LOT_HELD: Said(
        N_("Lô hàng bị giữ lại vì hái quá sớm"),
        N_(
            "Lô %(lots)s hái khi chưa hết %(days)s ngày cách ly sau lần phun"
            " %(product)s ngày %(day)s. Không đóng, không gửi, không bán."
        ),
        N_("Xem lô"),
        "ban",
    ),
}
