"""What everything kept about a person is called on the page that shows it: tables, columns, values."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from service.registry import areas
from service.staff import accounts
from service.text import phone_numbers
from service.web import campaign_words, person_words, reply_names
from service.web.deeds import DEEDS
from service.web.languages import N_, gettext
from service.web.sentences import written

TABLES = {
    "person": N_("Thông tin"),
    "phone": N_("Số điện thoại"),
    "person_phone": N_("Số của người này"),
    "former_phone": N_("Số đã gỡ"),
    "consent": N_("Đồng ý, không đồng ý"),
    "consent_file": N_("Tờ phiếu quét"),
    "person_tag": N_("Biết làm gì, muốn gì"),
    "group_member": N_("Thuộc nhóm"),
    "people_group": N_("Các nhóm đó"),
    "attendance": N_("Dự họp thôn"),
    "meeting": N_("Các cuộc họp đó"),
    "import_person": N_("Có trong danh sách nhập"),
    "import_batch": N_("Các danh sách đó"),
    "message_person": N_("Tin gửi cho người này"),
    "message": N_("Nội dung các tin đó"),
    "call": N_("Nghe cuộc gọi"),
    "carrier_ref": N_("Mã của nhà mạng cho tin"),
    "contact_day": N_("Số lần nhắn mỗi ngày"),
    "reply": N_("Trả lời từ số của người này"),
    "carrier_event": N_("Tin báo của nhà mạng"),
    "interest": N_("Bày tỏ nguyện vọng"),
    "follow_up": N_("Gọi lại"),
    "placement": N_("Có việc làm"),
    "person_merge": N_("Bản ghi đã gộp"),
    "two_people": N_("Đã xem là hai người khác nhau"),
    "rights_request": N_("Yêu cầu về dữ liệu"),
    "history": N_("Nhật ký"),
}
COLUMNS = {
    "seconds": N_("Số giây nghe"), "answered_by": N_("Ai nghe máy"), "heard": N_("Nghe được bao nhiêu"),
    "id": N_("Số"), "name": N_("Tên"), "birth_year": N_("Năm sinh"), "gender": N_("Giới tính"),
    "language": N_("Tiếng nói"), "area_id": N_("Xã"), "hamlet_id": N_("Thôn"), "note": N_("Ghi chú"),
    "consents": N_("Nhận tin việc làm"), "guardian": N_("Người giám hộ"), "channel": N_("Kênh"),
    "hours_from": N_("Giờ hẹn từ"), "hours_to": N_("Giờ hẹn đến"), "said_yes_at": N_("Nói muốn đi lúc"),
    "placed_at": N_("Có việc lúc"), "listed": N_("Còn trong danh sách"), "created_at": N_("Ghi lúc"),
    "updated_at": N_("Sửa lúc"), "e164": N_("Số điện thoại"), "kind": N_("Loại"), "state": N_("Tình trạng"),
    "opted_out_at": N_("Từ chối lúc"), "no_sms_at": N_("Không nhận tin nhắn từ"), "no_voice_at": N_("Không nhận gọi từ"),
    "opt_outs": N_("Số lần từ chối"), "contacted_at": N_("Gửi tin gần nhất"), "person_id": N_("Người (số)"),
    "phone_id": N_("Máy (số)"), "position": N_("Thứ tự"), "raw": N_("Đã gõ"), "normalised_by": N_("Đã đổi"),
    "owner": N_("Máy của"), "verified_at": N_("Xác nhận lúc"), "reason": N_("Lý do"), "at": N_("Lúc"),
    "staff_id": N_("Cán bộ"), "purpose": N_("Về việc"), "given": N_("Đồng ý"), "words": N_("Nguyên văn"),
    "proof": N_("Bằng chứng"), "file_id": N_("Tờ phiếu (số)"), "filename": N_("Tên tệp"), "sha256": N_("Dấu của tệp"),
    "code": N_("Mã"), "group_id": N_("Nhóm (số)"), "choice": N_("Bộ lọc"), "meeting_id": N_("Cuộc họp (số)"),
    "held_on": N_("Ngày họp"), "topic": N_("Nội dung"), "consent_words": N_("Lời đã đọc"), "others": N_("Người khác"),
    "batch_id": N_("Danh sách (số)"), "row": N_("Dòng"), "deed": N_("Việc"), "before": N_("Trước đó"),
    "stored_at": N_("Lưu lúc"), "message_id": N_("Tin (số)"), "campaign_id": N_("Chiến dịch (số)"),
    "attempt": N_("Lần thứ"), "replaced": N_("Đã có lần khác thay"),
    "wave": N_("Đợt"), "carrier": N_("Nhà mạng"), "rank": N_("Bậc"), "text": N_("Lời tin"),
    "parts": N_("Số phần"), "price_vnd": N_("Giá (đồng)"), "due": N_("Hạn"), "worker": N_("Máy gửi"),
    "dispatched_at": N_("Gửi đi lúc"), "changed_at": N_("Đổi lúc"), "word": N_("Lời nhà mạng"),
    "looks": N_("Số lần hỏi lại"), "looked_at": N_("Hỏi lại lúc"), "carrier_id": N_("Mã nhà mạng"), "day": N_("Ngày"),
    "count": N_("Số lần"), "meaning": N_("Hiểu là"), "evidence": N_("Vì có chữ"), "received_at": N_("Nhận lúc"),
    "stops": N_("Yêu cầu ngừng gửi"), "aside": N_("Không cần đọc vì"),
    "handled_at": N_("Xử lý lúc"), "decided_by": N_("Người đọc"), "content": N_("Dấu nội dung"),
    "fields": N_("Nguyên bản"), "reply_id": N_("Trả lời (số)"), "interest_id": N_("Nguyện vọng (số)"),
    "owner_id": N_("Người gọi"), "tries": N_("Số lần gọi"), "outcome": N_("Kết quả"),
    "claimed_by": N_("Đang gọi"), "claimed_until": N_("Giữ đến"), "started_on": N_("Đi làm từ"),
    "kept_id": N_("Bản giữ lại (số)"), "gone_id": N_("Bản đã gộp (số)"), "moved": N_("Đã chuyển"),
    "undone_at": N_("Tách lúc"), "asked_on": N_("Ngày yêu cầu"), "done_at": N_("Xong lúc"),
    "details": N_("Chi tiết"), "first_id": N_("Người thứ nhất (số)"), "second_id": N_("Người thứ hai (số)"),
}  # fmt: skip
STAFF, AREAS = ("staff_id", "owner_id", "decided_by", "claimed_by"), ("area_id", "hamlet_id")
HOURS = ("hours_from", "hours_to")
YES, NO, ROW = N_("có"), N_("không"), N_("dòng")
# (table, column) → words for its codes; a code without a word is shown as it is.
VALUES: dict[tuple[str, str], dict[str, str]] = {
    ("phone", "kind"): person_words.NUMBER_KINDS,
    ("phone", "state"): person_words.NUMBER_STANDINGS,
    ("import_person", "deed"): person_words.IMPORT_DEEDS,
    ("message", "kind"): campaign_words.MESSAGE_KINDS,
    ("message", "channel"): person_words.SENT_BY,
    ("contact_day", "channel"): person_words.SENT_BY,
    ("interest", "state"): person_words.INTEREST_STATES,
    ("follow_up", "state"): {code: word.name for code, word in campaign_words.FOLLOW_UPS.items()},
    ("person", "gender"): campaign_words.GENDER_NAMES,
    ("person", "language"): campaign_words.LANGUAGE_NAMES,
    ("person", "channel"): person_words.WANTED_CHANNELS,
    ("former_phone", "reason"): person_words.FORMER_REASONS,
    ("consent", "channel"): person_words.CHANNELS,
    ("consent", "purpose"): person_words.PURPOSES,
    ("person_tag", "code"): {**person_words.SKILL_NAMES, **person_words.WISH_NAMES},
    ("message", "state"): {code: word.name for code, word in campaign_words.MESSAGE_STATES.items()},
    ("reply", "meaning"): {code: word.name for code, word in campaign_words.MEANINGS.items()},
    ("reply", "kind"): reply_names.KINDS,
    ("reply", "aside"): reply_names.ASIDE,
    ("placement", "kind"): campaign_words.REACH_NAMES,
    ("follow_up", "outcome"): {code: word.name for code, word in reply_names.OUTCOMES.items()},
    ("rights_request", "kind"): person_words.REQUEST_KINDS,
}


def table(name: str) -> str:
    return gettext(TABLES[name])


def column(name: str) -> str:
    return gettext(COLUMNS[name])


def value(table_name: str, column_name: str, kept: Any) -> str:
    """A value as a person reads it; empty for nothing."""
    if kept is None or kept == "" or kept == {}:
        return ""
    if isinstance(kept, bool):
        return gettext(YES if kept else NO)
    name = _name(column_name, kept)
    if name:
        return name
    if column_name == "e164":
        return phone_numbers.shown(kept)
    words = VALUES.get((table_name, column_name), {})
    if str(kept) in words:
        return gettext(words[str(kept)])
    if column_name == "deed" and kept in DEEDS:
        return gettext(DEEDS[kept]) % defaultdict(lambda: "…")
    if column_name in HOURS:
        return f"{kept // 60:02d}:{kept % 60:02d}"
    if (table_name, column_name) == ("consent", "proof"):
        return str(kept).replace(", row ", f", {gettext(ROW)} ")
    if isinstance(kept, dict | list):
        return _json(kept)
    return str(kept) if isinstance(kept, int) else written(kept)  # 1990 is a year


def _name(column_name: str, kept: Any) -> str:
    """Of a place or a member of staff."""
    if column_name in STAFF:
        staff = accounts.find(kept)
        return staff.name if staff is not None else ""
    if column_name in AREAS:
        area = areas.find(kept)
        return area.name if area is not None else ""
    return ""


def _json(kept: Any) -> str:
    if isinstance(kept, dict):
        return "; ".join(
            f"{name}: {_json(one)}" for name, one in kept.items() if one not in ("", None, [], {})
        )
    if isinstance(kept, list):
        return ", ".join(_json(one) for one in kept)
    return str(kept)
