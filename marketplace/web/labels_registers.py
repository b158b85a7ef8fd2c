"""The words for registers that are taken over from files; see `labels`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from marketplace.domain.register_sheets import Register
from marketplace.web.labels_papers import Labels

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
        "undone": _l("Đã hoàn tác"),
        "dropped": _l("Đã bỏ"),
    },
}
