"""The words for what happens under a contract; see `labels`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from marketplace.web.labels_codes import CODES
from marketplace.web.labels_majeure import EVENTS_OF_MAJEURE, MAJEURE
from marketplace.web.labels_papers import WORK, Labels
from marketplace.web.labels_plots import PLOTS
from marketplace.web.labels_records import RECORDS
from marketplace.web.labels_registers import REGISTERS
from marketplace.web.labels_reports import REPORTS
from marketplace.web.labels_seasons import SEASON_EVENTS, SEASONS

CONTRACTS: Labels = (
    RECORDS
    | MAJEURE
    | {
        "NoteState": {
            "written": _l("Chờ xác nhận"),
            "confirmed": _l("Hai bên đã xác nhận"),
            "void": _l("Đã hủy"),
        },
        "DeliveryState": {
            "planned": _l("Dự kiến"),
            "ready": _l("Hàng sẵn sàng"),
            "blocked": _l("Báo không giao được"),
            "cancelled": _l("Đã hủy"),
        },
        "DeliveryWord": {
            "ready": _l("báo hàng sẵn sàng"),
            "blocked": _l("báo không giao được"),
            "propose_day": _l("xin đổi ngày"),
            "accept_day": _l("đồng ý đổi ngày"),
            "decline_day": _l("không đồng ý đổi ngày"),
            "cancel": _l("đợt giao bị hủy"),
            "amend": _l("kế hoạch đổi theo phụ lục"),
        },
        "AmendmentState": {
            "proposed": _l("Phụ lục chờ ký"),
            "signed": _l("Đã ký đủ"),
            "refused": _l("Bị từ chối"),
            "withdrawn": _l("Đã rút lại"),
            "lapsed": _l("Quá hạn trả lời"),
        },
        "AmendmentReason": {
            "agreement": _l("Hai bên thỏa thuận"),
            "changed_circumstances": _l("Hoàn cảnh thay đổi cơ bản"),
            "force_majeure": _l("Bất khả kháng"),
            "change_of_law": _l("Pháp luật thay đổi"),
            "correction": _l("Sửa chỗ ghi sai"),
        },
        "TemplateState": {
            "draft": _l("Bản nháp"),
            "proposed": _l("Chờ cán bộ thứ hai duyệt"),
            "approved": _l("Đã duyệt"),
            "dropped": _l("Đã bỏ"),
        },
        "TemplateStep": {
            "seeded": _l("Nạp cùng dữ liệu gốc"),
            "copied": _l("Chép từ phiên bản trước"),
            "saved": _l("Sửa bản nháp"),
            "proposed": _l("Đề nghị duyệt"),
            "returned": _l("Trả lại người soạn"),
            "approved": _l("Duyệt"),
            "dropped": _l("Bỏ"),
        },
        "RecordKind": {
            "contract": _l("Hợp đồng"),
            "amendment": _l("Phụ lục hợp đồng"),
            "delivery_note": _l("Phiếu giao nhận"),
            "inspection": _l("Biên bản nghiệm thu"),
            "statement": _l("Biên bản đối chiếu công nợ"),
            "closing": _l("Biên bản thanh lý"),
        },
        "Standing": {
            "pending": _l("Chưa hoàn tất"),
            "in_force": _l("Còn hiệu lực"),
            "issued": _l("Do một bên lập"),
            "suspended": _l("Đang tạm ngừng"),
            "replaced": _l("Đã được thay thế"),
            "ended": _l("Đã kết thúc"),
            "void": _l("Đã hủy"),
        },
        "Outcome": {"accepted": _l("Nhận"), "rejected": _l("Loại")},
        "ClaimState": {
            "open": _l("Đang khiếu nại"),
            "mediation": _l("Chờ cán bộ phân xử"),
            "agreed": _l("Hai bên đã thống nhất"),
            "decided": _l("Cán bộ đã phân xử"),
            "withdrawn": _l("Đã rút khiếu nại"),
        },
        "ClaimWord": {
            "raise": _l("khiếu nại"),
            "say": _l("trả lời"),
            "offer": _l("đề nghị"),
            "accept": _l("đồng ý đề nghị"),
            "withdraw": _l("rút khiếu nại"),
            "call_officer": _l("mời cán bộ phân xử"),
            "decide": _l("phân xử"),
        },
        "EntryKind": {
            "payment": _l("Trả tiền hàng"),
            "deposit": _l("Đặt cọc, tạm ứng"),
            "input": _l("Vật tư bên mua ứng"),
            "penalty": _l("Tiền phạt"),
            "refund": _l("Hoàn tiền trả thừa"),
        },
        "EntryMethod": {
            "transfer": _l("Chuyển khoản"),
            "cash": _l("Tiền mặt"),
            "offset": _l("Trừ nợ"),
        },
        "EntryState": {
            "recorded": _l("Chờ xác nhận"),
            "confirmed": _l("Đã xác nhận"),
            "refused": _l("Không đồng ý"),
            "withdrawn": _l("Đã rút"),
        },
        "AlertCode": {
            "delivery_silent": _l("Chưa báo sẵn hàng"),
            "delivery_blocked": _l("Báo không giao được"),
            "delivery_late": _l("Giao chậm"),
            "delivery_hindered": _l("Bất khả kháng chờ trả lời"),
            "harvest_short": _l("Thiếu sản lượng"),
            "quality_low": _l("Hàng bị loại nhiều"),
            "price_below": _l("Giá thấp hơn chợ"),
            "price_above": _l("Giá cao hơn chợ"),
            "day_waiting": _l("Ngày giao chờ trả lời"),
            "note_waiting": _l("Phiếu chờ xác nhận"),
            "inspection_waiting": _l("Chờ nghiệm thu"),
            "claim_waiting": _l("Khiếu nại chờ trả lời"),
            "entry_waiting": _l("Khoản tiền chờ xác nhận"),
            "payment_overdue": _l("Trả tiền chậm"),
            "paper_lapsing": _l("Giấy tờ sắp hết hạn"),
        },
        "AlertStage": {
            "new": _l("Chưa ai xem"),
            "known": _l("Đã có người biết"),
            "acted": _l("Đang xử lý"),
            "escalated": _l("Chờ cán bộ"),
        },
        "AlertStep": {
            "acknowledged": _l("Đã biết"),
            "acted": _l("Ghi việc đã làm"),
            "escalated": _l("Chuyển cán bộ"),
        },
        "Concern": {
            "seller": _l("Bên bán"),
            "buyer": _l("Bên mua"),
            "officer": _l("Cán bộ quản lý"),
        },
    }
)

EVENTS = EVENTS_OF_MAJEURE | {
    "delivery_ready": _l("Báo hàng sẵn sàng"),
    "delivery_blocked": _l("Báo không giao được"),
    "delivery_propose_day": _l("Xin đổi ngày giao"),
    "delivery_accept_day": _l("Đồng ý đổi ngày giao"),
    "delivery_decline_day": _l("Không đồng ý đổi ngày giao"),
    "note_written": _l("Ghi phiếu giao nhận"),
    "note_confirmed": _l("Xác nhận phiếu giao nhận"),
    "note_confirmed_in_turn": _l("Xác nhận phiếu giao nhận trên máy của bên kia"),
    "note_void": _l("Hủy phiếu giao nhận"),
    "photos_added": _l("Thêm ảnh"),
    "photo_removed": _l("Xóa ảnh"),
    "inspected": _l("Nghiệm thu"),
    "accepted_by_silence": _l("Hết giờ kiểm, coi như đã nghiệm thu"),
    "claim_raised": _l("Khiếu nại nghiệm thu"),
    "claim_said": _l("Trả lời trong khiếu nại"),
    "claim_agreed": _l("Thống nhất khiếu nại"),
    "claim_decided": _l("Cán bộ phân xử khiếu nại"),
    "entry_recorded": _l("Đã ghi khoản tiền"),
    "entry_confirmed": _l("Xác nhận khoản tiền"),
    "entry_refused": _l("Không đồng ý khoản tiền"),
    "entry_withdrawn": _l("Rút khoản tiền"),
    "invoice_recorded": _l("Đã ghi hóa đơn"),
    "released": _l("Trả phần không giao về sàn"),
    "fulfilled": _l("Đã giao và trả đủ"),
    "statement_issued": _l("Lập biên bản đối chiếu công nợ"),
    "closing_confirmed": _l("Xác nhận thanh lý"),
    "closed": _l("Thanh lý hợp đồng"),
    "amendment_proposed": _l("Đề nghị sửa hợp đồng"),
    "amendment_signed": _l("Ký phụ lục"),
    "amendment_refused": _l("Từ chối phụ lục"),
    "amendment_withdrawn": _l("Rút lại phụ lục"),
    "amendment_lapsed": _l("Phụ lục quá hạn trả lời"),
    "amended": _l("Hợp đồng được sửa theo phụ lục"),
}

WORK["NoticeKind"] |= {
    "delivery_ready": _l("Hàng sẵn sàng"),
    "delivery_blocked": _l("Không giao được"),
    "delivery_day_proposed": _l("Xin đổi ngày giao"),
    "delivery_day_answered": _l("Trả lời đổi ngày giao"),
    "note_to_confirm": _l("Phiếu chờ xác nhận"),
    "note_confirmed": _l("Phiếu đã xác nhận"),
    "note_void": _l("Phiếu bị hủy"),
    "inspected": _l("Đã nghiệm thu"),
    "claim_raised": _l("Khiếu nại"),
    "claim_said": _l("Trả lời khiếu nại"),
    "claim_closed": _l("Khiếu nại khép lại"),
    "entry_to_confirm": _l("Khoản tiền chờ xác nhận"),
    "entry_answered": _l("Khoản tiền được trả lời"),
    "contract_closed": _l("Hợp đồng đã thanh lý"),
    "contract_alert": _l("Cảnh báo sớm"),
    "record_contested": _l("Phản đối số liệu uy tín"),
    "record_decided": _l("Trả lời phản đối"),
    "amendment_to_sign": _l("Phụ lục chờ ký"),
    "amendment_closed": _l("Phụ lục không thành"),
    "contract_amended": _l("Hợp đồng đã sửa đổi"),
    "template_waiting": _l("Mẫu hợp đồng chờ duyệt"),
    "template_approved": _l("Mẫu hợp đồng đã duyệt"),
    "template_returned": _l("Mẫu hợp đồng bị trả lại"),
    "register_waiting": _l("Sổ nhập từ tệp chờ duyệt"),
    "register_applied": _l("Sổ nhập từ tệp đã được duyệt"),
    "register_returned": _l("Sổ nhập từ tệp bị trả lại"),
    "register_undone": _l("Lần nhập sổ đã được hoàn tác"),
}

CONTRACTS |= SEASONS | REPORTS | REGISTERS | PLOTS | CODES
EVENTS |= SEASON_EVENTS

# Words of the machinery that no page shows.
SILENT = frozenset({"PhotoOf", "Lifecycle", "Obstacle", "LineKind", "StepKind"})
SILENT |= {
    "PartRole",
    "PlotFormat",
    "FileKind",
    "TermUnit",
    "ReferencePoint",
    "PeriodKind",
}
