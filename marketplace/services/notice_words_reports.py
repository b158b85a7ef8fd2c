"""What notices say about reports that a worker has written."""

from __future__ import annotations

from marketplace.domain.errors import N_
from marketplace.domain.words_work import NoticeKind
from marketplace.services.notice_said import Said

REPORT_WORDS: dict[NoticeKind, Said] = {
    NoticeKind.REPORT_READY: Said(
        N_("Tệp báo cáo %(name)s đã xong"),
        N_("Địa bàn: %(area)s. Đăng nhập để tải; tệp giữ 30 ngày."),
        N_("Mở tệp báo cáo"),
        "report-analytics",
    ),
}
