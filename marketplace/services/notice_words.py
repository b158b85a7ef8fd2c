"""What a notice and its letter say: message ids, filled where they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from marketplace.domain.disputes import ClaimWord
from marketplace.domain.early_warning_facts import AlertCode
from marketplace.domain.early_warning_words import REASONS
from marketplace.domain.errors import N_
from marketplace.domain.words import NoticeKind
from marketplace.services.notice_said import Said
from marketplace.services.notice_words_boxes import BOX_WORDS
from marketplace.services.notice_words_contracts import (
    CLAIM_TAPS,
    CONTRACT_WORDS,
    ESCALATED,
    RELEASED,
)
from marketplace.services.notice_words_gone import GONE
from marketplace.services.notice_words_lots import LOT_WORDS
from marketplace.services.notice_words_monitoring import MONITORING_WORDS
from marketplace.services.notice_words_papers import (
    PAPER_WORDS,
    said_of_decision,
    said_of_expiry,
)
from marketplace.services.notice_words_recalls import RECALL_WORDS
from marketplace.services.notice_words_registers import REGISTER_WORDS
from marketplace.services.notice_words_reports import REPORT_WORDS

_SEE = N_("Xem và trả lời")
_DEAL = N_("%(kg)s %(product)s, %(price)s")

WORDS: dict[NoticeKind, Said] = {
    NoticeKind.ORGANISATION_WAITING: Said(
        N_("%(organisation)s chờ xác minh"),
        N_("Hồ sơ mới trong địa bàn. Cũ nhất trả lời trước."),
        N_("Mở hồ sơ"),
        "user-check",
    ),
    NoticeKind.VERIFICATION_VERIFIED: Said(
        N_("%(organisation)s đã được xác minh"),
        N_("Từ giờ đăng được vụ thu hoạch và đơn mua."),
        N_("Mở hồ sơ tổ chức"),
        "shield-check",
    ),
    NoticeKind.VERIFICATION_CHANGE_REQUESTED: Said(
        N_("Hồ sơ %(organisation)s cần bổ sung"),
        N_("Cán bộ ghi: %(reason)s"),
        N_("Sửa và gửi lại"),
        "alert-triangle",
    ),
    NoticeKind.VERIFICATION_REJECTED: Said(
        N_("Hồ sơ %(organisation)s bị từ chối"),
        N_("Lý do: %(reason)s"),
        N_("Mở hồ sơ tổ chức"),
        "x",
    ),
    NoticeKind.ORGANISATION_SUSPENDED: Said(
        N_("%(organisation)s bị tạm khóa"),
        N_("Lý do: %(reason)s"),
        N_("Mở hồ sơ tổ chức"),
        "alert-triangle",
    ),
    NoticeKind.INVITATION: Said(
        N_("Lời mời vào %(organisation)s"),
        N_(
            "%(inviter)s mời vào %(organisation)s trên Liên kết. Lời mời có hạn 7 ngày, dùng một lần."
        ),
        N_("Nhận lời mời"),
        "user-plus",
    ),
    NoticeKind.VERIFY_EMAIL: Said(
        N_("Xác nhận địa chỉ thư"),
        N_(
            "Bấm để xác nhận địa chỉ này là của %(name)s. Đường dẫn có hạn 3 ngày, dùng một lần."
        ),
        N_("Xác nhận địa chỉ"),
        "mail",
    ),
    NoticeKind.RESET_PASSWORD: Said(
        N_("Đặt lại mật khẩu"),
        N_(
            "Có người xin đặt lại mật khẩu, hoặc đăng ký mới bằng địa chỉ đã có tài khoản này."
            " Đường dẫn có hạn 30 phút, dùng một lần. Không phải mình thì bỏ qua thư này."
        ),
        N_("Đặt mật khẩu mới"),
        "key",
    ),
    NoticeKind.PROPOSAL_NEW: Said(
        N_("Đề xuất mới với %(partner)s"), _DEAL, _SEE, "heart-handshake"
    ),
    NoticeKind.PROPOSAL_COUNTER: Said(
        N_("%(partner)s đề nghị lại"), _DEAL, _SEE, "heart-handshake"
    ),
    NoticeKind.PROPOSAL_ACCEPTED: Said(
        N_("%(partner)s đã đồng ý"), _DEAL, N_("Xem đề xuất"), "check"
    ),
    NoticeKind.PROPOSAL_DECLINED: Said(
        N_("%(partner)s đã từ chối"), _DEAL, N_("Xem đề xuất"), "x"
    ),
    NoticeKind.PROPOSAL_EXPIRING: Said(
        N_("Đề xuất với %(partner)s sắp hết hạn"), _DEAL, _SEE, "clock-exclamation"
    ),
    NoticeKind.PROPOSAL_EXPIRED: Said(
        N_("Đề xuất với %(partner)s đã hết hạn"), _DEAL, N_("Xem đề xuất"), "clock"
    ),
    NoticeKind.CONTRACT_TO_SIGN: Said(
        N_("Hợp đồng %(number)s chờ ký"),
        N_("%(kg)s %(product)s với %(partner)s. Đọc rồi ký."),
        N_("Đọc và ký"),
        "writing-sign",
    ),
    NoticeKind.CONTRACT_SIGNED: Said(
        N_("Hợp đồng %(number)s đã ký đủ"),
        N_("%(kg)s %(product)s với %(partner)s."),
        N_("Xem hợp đồng"),
        "file-text",
    ),
    NoticeKind.CONTRACT_EXPIRED: Said(
        N_("Hợp đồng %(number)s quá hạn ký"),
        N_("%(kg)s %(product)s với %(partner)s trở lại sàn."),
        N_("Xem hợp đồng"),
        "clock-exclamation",
    ),
    NoticeKind.AT_RISK: Said(
        N_("Hợp đồng %(number)s có nguy cơ thiếu hàng"),
        N_("Dự kiến thu hoạch giảm. Bàn với %(partner)s trước ngày giao."),
        N_("Xem hợp đồng"),
        "alert-triangle",
    ),
    NoticeKind.CHAIN_SUBMITTED: Said(
        N_("%(chain)s chờ công nhận"),
        N_("Chuỗi đã gửi, điều kiện được kiểm sẵn trong hồ sơ."),
        N_("Mở chuỗi"),
        "binary-tree-2",
    ),
    NoticeKind.CHAIN_RECOGNISED: Said(
        N_("%(chain)s được công nhận"),
        N_("Chuỗi được tính từ hôm nay."),
        N_("Mở chuỗi"),
        "binary-tree-2",
    ),
    NoticeKind.CHAIN_RETURNED: Said(
        N_("%(chain)s cần bổ sung"),
        N_("Cán bộ ghi: %(reason)s"),
        N_("Mở chuỗi"),
        "alert-triangle",
    ),
    NoticeKind.CHAIN_AT_RISK: Said(
        N_("%(chain)s có nguy cơ đứt"),
        N_("Có điều kiện không còn đạt. Xem điều kiện nào và sửa trước hạn."),
        N_("Mở chuỗi"),
        "alert-triangle",
    ),
    **PAPER_WORDS,
    **CONTRACT_WORDS,
    **REGISTER_WORDS,
    **BOX_WORDS,
    **REPORT_WORDS,
    **MONITORING_WORDS,
    **LOT_WORDS,
    **RECALL_WORDS,
}


def said_of(kind: NoticeKind, params: Mapping[str, object]) -> Said:
    """What a notice says; one about an alert gives the reason of its code."""
    if kind is NoticeKind.CLAIM_SAID and params.get("word") in CLAIM_TAPS:
        return CLAIM_TAPS[ClaimWord(str(params["word"]))]
    if kind is NoticeKind.PAPER_EXPIRING:
        return said_of_expiry(params)
    if kind is NoticeKind.PAPER_DECIDED and params.get("decision"):
        return said_of_decision(params)
    if kind is NoticeKind.PROPOSAL_DECLINED and params.get("gone") in GONE:
        return GONE[str(params["gone"])]
    code = params.get("alert")
    if kind is NoticeKind.CONTRACT_ALERT and params.get("released"):
        return RELEASED
    if kind is not NoticeKind.CONTRACT_ALERT or code not in REASONS:
        return WORDS[kind]
    if params.get("said"):
        return ESCALATED
    return replace(WORDS[kind], text=REASONS[AlertCode(str(code))])
