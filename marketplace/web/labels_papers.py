"""The words for codes of papers, places and background work; see `labels`."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

Labels = dict[str, dict[str, LazyString]]

PAPERS: Labels = {
    "CertificateScheme": {
        "VIETGAP": _l("VietGAP"),
        "GLOBALGAP": _l("GlobalG.A.P."),
        "ORGANIC_TCVN": _l("Hữu cơ TCVN"),
        "FOOD_SAFETY": _l("Cơ sở đủ điều kiện an toàn thực phẩm"),
        "SAFETY_COMMITMENT": _l("Bản cam kết sản xuất an toàn"),
        "OCOP": _l("OCOP"),
        "HACCP": _l("HACCP"),
        "ISO22000": _l("ISO 22000"),
    },
    "PaperState": {
        "pending": _l("Chờ xác minh"),
        "active": _l("Còn hiệu lực"),
        "suspended": _l("Đang đình chỉ"),
        "revoked": _l("Đã thu hồi"),
        "expired": _l("Đã hết hạn"),
        "returned": _l("Bị trả lại để sửa"),
    },
    "PaperEventKind": {
        "submitted": _l("Ghi vào sổ, gửi xác minh"),
        "changed": _l("Đã sửa và gửi lại"),
        "returned": _l("Bị trả lại để sửa"),
        "refused": _l("Bị từ chối"),
        "verified": _l("Đã xác minh"),
        "suspended": _l("Bị tạm đình chỉ"),
        "resumed": _l("Được tính lại"),
        "revoked": _l("Bị thu hồi"),
        "supervised": _l("Giám sát định kỳ"),
        "reminded": _l("Nhắc sắp hết hạn"),
        "file_added": _l("Đã thêm bản chụp"),
        "file_replaced": _l("Đã thay bản chụp"),
    },
    "IssuerLevel": {
        "district": _l("Cấp huyện"),
        "province": _l("Cấp tỉnh"),
        "central": _l("Trung ương"),
    },
    "Market": {
        "domestic": _l("Trong nước"),
        "US": _l("Mỹ"),
        "CN": _l("Trung Quốc"),
        "AU": _l("Úc"),
        "NZ": _l("New Zealand"),
    },
    "FacilityKind": {
        "packing_house": _l("Cơ sở sơ chế, đóng gói"),
        "processing": _l("Cơ sở chế biến"),
        "dryer": _l("Lò sấy"),
        "selling_point": _l("Điểm bán"),
    },
    "AdminLevel": {
        "province": _l("Cấp tỉnh"),
        "district": _l("Cấp huyện"),
        "commune": _l("Cấp xã"),
    },
    "AdminKind": {
        "tinh": _l("Tỉnh"),
        "thanh_pho": _l("Thành phố"),
        "thi_xa": _l("Thị xã"),
        "huyen": _l("Huyện"),
        "xa": _l("Xã"),
        "phuong": _l("Phường"),
        "thi_tran": _l("Thị trấn"),
    },
}

WORK: Labels = {
    "LetterState": {
        "pending": _l("Chờ gửi"),
        "sending": _l("Đang gửi"),
        "sent": _l("Đã gửi"),
        "failed": _l("Chưa gửi được"),
    },
    "JobState": {
        "queued": _l("Đang chờ"),
        "running": _l("Đang chạy"),
        "done": _l("Đã xong"),
        "failed": _l("Bị lỗi"),
        "cancelled": _l("Đã hủy"),
    },
    "NoticeKind": {
        "organisation_waiting": _l("Tổ chức chờ xác minh"),
        "verification_verified": _l("Đã xác minh tổ chức"),
        "verification_change_requested": _l("Hồ sơ cần bổ sung"),
        "verification_rejected": _l("Hồ sơ bị từ chối"),
        "organisation_suspended": _l("Tổ chức bị tạm khóa"),
        "invitation": _l("Lời mời tham gia"),
        "verify_email": _l("Xác nhận địa chỉ thư"),
        "reset_password": _l("Đặt lại mật khẩu"),
        "proposal_new": _l("Đề xuất mới"),
        "proposal_counter": _l("Đề nghị lại"),
        "proposal_accepted": _l("Đề xuất được đồng ý"),
        "proposal_declined": _l("Đề xuất bị từ chối"),
        "proposal_expiring": _l("Đề xuất sắp hết hạn"),
        "proposal_expired": _l("Đề xuất đã hết hạn"),
        "contract_to_sign": _l("Hợp đồng chờ ký"),
        "contract_signed": _l("Hợp đồng đã ký"),
        "contract_expired": _l("Hợp đồng quá hạn ký"),
        "at_risk": _l("Hợp đồng có nguy cơ thiếu hàng"),
        "paper_expiring": _l("Giấy tờ sắp hết hạn"),
        "paper_decided": _l("Cán bộ trả lời về giấy tờ"),
        "chain_submitted": _l("Chuỗi chờ công nhận"),
        "chain_recognised": _l("Chuỗi được công nhận"),
        "chain_returned": _l("Chuỗi cần bổ sung"),
        "chain_at_risk": _l("Chuỗi có nguy cơ đứt"),
    },
}
