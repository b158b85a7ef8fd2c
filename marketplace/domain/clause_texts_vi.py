"""Words of the clauses in Vietnamese, version 1: (plain sentence, legal sentence).

A key with a dot is one of several ways to word a clause. `{name}` is a place that
the content of a contract fills.
"""

# A clause is long: its sentence is joined from short lines on purpose.
# ruff: noqa: ISC004

from __future__ import annotations

SOURCE = "Nghị định 98/2018/NĐ-CP và Bộ luật Dân sự 2015"
REASON = "Bộ mẫu đầu tiên, nạp cùng dữ liệu gốc"

TEXTS: dict[str, tuple[str, str]] = {
    "parties": (
        "{seller} bán, {buyer} mua.",
        "Bên bán: {seller_full}. Bên mua: {buyer_full}. Hai bên tự nguyện ký hợp "
        "đồng này và bảo đảm người ký có quyền đại diện.",
    ),
    "legal_grounds": (
        "Hợp đồng theo quy định đang có hiệu lực ngày ký.",
        "Hợp đồng được lập theo các văn bản sau, còn hiệu lực ngày ký: {grounds}.",
    ),
    "linkage_form": (
        "Hình thức {form}: hai bên cùng lo {stages}.",
        "Hai bên liên kết theo hình thức {form}, gồm các công đoạn: {stages}. Công "
        "đoạn ghi ở đây là căn cứ để thống kê và công nhận chuỗi.",
    ),
    "subject": (
        "Mua bán {product}.",
        "Đối tượng của hợp đồng là {product} do bên bán sản xuất hoặc thu gom từ "
        "thành viên của mình.",
    ),
    "area_list": (
        "Hàng lấy từ vùng trồng đã khai: {areas}.",
        "Hàng giao theo hợp đồng được thu hoạch tại: {areas}. Đổi vùng trồng phải "
        "báo trước và được bên mua đồng ý bằng văn bản.",
    ),
    "quantity": (
        "Tổng {kg}, được hơn kém {tolerance_pct}%.",
        "Bên bán giao và bên mua nhận tổng cộng {kg}, dung sai {tolerance_pct}% "
        "tính trên cả vụ. Phần vượt dung sai cần phụ lục hợp đồng.",
    ),
    "quality": (
        "Hàng đạt {quality}.",
        "Hàng giao phải đạt: {quality}, và dư lượng thuốc bảo vệ thực vật trong "
        "mức cho phép của nơi tiêu thụ. Chứng nhận phải còn hiệu lực vào ngày giao.",
    ),
    "inputs": (
        "Bên mua ứng {inputs}, trừ dần khi thanh toán.",
        "Bên mua cung ứng {inputs} theo giá {inputs_price}. Hai bên quyết toán "
        "như sau: {inputs_settlement}.",
    ),
    "technical": (
        "Trồng đúng quy trình, ghi nhật ký, đủ ngày cách ly mới hái.",
        "Bên bán sản xuất theo quy trình đã đăng ký, ghi nhật ký canh tác, chỉ thu "
        "hoạch khi hết thời gian cách ly, và để bên mua đến xem vườn khi báo trước "
        "{visit_days} ngày.",
    ),
    "processing": (
        "Tỷ lệ tươi ra thành phẩm: {ratio}.",
        "Hàng được sơ chế hoặc chế biến tại cơ sở đủ điều kiện, theo tỷ lệ nguyên "
        "liệu trên thành phẩm {ratio}. Hao hụt vượt tỷ lệ này do bên chế biến chịu.",
    ),
    "price.fixed": (
        "Giá tại vườn {price} cho mọi đợt, bên mua trả tiền xe.",
        "Đơn giá cố định tại vườn là {price}, tính trên khối lượng nghiệm thu tại nơi "
        "giao, áp dụng cho mọi đợt giao. Cước vận chuyển đến nơi giao do bên mua trả.",
    ),
    "price.floor": (
        "Giá sàn {price}. Giá chợ cao hơn thì bên bán được thêm {share_pct}% phần "
        "chênh.",
        "Giá sàn là {price}. Khi giá tham chiếu {reference}, lấy theo "
        "{reference_day}, cao hơn giá sàn, bên bán được cộng {share_pct}% phần "
        "chênh lệch.",
    ),
    "price.market": (
        "Giá theo {reference}.",
        "Đơn giá mỗi đợt bằng giá tham chiếu {reference}, lấy theo {reference_day}.",
    ),
    "delivery": (
        "Giao tại {place}: {tranches}.",
        "Bên bán giao hàng tại {place} theo lịch: {tranches}. Mỗi đợt cân có hai "
        "bên chứng kiến và lập biên bản giao nhận. Đổi ngày giao phải báo trước "
        "{move_hours} giờ.",
    ),
    "acceptance": (
        "Kiểm hàng trong {hours} giờ. Loại hàng phải có ảnh.",
        "Bên mua kiểm số lượng khi nhận và kiểm chất lượng trong {hours} giờ từ "
        "lúc nhận. Hàng bị loại phải có ảnh và biên bản; bên bán có quyền cùng kiểm "
        "lại. Quá thời hạn này coi như đã nghiệm thu.",
    ),
    "payment": (
        "Trả tiền trong {days} ngày từ khi nghiệm thu.",
        "Bên mua chuyển khoản cho bên bán trong {days} ngày từ ngày nghiệm thu mỗi "
        "đợt. Trả chậm thì chịu lãi {late_interest_pct}% một năm trên số tiền chậm trả.",
    ),
    "advance_deposit": (
        "Đặt cọc {advance}, trừ vào đợt cuối.",
        "Bên mua đặt cọc {advance} trong {deposit_days} ngày từ ngày ký. Tiền cọc được trừ vào "
        "đợt thanh toán cuối. Bên mua bỏ hợp đồng thì mất cọc, bên bán bỏ hợp đồng "
        "thì trả lại cọc và một khoản bằng số tiền cọc.",
    ),
    "term": (
        "Hợp đồng từ {first_day} đến hết {last_day}.",
        "Hợp đồng có hiệu lực từ {first_day} đến hết ngày {last_day}. Nghĩa vụ "
        "thanh toán và khiếu nại phát sinh trước đó vẫn giữ nguyên.",
    ),
    "rights_duties": (
        "Bên bán giao đủ, đúng loại. Bên mua nhận hết và trả đúng hạn.",
        "Bên bán giao đủ số lượng, đúng chất lượng, đúng lịch và báo ngay khi dự kiến "
        "thiếu hàng. Bên mua nhận đủ hàng đạt chất lượng, trả tiền đúng hạn và báo kế "
        "hoạch nhận hàng trước mỗi đợt {receive_days} ngày.",
    ),
    "exclusivity": (
        "Trong phần đã hứa, bên bán ưu tiên bán cho bên mua.",
        "Trong thời hạn hợp đồng, bên bán không bán cho người khác phần hàng đã hứa, "
        "và bên mua ưu tiên nhận hàng của bên bán trước nguồn khác cùng chất lượng.",
    ),
    "traceability": (
        "Mỗi lô có tem và mã truy xuất.",
        "Mỗi lô hàng có mã lô, nơi và ngày thu hoạch, và dữ liệu một bước trước, một "
        "bước sau. Hai bên chia sẻ dữ liệu này cho việc truy xuất và lưu ít nhất "
        "{trace_months} tháng.",
    ),
    "food_safety": (
        "Bên bán cam kết hàng an toàn và giữ sạch môi trường.",
        "Bên bán cam kết tuân thủ quy định về chất lượng, an toàn thực phẩm, an toàn "
        "dịch bệnh và môi trường, kèm giấy tờ: {safety}. Lô không an toàn bị thu "
        "hồi bằng chi phí của bên gây ra.",
    ),
    "risk_sharing": (
        "Giá chợ lệch quá {gap_pct}% thì hai bên bàn lại.",
        "Khi giá tham chiếu trong {gap_weeks} tuần liền lệch quá {gap_pct}% so với giá hợp "
        "đồng, hoặc thiên tai làm mất trên {loss_pct}% sản lượng, hai bên bàn lại giá và "
        "sản lượng của các đợt chưa giao trong {talk_days} ngày.",
    ),
    "force_majeure": (
        "Thiên tai, dịch bệnh: báo trong {majeure_hours} giờ, có xác nhận của xã thì "
        "không bị phạt.",
        "Bên gặp sự kiện bất khả kháng báo cho bên kia trong {majeure_hours} giờ và gửi "
        "xác nhận của chính quyền xã trong {proof_days} ngày. Nghĩa vụ bị cản trở được hoãn trong thời "
        "gian của sự kiện và không bị phạt.",
    ),
    "hardship": (
        "Tình hình đổi quá nhiều thì được yêu cầu bàn lại.",
        "Khi hoàn cảnh thay đổi cơ bản ngoài dự liệu làm một bên thiệt hại nghiêm "
        "trọng, bên đó được yêu cầu đàm phán lại trong thời hạn hợp lý.",
    ),
    "breach": (
        "Sai hẹn bị phạt {penalty_pct}% phần sai, và đền thiệt hại thực tế.",
        "Bên vi phạm chịu phạt {penalty_pct}% giá trị phần nghĩa vụ bị vi phạm và "
        "bồi thường thiệt hại thực tế, trừ trường hợp bất khả kháng.",
    ),
    "amend_terminate": (
        "Sửa hợp đồng bằng phụ lục hai bên cùng ký.",
        "Mọi sửa đổi lập thành phụ lục do hai bên ký. Một bên được chấm dứt khi bên "
        "kia vi phạm nghĩa vụ chính và không khắc phục trong {remedy_days} ngày từ khi được báo. "
        "Hết hợp đồng, hai bên đối chiếu và lập biên bản thanh lý.",
    ),
    "dispute": (
        "Có gì thì thương lượng trước, sau đó đưa ra {forum}.",
        "Tranh chấp được giải quyết bằng thương lượng và hòa giải trong {settle_days} ngày; không "
        "thành thì đưa ra {forum}.",
    ),
    "state_support": (
        "Hai bên cùng làm hồ sơ đề nghị hỗ trợ liên kết.",
        "Hai bên cùng lập hồ sơ đề nghị Nhà nước hỗ trợ liên kết khi đủ điều kiện; bên "
        "chủ trì nộp hồ sơ và báo kết quả cho bên kia.",
    ),
    "data_privacy": (
        "Thông tin cá nhân chỉ dùng để thực hiện hợp đồng.",
        "Mỗi bên chỉ xử lý dữ liệu cá nhân của bên kia để thực hiện hợp đồng này, giữ "
        "bí mật, không chuyển cho người khác nếu chưa được đồng ý, và xóa khi không "
        "còn cần hoặc hết thời hạn lưu theo luật.",
    ),
    "signatures": (
        "Hai bên ký trên cùng một bản, mã kiểm giống nhau.",
        "Hợp đồng được ký bằng phương tiện điện tử trên cùng một nội dung có một mã "
        "kiểm duy nhất, có hiệu lực khi bên sau cùng ký. Mỗi bên giữ một bản có giá "
        "trị như nhau.",
    ),
}
