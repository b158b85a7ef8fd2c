"""The words for the codes of the domain, and the tone and icon they appear with.

Keyed by the enumeration's name and the stored value, so that a code from the
database and a member from Python find the same words.
"""

from __future__ import annotations

from enum import Enum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from marketplace.web.labels_call_offs import CONTRACTS, SILENT
from marketplace.web.labels_papers import PAPERS, WORK, Labels

_PEOPLE: Labels = {
    "Role": {
        "director": _l("Giám đốc"),
        "staff": _l("Nhân viên"),
        "buyer": _l("Người thu mua"),
        "officer": _l("Cán bộ quản lý"),
        "administrator": _l("Quản trị viên"),
    },
    "OrganisationKind": {
        "cooperative": _l("Hợp tác xã"),
        "coop_union": _l("Liên hiệp hợp tác xã"),
        "coop_group": _l("Tổ hợp tác"),
        "farm_household": _l("Hộ nông dân"),
        "farm": _l("Trang trại"),
        "household_business": _l("Hộ kinh doanh"),
        "enterprise": _l("Doanh nghiệp"),
        "retailer": _l("Siêu thị, chuỗi bán lẻ"),
        "exporter": _l("Doanh nghiệp xuất khẩu"),
        "processor": _l("Cơ sở chế biến"),
        "authority": _l("Cơ quan quản lý"),
    },
    "OrganisationState": {
        "draft": _l("Nháp"),
        "pending": _l("Chờ xác minh"),
        "change_requested": _l("Cần bổ sung"),
        "verified": _l("Đã xác minh"),
        "rejected": _l("Bị từ chối"),
        "suspended": _l("Đang tạm khóa"),
    },
    "VerificationDecision": {
        "verified": _l("Xác minh"),
        "change_requested": _l("Yêu cầu bổ sung"),
        "rejected": _l("Từ chối"),
    },
    "MembershipState": {
        "invited": _l("Đã mời"),
        "pending": _l("Chờ duyệt"),
        "active": _l("Đang hoạt động"),
        "ended": _l("Đã rời"),
    },
    "Side": {"seller": _l("Bên bán"), "buyer": _l("Bên mua")},
}

_TRADE: Labels = {
    "HarvestState": {
        "draft": _l("Nháp"),
        "open": _l("Đang bán"),
        "withdrawn": _l("Đã gỡ"),
        "closed": _l("Đã xong vụ"),
    },
    "OfferState": {
        "draft": _l("Nháp"),
        "open": _l("Đang mua"),
        "paused": _l("Đang tạm dừng"),
        "closed": _l("Đã đóng"),
    },
    "ProposalState": {
        "proposed": _l("Chờ trả lời"),
        "negotiating": _l("Đang thỏa thuận"),
        "agreed": _l("Đã đồng ý"),
        "declined": _l("Đã từ chối"),
        "expired": _l("Quá hạn trả lời"),
        "superseded": _l("Đã thay bằng đề xuất mới"),
    },
    "ContractState": {
        "draft": _l("Bản thảo"),
        "proposed": _l("Chờ ký"),
        "negotiating": _l("Đang thỏa thuận"),
        "signed": _l("Đã ký"),
        "in_force": _l("Đang hiệu lực"),
        "suspended": _l("Tạm ngừng"),
        "fulfilled": _l("Đã thực hiện xong"),
        "expired": _l("Đã hết hạn"),
        "terminated": _l("Chấm dứt trước hạn"),
        "closed": _l("Đã thanh lý"),
    },
    "ContractKind": {
        "linkage": _l("Hợp đồng liên kết"),
        "offtake": _l("Hợp đồng bao tiêu"),
    },
    "PriceMode": {
        "fixed": _l("Giá chốt"),
        "floor": _l("Giá sàn, chia phần chênh"),
        "market": _l("Theo giá thị trường"),
    },
    "SeasonClass": {
        "early": _l("Vụ sớm"),
        "main": _l("Chính vụ"),
        "late": _l("Vụ muộn"),
        "off_season": _l("Trái vụ"),
    },
    "GradeRank": {"1": _l("Loại 1"), "2": _l("Loại 2"), "3": _l("Loại 3")},
    "Matter": {"kg": _l("Số lượng"), "days": _l("Ngày giao"), "price": _l("Giá")},
    "Verdict": {
        "ok": _l("Khớp"),
        "tight": _l("Khớp một phần"),
        "fail": _l("Chưa khớp"),
    },
    "Severity": {"E": _l("Lỗi"), "W": _l("Lưu ý"), "I": _l("Thông tin")},
    "ClauseNeed": {
        "mandatory": _l("Bắt buộc"),
        "optional": _l("Tùy chọn"),
        "if_stage": _l("Bắt buộc khi có công đoạn này"),
        "if_safe_supply": _l("Bắt buộc với chuỗi an toàn"),
    },
}

