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
    "campaign.needs_approval": N_("Chiến dịch %(code)s cần người thứ hai duyệt trước khi gửi."),
    "campaign.approval_expired": N_("Lần duyệt chiến dịch %(code)s đã quá 48 giờ. Hãy nhờ duyệt lại."),
    "campaign.more_than_approved": N_(
        "Đã duyệt cho %(approved)s số (%(price_approved)s đồng), nay là %(now)s số (%(price_now)s đồng). Hãy nhờ duyệt lại."
    ),
    "campaign.no_reason": N_("Hãy ghi vì sao không duyệt, để người soạn biết sửa gì."),
    "campaign.nobody_to_follow": N_("Chưa có ai trong nhóm này nên chưa cần chiến dịch tiếp theo."),
    "check.over_cap": N_(
        "Dự tính %(price)s đồng, cao hơn mức chi %(cap)s đồng của chiến dịch. Hãy giảm người nhận hoặc tăng mức chi."
    ),
    "campaign.audience_changed": N_(
        "Danh sách người nhận vừa thay đổi: bạn đã xem %(seen)s, hiện nay là %(now)s. Hãy xem lại rồi bấm gửi."
    ),
    "employer.no_name": N_("Xin điền tên doanh nghiệp."),
    "employer.exists": N_("Đã có doanh nghiệp “%(name)s”. Hãy mở và sửa doanh nghiệp đó."),
    "employer.no_how": N_("Xin ghi rõ đã kiểm tra thế nào: xem giấy gì, tra cứu hoặc hỏi ở đâu."),
    "employer.changed_meanwhile": N_(
        "%(name)s vừa được sửa sau khi bạn mở trang. Hãy xem lại tên và giấy phép rồi mới ghi là đã kiểm tra."
    ),
    "employer.paper_too_large": N_(
        "Tệp lớn hơn %(most)s. Hãy quét lại ở độ nét thấp hơn (150–200 dpi), hoặc chia thành nhiều tệp."
    ),
    "employer.not_a_paper": N_(
        "Đây không phải tệp PDF, ảnh JPEG hay PNG. Hãy quét hoặc chụp tờ giấy rồi chọn tệp đó."
    ),
    "employer.too_many_papers": N_("Mỗi doanh nghiệp giữ nhiều nhất %(most)s tệp. Hãy bỏ tệp cũ trước."),
    # ---- recordings (campaigns/sound.py, recordings.py)
    "recording.empty": N_("Tệp trống, không có âm thanh nào. Hãy ghi lại, hoặc chọn đúng tệp rồi tải lên."),
    "recording.too_large": N_(
        "Tệp lớn hơn %(most)s. Hãy ghi ngắn lại, hoặc lưu thành tệp MP3 hay M4A rồi tải lên."
    ),
    "recording.web_page": N_(
        "Đây là một trang web, không phải tệp âm thanh, thường do tải xuống chưa đúng. Hãy tải lại tệp gốc rồi chọn tệp đó."
    ),
    "recording.packed": N_("Đây là tệp nén. Hãy giải nén rồi chọn tệp âm thanh ở bên trong."),
    "recording.video": N_(
        "Đây là phim, không phải bản ghi âm. Hãy dùng máy ghi âm của điện thoại, hoặc bấm “Ghi âm” trên trang này."
    ),
    "recording.not_audio": N_(
        "Đây không phải tệp âm thanh đọc được. Hãy chọn tệp WAV, MP3, M4A hoặc OGG, hoặc bấm “Ghi âm” trên trang này."
    ),
    "recording.damaged": N_(
        "Tệp âm thanh bị hỏng hoặc chép chưa xong. Hãy chép lại từ máy ghi, hoặc ghi lại."
    ),
    "recording.truncated": N_(
        "Tệp âm thanh bị cắt giữa chừng, có thể do chép chưa xong. Hãy chép lại cả tệp từ máy ghi rồi tải lên."
    ),
    "recording.too_long": N_(
        "Bản ghi dài hơn 3 phút. Người dân khó nghe hết: hãy ghi lại ngắn hơn, bản tin nên dưới 40 giây."
    ),
    "recording.too_short": N_("Bản ghi ngắn quá, chưa được nửa giây. Hãy ghi lại."),
    "recording.silent": N_(
        "Bản ghi không nghe thấy tiếng nói. Hãy kiểm tra micrô, nói gần micrô hơn một chút rồi ghi lại."
    ),
    "recording.unreadable": N_(
        "Tệp này không đọc được. Hãy lưu thành tệp WAV hoặc MP3 rồi tải lên, hoặc bấm “Ghi âm” trên trang này."
    ),
    "recording.confirm_own": N_(
        "Bạn đã đưa bản ghi này lên nên không tự xác nhận được. Hãy nhờ người khác biết tiếng này nghe."
    ),
    "recording.not_waiting": N_(
        "Bản ghi này vừa có người xác nhận hoặc rút. Hãy tải lại trang để xem hiện nay."
    ),
    "recording.words_changed": N_(
        "Lời cần nói đã đổi sau khi ghi, nên không xác nhận được bản này. Hãy ghi lại theo lời mới."
    ),
    "recording.no_meaning": N_(
        "Hãy nghe hết rồi gõ bằng tiếng Việt bản ghi nói gì, đủ câu, để người khác biết lời nói đúng."
    ),
    "recording.cannot_call": N_(
        "Chưa đặt số để gọi đi (TWILIO_VOICE_FROM) nên chưa gọi để ghi âm được. Hãy ghi bằng máy này hoặc tải tệp lên."
    ),
    "recording.no_words": N_("Chưa có lời cần nói. Hãy điền chiến dịch trước rồi mới ghi âm."),
    "recording.call_under_way": N_(
        "Đang có một cuộc gọi tới máy của bạn để ghi âm. Hãy nghe máy đó, hoặc chờ ít phút rồi bấm lại."
    ),
    "recording.enough_calls": N_(
        "Hôm nay bạn đã gọi để ghi âm %(most)s lần. Mai hãy ghi tiếp, hoặc ghi bằng máy này."
    ),
    # ---- end of recordings
    "price.unknown_channel": N_("Xin chọn nhà mạng và loại trong danh sách."),
    "price.not_a_price": N_("Giá phải từ 0 đến %(most)s đồng. Hãy xem lại số vừa gõ."),
    "price.past": N_(
        "Giá của những ngày đã qua không sửa được, vì tin đã gửi tính theo giá đó. Hãy chọn từ %(today)s trở đi."
    ),
    "price.too_far": N_("Ngày này xa quá một năm. Hãy chọn ngày gần hơn."),
    "calendar.unknown_kind": N_("Xin chọn ngày nghỉ hoặc ngày chợ."),
    "calendar.past": N_("Ngày này đã qua. Hãy chọn từ %(today)s trở đi."),
    "calendar.too_far": N_("Ngày này xa quá hai năm. Hãy chọn ngày gần hơn."),
    "calendar.no_name": N_("Xin ghi tên ngày này, ví dụ “Nghỉ bù Tết Dương lịch”."),
    "calendar.no_place": N_("Không còn xã này. Hãy tải lại trang và chọn lại."),
    "calendar.already": N_("Ngày %(day)s đã có “%(name)s” trong lịch."),
    "calendar.not_there": N_(
        "Ngày %(day)s không còn như trên trang. Hãy tải lại trang để xem lịch hiện nay."
    ),
    "law.unknown_class": N_("Xin chọn “thông báo của cơ quan” hoặc “quảng cáo”."),
    "law.no_reason": N_(
        "Xin ghi lý do, ví dụ: theo công văn số 12/SNV, đây là thông báo chính sách việc làm."
    ),
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
    "check.cannot_call": N_(
        "Nhà mạng này chưa gọi được. Hãy nhờ người quản trị đặt TWILIO_VOICE_FROM, hoặc chọn nhắn tin ở thẻ 2."
    ),
    "check.call_missing": N_("Lời gọi có ô %(what)s mà thẻ 1 chưa ghi. Hãy điền ô đó, hoặc chọn mẫu khác."),
    "check.no_call_price": N_(
        "Chưa có giá cuộc gọi nên chưa biết sẽ tốn bao nhiêu. Hãy ghi giá mỗi phút, theo hợp đồng với nhà mạng, "
        "ở trang Giá và hạn mức."
    ),
    "check.second_same": N_("Kênh thứ hai trùng với kênh thứ nhất. Hãy chọn kênh kia, hoặc bỏ kênh thứ hai."),
    "check.second_cannot_call": N_(
        "Nhà mạng này chưa gọi được nên không gọi tiếp sau tin nhắn được. "
        "Hãy nhờ người quản trị đặt TWILIO_VOICE_FROM, hoặc bỏ phần gọi tiếp."
    ),
    "check.second_hours": N_(
        "Số giờ chờ trả lời trước khi gọi phải từ %(least)s đến %(most)s, nay là %(hours)s. Hãy sửa lại."
    ),
    "check.call_unfinished": N_("Mẫu lời gọi còn chỗ ____ chưa điền. Hãy chọn mẫu khác."),
    "check.braces": N_("“%(what)s” có dấu { hoặc }. Xin bỏ dấu đó: máy sẽ tưởng là ô cần điền."),
    "check.departs_past": N_("Ngày đi đã qua. Hãy ghi ngày hôm nay hoặc sau đó."),
    "check.window_closed": N_(
        "Giờ của cơ quan và giờ luật cho phép không trùng lúc nào. Hãy nhờ người quản trị sửa LOA_SMS_HOURS."
    ),
    "check.window_order": N_("Giờ gửi: giờ kết thúc phải sau giờ bắt đầu."),
    "check.window_hours": N_("Giờ gửi phải trong khoảng %(from)s đến %(to)s."),
    "check.no_missed_call_number": N_(
        "Chưa có số để người dân nháy máy. Hãy nhờ người quản trị đặt số (LOA_MISSED_CALL_NUMBER), hoặc bỏ %(what)s và để nháy máy nghĩa là “gọi lại cho tôi”."
    ),
    # ---- the text (campaigns/lint.py)
    "lint.placeholder": N_("Lời tin có %(what)s mà không ai điền được. Hãy xóa hoặc dùng một ô có sẵn."),
    "lint.empty_placeholder": N_(
        "Lời tin có %(what)s mà việc này chưa ghi. Hãy điền ở phần việc làm, hoặc bỏ câu đó khỏi lời tin."
    ),
    "lint.blank": N_("Lời tin còn chỗ trống “%(what)s”. Hãy điền giờ, ngày, nơi vào đó."),
    "lint.no_sender": N_("Lời tin cần có {van_phong}: người dân phải biết cơ quan nào báo."),
    "lint.no_employer": N_("Lời tin cần có {doanh_nghiep}: người dân phải biết ai tuyển."),
    "lint.no_wage": N_("Lời tin cần có {luong}: người dân hỏi lương trước tiên."),
    "lint.no_place": N_("Lời tin cần có {noi_lam}: người dân phải biết đi đâu."),
    "lint.no_code": N_("Lời tin cần có {ma}, mã để người dân kiểm tra tin thật hay giả."),
    "lint.no_hotline": N_("Lời tin cần có {duong_day_nong}, số để người dân gọi hỏi."),
    "lint.no_opt_out": N_("Lời tin cần cách từ chối, ví dụ “Không nhận tin: TC” ở cuối."),
    "lint.opt_out_not_last": N_(
        "Tin quảng cáo: cách từ chối phải đứng cuối cùng. Hãy chuyển câu đó xuống cuối."
    ),
    "lint.no_qc": N_("Chiến dịch được xếp là quảng cáo nên lời tin phải bắt đầu bằng [QC]."),
    "lint.needless_qc": N_(
        "Chiến dịch được xếp là thông báo của cơ quan, không phải quảng cáo: nên bỏ [QC], kẻo người dân bỏ qua."
    ),
    "lint.cannot_answer": N_(
        "Kênh gửi này không nhận được tin trả lời, nên không được viết “%(what)s”. Hãy mời gọi điện hoặc hỏi xã."
    ),
    "lint.missed_call_unsaid": N_(
        "Chiến dịch này hiểu nháy máy là “muốn đi”, mà lời tin chưa nói với người dân. Hãy thêm %(what)s, hoặc đổi nghĩa của nháy máy thành “gọi lại cho tôi”."
    ),
    "lint.missed_call_means_other": N_(
        "“%(what)s” nói khác với nghĩa của nháy máy đã chọn cho chiến dịch. Hãy dùng {nhay_may}, câu luôn nói đúng, hoặc đổi nghĩa đã chọn."
    ),
    "lint.missed_call_vague": N_(
        "“%(what)s” chưa nói nháy máy để làm gì. Nên dùng {nhay_may}, câu nói rõ cán bộ sẽ gọi lại."
    ),
    "lint.no_money_warning": N_(
        "Việc ở nước ngoài: lời tin cần câu “Không nộp tiền cho bất kỳ ai trước khi ký hợp đồng”."
    ),
    "lint.money": N_(
        "“%(what)s” là lời đòi tiền: người dân không phải trả gì để được đi làm. Hãy bỏ; nếu là lời dặn, viết “không nộp tiền”."
    ),
    "lint.scam": N_("“%(what)s” là câu kẻ lừa đảo hay dùng. Hãy bỏ, ghi rõ việc gì, lương bao nhiêu."),
    "lint.loan": N_(
        "“%(what)s”: nhà mạng này cấm tin về vay tiền. Hãy bỏ, và báo việc vay vốn tại cuộc họp thôn hoặc qua kênh khác."
    ),
    "lint.link": N_(
        "“%(what)s” là địa chỉ trang mạng. Hãy bỏ: điện thoại phím bấm không mở được, và người dân đã học không tin đường dẫn lạ."
    ),
    "lint.not_registered": N_(
        "Nhà mạng chỉ chuyển tin theo mẫu đã đăng ký, mà lời tin này không khớp mẫu nào. Hãy viết theo mẫu, hoặc đăng ký thêm mẫu."
    ),
    "lint.too_long": N_(
        "Tin dài nhất là %(parts)s phần, nhiều nhất được %(most)s. Hãy rút ngắn hoặc bỏ dấu."
    ),
    "lint.dear_sign": N_("Dấu “%(what)s” làm cả tin đắt hơn gấp đôi. Nên bỏ hoặc viết bằng chữ."),
    "lint.shouting": N_("“%(what)s” toàn chữ hoa: khó đọc và giống tin rác. Nên viết chữ thường."),
    "lint.other_number": N_(
        "Số %(what)s không phải số của văn phòng. Nên dùng {duong_day_nong} để người dân chỉ phải tin một số."
    ),
    "lint.other_language": N_(
        "“%(what)s” không giống tiếng Việt. Mỗi tin nên chỉ một thứ tiếng; tiếng khác nên gửi bằng giọng nói."
    ),
    # ---- end of the text
    # ---- progress: what a launched campaign is doing (sending/progress.py)
    "progress.sending": N_("Đang gửi. Còn %(left)s người."),
    "progress.sending.call": N_("Đang gọi. Còn %(left)s máy."),
    "progress.last_ones.call": N_("Đang gọi những máy cuối cùng."),
    "progress.settling.call": N_("Đã gọi hết. Đang chờ các cuộc gọi xong."),
    "progress.scheduled.call": N_("Đã hẹn giờ: bắt đầu gọi lúc %(at)s, %(left)s máy."),
    "progress.stopped.call": N_("Đã dừng hẳn. %(cancelled)s cuộc gọi chưa đi đã hủy."),
    "progress.finished.call": N_(
        "Đã gọi xong: %(delivered)s máy có người nghe, %(failed)s máy không gọi được hoặc không ai nghe."
    ),
    "progress.awaiting_reports.call": N_("%(count)s cuộc gọi đang đổ chuông hoặc đang nghe."),
    "progress.retries.call": N_("%(count)s máy chưa nghe sẽ được gọi lại lúc %(at)s."),
    "progress.retries_from.call": N_("%(count)s máy chưa nghe sẽ được gọi lại, sớm nhất lúc %(at)s."),
    "progress.unknown.call": N_(
        "%(count)s cuộc gọi chưa rõ đã đi hay chưa; hệ thống đang hỏi nhà mạng, không tự gọi lại khi chưa rõ."
    ),
    "progress.hold.call": N_("%(count)s cuộc gọi chờ một người xem lại, để không ai bị gọi hai lần."),
    "live.second_sms_closed": N_("Phần nhắn tin đang đóng: %(reason)s. Phần gọi điện không bị ảnh hưởng."),
    "live.second_voice_closed": N_("Phần gọi điện đang đóng: %(reason)s. Phần nhắn tin không bị ảnh hưởng."),
    "progress.last_ones": N_("Đang gửi những tin cuối cùng."),
    "progress.settling": N_("Đã gửi hết. Đang chờ nhà mạng báo lại."),
    "progress.until_today": N_("Ngoài giờ gửi: tiếp tục lúc %(at)s hôm nay, còn %(left)s người."),
    "message.unknown_decision": N_("Hãy chọn một trong các quyết định."),
    "message.none_chosen": N_("Hãy đánh dấu ít nhất một tin."),
    "message.no_reason": N_(
        "Hãy ghi vì sao biết vậy, ví dụ: đã xem trang Twilio lúc 9 giờ, không có tin này."
    ),
    "message.campaign_stopped": N_(
        "Chiến dịch %(code)s đã dừng hẳn nên không gửi lại được tin nào của chiến dịch đó."
    ),
    "progress.machine_trouble": N_("Tạm dừng gửi: %(reason)s. Xem trang Hệ thống, còn %(left)s người."),
    "progress.stop_file": N_(
        "Mọi việc gửi đang dừng vì có tệp STOP trong thư mục dữ liệu, còn %(left)s người."
    ),
    "progress.holiday": N_("Hôm nay là ngày nghỉ: tiếp tục ngày %(day)s, còn %(left)s người."),
    "progress.until_tomorrow": N_("Ngoài giờ gửi: tiếp tục lúc %(at)s ngày mai, còn %(left)s người."),
    "progress.paused": N_("Đang tạm dừng. Còn %(left)s người chưa gửi."),
    "progress.paused_by": N_("%(who)s đã tạm dừng. Còn %(left)s người chưa gửi."),
    "progress.paused_budget": N_(
        "Tự tạm dừng vì hết tiền dành cho chiến dịch này. Còn %(left)s người chưa gửi."
    ),
    "progress.paused_budget_day": N_(
        "Tạm dừng: đã hết mức chi trong ngày. Còn %(left)s người. Mai bấm tiếp tục, hoặc tăng LOA_CAP_DAY_VND."
    ),
    "progress.paused_budget_month": N_(
        "Tạm dừng: đã hết mức chi trong tháng. Còn %(left)s người. Hãy tăng LOA_CAP_MONTH_VND rồi tiếp tục."
    ),
    "progress.paused_wave": N_(
        "Tạm dừng: đợt vừa gửi có nhiều tin không tới hoặc nhiều người từ chối. Còn %(left)s người. "
        "Hãy xem lại lời tin và danh sách; nếu ổn thì bấm tiếp tục."
    ),
    "progress.scheduled": N_("Đã hẹn giờ: bắt đầu gửi lúc %(at)s, %(left)s người."),
    "progress.wave": N_("Đang ở đợt %(wave)s; các đợt sau tự đi khi đợt này ổn."),
    "progress.closed": N_("Đã đủ %(headcount)s người, không gửi thêm cho ai nữa."),
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
    "progress.second_waiting_sms": N_("%(count)s người sẽ được gửi thêm tin nhắn nếu nghe được cuộc gọi."),
    "progress.second_waiting_voice": N_(
        "%(count)s người sẽ được gọi nếu %(hours)s giờ sau tin nhắn vẫn chưa trả lời."
    ),
    "progress.second_sms": N_(
        "Tin nhắn để nhớ, cho ai đã nghe cuộc gọi: %(done)s tin đã đi, %(left)s tin chờ gửi, %(skipped)s tin không gửi."
    ),
    "progress.second_voice": N_(
        "Gọi ai chưa trả lời tin nhắn: %(done)s cuộc đã gọi, %(left)s cuộc chờ gọi, %(skipped)s cuộc không gọi."
    ),
    "progress.retries": N_("%(count)s người chưa liên lạc được sẽ được gửi lại lúc %(at)s."),
    "progress.retries_from": N_("%(count)s người chưa liên lạc được sẽ được gửi lại, sớm nhất lúc %(at)s."),
    "progress.filtered": N_(
        "%(count)s tin bị chặn hoặc bị coi là tin rác, không gửi lại. "
        "Hãy xem lại lời tin; nếu nhiều, hãy dừng và báo người quản trị."
    ),
    "progress.unknown": N_(
        "%(count)s tin chưa rõ đã gửi hay chưa; hệ thống đang hỏi nhà mạng, không tự gửi lại khi chưa rõ."
    ),
    "progress.hold": N_("%(count)s tin chờ một người xem lại, để không ai nhận hai lần."),
    # ---- what will happen after "send" is pressed
    "plan.at_once": N_("Bấm gửi là bắt đầu ngay: %(count)s tin."),
    "plan.at_once.call": N_("Bấm gọi là bắt đầu ngay: %(count)s máy."),
    "plan.begins.call": N_("Bắt đầu %(at)s: gọi %(count)s máy."),
    "plan.until.call": N_("Gọi hết một lượt khoảng %(at)s."),
    "plan.pause.call": N_("Chỉ gọi từ %(from)s đến %(to)s; hết giờ thì dừng, hôm sau tự gọi tiếp."),
    "plan.begins": N_("Bắt đầu %(at)s: %(count)s tin."),
    "plan.first": N_(
        "Nếu đợt này ổn thì gửi tiếp %(rest)s tin còn lại. Nếu không tới quá 30%% hoặc từ chối quá 10%% thì tự dừng, chờ người xem."
    ),
    "plan.communes": N_(
        "Nếu đợt này ổn thì gửi tiếp %(rest)s tin còn lại, lần lượt từng xã. Đợt nào không tới quá 30%% hoặc từ chối quá 10%% thì tự dừng, chờ người xem."
    ),
    "plan.until": N_("Gửi xong khoảng %(at)s."),
    "plan.pause": N_("Chỉ gửi từ %(from)s đến %(to)s; hết giờ thì dừng, hôm sau tự gửi tiếp."),
    "plan.second_sms": N_(
        "Ai nghe được cuộc gọi thì sau đó nhận thêm một tin nhắn để nhớ, từ %(from)s đến %(to)s."
    ),
    "plan.second_voice": N_("Ai chưa trả lời sau %(hours)s giờ thì được gọi, từ %(from)s đến %(to)s."),
    "plan.holiday": N_("%(day)s là %(name)s: ngày nghỉ, không gửi."),
    "plan.market": N_("%(day)s là %(name)s: nhiều người không ở nhà."),
    "trial.no_text": N_("Lời tin còn trống hoặc có ô {…} không ai điền được nên chưa gửi thử được."),
    "trial.cannot_call": N_("Nhà mạng này chưa gọi được: chưa có số gọi đi. Hãy nhờ người quản trị."),
    "trial.no_price": N_("Chưa có giá cuộc gọi nên chưa gọi thử được. Hãy ghi giá ở trang Giá và hạn mức."),
    "trial.no_call": N_("Lời gọi còn chỗ chưa điền nên chưa gọi thử được. Xem bảng kiểm."),
    "trial.just_called": N_("Vừa gọi thử số này. Hãy chờ một phút rồi thử lại."),
    "trial.no_number": N_("Hãy ghi một số di động của bạn, ví dụ 0912 000 345."),
    "trial.villager": N_("Số này là của người dân trong danh sách. Tin thử chỉ gửi cho máy của bạn."),
    "trial.opted_out": N_("Số này đã từ chối nhận tin nên không gửi thử được."),
    "trial.just_sent": N_("Vừa gửi thử cho số này. Hãy chờ một phút rồi thử lại."),
    "trial.enough": N_("Hôm nay bạn đã gửi thử %(most)s lần. Mai hãy thử tiếp; tin thật thì gửi như thường."),
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
        "Không đọc được chữ trong tệp: không phải Unicode, TCVN3, VNI hay Windows-1258. Hãy mở tệp bằng Excel, lưu thành .xlsx rồi tải lại."
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
    "import.no_name_column": N_(
        "Không thấy cột họ tên ở dòng tiêu đề (dòng %(row)s). Hãy đặt tên cột là Họ và tên rồi tải lại."
    ),
    "import.columns_first": N_("Chưa rõ cột nào là gì. Hãy chọn cột trước, rồi mới lưu được."),
    "import.changed_meanwhile": N_(
        "Danh sách này vừa được sửa ở một cửa sổ khác. Hãy xem lại rồi sửa tiếp; những gì sửa trước vẫn còn."
    ),
    "import.codes_of": N_("Ngày của mã xã chưa đúng. Ví dụ: 30/06/2025, hoặc để trống nếu dùng mã hiện nay."),
    "import.no_bad_rows": N_("Không có dòng nào sai để tải."),
    "import.not_stored": N_("Danh sách này chưa được lưu hoặc đã hoàn tác rồi, nên không có gì để hoàn tác."),
    "import.undo_sent": N_(
        "Không hoàn tác được: từ khi nhập đã có tin gửi cho %(count)s người của danh sách (%(names)s)."
    ),
    "import.undo_later": N_(
        "Không hoàn tác được: danh sách nhập sau đó cũng có %(count)s người này (%(names)s). Hãy hoàn tác danh sách sau trước."
    ),
    "import.undo_used": N_(
        "Không hoàn tác được: từ khi nhập đã có người làm việc với %(count)s người mới của danh sách (%(names)s), ví dụ xem số, sửa, ghi đồng ý, thêm vào nhóm."
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
    "consent.needs_guardian": N_(
        "%(name)s chưa đủ 16 tuổi nên cha mẹ hoặc người giám hộ đồng ý thay. Hãy ghi họ tên và quan hệ, ví dụ: Sùng Mí Páo (bố)."
    ),
    "consent.no_words": N_(
        "Hãy ghi nguyên văn lời đã đọc cho người dân hoặc lời họ nói, ví dụ: đồng ý nhận tin về việc làm."
    ),
    "consent.unknown_purpose": N_("Xin chọn một mục đích trong danh sách."),
    "consent.file_too_large": N_(
        "Tệp quét lớn hơn %(most)s. Hãy quét lại ở độ nét thấp hơn (150–200 dpi), hoặc chụp từng tờ."
    ),
    "consent.not_a_scan": N_(
        "Đây không phải ảnh JPEG, PNG hay tệp PDF. Hãy chọn tệp quét hoặc ảnh chụp tờ phiếu."
    ),
    # ---- groups, bulk changes and exports (service/registry)
    "group.no_name": N_("Xin đặt tên cho nhóm, ví dụ: Thợ may muốn đi ngoài tỉnh."),
    "group.name_taken": N_("Đã có nhóm “%(name)s”. Hãy đặt tên khác, hoặc thêm người vào nhóm đó."),
    "group.nobody": N_("Không có ai để lưu thành nhóm. Hãy nới bộ lọc, hoặc đánh dấu người trong danh sách."),
    "group.unknown_kind": N_("Xin chọn nhóm cố định hay nhóm tự cập nhật."),
    "group.needed": N_("Nhóm “%(name)s” đang dựa vào nhóm này. Hãy xóa nhóm đó trước."),
    "group.living": N_(
        "Nhóm “%(name)s” tự cập nhật theo bộ lọc nên không thêm, bớt từng người. Hãy lưu thành nhóm cố định."
    ),
    "group.not_yours": N_(
        "Nhóm “%(name)s” do người khác lưu. Hãy nhờ cán bộ phụ trách, hoặc lưu nhóm của mình."
    ),
    "bulk.nothing_to_set": N_("Xin chọn một giá trị trong danh sách."),
    "bulk.no_commune": N_("Xin chọn xã."),
    "bulk.changed_meanwhile": N_(
        "Danh sách vừa thay đổi: bạn đã xem %(seen)s người sẽ đổi, hiện nay là %(now)s. Chưa sửa ai; hãy xem lại rồi bấm sửa."
    ),
    "export.no_reason": N_(
        "Xin ghi lý do, ví dụ: gửi danh sách họp thôn cho xã Sơn Vĩ. Lý do được lưu vào nhật ký."
    ),
    "consent.nobody_ticked": N_(
        "Chưa đánh dấu ai. Hãy chọn Có hoặc Không cho ít nhất một người, hoặc đánh dấu “Mọi người trên trang này đã ký”."
    ),
    "consent.not_yet": N_("Ngày ký %(day)s chưa tới. Hãy ghi ngày đã ký trên phiếu."),
    # ---- places, meetings
    "area.no_name": N_("Xin điền tên, ví dụ Trà Mần. Không cần chữ “Thôn” hay “Xã”."),
    "area.hamlet_exists": N_(
        "Xã này đã có thôn %(name)s (hoặc đó là cách viết cũ của thôn này). Nếu là một thôn, hãy gộp hai cách viết."
    ),
    "area.commune_exists": N_("Tỉnh này đã có xã %(name)s. Hãy mở xã đó."),
    "area.choose_two": N_("Hãy chọn ít nhất hai thôn để gộp."),
    "area.not_one_commune": N_("Chỉ gộp được các thôn của cùng một xã. Hãy tải lại trang."),
    "area.changed_meanwhile": N_(
        "Nơi này vừa được người khác thay đổi. Hãy tải lại trang, xem lại rồi làm tiếp."
    ),
    "area.nothing_changed": N_(
        "Chưa có gì thay đổi. Hãy điền tên hoặc mã mới, hay chọn xã mới cho ít nhất một thôn."
    ),
    "area.not_into_itself": N_("Hãy chọn một xã khác để nhập vào."),
    "area.bad_code": N_("Mã xã “%(typed)s” chưa đúng. Mã có 5 chữ số, kể cả số 0 ở đầu, ví dụ 00778."),
    "area.code_taken": N_(
        "Mã %(code)s đang là của xã %(name)s. Nếu xã mới giữ mã này, hãy đổi tên xã đó thay vì thêm xã mới."
    ),
    "area.not_yet": N_("Ngày %(day)s chưa tới. Hãy ghi thay đổi vào đúng ngày đó."),
    "area.too_early": N_("Xã %(name)s có từ %(day)s. Hãy chọn ngày đó hoặc sau đó."),
    "area.bad_file": N_("Tệp %(file)s còn %(count)s chỗ sai nên chưa nạp gì. Hãy sửa từng dòng rồi nạp lại."),
    "meeting.not_yet": N_("Ngày %(day)s chưa tới. Hãy mở buổi họp vào ngày họp."),
    "meeting.no_commune": N_("Xin chọn một xã trong danh sách."),
    "meeting.foreign_commune": N_("Bạn chỉ mở được buổi họp ở xã mình phụ trách. Hãy chọn xã của bạn."),
    "meeting.no_words": N_("Hãy ghi nguyên văn câu đã đọc trước khi hỏi người dân có đồng ý không."),
    "meeting.bad_count": N_("Số người phải từ 0 đến %(most)s."),
    # ---- end of places, meetings
    "phone.was_taken_off": N_(
        "Số %(number)s đã bị gỡ khỏi người này lúc %(at)s. Nếu đã hỏi lại và đúng là số của họ, hãy đánh dấu ô bên dưới rồi thêm."
    ),
    "person.bad_hours": N_("Giờ đã hẹn cần cả hai giờ, giờ kết thúc sau giờ bắt đầu, ví dụ 18:00 đến 21:00."),
    "merge.not_listed": N_("Một trong hai người vừa được gộp hoặc xóa. Hãy xem cặp tiếp theo."),
    "merge.already_split": N_("Hai người này đã được tách lại trước đó."),
    "merge.deleted": N_("Thông tin đã xóa theo yêu cầu của người dân nên không tách lại được nữa."),
    "rights.unknown_kind": N_("Xin chọn một loại yêu cầu trong danh sách."),
    "rights.unknown_outcome": N_("Xin chọn đã làm hoặc từ chối."),
    "rights.asked_later": N_("Ngày %(day)s chưa tới. Hãy ghi ngày người dân đã nói."),
    "rights.no_reason": N_("Từ chối thì phải có lý do để trả lời người dân. Hãy ghi lý do."),
    "rights.already_closed": N_("Yêu cầu này đã có người ghi kết quả. Hãy tải lại trang."),
    "rights.nobody": N_("Không có người dân số %(person)s."),
    "rights.already_deleted": N_("Người này đã được xóa trước đó."),
    "rights.in_flight": N_(
        "Còn %(count)s tin đang trên đường hoặc chưa rõ đã gửi hay chưa. Hãy chờ vài phút, hoặc xử lý ở trang Hệ thống, rồi xóa."
    ),
    "rights.pending_list": N_(
        "Danh sách số %(batch)s chưa lưu có tên hoặc số của người này. Hãy lưu hoặc bỏ danh sách đó trước rồi xóa."
    ),
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
