"""What is said of proposals that ended because a post or a party is gone."""

from __future__ import annotations

from collections.abc import Mapping

from marketplace.domain.errors import N_
from marketplace.services.notice_said import Said

_TAKEN_BACK = N_(
    "Đề xuất %(kg)s %(product)s, %(price)s không còn. Hệ thống đang tìm mối khác."
)
_SEE = N_("Xem đề xuất")

GONE: Mapping[str, Said] = {
    "harvest_withdrawn": Said(
        N_("%(partner)s đã gỡ vụ thu hoạch khỏi sàn"), _TAKEN_BACK, _SEE, "x"
    ),
    "harvest_closed": Said(
        N_("%(partner)s đã kết thúc vụ thu hoạch"), _TAKEN_BACK, _SEE, "x"
    ),
    "offer_closed": Said(N_("%(partner)s đã đóng đơn mua"), _TAKEN_BACK, _SEE, "x"),
    "suspended": Said(
        N_("%(partner)s tạm thời không mua bán trên sàn"), _TAKEN_BACK, _SEE, "x"
    ),
    "sold": Said(
        N_("%(partner)s không còn đủ hàng cho đề xuất"), _TAKEN_BACK, _SEE, "x"
    ),
    "bought": Said(
        N_("%(partner)s không còn cần đủ số hàng trong đề xuất"), _TAKEN_BACK, _SEE, "x"
    ),
}
