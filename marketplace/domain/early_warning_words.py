"""What an alert says to people: its reason, and what each of them can do next.

Message ids with the places that `notice_params.shown_params` fills.
"""

from __future__ import annotations

from marketplace.domain.early_warning_facts import AlertCode, Concern
from marketplace.domain.errors import N_

_ASK_BOTH = N_("Gọi hai bên, hỏi vướng ở đâu và hẹn ngày trả lời.")
_HELP = N_("Gọi hai bên, giúp tìm nguồn khác cho phần thiếu.")
_TALK = N_("Bàn với bên kia trước khi tới đợt giao.")
_ANSWER = N_("Mở hợp đồng và trả lời phần đang chờ.")

REASONS: dict[AlertCode, str] = {
    AlertCode.DELIVERY_SILENT: N_(
        "Đợt giao ngày %(day)s sắp tới, chưa báo sẵn hàng: %(kg)s"
    ),
    AlertCode.DELIVERY_BLOCKED: N_(
        "Bên bán báo không giao được đợt giao ngày %(day)s: %(kg)s"
    ),
    AlertCode.DELIVERY_LATE: N_("Quá hạn giao %(day)s, còn thiếu %(kg)s"),
    AlertCode.DELIVERY_HINDERED: N_(
        "Đợt giao ngày %(day)s bị bất khả kháng, chờ trả lời: %(kg)s"
    ),
    AlertCode.HARVEST_SHORT: N_("Dự kiến thu hoạch thấp hơn số đã hứa %(kg)s"),
    AlertCode.QUALITY_LOW: N_("Nghiệm thu loại %(kg)s, bằng %(pct)s%% số đã kiểm"),
    AlertCode.PRICE_BELOW: N_(
        "Giá hợp đồng %(price)s thấp hơn giá chợ ngày %(day)s %(pct)s%%"
    ),
    AlertCode.PRICE_ABOVE: N_(
        "Giá hợp đồng %(price)s cao hơn giá chợ ngày %(day)s %(pct)s%%"
    ),
    AlertCode.DAY_WAITING: N_("Xin đổi ngày giao từ %(day)s chưa được trả lời"),
    AlertCode.NOTE_WAITING: N_("Phiếu giao nhận chờ xác nhận từ %(day)s"),
    AlertCode.INSPECTION_WAITING: N_("Hàng đã giao chờ nghiệm thu từ %(day)s"),
    AlertCode.CLAIM_WAITING: N_("Khiếu nại từ %(day)s chưa được trả lời"),
    AlertCode.ENTRY_WAITING: N_("Khoản tiền chờ xác nhận từ %(day)s"),
    AlertCode.PAYMENT_OVERDUE: N_("Quá hạn trả %(amount)s, hạn cũ nhất %(day)s"),
    AlertCode.PAPER_LAPSING: N_("Giấy tờ của vụ hết hạn %(day)s, trước đợt giao cuối"),
}

_ADVICE: dict[AlertCode, tuple[str, str, str]] = {
    AlertCode.DELIVERY_SILENT: (
        N_("Báo sẵn hàng, xin đổi ngày, hoặc báo không giao được."),
        N_("Hỏi bên bán có giao đúng ngày không."),
        _ASK_BOTH,
    ),
    AlertCode.DELIVERY_BLOCKED: (
        N_("Xin đổi ngày giao, hoặc bàn với bên mua phần không giao được."),
        N_("Trả lời sớm: đổi ngày, hoặc tìm nguồn khác cho phần thiếu."),
        _HELP,
    ),
    AlertCode.DELIVERY_LATE: (
        N_("Giao phần còn thiếu, hoặc xin đổi ngày ngay hôm nay."),
        N_("Hỏi bên bán ngày giao bù; cần hàng gấp thì tìm nguồn khác."),
        _HELP,
    ),
    AlertCode.DELIVERY_HINDERED: (
        N_("Gửi thêm ảnh và giấy xác nhận, giữ phần hàng còn lại."),
        N_("Xem báo bất khả kháng và trả lời: ghi nhận, hoặc nói vì sao không."),
        N_("Xem bằng chứng, hỏi xã nơi xảy ra rồi xác nhận hoặc bác."),
    ),
    AlertCode.HARVEST_SHORT: (
        N_("Báo bên mua sớm phần nào giao được, phần nào không."),
        N_("Hỏi bên bán phần còn giao được, tìm nguồn khác cho phần thiếu."),
        _HELP,
    ),
    AlertCode.QUALITY_LOW: (
        N_("Xem lý do loại hàng và phân loại lại trước đợt giao tới."),
        N_("Nói rõ tiêu chuẩn với bên bán trước đợt giao tới."),
        N_("Hỏi hai bên vì sao hàng bị loại, mời người kiểm giúp."),
    ),
    AlertCode.PRICE_BELOW: (_TALK, _TALK, _ASK_BOTH),
    AlertCode.PRICE_ABOVE: (_TALK, _TALK, _ASK_BOTH),
    AlertCode.DAY_WAITING: (_ANSWER, _ANSWER, _ASK_BOTH),
    AlertCode.NOTE_WAITING: (_ANSWER, _ANSWER, _ASK_BOTH),
    AlertCode.INSPECTION_WAITING: (
        N_("Nhắc bên mua nghiệm thu."),
        N_("Nghiệm thu ngay: quá giờ thì coi như nhận hết."),
        _ASK_BOTH,
    ),
    AlertCode.CLAIM_WAITING: (_ANSWER, _ANSWER, _ASK_BOTH),
    AlertCode.ENTRY_WAITING: (_ANSWER, _ANSWER, _ASK_BOTH),
    AlertCode.PAYMENT_OVERDUE: (
        N_("Gửi bảng tính tiền và nhắc bên mua trả."),
        N_("Trả tiền, hoặc hẹn ngày trả với bên bán."),
        _ASK_BOTH,
    ),
    AlertCode.PAPER_LAPSING: (
        N_("Nộp hồ sơ cấp lại ngay, rồi ghi giấy mới vào hệ thống."),
        N_("Hỏi bên bán khi nào có giấy mới."),
        N_("Nhắc hợp tác xã cấp lại giấy, chỉ nơi nộp hồ sơ."),
    ),
}


def advice_for(code: AlertCode, reader: Concern) -> str:
    """What this reader can do about the alert, as a message id."""
    return _ADVICE[code][list(Concern).index(reader)]
