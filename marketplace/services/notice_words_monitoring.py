"""What notices say about the monitoring of chains."""

from __future__ import annotations

from marketplace.domain.errors import N_
from marketplace.domain.words_work import NoticeKind
from marketplace.services.notice_said import Said

_OPEN = N_("Mở chuỗi")
MONITORING_WORDS: dict[NoticeKind, Said] = {
    NoticeKind.CHECK_PLANNED: Said(
        N_("Lịch hậu kiểm %(chain)s ngày %(day)s"),
        N_("Lịch có thay đổi. Mở ra xem và chuẩn bị sổ sách, giấy tờ. %(reason)s"),
        _OPEN,
        "clipboard-check",
    ),
    NoticeKind.CHECK_DONE: Said(
        N_("Có kết quả hậu kiểm %(chain)s"),
        N_("Cán bộ ghi: %(reason)s"),
        N_("Xem kết quả"),
        "clipboard-check",
    ),
    NoticeKind.CHECK_OVERDUE: Said(
        N_("%(chain)s quá hạn hậu kiểm"),
        N_("Lịch là ngày %(day)s. Hẹn lại hoặc đi kiểm tra ngay."),
        _OPEN,
        "clock-exclamation",
    ),
    NoticeKind.SAMPLE_TOLD: Said(
        N_("Mẫu giám sát %(number)s của %(chain)s"),
        N_("Mẫu có thay đổi. Mở ra xem lô hàng và kết quả. %(reason)s"),
        N_("Xem mẫu"),
        "clipboard-check",
    ),
    NoticeKind.FINDING_OPENED: Said(
        N_("%(chain)s có lỗi cần khắc phục"),
        N_("Khắc phục trước ngày %(day)s: %(reason)s"),
        N_("Xem và khắc phục"),
        "alert-triangle",
    ),
    NoticeKind.FINDING_ANSWERED: Said(
        N_("%(chain)s báo đã khắc phục"),
        N_("Bên chủ trì ghi: %(reason)s"),
        N_("Xem và xác nhận"),
        "clipboard-check",
    ),
    NoticeKind.FINDING_JUDGED: Said(
        N_("Cán bộ đã xem phần khắc phục của %(chain)s"),
        N_("Mở ra xem lỗi đã đóng hay còn phải làm tiếp. %(reason)s"),
        N_("Xem trả lời"),
        "clipboard-check",
    ),
    NoticeKind.FINDING_OVERDUE: Said(
        N_("%(chain)s quá hạn khắc phục lỗi"),
        N_("Hạn là ngày %(day)s: %(reason)s"),
        N_("Xem lỗi"),
        "clock-exclamation",
    ),
    NoticeKind.CHAIN_STOPPED: Said(
        N_("%(chain)s dừng hoặc hoạt động lại"),
        N_("Bên chủ trì ghi: %(reason)s"),
        _OPEN,
        "binary-tree-2",
    ),
    NoticeKind.CASE_OPENED: Said(
        N_("Cán bộ hỏi về %(chain)s"),
        N_("Trả lời trước ngày %(day)s: %(reason)s"),
        N_("Xem và trả lời"),
        "scale",
    ),
    NoticeKind.CASE_ANSWERED: Said(
        N_("Vụ việc của %(chain)s có câu trả lời"),
        N_("Mở ra xem rồi kết luận. %(reason)s"),
        N_("Mở vụ việc"),
        "scale",
    ),
    NoticeKind.CASE_TO_DECIDE: Said(
        N_("Vụ việc của %(chain)s chờ cán bộ thứ hai"),
        N_("Kết luận: %(reason)s"),
        N_("Mở vụ việc"),
        "scale",
    ),
    NoticeKind.CASE_DECIDED: Said(
        N_("Vụ việc của %(chain)s đã có quyết định"),
        N_("Mở ra xem cán bộ quyết định gì. %(reason)s"),
        N_("Mở vụ việc"),
        "scale",
    ),
    NoticeKind.CASE_OVERDUE: Said(
        N_("Vụ việc của %(chain)s quá hạn trả lời"),
        N_("Hạn trả lời là ngày %(day)s: %(reason)s"),
        N_("Mở vụ việc"),
        "clock-exclamation",
    ),
    NoticeKind.CHAIN_DORMANT: Said(
        N_("%(chain)s có thể đã ngừng"),
        N_("Lâu không có lần giao nào; hai cán bộ xem và quyết định. %(reason)s"),
        _OPEN,
        "clock-exclamation",
    ),
}
