"""Words for the reasons that predicates give."""

from __future__ import annotations

from collections.abc import Mapping

from marketplace.domain.errors import N_

PREDICATE_TITLES: Mapping[str, str] = {
    "PD1": N_("Có hợp đồng đang hiệu lực"),
    "PD2": N_("Có bên sản xuất và bên mua, khác pháp nhân"),
    "PD3": N_("Đủ công đoạn của một hình thức liên kết"),
    "PD4": N_("Cùng một nhóm sản phẩm"),
    "PD5": N_("Hợp đồng đủ điều khoản bắt buộc"),
    "PD6": N_("Hợp đồng trọn ít nhất một vụ"),
    "PD7": N_("Đủ diện tích hoặc sản lượng"),
    "PD8": N_("Đã được công nhận"),
    "S1": N_("Có hợp đồng nối các công đoạn"),
    "S2": N_("Mỗi công đoạn có giấy chứng nhận còn hạn"),
    "S3": N_("Các công đoạn liền nhau được nối"),
    "S4": N_("Truy xuất được mọi lô hàng"),
    "S5": N_("Có mẫu giám sát đạt trong 12 tháng"),
    "S6": N_("Giấy xác nhận chuỗi còn hiệu lực"),
    "S7": N_("Đã hậu kiểm trong 12 tháng"),
    "S8": N_("Không dừng hoạt động"),
}

REASONS: Mapping[str, str] = {
    "met": N_("Đạt điều kiện"),
    "between_seasons": N_("Đạt, đang giữa hai vụ"),
    "one_entity": N_("Đạt, một đơn vị làm mọi công đoạn"),
    "no_contract": N_("Chưa có hợp đồng nào đang hiệu lực"),
    "no_producer": N_("Không có bên sản xuất đứng bán"),
    "no_buyer": N_("Không có doanh nghiệp đứng mua"),
    "same_entity": N_("Hai bên là cùng một pháp nhân"),
    "no_form": N_("Các công đoạn chưa thành một hình thức liên kết"),
    "other_product": N_("Có hợp đồng của nhóm sản phẩm khác"),
    "missing_clauses": N_("Có hợp đồng thiếu điều khoản bắt buộc"),
    "too_few_seasons": N_("Mới trọn %(seasons)s trên %(of)s vụ"),
    "term_too_short": N_("Hợp đồng dài nhất %(days)s ngày, cần %(of)s ngày"),
    "too_small": N_("Mới có %(area_ha)s ha và %(kg)s kg"),
    "land_measured": N_(
        "Đạt: %(area_ha)s ha, trong đó đo theo ranh thửa %(measured_ha)s ha"
    ),
    "too_small_measured": N_(
        "Mới có %(area_ha)s ha, trong đó đo theo ranh thửa %(measured_ha)s ha, và %(kg)s kg"
    ),
    "not_recognised": N_("Chưa được công nhận"),
    "not_confirmed": N_("Chưa có giấy xác nhận chuỗi"),
    "withdrawn": N_("Đã bị rút"),
    "same_people": N_("Người công nhận thuộc một bên của chuỗi"),
    "no_evidence": N_("Có công đoạn thiếu giấy chứng nhận còn hạn"),
    "revoked_evidence": N_("Giấy chứng nhận của một công đoạn đã bị thu hồi"),
    "gap": N_("Hai công đoạn liền nhau chưa được nối"),
    "no_lot_data": N_("Chưa xét: hệ thống chưa lưu lô hàng để truy xuất"),
    "no_lots": N_("Vụ qua không có lô nào"),
    "unlinked_lots": N_("%(lots)s lô chưa truy xuất được hai chiều"),
    "no_sample_data": N_("Chưa có dữ liệu mẫu giám sát"),
    "failed_sample": N_("Có mẫu không đạt chưa xử lý xong"),
    "no_recent_sample": N_("Không có mẫu đạt trong 12 tháng qua"),
    "expired": N_("Hết hạn ngày %(last_day)s"),
    "no_post_check_data": N_("Chưa có dữ liệu hậu kiểm"),
    "open_finding": N_("Lỗi nặng khi hậu kiểm chưa khắc phục"),
    "post_check_due": N_("Quá 12 tháng chưa hậu kiểm"),
    "stopped": N_("Đã dừng hoạt động"),
    "failed": N_("Bên chủ trì và cán bộ xem được lý do"),
}

# Why a chain stands as it does, where no predicate says it.
STANDINGS: Mapping[str, str] = {
    "stopped": N_("Đã dừng hoạt động"),
    "not_recognised": N_("Chưa được công nhận"),
    "withdrawn": N_("Đã bị rút"),
    "expired": N_("Giấy xác nhận đã hết hạn"),
    "suspended": N_("Đang bị tạm dừng"),
    "to_be_verified": N_("Đã đủ điều kiện, chờ cán bộ kiểm tra lại"),
}
