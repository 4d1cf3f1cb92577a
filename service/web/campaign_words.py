"""What campaigns, messages and the carriers' codes are called on screen. A new state or code is a new row."""

from __future__ import annotations

from dataclasses import dataclass

from service.web.languages import N_, gettext


@dataclass(frozen=True)
class Word:
    """What something is called, the tone of its pill, and what it means or what to do."""

    name: str
    tone: str = "plain"
    meaning: str = ""


GENDER_NAMES = {"female": N_("Nữ"), "male": N_("Nam")}
LANGUAGE_NAMES = {
    "vi": N_("Tiếng Việt"),
    "hmn": N_("Tiếng Mông"),
    "tay-nung": N_("Tiếng Tày – Nùng"),
    "dao": N_("Tiếng Dao"),
    "giay": N_("Tiếng Giáy"),
    "lolo": N_("Tiếng Lô Lô"),
}
REACH_NAMES = {
    "in_province": N_("Trong tỉnh"),
    "elsewhere": N_("Ngoài tỉnh"),
    "abroad": N_("Nước ngoài"),
}
ENCODING_NAMES = {"plain": N_("Không dấu"), "accents": N_("Có dấu")}

WAY_NAMES = {
    "sms": N_("Nhắn tin"),
    "voice": N_("Gọi điện"),
    "voice_sms": N_("Gọi điện, rồi nhắn lại cho người đã nghe"),
    "sms_voice": N_("Nhắn tin, rồi gọi cho người chưa trả lời"),
}
WAY_NOTES = {
    "sms": N_("Cho người đọc được chữ. Rẻ nhất."),
    "voice": N_("Máy gọi và đọc bản tin; người nghe bấm phím để trả lời. Cho người không đọc được chữ."),
    "voice_sms": N_("Như gọi điện, và người đã nghe có thêm một tin để giữ lại ngày, giờ, số hỏi."),
    "sms_voice": N_("Tin nhắn trước cho rẻ; ai im lặng thì máy gọi."),
}
HEARD = {
    "whole": N_("nghe hết"),
    "partly": N_("nghe một phần"),
    "machine": N_("hộp thư trả lời"),
}
KEY_WORDS = {
    "1": N_("bấm 1: muốn đi"),
    "9": N_("bấm 9: không nhận nữa"),
    "0": N_("bấm 0: gặp cán bộ"),
}
MISSED_CALLS = {
    "call_me": N_("nghĩa là “gọi lại cho tôi”: cán bộ gọi lại để hỏi"),
    "yes": N_("nghĩa là “tôi muốn đi”: ghi ngay là bày tỏ nguyện vọng"),
}

LAW_CLASSES = {"public_notice": N_("Thông báo của cơ quan"), "advertising": N_("Quảng cáo")}
WAVE_NAMES = {
    "": N_("Gửi tất cả một lượt"),
    "first": N_("20 người đầu, rồi tất cả"),
    "communes": N_("20 người đầu, rồi lần lượt từng xã"),
}
WAVE_NOTES = {
    "": N_("Nhanh nhất. Nếu lời tin có sai sót thì mọi người đều đã nhận."),
    "first": N_("Nếu đợt đầu không tới quá 30% hoặc từ chối quá 10% thì tự dừng, chờ bạn xem."),
    "communes": N_("Như trên, và mỗi xã là một đợt: xã nào có vấn đề thì dừng trước xã sau."),
}
WHY_APPROVAL = {
    "many": N_("gửi trên %(most)s tin"),
    "dear": N_("tốn trên %(money)s"),
    "new_text": N_("lời tin này chưa gửi lần nào"),
    "turned_down": N_("lãnh đạo đã xem và chưa duyệt nội dung này"),
    "new_employer": N_("lần đầu gửi cho doanh nghiệp này"),
}
CARD_NAMES = {
    "job": N_("Doanh nghiệp và việc làm"),
    "audience": N_("Người nhận, cách báo"),
    "text": N_("Tin nhắn"),
    "voice": N_("Cuộc gọi"),
    "sending": N_("Giờ gửi và chi phí"),
    "approval": N_("Duyệt"),
}

CAMPAIGN_STATES: dict[str, Word] = {
    "draft": Word(N_("Nháp"), "plain"),
    "approved": Word(N_("Đã duyệt, chưa gửi"), "warn"),
    "running": Word(N_("Đang chạy"), "busy"),
    "paused": Word(N_("Đang tạm dừng"), "warn"),
    "stopped": Word(N_("Đã dừng hẳn"), "bad"),
    "finished": Word(N_("Đã gửi xong"), "good"),
}

