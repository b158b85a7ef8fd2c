"""The words for registers that are taken over from files; see `labels`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from marketplace.domain.register_sheets import Register
from marketplace.web.labels_papers import WORK, Labels

REGISTER_NAMES = {
    Register.ORGANISATIONS: _l("Hợp tác xã, doanh nghiệp"),
    Register.CODES: _l("Mã số vùng trồng"),
    Register.CERTIFICATES: _l("Giấy chứng nhận"),
    Register.CHAINS: _l("Chuỗi đã công nhận, xác nhận"),
}
REGISTERS: Labels = {
    "Register": {one.value: words for one, words in REGISTER_NAMES.items()},
    "ImportState": {
        "draft": _l("Đang xem"),
        "proposed": _l("Chờ duyệt"),
        "applied": _l("Đã ghi vào sổ"),
        "undo_asked": _l("Chờ đồng ý hoàn tác"),
        "undone": _l("Đã hoàn tác"),
        "dropped": _l("Đã bỏ"),
    },
    "ImportWork": {
        "trial": _l("Đang kiểm tệp"),
        "writing": _l("Đang ghi vào sổ"),
        "undoing": _l("Đang hoàn tác"),
    },
}

WORK["NoticeKind"] |= {
    "register_tried": _l("Đã kiểm xong sổ nhập từ tệp"),
    "register_failed": _l("Chưa ghi được sổ nhập từ tệp"),
    "register_undo_asked": _l("Có đề nghị hoàn tác lần nhập sổ"),
    "register_kept": _l("Lần nhập sổ được giữ lại"),
}
