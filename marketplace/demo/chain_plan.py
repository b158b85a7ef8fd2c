"""Which chains there are, who buys, and what keeps a few from counting."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.demo.buyers import BRANCH, ITS_HEAD, SAO_XANH
from marketplace.demo.cooperatives import BAO_MINH, LAPSED_LONG_AGO, TOAN_THANG

RECOGNISED, RETURNED, WAITING = "recognised", "returned", "waiting"
CONFIRMED, STOPPED, ONE_YES, UNCONFIRMED, SENT_BACK, NONE = (
    "confirmed", "stopped", "one_yes", "unconfirmed", "sent_back", "none",
)  # fmt: skip


@dataclass(frozen=True)
class Link:
    """A lead, what it sells to whom, and what became of both its chains.

    `age` is 0 for a chain of more than a year, with a contract of last season
    and one of the next; else how many days ago its one contract was made.
    """

    lead: str
    product: str
    buyer: str
    tonnes: int
    age: int = 0
    safe: str = CONFIRMED
    development: str = RETURNED


def _known(
    product: str, *rows: tuple[str, str, int, int], **outcome: str
) -> tuple[Link, ...]:
    return tuple(
        Link(lead, product, buyer, tonnes, age, **outcome)
        for lead, buyer, tonnes, age in rows
    )


# 31 safe chains that count: 14 longan, 7 mango, 3 pomelo, 3 vegetables, 2 honey,
# 2 dried mango. Eight of the leads are recognised for product development too.
SAFE = (
    *_known(
        "longan",
        (BAO_MINH, SAO_XANH, 40, 0),
        ("Nhãn Vàng", "Cửa Bắc", 36, 0),
        ("Biên Xanh", "Trái Ngọt Phương Nam", 30, 0),
        ("Bờ Sông", "Vườn Nhà", 24, 150),
        development=RECOGNISED,
    ),
    *_known(
        "longan",
        ("Nà Mây", "Tây Bắc", 28, 0), ("Suối Trong", "Vườn Nhà", 22, 170),
        (TOAN_THANG, "Đồi Gió", 32, 0), ("Gió Đông", "Cửa Bắc", 34, 190),
        ("Đồi Thơm", "Hoa Gạo", 20, 0), ("Bãi Bồi", "Cửa Bắc", 38, 0),
        ("Suối Một", "Tây Bắc", 26, 120), ("Đồi Ban", "Đồi Gió", 24, 0),
        ("Nà Sơn", SAO_XANH, 20, 95), ("Nậm Xanh", "Tây Bắc", 18, 46),
    ),
    *_known("mango", ("Xoài Xanh", "Cửa Bắc", 24, 0), development=RECOGNISED),
    *_known(
        "mango",
        (BAO_MINH, "Tây Bắc", 16, 0), ("Đồi Nắng", SAO_XANH, 14, 0),
        ("Nà Hương", "Sấy Mộc", 22, 140), ("Sương Mai", "Hoa Gạo", 12, 0),
        ("Nắng Sớm", "Trái Ngọt Phương Nam", 18, 180), ("Xoài Thơm", "Vườn Nhà", 15, 38),
    ),
    *_known(
        "pomelo",
        ("Hoa Mận", SAO_XANH, 16, 0), ("Bến Đá", "Vườn Nhà", 14, 110),
        ("Đồi Sim", "Tây Bắc", 12, 62),
    ),
    *_known(
        "vegetable",
        ("Ruộng Bậc", "Bếp Thảo Nguyên", 36, 0), ("Vườn Sáng", "Vườn Nhà", 30, 160),
        ("Phố Vườn", "Bếp Thảo Nguyên", 42, 0),
    ),
    *_known("honey", ("Ong Núi", "Rừng Chiều", 4, 0), development=RECOGNISED),
    *_known("honey", ("Mật Rừng", "Rừng Chiều", 3, 130)),
    *_known(
        "mango_dried",
        (TOAN_THANG, SAO_XANH, 5, 0), ("Hương Rừng", "Vườn Nhà", 4, 0),
        development=RECOGNISED,
    ),
)  # fmt: skip

# Near misses, each with one thing that keeps it from counting.
BUILT_ONLY = Link("Cọ Non", "longan", "Tây Bắc", 20, 55, safe=UNCONFIRMED)
HALF_CONFIRMED = Link("Lúa Vàng", "longan", "Vườn Nhà", 22, 45, safe=ONE_YES)
LAPSED_PAPER = Link(LAPSED_LONG_AGO, "longan", "Đồi Gió", 24)
GIVEN_UP = Link("Chim Én", "mango", "Tây Bắc", 14, safe=STOPPED)
SAME_ENTITY = Link(ITS_HEAD, "longan", BRANCH, 18, 120)
NO_BUYER = Link("Nắng Hạ", "mango", TOAN_THANG, 15, 65, safe=SENT_BACK)
NEAR_MISSES = (
    BUILT_ONLY, HALF_CONFIRMED, LAPSED_PAPER, GIVEN_UP, SAME_ENTITY, NO_BUYER,
)  # fmt: skip

# Waiting to be recognised for product development; they ask for no more.
APPLICANTS = (
    Link("Sắn Vàng", "cassava", "Suối Bột", 120, 40, NONE, WAITING),
    Link("Ngô Nương", "maize", "Hạt Vàng", 45, 33, NONE, WAITING),
    Link("Tre Xanh", "longan", "Đồi Gió", 25, 36, NONE, WAITING),
)
LINKS = (*SAFE, *NEAR_MISSES, *APPLICANTS)

# Why an officer sent an application for product development back.
REASONS = (
    "Hợp đồng chưa qua trọn một vụ. Nộp lại sau khi giao xong vụ đầu",
    "Chưa nêu kế hoạch mở rộng vùng trồng cùng bên mua. Bổ sung rồi nộp lại",
    "Chuỗi đang xét theo hồ sơ an toàn. Nộp lại khi có kế hoạch phát triển sản phẩm",
)
NO_BUYER_REASON = (
    "Bên mua cũng là hợp tác xã. Cần một doanh nghiệp tiêu thụ trong chuỗi"
)
