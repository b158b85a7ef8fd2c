"""The words of an amendment on paper, in both languages."""

from __future__ import annotations

from marketplace.domain.words_amendments import AmendmentReason

ANNEX = "%02d/PLHĐ"
ARTICLE = {
    "vi": "Điều %(article)s %(subject)s (%(ref)s)",
    "en": "Article %(article)s of the %(subject)s (%(ref)s)",
}
REASONS = {
    "vi": {
        AmendmentReason.AGREEMENT: "Hai bên thỏa thuận",
        AmendmentReason.CHANGED_CIRCUMSTANCES: "Hoàn cảnh thay đổi cơ bản",
        AmendmentReason.FORCE_MAJEURE: "Bất khả kháng",
        AmendmentReason.CHANGE_OF_LAW: "Pháp luật thay đổi",
        AmendmentReason.CORRECTION: "Sửa chỗ ghi sai",
    },
    "en": {
        AmendmentReason.AGREEMENT: "Agreement of the parties",
        AmendmentReason.CHANGED_CIRCUMSTANCES: "Fundamental change of circumstances",
        AmendmentReason.FORCE_MAJEURE: "Force majeure",
        AmendmentReason.CHANGE_OF_LAW: "Change of law",
        AmendmentReason.CORRECTION: "Correction of an error",
    },
}

AMENDMENT: dict[str, dict[str, str]] = {
    "vi": {
        "title": "Phụ lục hợp đồng",
        "of": "sửa đổi hợp đồng",
        "mark": "Phụ lục",
        "ground": "Căn cứ",
        "opening": "Hai bên thống nhất sửa đổi hợp đồng nêu trên như sau.",
        "seller": "BÊN BÁN (Bên A)",
        "buyer": "BÊN MUA (Bên B)",
        "why": "1. Lý do sửa đổi",
        "reason": "Lý do",
        "text": "Giải thích",
        "proposed_by": "Bên đề nghị",
        "by_seller": "Bên bán",
        "by_buyer": "Bên mua",
        "proposed_on": "Ngày đề nghị",
        "version": "Bản của hợp đồng",
        "amends": "Mã của bản được sửa",
        "changes": "2. Nội dung sửa đổi",
        "what": "Nội dung",
        "old": "Trước khi sửa",
        "new": "Sau khi sửa",
        "clauses": "3. Lời của các điều được sửa",
        "effect_heading": "4. Hiệu lực",
        "binds": "Phụ lục này có hiệu lực từ khi bên sau cùng ký, và là một phần không "
        "tách rời của hợp đồng.",
        "price_from": "Giá mới áp dụng cho hàng giao từ ngày %(day)s và sau khi hai bên "
        "ký phụ lục. Hàng đã giao, đã nghiệm thu trước đó giữ giá cũ.",
        "rest": "Các điều khoản khác của hợp đồng giữ nguyên hiệu lực.",
        "signed": "Đã ký điện tử",
        "unsigned": "(chưa ký)",
        "proposed": "CHƯA CÓ HIỆU LỰC: chờ hai bên ký",
        "refused": "KHÔNG CÓ HIỆU LỰC: bị từ chối",
        "withdrawn": "KHÔNG CÓ HIỆU LỰC: bên đề nghị đã rút lại",
        "lapsed": "KHÔNG CÓ HIỆU LỰC: quá hạn trả lời",
        "attachment": "Toàn văn hợp đồng sau khi sửa, dạng máy đọc được",
    },
    "en": {
        "title": "Amendment of a contract",
        "of": "amending contract",
        "mark": "Amendment",
        "ground": "Under",
        "opening": "The parties agree to amend the contract named above as follows. The "
        "Vietnamese text prevails.",
        "seller": "SELLER (Party A)",
        "buyer": "BUYER (Party B)",
        "why": "1. Reason of the amendment",
        "reason": "Reason",
        "text": "Explanation",
        "proposed_by": "Proposed by",
        "by_seller": "Seller",
        "by_buyer": "Buyer",
        "proposed_on": "Proposed on",
        "version": "Version of the contract",
        "amends": "Digest of the amended version",
        "changes": "2. What is amended",
        "what": "Term",
        "old": "Before",
        "new": "After",
        "clauses": "3. Words of the amended clauses",
        "effect_heading": "4. Effect",
        "binds": "This amendment takes effect when the last party signs, and is an "
        "integral part of the contract.",
        "price_from": "The new price applies to goods delivered from %(day)s and after "
        "both parties have signed. Goods delivered or inspected before keep the former "
        "price.",
        "rest": "All other clauses of the contract remain in force.",
        "signed": "Signed electronically",
        "unsigned": "(not signed)",
        "proposed": "NOT IN FORCE: waits for both signatures",
        "refused": "NOT IN FORCE: refused",
        "withdrawn": "NOT IN FORCE: withdrawn by the proposer",
        "lapsed": "NOT IN FORCE: not answered in time",
        "attachment": "The whole contract as amended, machine readable",
    },
}