MESSAGE_STATES: dict[str, Word] = {
    "ready": Word(N_("Chờ gửi"), "wait", N_("Chưa gửi. Sẽ đi theo giờ gửi và tốc độ cho phép.")),
    "sending": Word(N_("Đang gửi"), "busy", N_("Đang chuyển cho nhà mạng.")),
    "accepted": Word(N_("Nhà mạng đã nhận"), "busy", N_("Nhà mạng đã nhận tin, chưa báo đã tới máy chưa.")),
    "sent": Word(N_("Đã chuyển đi"), "busy", N_("Nhà mạng đã chuyển tin đi, chưa báo đã tới máy chưa.")),
    "delivered": Word(
        N_("Đã tới máy"), "good", N_("Nhà mạng báo tin đã tới máy. Đã tới máy chưa chắc là đã đọc.")
    ),
    "ringing": Word(N_("Đang đổ chuông"), "busy", N_("Điện thoại đang reo, chưa ai nghe.")),
    "answered": Word(N_("Đang nghe"), "busy", N_("Có người nghe máy, cuộc gọi chưa xong.")),
    "completed": Word(
        N_("Đã nghe máy"), "good", N_("Có người nghe máy. Nghe được bao lâu ghi ở từng người.")
    ),
    "busy": Word(
        N_("Máy bận"), "warn", N_("Máy đang bận nói chuyện. Máy tính tự gọi lại sau hai mươi phút.")
    ),
    "no_answer": Word(
        N_("Không nghe máy"), "warn", N_("Có đổ chuông, không ai nghe. Máy tính tự gọi lại vào giờ khác.")
    ),
    "failed": Word(N_("Không tới"), "bad", N_("Nhà mạng báo không chuyển được. Lý do ghi ở từng người.")),
    "skipped": Word(
        N_("Bỏ qua"), "plain", N_("Đến lúc gửi thì không được gửi nữa, ví dụ vừa từ chối nhận tin.")
    ),
    "cancelled": Word(N_("Đã hủy"), "plain", N_("Chưa gửi thì chiến dịch dừng hẳn.")),
    "expired": Word(N_("Không có tin báo"), "warn", N_("Sau 72 giờ nhà mạng vẫn không báo gì thêm.")),
    "unknown": Word(
        N_("Chưa rõ"),
        "warn",
        N_("Chưa rõ đã gửi hay chưa; hệ thống đang hỏi nhà mạng, không tự gửi lại khi chưa rõ."),
    ),
    "hold": Word(
        N_("Chờ người xem"),
        "warn",
        N_("Máy không tự quyết được, để không ai nhận hai lần. Cần một người xem lại."),
    ),
}

EXCLUDED: dict[str, Word] = {
    "no_phone": Word(N_("Chưa có số điện thoại"), meaning=N_("Bổ sung số ở trang của từng người.")),
    "no_consent": Word(N_("Chưa đồng ý nhận tin"), meaning=N_("Hỏi và ghi lại sự đồng ý, rồi mới được gửi.")),
    "opted_out": Word(N_("Đã từ chối nhận tin"), meaning=N_("Tôn trọng: không gửi nữa.")),
    "no_voice": Word(N_("Không nhận cuộc gọi"), meaning=N_("Tôn trọng: chỉ nhắn tin, hoặc gặp tận nơi.")),
    "no_sms": Word(
        N_("Không nhận tin nhắn"), meaning=N_("Người này chỉ muốn nghe gọi, không nhận tin nhắn.")
    ),
    "dead_number": Word(N_("Số không còn dùng"), meaning=N_("Hỏi số mới ở thôn, xã.")),
    "landline": Word(N_("Số máy bàn"), meaning=N_("Máy bàn không nhận được tin nhắn.")),
    "age_unknown": Word(
        N_("Chưa rõ năm sinh"), meaning=N_("Việc ngoài tỉnh chỉ cho người từ 18 tuổi: bổ sung năm sinh.")
    ),
    "under_age": Word(N_("Chưa chắc đủ 18 tuổi"), meaning=N_("Việc ngoài tỉnh chỉ cho người từ 18 tuổi.")),
    "placed": Word(N_("Đã có việc làm"), meaning=N_("Người này đã đi làm nên không mời nữa.")),
    "capped": Word(
        N_("Đã nhận đủ tin trong tuần"),
        meaning=N_("Chờ vài ngày: mỗi số chỉ nhận một số tin trong bảy ngày."),
    ),
}

