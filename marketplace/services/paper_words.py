"""The words that all papers have in common, in both languages."""

from __future__ import annotations

PAPER: dict[str, dict[str, str]] = {
    "vi": {
        "nation": "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "motto": "Độc lập - Tự do - Hạnh phúc",
        "number": "Số",
        "name": "Tên",
        "address": "Địa chỉ",
        "tax_code": "Mã số thuế",
        "representative": "Người đại diện",
        "account": "Tài khoản",
        "page": "Trang",
        "check": "Mã kiểm",
        "ask": "kiểm tra tại",
        "digest": "Mã SHA-256 của nội dung gốc:",
        "scan": "Quét mã QR để biết giấy này có thật và còn hiệu lực không, hoặc nhập "
        "đủ 64 ký tự trên tại",
        "qr": "Mã QR dẫn đến trang kiểm tra giấy tờ",
    },
    "en": {
        "nation": "SOCIALIST REPUBLIC OF VIET NAM",
        "motto": "Independence - Freedom - Happiness",
        "number": "No.",
        "name": "Name",
        "address": "Address",
        "tax_code": "Tax code",
        "representative": "Represented by",
        "account": "Account",
        "page": "Page",
        "check": "Check code",
        "ask": "verify at",
        "digest": "SHA-256 of the original content:",
        "scan": "Scan the QR code to learn whether this paper is genuine and still in "
        "force, or enter all 64 characters above at",
        "qr": "QR code that leads to the page that verifies papers",
    },
}
