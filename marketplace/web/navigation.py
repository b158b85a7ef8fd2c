"""What each kind of role finds where; addresses are resolved by `shell`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from marketplace.domain.words import PRODUCER_KINDS, OrganisationKind

Kind = Literal["htx", "dn", "huyen", "cong"]


@dataclass(frozen=True)
class Item:
    """An entry: icon, words, endpoint; a hot count calls the person."""

    icon: str
    text: LazyString
    endpoint: str
    hot: bool = False


@dataclass(frozen=True)
class Plan:
    """The rail in titled groups, and at most five entries for the phone."""

    groups: tuple[tuple[LazyString | str, tuple[Item, ...]], ...]
    bar: tuple[Item, ...]


_MORE = Item("menu-2", _l("Thêm"), "shell.more")
_PROPOSALS = Item("heart-handshake", _l("Đề xuất khớp"), "proposals.index", hot=True)
_CONTRACTS = Item("file-text", _l("Hợp đồng"), "contracts.index")
_LOTS = Item("package", _l("Lô hàng"), "lots.index", hot=True)
_ITEMS = Item("qrcode", _l("Mặt hàng, tem nhãn"), "trade_items.index")
_BOXES = Item("flag", _l("Báo hàng không đúng"), "box_reports.index")
_LOTS = Item("package", _l("Các lô hàng"), "lots.index", hot=True)
_CHAINS = Item("binary-tree-2", _l("Chuỗi liên kết"), "chains.index")
_RECALLS = Item("alert-triangle", _l("Giữ lại và thu hồi"), "recalls.index")
_PAPERS = Item("certificate", _l("Giấy tờ"), "papers.index")
_MEMBERS = Item("users", _l("Người dùng"), "members.index")
_HOUSEHOLDS = Item("users", _l("Hộ thành viên"), "households.index")
_BOARD = Item("building-store", _l("Sàn mua bán"), "market.board")
_PRICES = Item("trending-up", _l("Giá tham chiếu"), "price_quotes.index")
_FIGURES = Item("chart-bar", _l("Số liệu"), "figures.public")

_COOPERATIVE = Plan(
    groups=(
        (
            "",
            (
                Item("home", _l("Hôm nay"), "home.today", hot=True),
                Item("calendar-event", _l("Vụ thu hoạch"), "harvests.index"),
                _PROPOSALS,
                _CONTRACTS,
                _LOTS,
            ),
        ),
        (
            _l("Hồ sơ hợp tác xã"),
            (
                Item("building-community", _l("Tổ chức"), "organisations.profile"),
                Item("plant-2", _l("Vườn và vùng trồng"), "areas.index"),
                _ITEMS,
                _BOXES,
                _HOUSEHOLDS,
                _PAPERS,
                _MEMBERS,
            ),
        ),
        (
            _l("Thị trường"),
            (
                _BOARD,
                Item("basket", _l("Đơn mua"), "offers.index"),
                _PRICES,
                _CHAINS,
                _RECALLS,
                _FIGURES,
            ),
        ),
    ),
    bar=(
        Item("home", _l("Hôm nay"), "home.today"),
        Item("calendar-event", _l("Vụ của tôi"), "harvests.index"),
        Item("plus", _l("Đăng vụ"), "harvests.new"),
        _CONTRACTS,
        _MORE,
    ),
)
_BUYER = Plan(
    groups=(
        (
            "",
            (
                Item("home", _l("Bảng việc"), "home.today", hot=True),
                Item("basket", _l("Đơn mua"), "offers.index"),
                _PROPOSALS,
                _CONTRACTS,
                _LOTS,
            ),
        ),
        (
            _l("Nguồn hàng"),
            (
                _BOARD,
                Item("calendar-event", _l("Vụ thu hoạch"), "harvests.index"),
                _PRICES,
                _CHAINS,
                _RECALLS,
                _FIGURES,
            ),
        ),
        (
            _l("Hồ sơ doanh nghiệp"),
            (
                Item("building", _l("Tổ chức"), "organisations.profile"),
                _ITEMS,
                _BOXES,
                _PAPERS,
                _MEMBERS,
            ),
        ),
    ),
    bar=(
        Item("home", _l("Bảng việc"), "home.today"),
        Item("basket", _l("Đơn mua"), "offers.index"),
        Item("plus", _l("Đặt mua"), "offers.new"),
        _CONTRACTS,
        _MORE,
    ),
)
_AUTHORITY = Plan(
    groups=(
        (
            "",
            (
                Item("home", _l("Tổng quan"), "board.overview"),
                Item("user-check", _l("Xác minh"), "verification.queue", hot=True),
                Item("certificate", _l("Giấy tờ"), "papers.index", hot=True),
                _CHAINS,
                _RECALLS,
                _CONTRACTS,
                Item(
                    "alert-triangle",
                    _l("Cảnh báo hợp đồng"),
                    "alerts.index",
                    hot=True,
                ),
                Item("report-analytics", _l("Báo cáo"), "reports.index"),
                Item("flag", _l("Chỉ tiêu, số công bố"), "stated_numbers.index"),
                Item("file-text", _l("Mẫu hợp đồng"), "contract_templates.index"),
            ),
        ),
        (
            _l("Danh bạ"),
            (
                Item("building-community", _l("Tổ chức"), "organisations.index"),
                Item("plant-2", _l("Vườn và vùng trồng"), "areas.index"),
                Item("package", _l("Lô hàng"), "lots.index"),
                _BOXES,
                Item("package", _l("Các lô hàng"), "lots.index"),
                Item("table-import", _l("Nhập sổ từ tệp"), "register_imports.index"),
                _MEMBERS,
            ),
        ),
        (
            _l("Thị trường"),
            (
                _BOARD,
                _PRICES,
                Item("refresh", _l("Lượt khớp"), "matching.runs"),
                _FIGURES,
            ),
        ),
    ),
    bar=(
        Item("home", _l("Tổng quan"), "board.overview"),
        Item("user-check", _l("Xác minh"), "verification.queue"),
        _PAPERS,
        _CHAINS,
        _MORE,
    ),
)
_PUBLIC = Plan(
    groups=(
        (
            "",
            (
                _BOARD,
                _PRICES,
                _FIGURES,
                Item("help-circle", _l("Hướng dẫn"), "help.index"),
            ),
        ),
    ),
    bar=(),
)

NAVIGATION: dict[Kind, Plan] = {
    "htx": _COOPERATIVE,
    "dn": _BUYER,
    "huyen": _AUTHORITY,
    "cong": _PUBLIC,
}


def kind_of(organisation: OrganisationKind) -> Kind:
    """Whose navigation and colour a kind of organisation has."""
    if organisation is OrganisationKind.AUTHORITY:
        return "huyen"
    return "htx" if organisation in PRODUCER_KINDS else "dn"
