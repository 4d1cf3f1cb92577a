"""What the parts of a call and the states of recordings are called on screen. A new part is a new row."""

from __future__ import annotations

from service.web.campaign_words import Word
from service.web.languages import N_

PART_NAMES = {
    "opening": N_("Câu mở đầu cuộc gọi"),
    "key_interested": N_("Phím 1: muốn đi"),
    "key_again": N_("Phím 2: nghe lại"),
    "key_stop": N_("Phím 9: không nhận nữa"),
    "key_officer": N_("Phím 0: gặp cán bộ"),
    "wrong_key": N_("Khi bấm phím không dùng"),
    "silence": N_("Khi không bấm phím nào"),
    "goodbye_interested": N_("Lời chào sau phím 1"),
    "goodbye_stop": N_("Lời chào sau phím 9"),
    "connecting": N_("Trước khi nối máy tới cán bộ"),
    "goodbye_officer": N_("Khi chưa nối được tới cán bộ"),
    "goodbye_nothing": N_("Lời chào khi không trả lời"),
    "language_question": N_("Hỏi muốn nghe tiếng nào"),
    "language_key": N_("Mời chọn tiếng này"),
    "who_question": N_("Hỏi ai trong nhà muốn đi"),
    "stopped": N_("Khi chiến dịch đã dừng"),
    "not_now": N_("Khi máy của văn phòng trục trặc"),
    "notice": N_("Bản tin của chiến dịch"),
}

STANDINGS: dict[str, Word] = {
    "usable": Word(N_("Dùng được"), "good"),
    "waiting": Word(N_("Chờ xác nhận"), "warn"),
    "stale": Word(N_("Lời đã đổi, cần ghi lại"), "bad"),
    "missing": Word(N_("Chưa có"), "plain"),
}
STATES: dict[str, Word] = {
    "draft": Word(N_("Chờ xác nhận"), "warn"),
    "confirmed": Word(N_("Đã xác nhận"), "good"),
    "withdrawn": Word(N_("Đã rút"), "plain"),
}
# A call to record by phone, by the state of its message; one that was over without a recording: "completed".
_CALLING, _NOT_REACHED = (
    Word(N_("Đang gọi tới máy của bạn"), "warn"),
    Word(N_("Không gọi được tới máy"), "bad"),
)
CALLS: dict[str, Word] = {
    **dict.fromkeys(("ready", "sending", "unknown", "accepted", "ringing", "sent", "answered"), _CALLING),
    **dict.fromkeys(("failed", "hold", "skipped", "cancelled", "expired"), _NOT_REACHED),
    "busy": Word(N_("Máy bận"), "bad"),
    "no_answer": Word(N_("Không ai nghe máy"), "bad"),
    "completed": Word(N_("Đã gác máy, chưa giữ bản nào"), "plain"),
}