MEANINGS: dict[str, Word] = {
    "interested": Word(N_("Muốn đi"), "good"),
    "not_interested": Word(N_("Không đi"), "plain"),
    "stop": Word(N_("Từ chối nhận tin"), "bad"),
    "question": Word(N_("Có câu hỏi"), "warn"),
    "wrong_person": Word(N_("Nhầm người"), "warn"),
    "help": Word(N_("Cần giúp"), "warn"),
    "unclear": Word(N_("Chưa rõ ý"), "warn"),
}

MESSAGE_KINDS = {
    "notice": N_("tin báo việc"),
    "optout_confirmation": N_("tin báo đã ngừng gửi"),
    "headcount_full": N_("tin báo đã đủ người"),
}

FOLLOW_UPS: dict[str, Word] = {
    "to_call": Word(N_("Chờ gọi lại"), "warn"),
    "done": Word(N_("Đã gọi xong"), "good"),
    "withdrawn": Word(N_("Đã rút"), "plain"),
}

# What a person may say of a message on hold
DECISIONS = {
    "sent": N_("Tin đã đi rồi: không gửi nữa"),
    "again": N_("Chắc chắn tin chưa đi: gửi lại"),
    "given_up": N_("Thôi, không gửi tin này"),
}
DECISION_MEANINGS = {
    "sent": N_("Thấy tin trong trang của nhà mạng, hoặc người dân nói đã nhận."),
    "again": N_("Nhà mạng xác nhận không có tin này. Nếu tin đã đi thì người dân sẽ nhận hai lần."),
    "given_up": N_("Ví dụ số sai, hoặc chiến dịch không còn cần."),
}