_LINKAGE: Labels = {
    "Stage": {
        "input": _l("Vật tư, dịch vụ đầu vào"),
        "production_harvest": _l("Sản xuất, thu hoạch"),
        "processing": _l("Sơ chế, chế biến"),
        "consumption": _l("Tiêu thụ"),
    },
    "LinkageForm": {
        "F1": _l("Từ đầu vào, sản xuất, thu hoạch, chế biến đến tiêu thụ"),
        "F2": _l("Đầu vào gắn với tiêu thụ"),
        "F3": _l("Sản xuất, thu hoạch gắn với tiêu thụ"),
        "F4": _l("Đầu vào, sản xuất, thu hoạch gắn với tiêu thụ"),
        "F5": _l("Sản xuất, thu hoạch, chế biến gắn với tiêu thụ"),
        "F6": _l("Đầu vào, chế biến gắn với tiêu thụ"),
        "F7": _l("Chế biến gắn với tiêu thụ"),
    },
    "LinkageClass": {
        "production_processing_consumption": _l("Sản xuất, chế biến, tiêu thụ"),
        "production_consumption": _l("Sản xuất, tiêu thụ"),
        "processing_consumption": _l("Chế biến, tiêu thụ"),
        "other": _l("Khác"),
    },
    "ChainKind": {
        "product_development": _l("Chuỗi phát triển sản phẩm"),
        "safe_supply": _l("Chuỗi cung ứng nông sản an toàn"),
    },
    "ChainState": {
        "draft": _l("Nháp"),
        "submitted": _l("Chờ công nhận"),
        "returned": _l("Đã trả lại để bổ sung"),
        "active": _l("Đang hoạt động"),
        "at_risk": _l("Có nguy cơ đứt"),
        "suspended": _l("Tạm ngừng"),
        "stopped": _l("Đã dừng hoạt động"),
        "revoked": _l("Đã thu hồi"),
        "expired": _l("Đã hết hạn"),
    },
}

__all__ = ["LABELS", "SILENT", "icon_of", "label", "tone"]

LABELS: Labels = _PEOPLE | _TRADE | _LINKAGE | PAPERS | WORK | CONTRACTS

# What a state means for whoever reads it; one colour has one meaning.
_TONES = {
    "ok": {
        "verified",
        "active",
        "open",
        "agreed",
        "signed",
        "in_force",
        "issued",
        "fulfilled",
        "ok",
        "sent",
        "done",
        "ready",
        "confirmed",
        "accepted",
    },
    "demand": {"proposed", "negotiating", "submitted", "running", "invited"},
    "warn": {
        "pending",
        "change_requested",
        "at_risk",
        "returned",
        "suspended",
        "paused",
        "tight",
        "W",
        "sending",
        "written",
        "recorded",
        "mediation",
        "posted",
    },
    "bad": {
        "rejected",
        "declined",
        "expired",
        "revoked",
        "terminated",
        "fail",
        "E",
        "failed",
        "stopped",
        "blocked",
        "refused",
    },
}
_ICONS = {
    "verified": "shield-check",
    "agreed": "heart-handshake",
    "signed": "signature",
    "proposed": "clock",
    "negotiating": "arrows-exchange",
    "expired": "calendar-off",
    "at_risk": "alert-triangle",
    "draft": "edit",
}
_ICONS_OF_TONES = {
    "ok": "check",
    "demand": "clock",
    "warn": "clock-exclamation",
    "bad": "x",
}


def _value(code: object) -> str:
    return str(code.value) if isinstance(code, Enum) else str(code)


def label(code: object, kind: str | None = None) -> LazyString | str:
    """The word for a member, or for the stored value of the enumeration `kind`."""
    return LABELS.get(kind or type(code).__name__, {}).get(_value(code), _value(code))


def tone(code: object) -> str:
    """ok, demand, warn, bad, or line for what calls nobody."""
    value = _value(code)
    return next((name for name, values in _TONES.items() if value in values), "line")


def icon_of(code: object) -> str:
    """The icon that stands before the word of a state; empty where none does."""
    return _ICONS.get(_value(code), _ICONS_OF_TONES.get(tone(code), ""))
