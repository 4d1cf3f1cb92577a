"""What answers and outcomes of calls are called on screen, and what follows when a person chooses one."""

from __future__ import annotations

from service.web.campaign_words import Word
from service.web.languages import N_

# What a person who reads a reply sets going. The names of the meanings stand in campaign_words.MEANINGS.
FOLLOWS: dict[str, str] = {
    "interested": N_("Ghi nguyện vọng, sẽ có người gọi lại"),
    "not_interested": N_("Không gọi về việc này nữa"),
    "stop": N_("Ngừng gửi đến số này, báo lại một tin"),
    "question": N_("Vào mục chờ trả lời, người gọi là bạn"),
    "wrong_person": N_("Người cầm máy không phải người này"),
    "help": N_("Vào đầu mục chờ trả lời, bạn gọi ngay"),
}

KINDS: dict[str, str] = {
    "sms": N_("Tin nhắn"),
    "key": N_("Bấm phím trong cuộc gọi"),
    "missed_call": N_("Nháy máy"),
    "officer": N_("Công chức xã ghi"),
}

# Why nobody need read a reply.
ASIDE: dict[str, str] = {
    "automatic": N_("Tin tự động"),
    "service": N_("Tin của tổng đài hoặc nhà mạng"),
    "own": N_("Từ số của chính mình"),
    "loop": N_("Lặp lại quá 3 lần trong một giờ"),
}

OUTCOMES: dict[str, Word] = {
    "no_answer": Word(N_("Không nghe máy"), "wait", N_("Gọi lại vào giờ khác")),
    "call_later": Word(N_("Hẹn gọi lúc khác"), "wait", N_("Gọi lại ngày làm việc sau")),
    "agreed": Word(N_("Đồng ý đi"), "busy", N_("Hỏi lại sau hai ngày, cho đến khi đi làm")),
    "in_work": Word(N_("Đã có việc làm"), "good", N_("Từ ngày ghi ở trên. Xong.")),
    "not_suitable": Word(N_("Chưa phù hợp"), "plain", N_("Xong, không gọi nữa")),
    "changed_mind": Word(N_("Không đi nữa"), "plain", N_("Xong, không gọi nữa")),
    "wrong_number": Word(
        N_("Sai số"), "bad", N_("Gỡ số này khỏi người dân; tên họ vẫn còn trong danh sách. Xong.")
    ),
}
