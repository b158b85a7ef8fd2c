"""What to do where a predicate of a chain fails, and who has to do it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from marketplace.domain.chain_facts import PredicateResult
from marketplace.domain.errors import N_


class Doer(StrEnum):
    """Whose turn it is."""

    LEAD = "lead"
    PARTNER = "partner"
    OFFICER = "officer"


@dataclass(frozen=True)
class Advice:
    """The next step in words, and who takes it."""

    doer: Doer
    text: str


_LEAD, _PARTNER, _OFFICER = Doer.LEAD, Doer.PARTNER, Doer.OFFICER
ADVICE: Mapping[str, Advice] = {
    "no_contract": Advice(_LEAD, N_("Ký hợp đồng mới hoặc gia hạn với bên mua")),
    "no_producer": Advice(_LEAD, N_("Ký hợp đồng do hợp tác xã hoặc hộ đứng bán")),
    "no_buyer": Advice(_LEAD, N_("Ký hợp đồng với doanh nghiệp đứng mua")),
    "same_entity": Advice(_LEAD, N_("Ký hợp đồng với một pháp nhân khác")),
    "no_form": Advice(_LEAD, N_("Sửa hợp đồng cho có công đoạn tiêu thụ")),
    "other_product": Advice(_LEAD, N_("Tách hợp đồng của nông sản khác khỏi chuỗi")),
    "missing_clauses": Advice(_LEAD, N_("Ký phụ lục bổ sung điều khoản còn thiếu")),
    "too_few_seasons": Advice(_LEAD, N_("Giao trọn vụ này, hoặc ký thêm vụ sau")),
    "term_too_short": Advice(_LEAD, N_("Ký hợp đồng dài hạn hơn")),
    "too_small": Advice(_LEAD, N_("Thêm diện tích hoặc sản lượng vào hợp đồng")),
    "too_small_measured": Advice(
        _LEAD, N_("Vẽ đủ các thửa, hoặc thêm diện tích hay sản lượng vào hợp đồng")
    ),
    "not_recognised": Advice(_OFFICER, N_("Xem hồ sơ rồi công nhận hoặc trả lại")),
    "not_confirmed": Advice(
        _OFFICER, N_("Một cán bộ đề nghị, một cán bộ khác xác nhận")
    ),
    "withdrawn": Advice(_LEAD, N_("Khắc phục rồi gửi lại đề nghị")),
    "same_people": Advice(
        _OFFICER, N_("Cán bộ không thuộc bên nào trong chuỗi công nhận lại")
    ),
    "no_evidence": Advice(
        _LEAD, N_("Nộp giấy chứng nhận còn hạn cho công đoạn còn thiếu")
    ),
    "revoked_evidence": Advice(_LEAD, N_("Khắc phục rồi xin cấp lại giấy bị thu hồi")),
    "gap": Advice(_LEAD, N_("Ký hợp đồng nối hai công đoạn này")),
    "no_lots": Advice(_LEAD, N_("Ghi lô hàng khi giao, cả nguồn và nơi nhận")),
    "unlinked_lots": Advice(_LEAD, N_("Bổ sung nguồn và nơi nhận của các lô này")),
    "failed_sample": Advice(_LEAD, N_("Khắc phục lỗi của mẫu rồi báo cán bộ")),
    "no_recent_sample": Advice(_OFFICER, N_("Lấy mẫu giám sát")),
    "expired": Advice(_LEAD, N_("Gửi đề nghị xác nhận lại")),
    "open_finding": Advice(_LEAD, N_("Khắc phục lỗi nặng rồi báo cán bộ")),
    "post_check_due": Advice(_OFFICER, N_("Hẹn ngày và đi hậu kiểm")),
    "stopped": Advice(_LEAD, N_("Báo hoạt động lại khi có hợp đồng")),
}


def advice_for(result: PredicateResult) -> Advice | None:
    """The next step for what fails; None where nothing does or nobody can."""
    return ADVICE.get(result.reason) if result.fails else None
