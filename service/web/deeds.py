"""History in sentences: what each deed is called. A new deed is a new row; placeholders are the deed's details."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.staff.history import History
from service.web.campaign_words import LANGUAGE_NAMES
from service.web.languages import N_, gettext
from service.web.recording_words import PART_NAMES
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
    "consent.purpose_given": N_("Ghi nhận đồng ý: %(purpose)s (qua: %(channel)s)"),
    "consent.purpose_withdrawn": N_("Ghi nhận không đồng ý: %(purpose)s (qua: %(channel)s)"),
    "consent.file_kept": N_("Lưu tệp quét phiếu đồng ý số %(file)s"),
    "phone.attached": N_("Thêm số điện thoại cho người dân"),
    "phone.opted_out_sms": N_("Số điện thoại từ chối tin nhắn"),
    "phone.opted_out_voice": N_("Số điện thoại từ chối cuộc gọi tự động"),
    "phone.opted_in_sms": N_("Số điện thoại nhận tin nhắn trở lại"),
    "phone.opted_in_voice": N_("Số điện thoại nhận cuộc gọi tự động trở lại"),
    "phone.moved": N_("Đổi thứ tự số điện thoại"),
    "phone.confirmed": N_("Xác nhận số điện thoại vẫn đúng"),
    "phone.owner_named": N_("Ghi số điện thoại là máy của ai"),
    "person.merged": N_("Gộp người số %(other)s vào người này"),
    "person.merged_away": N_("Gộp vào người số %(other)s"),
    "person.split": N_("Tách lại khỏi người số %(other)s"),
    "person.told_apart": N_("Ghi nhận: không phải một người với người số %(other)s"),
    "person.dossier_shown": N_("Xem mọi điều đang lưu về người này"),
    "person.deleted": N_("Xóa tên và số theo yêu cầu của người dân"),
    "rights.asked": N_("Ghi yêu cầu số %(request)s: %(kind)s"),
    "rights.done": N_("Đã làm yêu cầu số %(request)s: %(kind)s"),
    "rights.refused": N_("Từ chối yêu cầu số %(request)s: %(kind)s"),
    "followup.ended_by_deletion": N_("Thôi gọi lại: người dân xin xóa thông tin"),
    "person.added": N_("Thêm người dân"),
    "person.language_learnt": N_("Chọn tiếng khi nghe máy: %(language)s"),
    "person.changed": N_("Sửa thông tin người dân"),
    "people.checked": N_("Kiểm tra danh sách số %(batch)s: %(rows)s dòng, %(errors)s lỗi"),
    "people.imported": N_(
        "Lưu danh sách số %(batch)s: %(people)s người mới, %(updated)s người cập nhật, %(phones)s số mới"
    ),
    "person.changed_with_others": N_("Sửa hàng loạt: %(field)s"),
    "people.changed": N_("Sửa hàng loạt %(people)s người: %(field)s"),
    "people.exported": N_("Xuất %(people)s người ra Excel, lý do: %(reason)s"),
    "group.saved": N_("Lưu nhóm “%(name)s”: %(people)s người"),
    "group.renamed": N_("Đổi tên nhóm số %(group)s thành “%(name)s”"),
    "group.removed": N_("Xóa nhóm “%(name)s”"),
    "group.put_in": N_("Thêm %(people)s người vào nhóm “%(name)s”"),
    "group.taken_out": N_("Bỏ %(people)s người khỏi nhóm “%(name)s”"),
    "people.import_refused": N_("Bỏ danh sách số %(batch)s, không lưu"),
    "people.rechecked": N_(
        "Kiểm tra lại danh sách số %(batch)s, sửa %(mended)s ô: %(rows)s dòng, %(errors)s lỗi"
    ),
    "people.bad_rows_taken": N_("Tải %(rows)s dòng sai của danh sách số %(batch)s ra Excel"),
    "people.import_undone": N_(
        "Hoàn tác danh sách số %(batch)s: xóa %(removed)s người mới, trả lại %(restored)s người"
    ),
    "person.taken_back": N_("Bỏ người vừa ghi nhầm ở buổi họp"),
    "meeting.held": N_("Mở buổi họp số %(meeting)s, ngày %(day)s"),
    "meeting.changed": N_("Sửa buổi họp số %(meeting)s"),
    "meeting.attended": N_("Dự họp ngày %(day)s (buổi họp số %(meeting)s)"),
    "meeting.struck": N_("Bỏ khỏi buổi họp ngày %(day)s (số %(meeting)s)"),
    "meeting.others": N_("Ghi %(count)s người không ghi tên ở buổi họp số %(meeting)s"),
    "area.hamlet_added": N_("Thêm thôn %(name)s, xã %(commune)s"),
    "area.renamed": N_("Đổi tên %(before)s thành %(name)s"),
    "area.hamlets_merged": N_("Gộp %(gone)s vào thôn %(name)s: %(people)s người chuyển theo"),
    "area.commune_added": N_("Thêm xã %(name)s từ ngày %(since)s"),
    "area.commune_merged": N_(
        "Nhập xã %(gone)s vào xã %(name)s từ ngày %(since)s: %(people)s người, %(hamlets)s thôn, %(staff)s công chức"
    ),
    "area.commune_divided": N_(
        "Chia xã %(name)s từ ngày %(since)s: chuyển %(people)s người, %(hamlets)s thôn"
    ),
    "area.home_set": N_("Ghi xã %(name)s thuộc địa bàn phụ trách"),
    "area.home_unset": N_("Ghi xã %(name)s ngoài địa bàn phụ trách"),
    "area.loaded": N_("Nạp danh mục xã từ tệp %(file)s: thêm %(count)s đơn vị"),
    "employer.saved": N_("Lưu doanh nghiệp số %(employer)s"),
    "employer.checked": N_("Xác nhận đã kiểm tra doanh nghiệp số %(employer)s"),
    "employer.paper_added": N_("Lưu giấy tờ số %(paper)s của doanh nghiệp số %(employer)s"),
    "employer.paper_removed": N_("Bỏ giấy tờ số %(paper)s của doanh nghiệp số %(employer)s"),
    "recording.added": N_("Ghi âm “%(part)s”, %(language)s, bản %(version)s: %(seconds)s giây"),
    "recording.called": N_("Gọi tới máy mình để ghi âm “%(part)s”, %(language)s, dự tính %(price_vnd)s đ"),
    "recording.confirmed": N_("Xác nhận nghĩa của bản ghi “%(part)s”, %(language)s, bản %(version)s"),
    "recording.withdrawn": N_("Rút bản ghi “%(part)s”, %(language)s, bản %(version)s"),
    "price.added": N_("Ghi giá %(carrier)s, %(channel)s: %(vnd)s đ từ ngày %(day)s"),
    "price.changed": N_("Sửa giá %(carrier)s, %(channel)s từ ngày %(day)s: %(before)s đ thành %(vnd)s đ"),
    "calendar.added": N_("Thêm vào lịch ngày %(day)s: %(name)s (%(kind)s)"),
    "calendar.taken_away": N_("Bỏ khỏi lịch ngày %(day)s: %(name)s (%(kind)s)"),
    "calendar.put_back": N_("Lấy lại trong lịch ngày %(day)s: %(name)s (%(kind)s)"),
    "campaign.classified": N_("Xếp loại theo luật: %(law_class)s. Lý do: %(reason)s"),
    "campaign.called_for_trial": N_("Gọi thử một cuộc tới máy của mình (%(price_vnd)s đ)"),
    "campaign.tried": N_("Gửi thử một tin cho máy của mình (%(price_vnd)s đ)"),
    "campaign.created": N_("Soạn chiến dịch %(code)s"),
    "campaign.edited": N_("Sửa chiến dịch"),
    "campaign.approved": N_("Duyệt chiến dịch"),
    "campaign.launched": N_("Gửi chiến dịch: %(recipients)s người nhận, dự tính %(price_vnd)s đ"),
    "campaign.paused": N_("Tạm dừng chiến dịch"),
    "campaign.resumed": N_("Cho chiến dịch chạy tiếp"),
    "campaign.finished": N_("Chiến dịch gửi xong"),
    "campaign.turned_down": N_("Không duyệt chiến dịch"),
    "campaign.discarded": N_("Bỏ bản nháp %(code)s"),
    "campaign.wave_opened": N_("Mở đợt gửi %(wave)s: %(messages)s tin"),
    "campaign.closed": N_("Đã đủ người: không gửi thêm, hủy %(cancelled)s tin chưa gửi"),
    "campaign.rest_told": N_("Báo cho %(messages)s số rằng đã đủ người"),
    "campaign.sums_differ": N_(
        "Cảnh báo: số liệu không khớp (%(what)s): ghi %(noted)s, đếm lại được %(counted)s. Báo người quản trị"
    ),
    "campaign.stopped": N_("Dừng hẳn chiến dịch"),
    "gate.closed": N_("Đóng kênh gửi %(carrier)s, lý do: %(reason)s"),
    "gate.opened": N_("Mở lại kênh gửi %(carrier)s"),
    "backup.restored": N_(
        "Thấy cơ sở dữ liệu đã được lấy lại từ bản sao lưu: đóng kênh gửi, tìm %(messages)s tin chưa gửi ở nhà mạng"
    ),
    "installation.joined": N_("Cho máy %(machine)s cùng gửi bằng cơ sở dữ liệu này"),
    "message.decided_sent": N_("Tin số %(message)s: cán bộ xác nhận đã đi (%(reason)s)"),
    "message.decided_again": N_("Tin số %(message)s: cán bộ cho gửi lại (%(reason)s)"),
    "message.decided_given_up": N_("Tin số %(message)s: cán bộ quyết định không gửi (%(reason)s)"),
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
    ("channel", "voice"): N_("cuộc gọi"),
    ("kind", "holiday"): N_("ngày nghỉ"),
    ("kind", "market"): N_("ngày chợ"),
    ("law_class", "public_notice"): N_("thông báo của cơ quan"),
    ("law_class", "advertising"): N_("quảng cáo"),
    ("purpose", "job_notices"): N_("nhận tin về việc làm"),
    ("purpose", "pass_to_employer"): N_("cho phép chuyển tên và số cho doanh nghiệp tuyển"),
    ("purpose", "keep_after"): N_("giữ lại thông tin sau đợt tuyển"),
    ("field", "language"): N_("tiếng nói"),
    ("field", "place"): N_("xã, thôn"),
    ("field", "channel"): N_("kênh ưa thích"),
    ("field", "add_skill"): N_("thêm kỹ năng"),
    ("field", "drop_skill"): N_("bỏ kỹ năng"),
    ("field", "add_wish"): N_("thêm nguyện vọng"),
    ("field", "drop_wish"): N_("bỏ nguyện vọng"),
    ("field", "group"): N_("thêm vào nhóm"),
    ("kind", "see"): N_("xem những gì đang lưu"),
    ("kind", "correct"): N_("sửa cho đúng"),
    ("kind", "withdraw"): N_("rút lại đồng ý"),
    ("kind", "delete"): N_("xóa khỏi danh sách"),
    ("meaning", "interested"): N_("muốn đi làm"),
    ("meaning", "not_interested"): N_("không muốn đi"),
    ("meaning", "stop"): N_("không nhận tin nữa"),
    ("meaning", "question"): N_("có câu hỏi"),
    ("meaning", "wrong_person"): N_("nhầm người"),
    ("meaning", "help"): N_("cần giúp đỡ"),
    ("meaning", "unclear"): N_("chưa rõ"),
    **{("part", code): name for code, name in PART_NAMES.items()},
    **{("language", code): name for code, name in LANGUAGE_NAMES.items()},
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
