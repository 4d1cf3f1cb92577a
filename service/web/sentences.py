"""What a person reads when a verb said no: one sentence per code of Refused, that says what to do.

A new code is a new row. Placeholders are the values given to Refused; times, dates and numbers are written our way.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from service.refused import Refused
from service.text import words
from service.web.languages import N_, gettext

SENTENCES: dict[str, str] = {
    "staff.unknown_role": N_("Không có vai trò “%(role)s”. Hãy chọn một trong: %(roles)s."),
    "staff.officer_needs_commune": N_("Công chức xã cần ít nhất một xã (--commune MÃ)."),
    "staff.bad_email": N_("“%(email)s” chưa phải địa chỉ thư điện tử. Hãy điền như ten@vidu.vn."),
    "staff.not_yourself": N_("Không thể ngừng tài khoản của chính mình. Hãy nhờ một người quản trị khác."),
    "staff.locked": N_("Nhập sai nhiều lần nên tài khoản tạm khóa đến %(until)s. Xin thử lại sau giờ đó."),
    "staff.short_password": N_("Mật khẩu cần ít nhất %(least)s ký tự. Một câu dễ nhớ là tốt nhất."),
    "staff.common_password": N_(
        "Mật khẩu này có nhiều người dùng nên kẻ gian hay thử trước. Hãy chọn một câu của riêng mình."
    ),
    "campaign.unknown": N_("Không có chiến dịch này."),
    "campaign.not_editable": N_(
        "Chiến dịch %(code)s đã gửi nên không sửa được nữa. Hãy soạn một chiến dịch mới."
    ),
    "campaign.approve_own": N_("Không thể tự duyệt chiến dịch do mình soạn. Hãy nhờ người khác duyệt."),
    "campaign.changed_meanwhile": N_(
        "Chiến dịch %(code)s vừa được sửa sau khi bạn mở trang. Hãy tải lại trang, xem bản mới rồi làm lại."
    ),
    "campaign.not_in_state": N_(
        "Chiến dịch %(code)s đã chuyển sang bước khác. Hãy tải lại trang để xem hiện nay."
    ),
    "campaign.already_sent": N_("Chiến dịch %(code)s đã gửi lúc %(at)s. Không gửi lần thứ hai."),
    "campaign.not_ready": N_(
        "Chưa gửi được: còn %(count)s ô chưa đạt trong bảng kiểm. Hãy sửa các ô đó trước."
    ),
    "campaign.needs_approval": N_("Trên %(most)s tin thì cần người thứ hai duyệt trước khi gửi."),
    "campaign.audience_changed": N_(
        "Danh sách người nhận vừa thay đổi: bạn đã xem %(seen)s, hiện nay là %(now)s. Hãy xem lại rồi bấm gửi."
    ),
    "employer.no_name": N_("Xin điền tên doanh nghiệp."),
    "employer.exists": N_("Đã có doanh nghiệp “%(name)s”. Hãy mở và sửa doanh nghiệp đó."),
    "followup.unknown_outcome": N_("Xin chọn một kết quả trong danh sách."),
    "followup.already_done": N_("Cuộc gọi này đã có người ghi kết quả xong."),
    "followup.taken": N_("%(name)s đang gọi cho người này, giữ đến %(until)s. Hãy chọn người tiếp theo."),
    "followup.who_first": N_("Số này có nhiều người dùng. Hãy ghi trước là ai muốn đi làm."),
    "interest.person_has_one": N_("Người này đã bày tỏ nguyện vọng với chiến dịch này rồi."),
    "interest.already_known": N_("Đã có người ghi đây là ai. Hãy tải lại trang."),
    "followup.noted_meanwhile": N_(
        "Cuộc gọi này vừa được ghi kết quả, có thể do bấm hai lần. Hãy xem các lần gọi ở dưới trước khi ghi nữa."
    ),
    "followup.not_a_day": N_("“%(typed)s” chưa phải một ngày. Xin điền như 23/11/2026."),
    "followup.starts_later": N_(
        "Ngày %(day)s chưa tới. Hãy ghi khi người này đã có việc làm; bây giờ xin chọn “Đồng ý đi”."
    ),
    "followup.started_before": N_(
        "Ngày %(day)s trước khi có chiến dịch này. Xin điền lại ngày bắt đầu đi làm."
    ),
    "reply.unknown_meaning": N_("Xin chọn một ý trong các nút."),
    "reply.no_campaign": N_(
        "Số này chưa nhận tin của chiến dịch nào nên chưa ghi được nguyện vọng. Hãy gọi lại hỏi họ muốn việc nào."
    ),
    "reply.read_meanwhile": N_("Trả lời này vừa có người khác đọc. Hãy xem lại rồi mới sửa."),
    "campaign.not_sent_yet": N_("Chiến dịch %(code)s chưa gửi nên chưa có danh sách này."),
    # ---- checks: what still stands in the way of sending (campaigns/checks.py)
    "check.no_employer": N_("Chưa chọn doanh nghiệp."),
    "check.employer_unchecked": N_(
        "Chưa ai kiểm tra %(name)s. Hãy xem giấy tờ rồi bấm “Đã kiểm tra” ở trang Doanh nghiệp."
    ),
    "check.no_licence": N_(
        "Việc ở nước ngoài cần giấy phép còn hạn của %(name)s. Hãy ghi số và ngày ở trang Doanh nghiệp."
    ),
    "check.no_post": N_("Chưa ghi công việc, ví dụ “thợ may”."),
    "check.no_headcount": N_("Chưa ghi số người cần tuyển."),
    "check.no_wage_from": N_("Chưa ghi lương mỗi tháng, ví dụ 8 triệu."),
    "check.no_place": N_("Chưa ghi nơi làm việc, ví dụ “KCN Long Bình An, Tuyên Quang”."),
    "check.wage_order": N_("Lương “đến” thấp hơn lương “từ”. Hãy sửa một trong hai."),
    "check.no_country": N_("Việc ở nước ngoài: chưa ghi nước nào."),
    "check.no_deadline": N_("Chưa ghi hạn đăng ký, ví dụ 30/12/2026."),
    "check.deadline_past": N_("Hạn đăng ký đã qua. Hãy ghi ngày hôm nay hoặc sau đó."),
    "check.nobody": N_(
        "Không có ai để gửi: %(people)s người hợp điều kiện nhưng không ai nhận tin được. Hãy nới điều kiện."
    ),
    "check.no_text": N_("Chưa có lời tin. Hãy bấm “Lấy mẫu”."),
    "check.placeholder": N_("Lời tin có %(what)s mà không ai điền được. Hãy xóa hoặc dùng một ô có sẵn."),
    "check.no_ma": N_("Lời tin cần có {ma}, mã để người dân kiểm tra tin thật hay giả."),
    "check.no_duong_day_nong": N_("Lời tin cần có {duong_day_nong}, số để người dân gọi hỏi."),
    "check.text_no_employer": N_("Lời tin cần có {doanh_nghiep}: người dân phải biết ai tuyển."),
    "check.no_opt_out": N_("Lời tin cần cách từ chối, ví dụ “Không nhận tin: TC” ở cuối."),
    "check.cannot_answer": N_(
        "Kênh gửi này không nhận được tin trả lời, nên không được viết “trả lời 1”. Hãy mời gọi điện hoặc hỏi xã."
    ),
    "check.no_money_warning": N_(
        "Việc ở nước ngoài: lời tin cần câu “Không nộp tiền cho bất kỳ ai trước khi ký hợp đồng”."
    ),
    "check.link": N_("Lời tin không được có địa chỉ trang mạng: người dân đã học không tin đường dẫn lạ."),
    "check.braces": N_("“%(what)s” có dấu { hoặc }. Xin bỏ dấu đó: máy sẽ tưởng là ô cần điền."),
    "check.too_long": N_(
        "Tin dài nhất là %(parts)s phần, nhiều nhất được %(most)s. Hãy rút ngắn hoặc bỏ dấu."
    ),
    "check.window_order": N_("Giờ gửi: giờ kết thúc phải sau giờ bắt đầu."),
    "check.window_hours": N_("Giờ gửi phải trong khoảng %(from)s đến %(to)s."),
    # ---- progress: what a launched campaign is doing (sending/progress.py)
    "progress.sending": N_("Đang gửi. Còn %(left)s người."),
    "progress.last_ones": N_("Đang gửi những tin cuối cùng."),
    "progress.settling": N_("Đã gửi hết. Đang chờ nhà mạng báo lại."),
    "progress.until_today": N_("Ngoài giờ gửi: tiếp tục lúc %(at)s hôm nay, còn %(left)s người."),
    "progress.until_tomorrow": N_("Ngoài giờ gửi: tiếp tục lúc %(at)s ngày mai, còn %(left)s người."),
    "progress.paused": N_("Đang tạm dừng. Còn %(left)s người chưa gửi."),
    "progress.paused_by": N_("%(who)s đã tạm dừng. Còn %(left)s người chưa gửi."),
    "progress.paused_budget": N_(
        "Tự tạm dừng vì hết tiền dành cho chiến dịch này. Còn %(left)s người chưa gửi."
    ),
    "progress.gate_closed": N_(
        "Kênh gửi đã đóng: %(reason)s. Còn %(left)s người, chưa ai bị mất. Người quản trị mở lại ở trang Hệ thống."
    ),
    "progress.carrier_away": N_(
        "Nhà mạng không trả lời (%(reason)s). Tự thử lại sau %(seconds)s giây, còn %(left)s người."
    ),
    "progress.slowing": N_(
        "Nhà mạng xin gửi chậm lại. Tự gửi tiếp sau %(seconds)s giây, còn %(left)s người."
    ),
    "progress.no_redis": N_(
        "Redis không trả lời nên việc gửi còn chờ, sẽ tự chạy tiếp. Còn %(left)s người, không tin nào bị mất."
    ),
    "progress.stopped": N_("Đã dừng hẳn. %(cancelled)s tin chưa gửi đã hủy."),
    "progress.finished": N_("Đã gửi xong: %(delivered)s tin đã tới máy, %(failed)s tin không tới."),
    "progress.awaiting_reports": N_("%(count)s tin nhà mạng đã nhận, chưa báo đã tới máy chưa."),
    "progress.unknown": N_(
        "%(count)s tin chưa rõ đã gửi hay chưa; hệ thống đang hỏi nhà mạng, không tự gửi lại khi chưa rõ."
    ),
    "progress.hold": N_("%(count)s tin chờ một người xem lại, để không ai nhận hai lần."),
    # ---- end of checks and progress
    # ---- lists, people and their numbers (service/registry)
    "import.empty": N_("Tệp trống, không có dòng nào. Hãy chọn đúng tệp danh sách rồi tải lại."),
    "import.too_large": N_("Tệp lớn hơn %(most)s. Hãy chia danh sách thành nhiều tệp, ví dụ mỗi xã một tệp."),
    "import.not_a_spreadsheet": N_(
        "Đây không phải tệp bảng tính. Hãy mở tệp bằng Excel, chọn Lưu thành (Save As) kiểu .xlsx rồi tải lại."
    ),
    "import.damaged": N_(
        "Tệp bị hỏng hoặc chép chưa xong. Hãy mở lại bằng Excel, lưu thành tệp .xlsx mới rồi tải lại."
    ),
    "import.password": N_("Tệp có mật khẩu. Hãy mở bằng Excel, bỏ mật khẩu, lưu rồi tải lại."),
    "import.unpacked": N_(
        "Tệp này bung ra quá lớn nên không được mở. Hãy chép riêng danh sách sang một tệp .xlsx mới rồi tải lại."
    ),
    "import.macros": N_(
        "Tệp có chứa macro nên không được mở. Hãy lưu thành kiểu .xlsx (không macro) rồi tải lại."
    ),
    "import.links": N_(
        "Tệp có liên kết sang tệp khác nên không được mở. Hãy chép danh sách sang tệp mới bằng Dán giá trị (Paste Values)."
    ),
    "import.far_cell": N_(
        "Có một ô lạc ở %(cell)s, rất xa danh sách. Hãy xóa các dòng và cột thừa sau danh sách, lưu rồi tải lại."
    ),
    "import.too_many_rows": N_(
        "Danh sách có hơn %(most)s dòng. Hãy chia thành nhiều tệp, ví dụ mỗi xã một tệp."
    ),
    "import.huge_cell": N_("Ô %(cell)s dài bất thường. Hãy xem lại ô đó, sửa rồi tải lại."),
    "import.nul": N_("Ô %(cell)s có ký tự hỏng. Hãy mở tệp, gõ lại ô đó, lưu rồi tải lại."),
    "import.old_encoding": N_(
        "Tệp dùng phông chữ cũ (TCVN3, VNI…). Hãy chuyển sang Unicode bằng Unikey, lưu thành .xlsx rồi tải lại."
    ),
    "import.unreadable": N_(
        "Tệp này không đọc được. Hãy chép riêng danh sách sang một tệp .xlsx mới rồi tải lại."
    ),
    "import.too_slow": N_(
        "Đọc tệp này quá lâu. Hãy chép riêng danh sách sang một tệp .xlsx mới rồi tải lại."
    ),
    "import.no_header": N_(
        "Không thấy dòng tiêu đề. Cần một dòng có các tên cột như: Họ và tên, Năm sinh, Giới tính, Số điện thoại, Thôn, Xã."
    ),
    "import.no_phone_column": N_(
        "Không thấy cột số điện thoại ở dòng tiêu đề (dòng %(row)s). Hãy đặt tên cột là Số điện thoại rồi tải lại."
    ),
    "import.no_rows": N_("Dưới dòng tiêu đề không có người nào. Hãy chọn đúng tệp danh sách rồi tải lại."),
    "import.not_accepted": N_(
        "Danh sách còn %(errors)s lỗi. Hãy sửa trong tệp rồi tải lại, hoặc đánh dấu là đã xem và vẫn muốn lưu."
    ),
    "import.no_consent_words": N_(
        "Hãy ghi họ đã đồng ý thế nào, khi nào, ví dụ: ký tên vào danh sách tại cuộc họp thôn ngày 12/10/2026."
    ),
    "import.consent_in_list": N_(
        "Danh sách đã có cột “%(heading)s” nên ai đồng ý thì lấy theo cột đó, không đánh dấu chung cho mọi người."
    ),
    "import.already_done": N_(
        "Danh sách này đã được lưu hoặc đã bỏ trước đó. Hãy xem kết quả, hoặc tải lại tệp."
    ),
    "person.no_name": N_("Xin điền họ và tên."),
    "person.bad_birth_year": N_("Năm sinh %(typed)s chưa đúng. Hãy điền 4 chữ số, ví dụ 1990."),
    "person.foreign_commune": N_("Bạn chỉ ghi được người dân của xã mình phụ trách. Hãy chọn xã của bạn."),
    "phone.no_phone": N_("Chưa có số nào. Hãy điền số điện thoại, ví dụ 0912 000 345."),
    "phone.not_a_number": N_(
        "“%(typed)s” không phải số điện thoại. Hãy điền đủ 10 chữ số, ví dụ 0912 000 345."
    ),
    "phone.too_short": N_("“%(typed)s” thiếu chữ số. Số di động có 10 chữ số, ví dụ 0912 000 345."),
    "phone.too_long": N_("“%(typed)s” thừa chữ số. Số di động có 10 chữ số, ví dụ 0912 000 345."),
    "phone.special_number": N_("“%(typed)s” là số tổng đài hoặc khẩn cấp, không phải số của một người."),
    "phone.letter_in_number": N_("“%(typed)s” có chữ cái. Hãy gõ lại chỉ bằng chữ số."),
    "phone.damaged_scientific": N_("“%(typed)s” đã mất chữ số. Hãy hỏi lại và gõ đủ 10 chữ số."),
    "phone.already_there": N_("Người này đã có số đó rồi."),
    # ---- end of lists, people and their numbers
}
UNKNOWN = N_("Việc này chưa làm được (%(code)s). Xin báo cho người quản trị.")


def sentence(refused: Refused) -> str:
    """The sentence for this refusal in the reader's language."""
    values = {"code": refused.code} | {name: written(value) for name, value in refused.values.items()}
    return gettext(SENTENCES.get(refused.code, UNKNOWN), **values)


def written(value: Any) -> str:
    """A value as it stands in a sentence."""
    if isinstance(value, datetime):
        return words.moment(value)
    if isinstance(value, date):
        return words.date_vi(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return words.number(value)
    return str(value)