# Why a message stands as it stands: the carrier's codes, and our own.
CODES: dict[str, Word] = {
    "30001": Word(N_("Nhà mạng quá tải"), meaning=N_("Gửi lại vào giờ khác.")),
    "30002": Word(N_("Tài khoản nhà mạng bị khóa"), meaning=N_("Báo người quản trị.")),
    "30003": Word(
        N_("Máy đang tắt hoặc ngoài vùng phủ sóng"),
        meaning=N_("Tự gửi lại vào giờ khác, nhiều nhất 3 lần. Sau đó nhờ công chức xã nhắn giúp."),
    ),
    "30004": Word(N_("Máy hoặc nhà mạng chặn tin"), meaning=N_("Nhờ công chức xã báo trực tiếp.")),
    "30005": Word(N_("Số không có người dùng"), meaning=N_("Hỏi số mới ở thôn, xã.")),
    "30006": Word(N_("Số này không nhận được tin nhắn"), meaning=N_("Có thể là máy bàn. Hỏi số khác.")),
    "30007": Word(
        N_("Nhà mạng lọc vì giống tin rác"),
        meaning=N_("Xem lại lời tin. Nếu nhiều, dừng và báo người quản trị."),
    ),
    "30008": Word(N_("Nhà mạng không chuyển được, không rõ lý do"), meaning=N_("Thử lại vào giờ khác.")),
    "30024": Word(N_("Tên người gửi chưa đăng ký"), meaning=N_("Báo người quản trị.")),
    "30036": Word(N_("Tin hết hạn trước khi tới máy"), meaning=N_("Thử vào giờ khác.")),
    "30042": Word(N_("Tên người gửi không được phép"), meaning=N_("Báo người quản trị.")),
    "13224": Word(N_("Nhà mạng không gọi được số này"), meaning=N_("Hỏi số mới ở thôn, xã.")),
    "13227": Word(N_("Tài khoản chưa được gọi tới Việt Nam"), meaning=N_("Báo người quản trị.")),
    "20003": Word(N_("Nhà mạng không nhận mật khẩu của cơ quan"), meaning=N_("Báo người quản trị.")),
    "20429": Word(N_("Nhà mạng xin gửi chậm lại"), meaning=N_("Không phải làm gì: tự gửi chậm lại.")),
    "21211": Word(N_("Không phải số điện thoại"), meaning=N_("Sửa số ở trang của người này.")),
    "21210": Word(N_("Số gọi đi chưa được nhận là của cơ quan"), meaning=N_("Báo người quản trị.")),
    "21213": Word(N_("Chưa đặt số gọi đi"), meaning=N_("Điền TWILIO_VOICE_FROM.")),
    "21214": Word(N_("Nhà mạng không gọi được số này"), meaning=N_("Hỏi số mới ở thôn, xã.")),
    "21215": Word(N_("Tài khoản chưa được gọi tới Việt Nam"), meaning=N_("Báo người quản trị.")),
    "21216": Word(N_("Nhà mạng chặn cuộc gọi tới số này"), meaning=N_("Nhờ công chức xã báo trực tiếp.")),
    "21217": Word(N_("Không phải số điện thoại"), meaning=N_("Sửa số ở trang của người này.")),
    "21408": Word(N_("Tài khoản chưa được gửi tới Việt Nam"), meaning=N_("Báo người quản trị.")),
    "21602": Word(N_("Tin trống"), meaning=N_("Báo người quản trị.")),
    "21606": Word(N_("Số gửi không phải của cơ quan"), meaning=N_("Báo người quản trị.")),
    "21610": Word(N_("Người này đã nhắn từ chối cho nhà mạng"), meaning=N_("Không gửi nữa.")),
    "21612": Word(N_("Số gửi không tới được Việt Nam"), meaning=N_("Báo người quản trị.")),
    "21614": Word(N_("Số máy bàn, không nhận được tin nhắn"), meaning=N_("Hỏi số di động.")),
    "21617": Word(N_("Tin quá dài"), meaning=N_("Rút ngắn lời tin.")),
    "21657": Word(N_("Tên người gửi không được chấp nhận"), meaning=N_("Báo người quản trị.")),
    "SIP 404": Word(N_("Số không có người dùng"), meaning=N_("Hỏi số mới ở thôn, xã.")),
    "SIP 410": Word(N_("Số không có người dùng"), meaning=N_("Hỏi số mới ở thôn, xã.")),
    "SIP 604": Word(N_("Số không có người dùng"), meaning=N_("Hỏi số mới ở thôn, xã.")),
    "SIP 408": Word(N_("Máy đang tắt hoặc ngoài vùng phủ sóng"), meaning=N_("Thử vào giờ khác.")),
    "SIP 480": Word(N_("Máy đang tắt hoặc ngoài vùng phủ sóng"), meaning=N_("Thử vào giờ khác.")),
    "SIP 503": Word(N_("Nhà mạng quá tải"), meaning=N_("Thử vào giờ khác.")),
    "401": Word(N_("Nhà mạng không nhận mật khẩu của cơ quan"), meaning=N_("Báo người quản trị.")),
    "403": Word(N_("Nhà mạng từ chối tài khoản của cơ quan"), meaning=N_("Báo người quản trị.")),
    "429": Word(N_("Nhà mạng xin gửi chậm lại"), meaning=N_("Không phải làm gì: tự gửi chậm lại.")),
    "500": Word(N_("Nhà mạng trả lời bị lỗi"), meaning=N_("Hệ thống hỏi lại nhà mạng trước khi làm gì.")),
    "no_auth_token": Word(N_("Chưa đặt mật khẩu nhà mạng"), meaning=N_("Điền TWILIO_AUTH_TOKEN.")),
    "no_voice_from": Word(N_("Chưa đặt số gọi đi"), meaning=N_("Điền TWILIO_VOICE_FROM.")),
    "no_connection": Word(N_("Không nối được tới nhà mạng"), meaning=N_("Tự thử lại.")),
    "bad_certificate": Word(N_("Chứng thư của nhà mạng không đúng"), meaning=N_("Báo người quản trị.")),
    "no_id": Word(N_("Nhà mạng trả lời thiếu"), meaning=N_("Hệ thống đang hỏi lại nhà mạng.")),
    "disk_full": Word(
        N_("Đĩa của máy gần đầy"),
        meaning=N_("Dọn bớt để trống ít nhất 500 MB, rồi việc gửi tự chạy lại."),
    ),
    "clock_wrong": Word(
        N_("Đồng hồ của máy sai"), meaning=N_("Chỉnh lại đồng hồ của máy, rồi việc gửi tự chạy lại.")
    ),
    "breaker": Word(
        N_("Nhà mạng trả lời không rõ nhiều lần liền"),
        meaning=N_(
            "Nghỉ một lát rồi gửi thử một tin; nhà mạng trả lời rõ thì tự gửi tiếp, không phải làm gì."
        ),
    ),
    "probe": Word(
        N_("Đang gửi thử một tin"), meaning=N_("Nhà mạng trả lời rõ thì tự gửi tiếp, không phải làm gì.")
    ),
    "restored": Word(
        N_("Cơ sở dữ liệu vừa được lấy lại từ bản sao lưu"),
        meaning=N_(
            "Máy đang tìm từng tin chưa gửi trong danh sách của nhà mạng, để không ai nhận hai lần. Tìm xong hãy mở lại."
        ),
    ),
    "cloned": Word(
        N_("Máy này không thuộc cơ sở dữ liệu này"),
        meaning=N_("Nếu đúng là máy của cơ quan, người quản trị chạy ./loa join trên máy này."),
    ),
    "sent_again": Word(N_("Cán bộ cho gửi lại"), meaning=N_("Sẽ gửi ở lượt sau.")),
    "given_up": Word(N_("Cán bộ quyết định không gửi"), meaning=N_("Lý do ghi trong nhật ký.")),
    "arrived": Word(N_("Tin gửi lần trước đã tới máy"), meaning=N_("Không gửi lại nữa.")),
    "late": Word(N_("Để lại lượt sau"), meaning=N_("Chưa gửi. Sẽ gửi ở lượt sau.")),
    "worker_died": Word(N_("Máy gửi dừng giữa chừng"), meaning=N_("Hệ thống đang hỏi lại nhà mạng.")),
    "proven_not_sent": Word(N_("Nhà mạng không có tin này"), meaning=N_("Chắc chắn chưa gửi, sẽ gửi.")),
    "unknown_for_a_day": Word(
        N_("Đã hỏi nhà mạng một ngày, vẫn chưa rõ"),
        meaning=N_("Hãy hỏi người dân hoặc nhà mạng trước khi gửi tin khác."),
    ),
    "budget": Word(N_("Hết tiền dành cho chiến dịch"), meaning=N_("Kiểm tra chi phí rồi mới gửi tiếp.")),
    **EXCLUDED,
    "not_heard": Word(
        N_("Chưa nghe được cuộc gọi"),
        meaning=N_("Tin nhắn để nhớ chỉ gửi cho ai đã nghe hết hoặc đã bấm phím."),
    ),
    "answered": Word(N_("Đã trả lời"), meaning=N_("Đã trả lời tin nhắn rồi nên không gọi thêm.")),
    "no_first": Word(
        N_("Lần đầu không gửi được"),
        meaning=N_("Xem lý do ở lượt gửi đầu. Không gửi tiếp trên kênh thứ hai."),
    ),
    "too_late": Word(N_("Đã quá hạn đăng ký"), meaning=N_("Hết hạn đăng ký thì không gửi tiếp nữa.")),
    "wrong_number": Word(N_("Số này không phải của người nhận"), meaning=N_("Hỏi số mới ở thôn, xã.")),
    "agreed_hours": Word(
        N_("Ngoài giờ đã hẹn với người này"),
        meaning=N_("Giờ gửi của chiến dịch không gặp giờ người này đã hẹn."),
    ),
}

