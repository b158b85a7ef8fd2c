"""What notices say about holds, recalls and drills."""

from __future__ import annotations

from marketplace.domain.errors import N_
from marketplace.domain.words_work import NoticeKind
from marketplace.services.notice_said import Said

_OPEN = N_("Mở lệnh")
RECALL_WORDS: dict[NoticeKind, Said] = {
    NoticeKind.RECALL_OPENED: Said(
        N_("%(order)s hàng của lô %(lot)s, theo lệnh của %(by)s"),
        N_("%(todo)s %(reason)s"),
        _OPEN,
        "alert-triangle",
    ),
    NoticeKind.RECALL_DRILL: Said(
        N_("Diễn tập thu hồi lô %(lot)s"),
        N_("Diễn tập: hàng vẫn bán bình thường, trả lời như thật. %(reason)s"),
        N_("Trả lời diễn tập"),
        "clipboard-check",
    ),
    NoticeKind.RECALL_LATE: Said(
        N_("Quá hạn trả lời về lô %(lot)s"),
        N_("Trả lời ngay còn bao nhiêu kg trong kho. %(reason)s"),
        N_("Trả lời ngay"),
        "clock-exclamation",
    ),
    NoticeKind.RECALL_ANSWERED: Said(
        N_("Mọi nơi đã trả lời về lô %(lot)s"),
        N_("Mở ra xem số kg rồi kết luận. %(reason)s"),
        _OPEN,
        "clipboard-check",
    ),
    NoticeKind.RECALL_TO_LIFT: Said(
        N_("Lệnh về lô %(lot)s chờ cán bộ thứ hai"),
        N_("Đề nghị gỡ: %(reason)s"),
        _OPEN,
        "scale",
    ),
    NoticeKind.RECALL_CLOSED: Said(
        N_("Đã gỡ lệnh về lô %(lot)s"),
        N_("Kết quả: %(reason)s"),
        _OPEN,
        "check",
    ),
}
