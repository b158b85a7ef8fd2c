"""The words for the monitoring of chains; see `labels`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from marketplace.web.labels_papers import PAPERS, WORK, Labels

MONITORING: Labels = {
    "CheckState": {
        "planned": _l("Đã hẹn"),
        "done": _l("Đã hậu kiểm"),
        "cancelled": _l("Đã bỏ lịch"),
    },
    "SampleState": {
        "taken": _l("Chờ kết quả"),
        "analysed": _l("Có kết quả"),
        "spoilt": _l("Mẫu hỏng"),
    },
    "FindingState": {
        "open": _l("Chờ khắc phục"),
        "answered": _l("Đã khắc phục, chờ cán bộ xem"),
        "closed": _l("Đã đóng"),
    },
    "FindingSeverity": {"minor": _l("Lỗi nhẹ"), "serious": _l("Lỗi nặng")},
    "CheckPoint": {
        "papers": _l("Giấy chứng nhận còn hạn, đúng nơi, đúng nông sản"),
        "records": _l("Sổ ghi chép và truy xuất từng lô"),
        "inputs": _l("Thuốc, phân bón trong danh mục, đủ ngày cách ly"),
        "hygiene": _l("Vệ sinh nơi sơ chế, đóng gói, chế biến"),
        "labels": _l("Nhãn, tem truy xuất trên hàng"),
        "shelves": _l("Nơi bán: nguồn hàng, bảo quản, trưng bày"),
        "contracts": _l("Giao nhận theo đúng hợp đồng"),
    },
    "CaseState": {
        "draft": _l("Bản thảo, chỉ cán bộ thấy"),
        "active": _l("Đang xem xét"),
        "addressed": _l("Có lỗi, phải khắc phục"),
        "declined": _l("Không có lỗi"),
        "closed": _l("Đã khép"),
        "dropped": _l("Đã bỏ"),
    },
    "CaseGround": {
        "alert": _l("Cảnh báo hợp đồng"),
        "sample": _l("Mẫu không đạt"),
        "expiry": _l("Giấy tờ hết hạn"),
        "check": _l("Hậu kiểm"),
        "report": _l("Có người phản ánh"),
        "plan": _l("Theo kế hoạch"),
    },
    "PlaceKind": {
        "plot": _l("Vườn"),
        "plant": _l("Sơ chế"),
        "shelf": _l("Nơi bán"),
    },
    "Doer": {
        "lead": _l("Bên chủ trì"),
        "partner": _l("Bên liên kết"),
        "officer": _l("Cán bộ"),
    },
    "PointAnswer": {
        "fine": _l("Đạt"),
        "minor": _l("Lỗi nhẹ"),
        "serious": _l("Lỗi nặng"),
        "not_seen": _l("Chưa xem"),
    },
}
CHAIN_EVENTS = {
    "check_planned": _l("Hẹn ngày hậu kiểm"),
    "check_cancelled": _l("Bỏ lịch hậu kiểm"),
    "check_done": _l("Hậu kiểm"),
    "sample_taken": _l("Lấy mẫu giám sát"),
    "sample_spoilt": _l("Mẫu hỏng"),
    "sample_analysed": _l("Có kết quả mẫu giám sát"),
    "finding_opened": _l("Ghi lỗi cần khắc phục"),
    "finding_answered": _l("Bên chủ trì báo đã khắc phục"),
    "finding_refused": _l("Cán bộ xem, chưa khắc phục xong"),
    "finding_closed": _l("Cán bộ xác nhận đã khắc phục"),
    "case_opened": _l("Mở vụ việc giám sát"),
    "case_dropped": _l("Bỏ vụ việc"),
    "case_active": _l("Hỏi bên chủ trì"),
    "case_answered": _l("Bên chủ trì trả lời"),
    "case_concluded": _l("Một cán bộ kết luận"),
    "case_rejected": _l("Cán bộ thứ hai không đồng ý kết luận"),
    "case_addressed": _l("Quyết định: có lỗi, phải khắc phục"),
    "case_declined": _l("Quyết định: không có lỗi"),
    "case_closed": _l("Khép vụ việc"),
    "chain_stopped": _l("Bên chủ trì dừng chuỗi"),
    "chain_resumed": _l("Bên chủ trì cho chuỗi hoạt động lại"),
    "chain_dormant": _l("Cán bộ xác nhận chuỗi đã ngừng giao hàng"),
    "action_planned": _l("Bên chủ trì ghi việc khắc phục"),
    "action_done": _l("Bên chủ trì báo đã làm xong việc khắc phục"),
    "action_accepted": _l("Cán bộ nhận việc khắc phục"),
    "action_returned": _l("Cán bộ xem, việc khắc phục chưa xong"),
    "dormancy_seen": _l("Cán bộ ghi ý kiến về chuỗi không giao hàng"),
    "dormancy_refused": _l("Cán bộ xác nhận chuỗi vẫn hoạt động"),
    "dormancy_undone": _l("Hoàn tác quyết định về chuỗi không giao hàng"),
}
WORK["NoticeKind"] |= {
    "check_planned": _l("Lịch hậu kiểm"),
    "check_done": _l("Kết quả hậu kiểm"),
    "check_overdue": _l("Quá hạn hậu kiểm"),
    "sample_told": _l("Mẫu giám sát"),
    "finding_opened": _l("Lỗi cần khắc phục"),
    "finding_answered": _l("Báo đã khắc phục"),
    "finding_judged": _l("Cán bộ xem phần khắc phục"),
    "finding_overdue": _l("Quá hạn khắc phục"),
    "chain_stopped": _l("Chuỗi dừng hoặc hoạt động lại"),
    "chain_dormant": _l("Chuỗi có thể đã ngừng"),
    "case_opened": _l("Cán bộ hỏi về chuỗi"),
    "case_answered": _l("Vụ việc có câu trả lời"),
    "case_to_decide": _l("Vụ việc chờ cán bộ thứ hai"),
    "case_decided": _l("Vụ việc có quyết định"),
    "case_overdue": _l("Quá hạn trả lời vụ việc"),
}
PAPERS |= MONITORING
RECORDS = {
    "recognition": _l("Giấy công nhận chuỗi"),
    "confirmation": _l("Giấy xác nhận chuỗi an toàn"),
}
STANDING = {"withdrawn": _l("Đã rút")}
# Who reads an entry, and of which type a file is, shows by itself.
SILENT = frozenset({"Audience", "MediaType"})
