"""What notices and letters say about papers: decided, soon over."""

from __future__ import annotations

from collections.abc import Mapping

from marketplace.domain.errors import N_
from marketplace.domain.words_papers import PaperEventKind
from marketplace.domain.words_work import NoticeKind
from marketplace.services.notice_said import Said

_OPEN = N_("Mở giấy tờ")
PAPER_WORDS: dict[NoticeKind, Said] = {
    NoticeKind.PAPER_EXPIRING: Said(
        N_("%(paper)s sắp hết hạn"),
        N_("Hết hạn %(day)s. Nộp hồ sơ cấp lại sớm để không lỡ đợt giao."),
        _OPEN,
        "certificate",
    ),
    NoticeKind.PAPER_DECIDED: Said(
        N_("Cán bộ trả lời về %(paper)s"), N_("%(reason)s"), _OPEN, "certificate"
    ),
}
DECISIONS: dict[PaperEventKind, Said] = {
    PaperEventKind.VERIFIED: Said(
        N_("%(paper)s đã được xác minh"),
        N_("Giấy được tính từ ngày %(day)s."),
        _OPEN,
        "shield-check",
    ),
    PaperEventKind.RETURNED: Said(
        N_("%(paper)s bị trả lại để sửa"),
        N_("Cán bộ ghi: %(reason)s"),
        N_("Sửa và gửi lại"),
        "alert-triangle",
    ),
    PaperEventKind.REFUSED: Said(
        N_("%(paper)s bị từ chối"), N_("Lý do: %(reason)s"), _OPEN, "x"
    ),
    PaperEventKind.SUSPENDED: Said(
        N_("%(paper)s bị tạm đình chỉ"),
        N_("Không được tính từ ngày %(day)s. Lý do: %(reason)s"),
        _OPEN,
        "alert-triangle",
    ),
    PaperEventKind.RESUMED: Said(
        N_("%(paper)s lại được tính"),
        N_("Giấy được tính từ ngày %(day)s."),
        _OPEN,
        "check",
    ),
    PaperEventKind.REVOKED: Said(
        N_("%(paper)s bị thu hồi"),
        N_("Không được tính từ ngày %(day)s. Lý do: %(reason)s"),
        _OPEN,
        "x",
    ),
}
# What hangs on a paper that ends, where something does.
AT_STAKE = Said(
    N_("%(paper)s còn %(left)s ngày"),
    N_(
        "Hết hạn %(day)s. Nếu chưa có giấy mới sẽ ảnh hưởng: %(contracts)s hợp đồng"
        " (%(kg)s chưa giao), %(chains)s chuỗi, %(posts)s vụ đang rao."
    ),
    _OPEN,
    "certificate",
)


def said_of_expiry(params: Mapping[str, object]) -> Said:
    """What a reminder says: with what is at stake, if anything is."""
    hangs = any(params.get(name) for name in ("contracts", "chains", "posts"))
    return AT_STAKE if hangs else PAPER_WORDS[NoticeKind.PAPER_EXPIRING]


def said_of_decision(params: Mapping[str, object]) -> Said:
    """What an officer's decision on a paper says to its holder."""
    return DECISIONS[PaperEventKind(str(params["decision"]))]
