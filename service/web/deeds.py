"""History in sentences: what each deed is called. A new deed is a new row; placeholders are the deed's details."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.staff.history import History
from service.web.languages import N_, gettext
from service.web.role_names import ROLE_NAMES, role_name
from service.web.sentences import written

DEEDS: dict[str, str] = {
    "staff.added": N_("Cấp tài khoản cho %(staff)s, vai trò: %(role)s"),
    "staff.deactivated": N_("Ngừng tài khoản của %(staff)s"),
    "staff.locked": N_("Tạm khóa tài khoản của %(staff)s vì nhập sai mật khẩu nhiều lần"),
    "staff.logged_in": N_("Đã đăng nhập"),
    "staff.password_changed": N_("Đổi mật khẩu của mình"),
    "phone.opted_out": N_("Số điện thoại từ chối nhận tin"),
    "phone.opted_in": N_("Số điện thoại nhận tin trở lại"),
    "phone.revealed": N_("Xem cả số điện thoại để gọi"),
    "phone.detached": N_("Gỡ số điện thoại khỏi người dân"),
    "consent.given": N_("Ghi nhận đồng ý nhận tin (qua: %(channel)s)"),
    "consent.withdrawn": N_("Ghi nhận rút lại đồng ý nhận tin (qua: %(channel)s)"),
    "phone.attached": N_("Thêm số điện thoại cho người dân"),
    "person.added": N_("Thêm người dân"),
    "person.changed": N_("Sửa thông tin người dân"),
    "people.checked": N_("Kiểm tra danh sách số %(batch)s: %(rows)s dòng, %(errors)s lỗi"),
    "people.imported": N_(
        "Lưu danh sách số %(batch)s: %(people)s người mới, %(updated)s người cập nhật, %(phones)s số mới"
    ),
    "people.import_refused": N_("Bỏ danh sách số %(batch)s, không lưu"),
    "employer.saved": N_("Lưu doanh nghiệp số %(employer)s"),
    "employer.checked": N_("Xác nhận đã kiểm tra doanh nghiệp số %(employer)s"),
    "campaign.created": N_("Soạn chiến dịch %(code)s"),
    "campaign.edited": N_("Sửa chiến dịch"),
    "campaign.approved": N_("Duyệt chiến dịch"),
    "campaign.launched": N_("Gửi chiến dịch: %(recipients)s người nhận, dự tính %(price_vnd)s đ"),
    "campaign.paused": N_("Tạm dừng chiến dịch"),
    "campaign.resumed": N_("Cho chiến dịch chạy tiếp"),
    "campaign.finished": N_("Chiến dịch gửi xong"),
    "campaign.stopped": N_("Dừng hẳn chiến dịch"),
    "gate.closed": N_("Đóng kênh gửi %(carrier)s, lý do: %(reason)s"),
    "gate.opened": N_("Mở lại kênh gửi %(carrier)s"),
    "message.duplicate": N_("Cảnh báo: một lượt gửi có hai mã của nhà mạng, có thể tin đi hai lần"),
    "reply.answered": N_("Đã gọi trả lời câu hỏi hoặc lời nhờ giúp"),
    "reply.classified": N_("Đọc một trả lời và xếp là: %(meaning)s"),
    "interest.expressed": N_("Bày tỏ nguyện vọng đi làm"),
    "interest.withdrawn": N_("Rút lại nguyện vọng đi làm"),
    "interest.person_known": N_("Ghi rõ ai trong nhà muốn đi làm"),
    "followup.handed_over": N_("Giao cuộc gọi lại cho người khác"),
    "followup.no_answer": N_("Gọi lại lần %(tries)s: không nghe máy"),
    "followup.call_later": N_("Gọi lại lần %(tries)s: hẹn gọi lúc khác"),
    "followup.agreed": N_("Gọi lại lần %(tries)s: đồng ý đi"),
    "followup.in_work": N_("Gọi lại lần %(tries)s: đã có việc làm"),
    "followup.not_suitable": N_("Gọi lại lần %(tries)s: chưa phù hợp"),
    "followup.changed_mind": N_("Gọi lại lần %(tries)s: không đi nữa"),
    "followup.wrong_number": N_("Gọi lại lần %(tries)s: sai số điện thoại"),
}

# Short words kept in details → what stands in the sentence.
DETAIL_WORDS: dict[tuple[str, str], str] = {
    ("channel", "list"): N_("danh sách"),
    ("channel", "paper"): N_("giấy có chữ ký"),
    ("channel", "meeting"): N_("cuộc họp"),
    ("channel", "sms"): N_("tin nhắn"),
    ("channel", "call"): N_("cuộc gọi"),
    ("channel", "officer"): N_("công chức xã"),
    ("meaning", "interested"): N_("muốn đi làm"),
    ("meaning", "not_interested"): N_("không muốn đi"),
    ("meaning", "stop"): N_("không nhận tin nữa"),
    ("meaning", "question"): N_("có câu hỏi"),
    ("meaning", "wrong_person"): N_("nhầm người"),
    ("meaning", "help"): N_("cần giúp đỡ"),
    ("meaning", "unclear"): N_("chưa rõ"),
}


class _Details(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"  # an old row may lack a detail that a newer sentence mentions


def sentence(row: History, names: Mapping[int, str]) -> str:
    """What was done, in the reader's language. ``names``: staff ids → names."""
    return gettext(DEEDS.get(row.deed, row.deed)) % _Details(_words(row.details, names))


def _words(details: Mapping[str, Any], names: Mapping[int, str]) -> dict[str, str]:
    shown = {name: _word(name, value) for name, value in details.items()}
    if "staff" in details:
        shown["staff"] = names.get(details["staff"], shown["staff"])
    if details.get("role") in ROLE_NAMES:
        shown["role"] = role_name(details["role"])
    return shown


def _word(name: str, value: Any) -> str:
    known = DETAIL_WORDS.get((name, str(value)))
    return gettext(known) if known else written(value)
