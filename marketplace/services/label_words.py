"""The words of labels, in both languages that they are printed in."""

from __future__ import annotations

LABEL = {
    "vi": {
        "qr": "Mã QR: nguồn gốc lô hàng",
        "lot": "Mã lô",
        "trace": "Mã truy xuất",
        "origin": "Sản phẩm của Việt Nam",
        "country": "Việt Nam",
        "harvested": "Thu hoạch",
        "packed": "Ngày đóng gói",
        "made": "Ngày sản xuất",
        "best": "Ngon nhất trước",
        "grade": "Loại",
        "net": "Khối lượng tịnh",
        "brand": "Nhãn hiệu",
        "code": "Mã vùng, mã đóng gói",
        "title": "Nhãn lô",
    },
    "en": {
        "qr": "QR code: where this lot comes from",
        "lot": "Lot",
        "trace": "Trace code",
        "origin": "Product of Vietnam",
        "country": "Vietnam",
        "harvested": "Harvested",
        "packed": "Packed",
        "made": "Made on",
        "best": "Best before",
        "grade": "Grade",
        "net": "Net weight",
        "brand": "Brand",
        "code": "Growing area and packing codes",
        "title": "Lot label",
    },
}
