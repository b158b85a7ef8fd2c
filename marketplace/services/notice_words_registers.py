"""What notices about registers that are taken over say."""

from __future__ import annotations

from marketplace.domain.errors import N_
from marketplace.domain.words import NoticeKind
from marketplace.services.notice_said import Said

REGISTER_WORDS: dict[NoticeKind, Said] = {
    NoticeKind.REGISTER_WAITING: Said(
        N_("Sổ nhập từ tệp chờ duyệt"),
        N_("%(maker)s nhập %(rows)s bản ghi mới từ %(file)s. Cần người thứ hai duyệt."),
        N_("Xem và duyệt"),
        "table-import",
    ),
    NoticeKind.REGISTER_APPLIED: Said(
        N_("Sổ nhập từ tệp đã được duyệt"),
        N_("Đã ghi %(rows)s bản ghi mới từ %(file)s."),
        N_("Xem lần nhập"),
        "check",
    ),
    NoticeKind.REGISTER_RETURNED: Said(
        N_("Sổ nhập từ tệp bị trả lại"),
        N_("%(file)s. Lý do: %(reason)s"),
        N_("Sửa lần nhập"),
        "alert-triangle",
    ),
    NoticeKind.REGISTER_UNDONE: Said(
        N_("Lần nhập sổ đã được hoàn tác"),
        N_("%(file)s. Lý do: %(reason)s"),
        N_("Xem lần nhập"),
        "alert-triangle",
    ),
}
