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

# What a person may agree to (consent.PURPOSES): each is asked by itself.
PURPOSES = {
    "job_notices": N_("nhận tin về việc làm"),
    "pass_to_employer": N_("cho phép chuyển tên và số cho doanh nghiệp tuyển"),
    "keep_after": N_("giữ lại thông tin sau đợt tuyển"),
}

# Kinds of entries of reports/timeline.py: the sentence, with its values, and its tone.
TIMELINE: dict[str, Word] = {
    "person.registered": Word(N_("Có tên trong danh sách người dân"), "plain"),
    "person.registered_again": Word(N_("Có tên lần nữa trong danh sách, nay đã gộp"), "plain"),
    "consent.purpose_given": Word(N_("Đồng ý: %(purpose)s (qua: %(channel)s)"), "good"),
    "consent.purpose_withdrawn": Word(N_("Không đồng ý: %(purpose)s (qua: %(channel)s)"), "bad"),
    "meeting": Word(N_("Dự họp thôn ngày %(day)s"), "info"),
    "consent.given": Word(N_("Đồng ý nhận tin (qua: %(channel)s)"), "good"),
    "consent.withdrawn": Word(N_("Không đồng ý nhận tin (qua: %(channel)s)"), "bad"),
    "message.notice": Word(N_("Tin của chiến dịch %(code)s: %(state)s"), "busy"),
    "message.notice_again": Word(
        N_("Gửi lại lần %(attempt)s tin của chiến dịch %(code)s: %(state)s"), "busy"
    ),
    "message.second": Word(N_("Gửi tiếp trên kênh thứ hai, chiến dịch %(code)s: %(state)s"), "busy"),
    "message.headcount_full": Word(N_("Tin báo chiến dịch %(code)s đã đủ người: %(state)s"), "busy"),
    "message.optout_confirmation": Word(N_("Tin xác nhận đã ngừng gửi: %(state)s"), "busy"),
    "reply": Word(N_("Trả lời (%(kind)s), hiểu là: %(meaning)s"), "info"),
    "reply.shared": Word(N_("Trả lời từ số dùng chung (%(kind)s), hiểu là: %(meaning)s"), "info"),
    "interest": Word(N_("Bày tỏ nguyện vọng với chiến dịch %(code)s"), "good"),
    "followup": Word(N_("Cần gọi lại về chiến dịch %(code)s, hẹn %(due)s"), "warn"),
    "placement": Word(N_("Có việc làm từ %(day)s (%(reach)s), chiến dịch %(code)s"), "good"),
}

# What is known of a person (registry/fact_pages.py), in the order of the page.
FACTS = {
    "name": N_("Họ và tên"),
    "birth_year": N_("Năm sinh"),
    "gender": N_("Giới tính"),
    "language": N_("Tiếng nói"),
    "commune": N_("Xã"),
    "hamlet": N_("Thôn, bản"),
    "numbers": N_("Số điện thoại"),
    "agreed": N_("Đồng ý nhận tin"),
    "channel": N_("Muốn biết tin qua"),
    "hours": N_("Giờ đã hẹn"),
    "skills": N_("Biết làm"),
    "wishes": N_("Muốn"),
    "guardian": N_("Cha mẹ hoặc người giám hộ"),
    "note": N_("Ghi chú"),
    "since": N_("Vào danh sách ngày"),
}

# What should be known of a number (person_pages.py).
NUMBER_STATES: dict[str, Word] = {
    "opted_out": Word(N_("Từ chối nhận tin"), "bad"),
    "no_sms": Word(N_("Không nhận tin nhắn"), "warn"),
    "no_voice": Word(N_("Không nhận cuộc gọi tự động"), "warn"),
    "dead": Word(N_("Số không còn dùng"), "bad"),
    "landline": Word(N_("Máy bàn, không nhận tin nhắn"), "plain"),
    "first": Word(N_("Gửi tin đến số này"), "good"),
}
OPTED_OUT = {
    "all": N_("Đã ghi: số này không nhận gì nữa."),
    "sms": N_("Đã ghi: số này không nhận tin nhắn nữa, vẫn nhận cuộc gọi."),
    "voice": N_("Đã ghi: số này không nhận cuộc gọi tự động nữa, vẫn nhận tin nhắn."),
}
NUMBER_KINDS = {"mobile": N_("di động"), "landline": N_("máy bàn")}
NUMBER_STANDINGS = {"good": N_("đang dùng"), "dead": N_("không còn dùng")}
FORMER_REASONS = {
    "wrong_number": N_("Nhầm số"),
    "detached": N_("Không dùng nữa"),
    "replaced": N_("Đã đổi số"),
}

