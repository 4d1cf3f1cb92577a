"""Phrases that a notice may not hold, or has to. Matched with or without accents and through tricks (text/phrases.py).

A phrase may have words which, standing in the same clause right before it, make it harmless: "trồng" before "hoa hồng".
"""

from __future__ import annotations

Phrases = dict[str, tuple[str, ...]]

NOT = ("không", "đừng", "cấm", "miễn", "cảnh giác", "chẳng")  # up to three words before: the opposite is said
# anywhere before in the clause: the opposite is said
NOWHERE = ("không nộp", "không phải nộp", "không thu", "không mất", "không phải trả", "không ai được")
_PLANTS = ("trồng", "hái", "cắt", "vườn", "chăm")
_SIGNS = ("lương", "trả lương", "nhận lương")

MONEY: Phrases = {
    "chuyển khoản": _SIGNS,
    "chuyển tiền": _SIGNS,
    "đặt cọc": (),
    "tiền cọc": (),
    "cọc tiền": (),
    "tiền thế chân": (),
    "nộp tiền": (),
    "đóng tiền": (),
    "nộp trước": (),
    "nộp phí": (),
    "đóng phí": (),
    "thu phí": (),
    "mất phí": (),
    "phí giữ chỗ": (),
    "phí hồ sơ": (),
    "phí môi giới": (),
    "phí dịch vụ": (),
    "phí đăng ký": (),
    "lệ phí": (),
    "gửi tiền vào": (),
    "gửi tiền cho": (),
    "nạp tiền": (),
    "nạp thẻ": (),
    "thẻ cào": (),
    "số tài khoản": _SIGNS,
    "mã otp": (),
}

SCAM: Phrases = {
    "việc nhẹ lương cao": (),
    "nhẹ nhàng lương cao": (),
    "không cần kinh nghiệm lương cao": (),
    "không cần bằng cấp lương cao": (),
    "không cần giấy tờ": (),
    "bao đậu": (),
    "bao đỗ": (),
    "cam kết đậu": (),
    "bao visa": (),
    "hoa hồng": _PLANTS,
    "làm giàu": (),
    "giàu nhanh": (),
    "đổi đời": (),
    "kiếm tiền nhanh": (),
    "kiếm tiền dễ": (),
    "kiếm tiền tại nhà": (),
    "lương khủng": (),
    "thu nhập khủng": (),
    "thu nhập không giới hạn": (),
    "đa cấp": (),
    "trúng thưởng": (),
    "nhận quà": (),
    "nhanh tay": (),
    "giật đơn": (),
    "làm nhiệm vụ online": (),
    "cộng tác viên online": (),
}

LOAN: Phrases = {
    "vay vốn": (),
    "vay tiền": (),
    "cho vay": (),
    "được vay": (),
    "vay ngân hàng": (),
    "vay tín dụng": (),
    "khoản vay": (),
    "lãi suất": (),
    "lãi vay": (),
    "trả góp": (),
    "thế chấp": (),
    "giải ngân": (),
    "tín dụng": (),
}

# what a villager is asked to write back
ANSWER = (
    "trả lời 1", "trả lời số 1", "trả lời có", "trả lời đồng ý", "trả lời tin này", "nhắn 1", "nhắn tin 1", "nhắn số 1",
    "nhắn có", "nhắn lại tin này", "soạn 1", "soạn tin 1", "soạn có", "gửi 1", "gửi tin 1", "gửi số 1", "reply 1", "rep 1",
)  # fmt: skip
STOP = (
    "không nhận tin tc", "không nhận tin trả lời tc", "không nhận tin nhắn tc", "không nhận tin soạn tc", "không nhận tc",
    "từ chối tc", "từ chối trả lời tc", "từ chối nhắn tc", "từ chối soạn tc", "trả lời tc", "nhắn tc", "nhắn tin tc",
    "soạn tc", "soạn tin tc", "gửi tc",
)  # fmt: skip

OPT_OUT = ("không nhận tin", "từ chối", "ngừng nhận", "thôi nhận", "không muốn nhận")
NO_MONEY = ("không nộp tiền", "không phải nộp tiền", "không mất tiền", "không đóng tiền")
