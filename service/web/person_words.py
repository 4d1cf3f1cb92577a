"""What stands on a person's page and its time line."""

from __future__ import annotations

from service.web.campaign_words import Word
from service.web.languages import N_

CHANNELS = {
    "paper": N_("giấy có chữ ký"),
    "meeting": N_("cuộc họp"),
    "call": N_("cuộc gọi"),
    "sms": N_("tin nhắn"),
    "officer": N_("công chức xã"),
    "list": N_("danh sách"),
}

# Kinds of entries of reports/timeline.py: the sentence, with its values, and its tone.
TIMELINE: dict[str, Word] = {
    "person.registered": Word(N_("Có tên trong danh sách người dân"), "plain"),
    "consent.given": Word(N_("Đồng ý nhận tin (qua: %(channel)s)"), "good"),
    "consent.withdrawn": Word(N_("Không đồng ý nhận tin (qua: %(channel)s)"), "bad"),
    "message.notice": Word(N_("Tin của chiến dịch %(code)s: %(state)s"), "busy"),
    "message.optout_confirmation": Word(N_("Tin xác nhận đã ngừng gửi: %(state)s"), "busy"),
    "reply": Word(N_("Trả lời (%(kind)s), hiểu là: %(meaning)s"), "info"),
    "reply.shared": Word(N_("Trả lời từ số dùng chung (%(kind)s), hiểu là: %(meaning)s"), "info"),
    "interest": Word(N_("Bày tỏ nguyện vọng với chiến dịch %(code)s"), "good"),
    "followup": Word(N_("Cần gọi lại về chiến dịch %(code)s, hẹn %(due)s"), "warn"),
    "placement": Word(N_("Có việc làm từ %(day)s (%(reach)s), chiến dịch %(code)s"), "good"),
}

WHICH = {
    "": N_("Tất cả"),
    "agreed": N_("Đồng ý nhận tin"),
    "not_agreed": N_("Chưa đồng ý"),
    "no_phone": N_("Chưa có số"),
    "opted_out": N_("Đã từ chối"),
}

IMPORT_STATES: dict[str, Word] = {
    "checked": Word(N_("Đã kiểm tra, chưa lưu"), "warn"),
    "stored": Word(N_("Đã lưu"), "good"),
    "refused": Word(N_("Đã bỏ"), "plain"),
}
SEVERITIES: dict[str, Word] = {
    "error": Word(N_("Lỗi"), "bad"),
    "warn": Word(N_("Nên xem"), "warn"),
    "info": Word(N_("Đã xử lý"), "busy"),
}
