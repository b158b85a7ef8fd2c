"""What a purchase offer must be: PO-01 to PO-04, and how tranches are filled."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from marketplace.domain.commands_offers import PostOffer, TrancheLine
from marketplace.domain.errors import N_, Refused
from marketplace.domain.findings import Finding
from marketplace.domain.formats import format_day, format_number
from marketplace.domain.prices import PriceBand, check_payment_term, check_price
from marketplace.domain.words import CertificateScheme, PriceMode, Severity

MOST_TRANCHES = 60
LONGEST_WINDOW_DAYS = 120


@dataclass(frozen=True)
class OfferLimits:
    """The limits in force on the day, and what the product knows."""

    grades: Collection[int] = (1, 2, 3)
    varieties: Collection[str] = ()
    most_payment_days: int = 90
    usual_payment_days: int = 15
    band: PriceBand | None = None
    band_factors: tuple[Decimal, Decimal] = (Decimal("0.5"), Decimal(2))


def check_offer(
    command: PostOffer, limits: OfferLimits, *, today: date
) -> list[Finding]:
    """Everything wrong or odd in an offer, in the order of the page."""
    return [
        *_check_goods(command, limits),
        *_check_tranches(command, limits, today),
        *_check_lots(command),
        *_check_moving_price(command),
        *_check_answer(command, today),
        *check_payment_term(
            command.payment_term_days,
            most=limits.most_payment_days,
            usual=limits.usual_payment_days,
            field="payment_term_days",
        ),
    ]


def _error(code: str, field: str, message: str, **params: object) -> Finding:
    return Finding(code, Severity.ERROR, message, params, field)


def _check_goods(command: PostOffer, limits: OfferLimits) -> Iterator[Finding]:
    """PO-01 and PO-02: the goods, the place, and papers as predicates."""
    if set(command.variety_codes) - set(limits.varieties):
        message = N_("Có giống không thuộc sản phẩm đã chọn, chọn lại giống")
        yield _error("PO-01", "varieties", message)
    if command.least_grade and command.least_grade not in limits.grades:
        yield _error("PO-01", "least_grade", N_("Sản phẩm này không có loại đó"))
    if not command.place.strip():
        message = N_("Nhập nơi giao, ví dụ Kho Đông Anh, Hà Nội")
        yield _error("PO-01", "place", message)
    for asked in command.requirements:
        if (asked.scheme is None) == (asked.market is None):
            message = N_("Mỗi yêu cầu là một chứng nhận hoặc một mã vùng")
            yield _error("PO-02", "schemes", message)
        stars = asked.least_stars
        if stars and (
            asked.scheme is not CertificateScheme.OCOP or not 3 <= stars <= 5
        ):
            yield _error("PO-02", "least_stars", N_("OCOP có 3, 4 hoặc 5 sao"))


def _check_tranches(
    command: PostOffer, limits: OfferLimits, today: date
) -> Iterator[Finding]:
    if not command.tranches:
        message = N_("Thêm ít nhất một đợt giao: ngày, số tấn, giá tối đa")
        yield _error("PO-01", "tranches", message)
    if len(command.tranches) > MOST_TRANCHES:
        message = N_("Một đơn có nhiều nhất %(most)s đợt")
        yield _error("PO-01", "tranches", message, most=MOST_TRANCHES)
    for row, line in enumerate(command.tranches):
        yield from _check_window(row, line, today)
        if line.kg <= 0:
            message = N_("Số lượng phải lớn hơn 0")
            yield _error("PO-01", f"tranches-{row}-kg", message)
        yield from _check_ceiling(row, line, limits)


def _check_window(row: int, line: TrancheLine, today: date) -> Iterator[Finding]:
    if line.window_end < line.window_start:
        message = N_("Ngày cuối phải từ ngày đầu trở đi")
        yield _error("PO-01", f"tranches-{row}-window_end", message)
    elif line.window_end < today and line.number is None:
        message = N_("Ngày giao đã qua, chọn từ %(today)s trở đi")
        yield _error(
            "PO-01", f"tranches-{row}-window_start", message, today=format_day(today)
        )
    elif (line.window_end - line.window_start).days >= LONGEST_WINDOW_DAYS:
        message = N_("Một đợt dài nhất %(most)s ngày, chia thành nhiều đợt")
        yield _error(
            "PO-01", f"tranches-{row}-window_end", message, most=LONGEST_WINDOW_DAYS
        )


def _check_ceiling(
    row: int, line: TrancheLine, limits: OfferLimits
) -> Iterator[Finding]:
    """PO-04: a price far outside the usual band is shown, not refused."""
    field = f"tranches-{row}-ceiling"
    if line.ceiling_price_vnd <= 0:
        message = N_("Nhập giá một kg bằng đồng, ví dụ 14.500")
        yield _error("PO-01", field, message)
    elif limits.band:
        yield from check_price(
            line.ceiling_price_vnd,
            limits.band,
            factors=limits.band_factors,
            field=field,
        )


def _check_lots(command: PostOffer) -> Iterator[Finding]:
    if command.tranches and command.smallest_lot_kg > command.total_kg:
        message = N_("Lô nhỏ nhất không được hơn tổng %(total)s kg của đơn")
        total = format_number(command.total_kg)
        yield _error("PO-01", "smallest_lot", message, total=total)
    if command.smallest_lot_kg < 0 or command.most_suppliers < 0:
        yield _error("PO-01", "most_suppliers", N_("Nhập số từ 0 trở lên"))
    if not 0 <= command.deposit_pct <= 100:
        message = N_("Nhập phần trăm từ 0 đến 100, ví dụ 7,5")
        yield _error("PO-01", "deposit_pct", message)


def _check_moving_price(command: PostOffer) -> Iterator[Finding]:
    """CT-08: a price that moves names its market, and a floor the share above it."""
    if command.price_mode is PriceMode.FIXED:
        return
    if not command.reference_market:
        message = N_("Chọn chợ để lấy giá tham chiếu")
        yield _error("CT-08", "reference_market", message)
    if not 0 <= command.share_pct <= 100:
        message = N_("Nhập phần trăm từ 0 đến 100, ví dụ 7,5")
        yield _error("CT-08", "share_pct", message)


def _check_answer(command: PostOffer, today: date) -> Iterator[Finding]:
    last = max((line.window_end for line in command.tranches), default=None)
    if command.answer_by is None or last is None:
        return
    if command.answer_by < today:
        message = N_("Hạn trả lời phải từ hôm nay trở đi")
        yield _error("PO-01", "answer_by", message)
    elif command.answer_by > last:
        message = N_("Hạn trả lời phải trước ngày giao cuối %(last)s")
        yield _error("PO-01", "answer_by", message, last=format_day(last))


def weekly_days(first: date, last: date, every_days: int = 7) -> list[date]:
    """Delivery days from the first to the last, every so many days."""
    if last < first:
        raise Refused(N_("Ngày cuối phải từ ngày đầu trở đi"), "fill_to")
    if every_days < 1:
        raise Refused(N_("Nhập số ngày từ 1 trở lên"), "fill_every")
    count = (last - first).days // every_days + 1
    if count > MOST_TRANCHES:
        message = N_("Một đơn có nhiều nhất %(most)s đợt")
        raise Refused(message, "fill_to", most=MOST_TRANCHES)
    return [first + timedelta(days=every_days * number) for number in range(count)]


def split_evenly(total_kg: int, parts: int) -> list[int]:
    """Shares that sum exactly; alike if they can be, else by whole round steps.

    50 tonnes in three are 17, 17 and 16 tonnes rather than 16,667 kg.
    """
    if parts < 1 or total_kg < parts:
        raise Refused(N_("Tổng quá ít để chia cho số đợt này"), "fill_total")
    if total_kg % parts == 0:
        return [total_kg // parts] * parts
    step = next(
        step
        for step in (1000, 500, 100, 50, 10, 1)
        if total_kg % step == 0 and total_kg // step >= parts
    )
    share, more = divmod(total_kg // step, parts)
    return [(share + (place < more)) * step for place in range(parts)]
