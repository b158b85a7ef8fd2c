"""What notices say about force majeure, and about what comes after the last delivery."""

from __future__ import annotations

from marketplace.domain.errors import N_
from marketplace.domain.words_work import NoticeKind
from marketplace.services.notice_said import Said

_SEE = N_("Xem và trả lời")
MAJEURE_WORDS: dict[NoticeKind, Said] = {
    NoticeKind.MAJEURE_GIVEN: Said(
        N_("%(partner)s báo bất khả kháng, %(kg)s bị ảnh hưởng"),
        N_("Hợp đồng %(number)s: %(reason)s. Trả lời trước ngày %(day)s."),
        _SEE,
        "alert-triangle",
    ),
    NoticeKind.MAJEURE_ANSWERED: Said(
        N_("Báo bất khả kháng của hợp đồng %(number)s có thay đổi"),
        N_("Với %(partner)s. Mở ra xem trả lời và việc tiếp theo. %(reason)s"),
        N_("Xem trả lời"),
        "alert-triangle",
    ),
    NoticeKind.MAJEURE_CONTESTED: Said(
        N_("Bất khả kháng của %(partner)s chờ cán bộ xem xét"),
        N_("Hợp đồng %(number)s. Bên kia không đồng ý hoặc không trả lời. %(reason)s"),
        N_("Xem và xác nhận"),
        "scale",
    ),
    NoticeKind.MAJEURE_DECIDED: Said(
        N_("Cán bộ đã trả lời báo bất khả kháng"),
        N_("Hợp đồng %(number)s. Cán bộ ghi: %(reason)s"),
        N_("Xem trả lời"),
        "scale",
    ),
    NoticeKind.CONTRACT_FULFILLED: Said(
        N_("Hợp đồng %(number)s đã thực hiện xong"),
        N_("Đã giao và trả đủ với %(partner)s. Xem số cuối rồi cùng thanh lý."),
        N_("Xem và thanh lý"),
        "rubber-stamp",
    ),
}