# What happened to a person, in the words of the page that shows everything kept (rights_words.py).
IMPORT_DEEDS = {"added": N_("thêm mới"), "updated": N_("cập nhật"), "unchanged": N_("không đổi")}
SENT_BY = {"sms": N_("tin nhắn"), "voice": N_("cuộc gọi")}
INTEREST_STATES = {"open": N_("đang muốn đi"), "withdrawn": N_("đã rút lại")}

# Requests about one's own data (rights/requests.py).
REQUEST_KINDS = {
    "see": N_("Xem những gì đang lưu"),
    "correct": N_("Sửa cho đúng"),
    "withdraw": N_("Rút lại đồng ý"),
    "delete": N_("Xóa khỏi danh sách"),
}
REQUEST_STATES: dict[str, Word] = {
    "late": Word(N_("Quá hạn"), "bad"),
    "soon": Word(N_("Sắp đến hạn"), "warn"),
    "open": Word(N_("Còn hạn"), "busy"),
    "done": Word(N_("Đã làm"), "good"),
    "refused": Word(N_("Đã từ chối"), "plain"),
}

# Finding and choosing people: what the filters of registry/choosing.py are called.
SKILL_NAMES = {
    "sewing": N_("May"),
    "building": N_("Xây dựng"),
    "welding": N_("Hàn"),
    "carpentry": N_("Mộc"),
    "electrical": N_("Điện"),
    "driving": N_("Lái xe"),
    "cooking": N_("Nấu ăn"),
    "farming": N_("Trồng trọt"),
    "livestock": N_("Chăn nuôi"),
    "factory": N_("Công nhân"),
    "housework": N_("Giúp việc nhà"),
    "reads_vietnamese": N_("Đọc được tiếng Việt"),
}
WISH_NAMES = {
    "in_province": N_("Làm trong tỉnh"),
    "elsewhere": N_("Làm ngoài tỉnh"),
    "abroad": N_("Làm ở nước ngoài"),
    "seasonal": N_("Làm thời vụ"),
    "training": N_("Học nghề"),
}
CONSENT_ANSWERS = {"yes": N_("Đồng ý nhận tin"), "no": N_("Không đồng ý"), "unasked": N_("Chưa hỏi")}
PHONE_TROUBLES = {
    "none": N_("Chưa có số"),
    "landline": N_("Chỉ có máy bàn"),
    "opted_out": N_("Đã từ chối nhận tin"),
    "dead": N_("Số không còn dùng"),
    "unverified": N_("Số lâu chưa xác nhận"),
}
WANTED_CHANNELS = {"sms": N_("Tin nhắn"), "voice": N_("Nghe gọi")}
GROUP_KINDS = {"fixed": N_("Cố định"), "living": N_("Tự cập nhật")}
BULK_CHANGES = {
    "language": N_("Tiếng nói"),
    "place": N_("Xã, thôn"),
    "channel": N_("Kênh ưa thích"),
    "add_skill": N_("Thêm kỹ năng"),
    "drop_skill": N_("Bỏ kỹ năng"),
    "add_wish": N_("Thêm nguyện vọng"),
    "drop_wish": N_("Bỏ nguyện vọng"),
    "group": N_("Thêm vào nhóm"),
}

IMPORT_STATES: dict[str, Word] = {
    "columns": Word(N_("Chờ chọn cột"), "warn"),
    "checked": Word(N_("Đã kiểm tra, chưa lưu"), "warn"),
    "stored": Word(N_("Đã lưu"), "good"),
    "refused": Word(N_("Đã bỏ"), "plain"),
    "undone": Word(N_("Đã hoàn tác"), "plain"),
}
IMPORT_STEPS = {"file": N_("Tệp"), "columns": N_("Cột"), "rows": N_("Chỗ sai"), "checked": N_("Lưu")}
IMPORT_LISTS = {
    "added": N_("Người mới"),
    "updated": N_("Cập nhật"),
    "unchanged": N_("Đã có, không đổi"),
    "left_out": N_("Dòng bỏ qua"),
}
IMPORT_FIELDS = {
    "gender": N_("Giới tính"),
    "language": N_("Tiếng nói"),
    "area_id": N_("Xã"),
    "hamlet_id": N_("Thôn"),
}
KNOWN_BY = {"heading": N_("theo tiêu đề"), "content": N_("theo nội dung"), "staff": N_("do bạn chọn")}
SEVERITIES: dict[str, Word] = {
    "error": Word(N_("Lỗi"), "bad"),
    "warn": Word(N_("Nên xem"), "warn"),
    "info": Word(N_("Đã xử lý"), "busy"),
}
