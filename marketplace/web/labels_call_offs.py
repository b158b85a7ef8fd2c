"""The words for standing agreements and their weekly call-offs; see `labels`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from marketplace.web import labels_contracts, labels_monitoring
from marketplace.web.labels_contracts import EVENTS
from marketplace.web.labels_lots import LOTS
from marketplace.web.labels_papers import WORK, Labels
from marketplace.web.labels_recalls import RECALL_NOTICES, RECALLS

CONTRACTS: Labels = (
    LOTS
    | labels_contracts.CONTRACTS
    | {
        "FrameState": {
            "proposed": _l("Chờ bên kia đồng ý"),
            "agreed": _l("Đang áp dụng"),
            "declined": _l("Không đồng ý"),
            "withdrawn": _l("Đã rút lại"),
            "ended": _l("Đã kết thúc"),
        },
        "CallOffState": {
            "posted": _l("Chờ trả lời"),
            "confirmed": _l("Đã chốt"),
            "declined": _l("Không giao được"),
            "withdrawn": _l("Bên mua rút lại"),
            "lapsed": _l("Không còn hàng để chốt"),
        },
    }
)
EVENTS |= {
    "frame_proposed": _l("Đề nghị gọi hàng theo tuần"),
    "frame_agreed": _l("Đồng ý gọi hàng theo tuần"),
    "frame_declined": _l("Không đồng ý gọi hàng theo tuần"),
    "frame_withdrawn": _l("Rút đề nghị gọi hàng theo tuần"),
    "frame_ended": _l("Hết các tuần gọi hàng"),
    "frame_end_asked": _l("Đề nghị kết thúc sớm việc gọi hàng"),
    "frame_ended_early": _l("Hai bên kết thúc sớm việc gọi hàng"),
    "frame_end_declined": _l("Không đồng ý kết thúc sớm việc gọi hàng"),
    "frame_end_withdrawn": _l("Rút đề nghị kết thúc sớm việc gọi hàng"),
    "call_off_posted": _l("Gọi hàng cho một tuần"),
    "call_off_confirmed": _l("Chốt hàng đã gọi"),
    "call_off_by_silence": _l("Hết giờ trả lời, hàng đã gọi được chốt"),
    "call_off_declined": _l("Không giao được hàng đã gọi"),
    "call_off_withdrawn": _l("Rút lần gọi hàng"),
    "call_off_lapsed": _l("Lần gọi hàng không còn hàng để chốt"),
}
WORK["NoticeKind"] |= {
    "calloff_frame_proposed": _l("Đề nghị gọi hàng theo tuần"),
    "calloff_frame_answered": _l("Trả lời về gọi hàng theo tuần"),
    "calloff_end_asked": _l("Đề nghị kết thúc sớm việc gọi hàng"),
    "calloff_frame_ended": _l("Kết thúc sớm việc gọi hàng"),
    "calloff_posted": _l("Gọi hàng"),
    "calloff_confirmed": _l("Đã chốt hàng gọi"),
    "calloff_closed": _l("Lần gọi hàng không thành"),
}
# Words of the machinery that no page shows.
SILENT = labels_contracts.SILENT | {"FrameFault", "CallFault", "EndWord"}
SILENT |= labels_monitoring.SILENT | {"PartRole", "PalletStep"}
CONTRACTS["RecordKind"] |= labels_monitoring.RECORDS
CONTRACTS["Standing"] |= labels_monitoring.STANDING
CONTRACTS |= RECALLS
WORK["NoticeKind"] |= RECALL_NOTICES
