"""The words for the forms of the province; see `labels`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from marketplace.web.labels_papers import WORK, Labels

REPORTS: Labels = {
    "ReportForm": {
        "a": _l("Chuỗi cung ứng thực phẩm nông sản, thủy sản an toàn"),
        "b": _l("Chuỗi liên kết sản xuất và tiêu thụ"),
        "c": _l("Mã số vùng trồng"),
        "d": _l("Tiêu thụ nông sản"),
        "e": _l("Hợp tác xã nông nghiệp"),
    },
    "NewsKind": {
        "chain_began": _l("Chuỗi bắt đầu được tính"),
        "chain_stopped": _l("Chuỗi không còn được tính"),
        "paper_lapsed": _l("Giấy hết hạn hoặc bị rút"),
        "contract_signed": _l("Hợp đồng đã ký"),
        "contract_breached": _l("Hợp đồng bị vi phạm"),
        "verification": _l("Tổ chức mới chờ xác minh"),
    },
    "StatedKind": {"target": _l("Chỉ tiêu"), "baseline": _l("Số công bố")},
    "BoardMetric": {
        "product_development": _l("Chuỗi phát triển sản phẩm"),
        "safe_supply": _l("Chuỗi cung ứng an toàn"),
        "safe_supply_confirmed": _l("Chuỗi an toàn, lũy kế được xác nhận"),
        "safe_supply_stopped": _l("Chuỗi an toàn đã dừng"),
        "cooperatives": _l("Hợp tác xã"),
        "members": _l("Thành viên hợp tác xã"),
        "vietgap_cooperatives": _l("Hợp tác xã có VietGAP"),
        "vietgap_area": _l("Diện tích VietGAP (ha)"),
        "export_codes": _l("Mã số vùng trồng xuất khẩu"),
        "export_code_area": _l("Diện tích có mã xuất khẩu (ha)"),
        "ocop_products": _l("Sản phẩm OCOP"),
    },
    "Communes": {
        "today": _l("Xã hiện nay"),
        "as_then": _l("Như ngày lấy số liệu"),
        "former": _l("Xã trước khi sắp xếp"),
    },
    "FileKind": {"xlsx": _l("Excel"), "pdf": _l("PDF")},
    "ReportGroup": {
        "vegetable": _l("Rau"),
        "fruit": _l("Quả"),
        "coffee": _l("Cà phê"),
        "tea": _l("Chè"),
        "rice": _l("Gạo"),
        "pork": _l("Thịt lợn"),
        "chicken": _l("Thịt gà"),
        "honey": _l("Mật ong"),
        "aquaculture": _l("Thủy sản nuôi"),
        "smoked_meat": _l("Thịt hun khói"),
        "processed": _l("Sản phẩm chế biến"),
        "other": _l("Khác"),
    },
    "SizeUnit": {
        "ha": _l("ha"),
        "head": _l("con"),
        "hives": _l("đàn"),
        "cages": _l("lồng"),
    },
    "Outlet": {
        "domestic": _l("Trong nước"),
        "export": _l("Xuất khẩu"),
        "processing": _l("Chế biến"),
    },
}

WORK["NoticeKind"]["report_ready"] = _l("Tệp báo cáo đã xong")
# What the reference data declare: metrics of the board, and others beside them.
REPORTS["DeclaredMetric"] = {
    **REPORTS["BoardMetric"],
    "charter_capital": _l("Vốn điều lệ"),
    "vietgap_certified_area": _l("Diện tích có giấy VietGAP (ha)"),
    "vietgap_output": _l("Sản lượng VietGAP"),
    "export_codes_US": _l("Mã xuất khẩu đi Mỹ"),
    "export_codes_CN": _l("Mã xuất khẩu đi Trung Quốc"),
    "export_codes_AU": _l("Mã xuất khẩu đi Úc, New Zealand"),
    "new_codes": _l("Mã số vùng trồng cấp mới"),
    "new_code_area": _l("Diện tích của mã cấp mới"),
    "revenue_per_cooperative": _l("Doanh thu bình quân một hợp tác xã"),
    "high_tech_area": _l("Diện tích ứng dụng công nghệ cao"),
    "organic_oriented_area": _l("Diện tích theo hướng hữu cơ"),
    "irrigated_area": _l("Diện tích tưới tiết kiệm"),
    **{
        f"safe_supply_group_{number:02d}": _l("Chuỗi an toàn: %(group)s", group=group)
        for number, group in enumerate(REPORTS["ReportGroup"].values(), start=1)
    },
}
