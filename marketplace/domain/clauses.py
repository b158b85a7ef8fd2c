"""The checklist of a linkage contract: what it must say before it is signed.

A content is a plain mapping, the one that is hashed. What the tests read:

    parties        [{side, name, address, tax_code, representative, position}, …]
    legal_grounds  [reference, …]        linkage     {form, stages}
    subject        {product, …}          areas       [{name, area_m2, …}, …]
    quantity       {kg, tolerance_pct}   quality     {grades | standards}
    price          {mode, price_vnd, share_pct, reference, reference_day_rule}
    delivery       {place, tranches: [{first_day, last_day, kg}, …]}
    acceptance     {hours}               payment     {days, late_interest_pct}
    advance        {vnd}                 term        {first_day, until}
    food_safety    {commitment | certificates}
    inputs         {items, price, settlement}        processing  {ratio}
    breach         {penalty_pct}         dispute     {forum}
    chain_kind     "safe_supply" if traceability must be agreed
    numbers        {move_hours, deposit_days, …}: see `clause_numbers`
    force_majeure  {hours}               template    {form, version, digest}
    clauses        {key: {legal_vi, …}}: the words, from `fill_clauses`
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.domain import clause_tests as tests
from marketplace.domain.errors import N_
from marketplace.domain.findings import Finding
from marketplace.domain.words import ChainKind, ClauseNeed, Severity, Stage

Content = Mapping[str, Any]
_M, _O = ClauseNeed.MANDATORY, ClauseNeed.OPTIONAL
_STAGE, _SAFE = ClauseNeed.IF_STAGE, ClauseNeed.IF_SAFE_SUPPLY


@dataclass(frozen=True)
class Clause:
    """One row of the checklist; `test` looks at the content beside the words."""

    key: str
    title_vi: str
    title_en: str
    need: ClauseNeed
    stage: Stage | None = None
    test: Callable[[Content], bool] = tests.words_suffice

    def applies_to(self, content: Content) -> bool:
        """Whether this contract must have the clause."""
        if self.need is ClauseNeed.IF_STAGE:
            return self.stage in tests.stages_of(content)
        if self.need is ClauseNeed.IF_SAFE_SUPPLY:
            return bool(content.get("chain_kind") == ChainKind.SAFE_SUPPLY)
        return self.need is ClauseNeed.MANDATORY


_GROW, _PROC, _IN = Stage.PRODUCTION_HARVEST, Stage.PROCESSING, Stage.INPUT

CLAUSES: tuple[Clause, ...] = (
    Clause("parties", "Các bên", "Parties", _M, None, tests.parties),
    Clause("legal_grounds", "Căn cứ", "Legal grounds", _M, None, tests.legal_grounds),
    Clause(
        "linkage_form", "Hình thức liên kết", "Form of linkage", _M, None,
        tests.linkage_form,
    ),
    Clause("subject", "Sản phẩm", "Product", _M, None, tests.subject),
    Clause(
        "area_list", "Vùng nguyên liệu", "Growing areas", _STAGE, _GROW, tests.areas
    ),
    Clause("quantity", "Sản lượng", "Quantity", _M, None, tests.quantity),
    Clause("quality", "Chất lượng", "Quality", _M, None, tests.quality),
    Clause("inputs", "Cung ứng vật tư", "Inputs", _STAGE, _IN, tests.inputs),
    Clause("technical", "Quy trình sản xuất", "Growing practice", _STAGE, _GROW),
    Clause(
        "processing", "Sơ chế, chế biến", "Processing", _STAGE, _PROC, tests.processing
    ),
    Clause("price", "Giá", "Price", _M, None, tests.price),
    Clause("delivery", "Giao nhận", "Delivery", _M, None, tests.delivery),
    Clause("acceptance", "Nghiệm thu", "Inspection", _M, None, tests.acceptance),
    Clause("payment", "Thanh toán", "Payment", _M, None, tests.payment),
    Clause(
        "advance_deposit", "Đặt cọc, tạm ứng", "Deposit and advance", _O, None,
        tests.advance,
    ),
    Clause("term", "Thời hạn hợp đồng", "Term", _M, None, tests.term),
    Clause("rights_duties", "Quyền và nghĩa vụ", "Rights and duties", _M),
    Clause("exclusivity", "Ưu tiên mua bán", "Priority", _O),
    Clause("traceability", "Truy xuất nguồn gốc", "Traceability", _SAFE),
    Clause(
        "food_safety", "An toàn thực phẩm, môi trường", "Food safety and environment",
        _M, None, tests.food_safety,
    ),
    Clause("risk_sharing", "Chia sẻ rủi ro", "Risk sharing", _O),
    Clause("force_majeure", "Bất khả kháng", "Force majeure", _M),
    Clause("hardship", "Hoàn cảnh thay đổi", "Change of circumstances", _O),
    Clause("breach", "Phạt và bồi thường", "Penalty and damages", _M, None,
           tests.breach),
    Clause("amend_terminate", "Sửa đổi, chấm dứt, thanh lý",
           "Amendment, termination, closing", _M),
    Clause("dispute", "Giải quyết tranh chấp", "Disputes", _M, None, tests.dispute),
    Clause("state_support", "Hỗ trợ của Nhà nước", "State support", _O),
    Clause("data_privacy", "Dữ liệu cá nhân", "Personal data", _M),
    Clause("signatures", "Hiệu lực và chữ ký", "Effect and signatures", _M),
)  # fmt: skip
CLAUSE_BY_KEY = {clause.key: clause for clause in CLAUSES}


def missing_clauses(content: Content) -> list[Finding]:
    """CT-05: an error for each clause this contract needs and lacks.

    A clause that is optional is tested only where the contract has it.
    """
    return [
        _lack(clause)
        for clause in CLAUSES
        if (clause.applies_to(content) or tests.has_words(content, clause.key))
        and not (tests.has_words(content, clause.key) and clause.test(content))
    ]


def _lack(clause: Clause) -> Finding:
    return Finding(
        "CT-05",
        Severity.ERROR,
        N_("Điều khoản “%(title)s” còn thiếu hoặc chưa đúng"),
        {"title": clause.title_vi, "key": clause.key},
    )
