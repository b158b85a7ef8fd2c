"""What notices say about deliveries, inspections and money of a contract."""

from __future__ import annotations

from marketplace.domain.disputes import ClaimWord
from marketplace.domain.errors import N_
from marketplace.domain.words_work import NoticeKind
from marketplace.services.notice_said import Said
from marketplace.services.notice_words_majeure import MAJEURE_WORDS

_LOAD = N_("%(kg)s %(product)s, hợp đồng %(number)s.")
_OPEN = N_("Mở hợp đồng")

CONTRACT_WORDS: dict[NoticeKind, Said] = {
    NoticeKind.DELIVERY_READY: Said(
        N_("%(partner)s báo sẵn hàng ngày %(day)s"),
        _LOAD,
        N_("Xem đợt giao"),
        "truck-delivery",
    ),
    NoticeKind.DELIVERY_BLOCKED: Said(
        N_("%(partner)s báo không giao được ngày %(day)s"),
        N_("%(kg)s %(product)s, hợp đồng %(number)s. Lý do: %(reason)s"),
        N_("Xem đợt giao"),
        "alert-triangle",
    ),
    NoticeKind.DELIVERY_DAY_PROPOSED: Said(
        N_("%(partner)s xin đổi ngày giao sang %(day)s"),
        _LOAD,
        N_("Xem và trả lời"),
        "calendar",
    ),
    NoticeKind.DELIVERY_DAY_ANSWERED: Said(
        N_("%(partner)s đã trả lời việc đổi ngày giao"),
        N_("Đợt giao ngày %(day)s, hợp đồng %(number)s."),
        N_("Xem đợt giao"),
        "calendar",
    ),
    NoticeKind.NOTE_TO_CONFIRM: Said(
        N_("Phiếu giao nhận chờ xác nhận số cân"),
        N_("%(partner)s ghi %(kg)s %(product)s, hợp đồng %(number)s."),
        N_("Xem và xác nhận"),
        "scale",
    ),
    NoticeKind.NOTE_CONFIRMED: Said(
        N_("%(partner)s đã xác nhận số cân"), _LOAD, N_("Xem phiếu"), "check"
    ),
    NoticeKind.NOTE_VOID: Said(
        N_("Phiếu giao nhận bị hủy"),
        N_("%(kg)s %(product)s, hợp đồng %(number)s. Lý do: %(reason)s"),
        N_("Xem phiếu"),
        "x",
    ),
    NoticeKind.INSPECTED: Said(
        N_("%(partner)s đã nghiệm thu"),
        N_("Nhận %(kg)s %(product)s, hợp đồng %(number)s."),
        N_("Xem kết quả"),
        "clipboard-check",
    ),
    NoticeKind.CLAIM_RAISED: Said(
        N_("%(partner)s khiếu nại kết quả nghiệm thu"),
        N_("Hợp đồng %(number)s. Lý do: %(reason)s"),
        N_("Xem và trả lời"),
        "alert-triangle",
    ),
    NoticeKind.CLAIM_SAID: Said(
        N_("%(partner)s trả lời trong khiếu nại"),
        N_("Hợp đồng %(number)s: %(reason)s"),
        N_("Xem và trả lời"),
        "message",
    ),
    NoticeKind.CLAIM_CLOSED: Said(
        N_("Khiếu nại đã khép lại"),
        N_("Nhận %(kg)s %(product)s, hợp đồng %(number)s."),
        N_("Xem kết quả"),
        "check",
    ),
    NoticeKind.ENTRY_TO_CONFIRM: Said(
        N_("%(partner)s ghi một khoản chờ xác nhận"),
        N_("%(amount)s, hợp đồng %(number)s."),
        N_("Xem và xác nhận"),
        "cash",
    ),
    NoticeKind.ENTRY_ANSWERED: Said(
        N_("%(partner)s đã trả lời khoản tiền"),
        N_("%(amount)s, hợp đồng %(number)s."),
        _OPEN,
        "cash",
    ),
    NoticeKind.CONTRACT_CLOSED: Said(
        N_("Hợp đồng %(number)s đã thanh lý"),
        N_("%(kg)s %(product)s với %(partner)s."),
        _OPEN,
        "check",
    ),
    NoticeKind.RECORD_CONTESTED: Said(
        N_("%(organisation)s phản đối một số liệu uy tín"),
        N_("Lý do: %(reason)s"),
        N_("Xem và trả lời"),
        "scale",
    ),
    NoticeKind.RECORD_DECIDED: Said(
        N_("Cán bộ đã trả lời phản đối số liệu uy tín"),
        N_("Hợp đồng %(number)s. Cán bộ ghi: %(reason)s"),
        N_("Xem uy tín"),
        "scale",
    ),
    NoticeKind.TEMPLATE_WAITING: Said(
        N_("Mẫu hợp đồng phiên bản %(number)s chờ duyệt"),
        N_("%(writer)s soạn, áp dụng từ %(day)s. Cần người thứ hai xem và duyệt."),
        N_("Xem và duyệt"),
        "clipboard-check",
    ),
    NoticeKind.TEMPLATE_APPROVED: Said(
        N_("Mẫu hợp đồng phiên bản %(number)s đã duyệt"),
        N_("Hợp đồng soạn từ %(day)s theo mẫu này."),
        N_("Xem mẫu"),
        "check",
    ),
    NoticeKind.TEMPLATE_RETURNED: Said(
        N_("Mẫu hợp đồng phiên bản %(number)s bị trả lại"),
        N_("Lý do: %(reason)s"),
        N_("Sửa mẫu"),
        "alert-triangle",
    ),
    NoticeKind.CALLOFF_FRAME_PROPOSED: Said(
        N_("%(partner)s đề nghị gọi hàng theo tuần"),
        N_("%(product)s, hợp đồng %(number)s."),
        N_("Xem và trả lời"),
        "calendar",
    ),
    NoticeKind.CALLOFF_FRAME_ANSWERED: Said(
        N_("%(partner)s đã trả lời về việc gọi hàng theo tuần"),
        N_("%(product)s, hợp đồng %(number)s."),
        N_("Xem gọi hàng"),
        "calendar",
    ),
    NoticeKind.CALLOFF_END_ASKED: Said(
        N_("%(partner)s muốn kết thúc sớm việc gọi hàng theo tuần"),
        N_("%(product)s, hợp đồng %(number)s."),
        N_("Xem và trả lời"),
        "calendar",
    ),
    NoticeKind.CALLOFF_FRAME_ENDED: Said(
        N_("Việc gọi hàng theo tuần với %(partner)s đã kết thúc sớm"),
        N_("%(product)s, hợp đồng %(number)s."),
        N_("Xem gọi hàng"),
        "calendar",
    ),
    NoticeKind.CALLOFF_POSTED: Said(
        N_("%(partner)s gọi %(kg)s cho ngày %(day)s"),
        _LOAD,
        N_("Xem và trả lời"),
        "truck-delivery",
    ),
    NoticeKind.CALLOFF_CONFIRMED: Said(
        N_("Đã chốt giao %(kg)s ngày %(day)s"), _LOAD, N_("Xem gọi hàng"), "check"
    ),
    NoticeKind.CALLOFF_CLOSED: Said(
        N_("Lần gọi hàng cho ngày %(day)s không thành"),
        N_("%(kg)s %(product)s, hợp đồng %(number)s."),
        N_("Xem gọi hàng"),
        "x",
    ),
    NoticeKind.RENEWAL_DUE: Said(
        N_("Bàn vụ tới với %(partner)s"),
        N_("Hợp đồng %(number)s hết hạn %(day)s. Xem vụ qua rồi đề nghị làm tiếp."),
        N_("Xem và đề nghị"),
        "refresh",
    ),
    NoticeKind.RENEWAL_ASKED: Said(
        N_("%(partner)s muốn làm tiếp vụ tới"),
        N_("Theo hợp đồng %(number)s. Chọn hàng của bên mình rồi trả lời."),
        N_("Xem và trả lời"),
        "refresh",
    ),
    NoticeKind.RENEWAL_ENDED: Said(
        N_("%(partner)s thôi bàn vụ tới"),
        N_("Theo hợp đồng %(number)s. Vụ và đơn đã đăng vẫn ở trên sàn."),
        _OPEN,
        "x",
    ),
    NoticeKind.SEASONS_PROPOSED: Said(
        N_("%(partner)s muốn ký %(seasons)s vụ"),
        N_("Hợp đồng %(number)s chờ ký. Xem lịch giao từng vụ rồi trả lời."),
        N_("Xem và trả lời"),
        "calendar",
    ),
    NoticeKind.SEASONS_ANSWERED: Said(
        N_("Đề nghị ký %(seasons)s vụ đã có trả lời"),
        N_("Hợp đồng %(number)s với %(partner)s: đọc lại bản hiện nay rồi ký."),
        _OPEN,
        "calendar",
    ),
    NoticeKind.CONTRACT_ALERT: Said(
        N_("Hợp đồng %(number)s cần để ý"),
        N_("Mở hợp đồng để xem vì sao và việc nên làm."),
        N_("Xem và xử lý"),
        "alert-triangle",
    ),
    NoticeKind.AMENDMENT_TO_SIGN: Said(
        N_("Phụ lục hợp đồng %(number)s chờ ký"),
        N_("%(partner)s chờ trả lời trước ngày %(day)s: ký hoặc từ chối."),
        N_("Xem và trả lời"),
        "writing-sign",
    ),
    NoticeKind.AMENDMENT_CLOSED: Said(
        N_("Phụ lục hợp đồng %(number)s không thành"),
        N_("Hợp đồng với %(partner)s giữ nguyên như bản đang có hiệu lực."),
        _OPEN,
        "x",
    ),
    NoticeKind.CONTRACT_AMENDED: Said(
        N_("Hợp đồng %(number)s đã sửa đổi"),
        N_("Hai bên đã ký phụ lục với %(partner)s. Từ nay theo bản mới."),
        _OPEN,
        "check",
    ),
    **MAJEURE_WORDS,
}

# A tap says all: which word it was is kept, and each reader has it in their language.
CLAIM_TAPS: dict[ClaimWord, Said] = {
    ClaimWord.CALL_OFFICER: Said(
        N_("%(partner)s mời cán bộ phân xử"),
        N_("Hợp đồng %(number)s. Cán bộ xem hai bên nói gì rồi quyết định."),
        N_("Xem khiếu nại"),
        "scale",
    ),
    ClaimWord.WITHDRAW: Said(
        N_("%(partner)s rút khiếu nại"),
        N_("Hợp đồng %(number)s. Kết quả nghiệm thu giữ nguyên."),
        N_("Xem kết quả"),
        "check",
    ),
}
# A side asks an officer to step in.
ESCALATED = Said(
    N_("%(partner)s chuyển cảnh báo cho cán bộ"),
    N_("Hợp đồng %(number)s. Lý do: %(said)s"),
    N_("Xem và xử lý"),
    "alert-triangle",
)
# What nobody delivers any more is free for others.
RELEASED = Said(
    N_("%(kg)s của hợp đồng %(number)s trở lại sàn"),
    N_("Đang tìm đối tác khác cho phần này. Đề xuất mới hiện trong mục Đề xuất khớp."),
    _OPEN,
    "refresh",
)
