"""The words of a table by season on paper, in both languages."""

from __future__ import annotations

SEASONS: dict[str, dict[str, str]] = {
    "vi": {
        "seasons": "TỪNG VỤ",
        "season": "Vụ",
        "planned_kg": "Kế hoạch",
        "delivered_kg": "Đã giao",
        "accepted_kg": "Đã nghiệm thu",
        "accepted_vnd": "Tiền hàng đã nhận",
    },
    "en": {
        "seasons": "BY SEASON",
        "season": "Season",
        "planned_kg": "Planned",
        "delivered_kg": "Delivered",
        "accepted_kg": "Accepted",
        "accepted_vnd": "Value accepted",
    },
}
