"""Places in the words of a template, such as `{buyer}`, and what fills them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from marketplace.domain.errors import N_

PLACES: Mapping[str, str] = {
    "seller": N_("tên bên bán"),
    "buyer": N_("tên bên mua"),
    "seller_full": N_("bên bán với địa chỉ, mã số thuế, người đại diện"),
    "buyer_full": N_("bên mua với địa chỉ, mã số thuế, người đại diện"),
    "grounds": N_("các căn cứ pháp lý còn hiệu lực"),
    "forum": N_("nơi giải quyết tranh chấp"),
    "form": N_("hình thức liên kết, ví dụ F3"),
    "stages": N_("các công đoạn liên kết"),
    "product": N_("tên sản phẩm"),
    "areas": N_("các vùng trồng"),
    "quality": N_("loại hàng và tiêu chuẩn"),
    "safety": N_("giấy tờ an toàn thực phẩm"),
    "ratio": N_("tỷ lệ nguyên liệu trên thành phẩm"),
    "inputs": N_("vật tư bên mua cung ứng"),
    "inputs_price": N_("giá vật tư"),
    "inputs_settlement": N_("cách quyết toán vật tư"),
    "kg": N_("tổng số kg"),
    "tolerance_pct": N_("dung sai, phần trăm"),
    "price": N_("đơn giá một kg"),
    "share_pct": N_("phần chênh lệch bên bán được hưởng, phần trăm"),
    "reference": N_("nơi ghi giá tham chiếu"),
    "reference_day": N_("ngày lấy giá tham chiếu"),
    "advance": N_("số tiền đặt cọc"),
    "penalty_pct": N_("mức phạt, phần trăm"),
    "days": N_("số ngày phải thanh toán"),
    "late_interest_pct": N_("lãi chậm trả một năm, phần trăm"),
    "hours": N_("số giờ được khiếu nại chất lượng"),
    "majeure_hours": N_("số giờ phải báo khi bất khả kháng"),
    "move_hours": N_("số giờ báo trước khi đổi ngày giao"),
    "receive_days": N_("số ngày báo trước kế hoạch nhận hàng"),
    "visit_days": N_("số ngày báo trước khi đến xem vườn"),
    "deposit_days": N_("số ngày phải đặt cọc từ ngày ký"),
    "gap_pct": N_("mức lệch giá phải bàn lại, phần trăm"),
    "gap_weeks": N_("số tuần lệch giá liên tiếp"),
    "loss_pct": N_("phần sản lượng mất phải bàn lại, phần trăm"),
    "talk_days": N_("số ngày để bàn lại"),
    "proof_days": N_("số ngày gửi xác nhận bất khả kháng"),
    "remedy_days": N_("số ngày để khắc phục vi phạm"),
    "settle_days": N_("số ngày thương lượng và hòa giải"),
    "trace_months": N_("số tháng lưu dữ liệu truy xuất"),
    "place": N_("nơi giao hàng"),
    "tranches": N_("lịch giao"),
    "first_day": N_("ngày hợp đồng bắt đầu"),
    "last_day": N_("ngày cuối của hợp đồng"),
}
_PLACE = re.compile(r"\{([a-z_]+)\}")


def fill_places(text: str, params: Mapping[str, str]) -> str:
    """The text with its places filled, once: what fills one is never read again.

    KeyError for a place that nothing fills. Whatever is not a whole place, such
    as a lone brace, stays as it is.
    """
    return _PLACE.sub(lambda place: params[place[1]], text)


def places_of(text: str) -> frozenset[str]:
    """The names of all places in a text, known or not."""
    return frozenset(_PLACE.findall(text))


def wrong_places(text: str, wanted: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
    """What is wrong with the places of a text: a message and the name it is about.

    Unknown names come first, then a brace that belongs to no place, then the
    wanted ones that the text lacks.
    """
    used = places_of(text)
    for name in sorted(used - PLACES.keys()):
        yield N_("Không có chỗ điền nào tên “%(name)s”"), name
    rest = _PLACE.sub("", text)
    for sign in sorted({"{", "}"} & set(rest)):
        yield N_("Dấu “%(name)s” không thuộc chỗ điền nào"), sign
    for name in sorted(set(wanted) - used):
        yield N_("Thiếu chỗ điền “%(name)s”"), name
