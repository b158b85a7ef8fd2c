"""What is said in the demo when chains are monitored."""

from __future__ import annotations

from marketplace.domain.monitoring_cases import CaseGround

LABORATORY = "Trung tâm Chất lượng nông lâm thủy sản vùng 1"
# How a book was mended, and how a lot that failed.
MENDED = (
    "Đã ghi bù sổ, cử một người ghi mỗi tối và gửi ảnh sổ cho cán bộ xem",
    "Đã hủy lô hàng, ngừng thuốc này, kéo dài ngày cách ly ở mọi hộ",
)
ABOUT = {
    CaseGround.REPORT: (
        "Người dân phản ánh hàng mang tem của chuỗi được bán ngoài hợp đồng",
        "Hàng đó của hộ nào, lô nào, vì sao mang tem của chuỗi?",
    ),
    CaseGround.EXPIRY: (
        "Giấy chứng nhận của một vườn trong chuỗi sắp hết hạn",
        "Hồ sơ cấp lại đã nộp chưa, nộp ngày nào?",
    ),
}