PLACEHOLDERS = {
    "xung_ho_ten": N_("xưng hô và tên người nhận"),
    "doanh_nghiep": N_("tên doanh nghiệp"),
    "viec": N_("công việc"),
    "so_luong": N_("số người cần tuyển"),
    "luong": N_("mức lương"),
    "noi_lam": N_("nơi làm việc"),
    "o": N_("chỗ ở"),
    "an": N_("ăn uống"),
    "yeu_cau": N_("yêu cầu"),
    "giay_to": N_("giấy tờ cần mang"),
    "han": N_("hạn đăng ký"),
    "ngay_di": N_("ngày đi"),
    "ma": N_("mã chiến dịch để kiểm tra"),
    "van_phong": N_("tên cơ quan gửi tin"),
    "duong_day_nong": N_("số điện thoại để hỏi"),
    "nhay_may": N_("câu mời nháy máy"),
}

UNKNOWN_CODE = N_("Nhà mạng báo mã %(code)s")


def code_word(code: str) -> str:
    """``30003`` → ``Máy đang tắt hoặc ngoài vùng phủ sóng``. A code nobody knows is shown as it is."""
    if not code:
        return ""
    return gettext(CODES[code].name) if code in CODES else gettext(UNKNOWN_CODE, code=code)


def code_advice(code: str) -> str:
    """What to do about it, or nothing."""
    return gettext(CODES[code].meaning) if code in CODES and CODES[code].meaning else ""
