"""The words of the forms of the province on paper, in both languages."""

from __future__ import annotations

REPORT: dict[str, dict[str, str]] = {
    "vi": {
        "author": "NGƯỜI LẬP BIỂU",
        "author_signs": "(Ký, ghi rõ họ tên)",
        "head": "THỦ TRƯỞNG ĐƠN VỊ",
        "head_signs": "(Ký, đóng dấu, ghi rõ họ tên)",
        "taken": "Xuất lúc",
        "nothing": "Không phát sinh trong kỳ.",
        "notes": "Ghi chú",
    },
    "en": {
        "author": "PREPARED BY",
        "author_signs": "(Signature, full name)",
        "head": "HEAD OF UNIT",
        "head_signs": "(Signature, seal, full name)",
        "taken": "Exported at",
        "nothing": "Nothing to report in this period.",
        "notes": "Notes",
    },
}
