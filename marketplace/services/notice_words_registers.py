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
    NoticeKind.REGISTER_TRIED: Said(
        N_("Đã kiểm xong sổ nhập từ tệp"),
        N_("%(file)s: %(rows)s bản ghi mới, %(wrong)s dòng sai."),
        N_("Xem lần nhập"),
        "table-import",
    ),
    NoticeKind.REGISTER_FAILED: Said(
        N_("Chưa làm xong việc với sổ nhập từ tệp"),
        N_("Không ghi hay xóa dòng nào của %(file)s. Mở lần nhập để xem vì sao."),
        N_("Xem lần nhập"),
        "alert-triangle",
    ),
    NoticeKind.REGISTER_UNDO_ASKED: Said(
        N_("Có đề nghị hoàn tác lần nhập sổ"),
        N_("%(file)s. Lý do: %(reason)s. Cần một cán bộ khác đồng ý."),
        N_("Xem và quyết định"),
        "alert-triangle",
    ),
    NoticeKind.REGISTER_KEPT: Said(
        N_("Lần nhập sổ được giữ lại"),
        N_("%(file)s: các bản ghi đã nhập vẫn ở trong sổ."),
        N_("Xem lần nhập"),
        "check",
    ),
    NoticeKind.REGISTER_UNDONE: Said(
        N_("Lần nhập sổ đã được hoàn tác"),
        N_("%(file)s. Lý do: %(reason)s"),
        N_("Xem lần nhập"),
        "alert-triangle",
    ),
}
