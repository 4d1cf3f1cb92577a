"""What each alarm says to an administrator, on the home page and in a mail: what happened, and what to do."""

from __future__ import annotations

from dataclasses import dataclass


def N_(sentence: str) -> str:
    """Marks a sentence for translation; the pages translate it when they show it."""
    return sentence


@dataclass(frozen=True)
class Words:
    """``endpoint`` is the page on which it is mended, ``permission`` who may."""

    what: str
    do: str
    endpoint: str = "system.index"
    permission: str = "system.see"


WORDS: dict[str, Words] = {
    "gate_closed": Words(
        N_("Kênh gửi %(carrier)s đang đóng (%(reason)s)."),
        N_("Sửa nguyên nhân, rồi người quản trị mở lại ở trang Hệ thống."),
    ),
    "gate_rests": Words(
        N_("Kênh gửi %(carrier)s tạm nghỉ đã nhiều phút (%(reason)s)."),
        N_("Tin còn chờ sẽ tự đi tiếp khi nhà mạng trả lời. Nếu kéo dài, hãy hỏi nhà mạng."),
    ),
    "restored": Words(
        N_("Cơ sở dữ liệu là bản sao lưu cũ: còn đang tìm %(count)s tin ở nhà mạng."),
        N_("Chờ tìm xong rồi mở lại kênh gửi. Đừng gửi lại chiến dịch nào trước khi xem trang của nhà mạng."),
    ),
    "cloned": Words(
        N_("Máy này không thuộc cơ sở dữ liệu này, nên không gửi tin thật nào."),
        N_("Nếu đúng là máy của cơ quan, người quản trị chạy ./loa join trên máy này."),
    ),
    "hold": Words(
        N_("%(count)s tin chờ một người quyết định."),
        N_("Xem ở nhà mạng tin đã đi chưa, rồi ghi quyết định."),
    ),
    "unknown_old": Words(
        N_("%(count)s tin chưa rõ đã đi hay chưa, đã quá 15 phút."),
        N_("Máy vẫn đang hỏi nhà mạng và không gửi lần hai. Nếu tăng lên, xem nhà mạng có đang lỗi không."),
    ),
    "frozen": Words(
        N_("%(count)s tin đang gửi dở quá 10 phút: một tiến trình gửi bị treo, hoặc máy của nó đã tắt."),
        N_("Khởi động lại tiến trình gửi trên máy đó. Tin dở sẽ được hỏi lại ở nhà mạng, không gửi hai lần."),
    ),
    "duplicate": Words(
        N_("Trong 24 giờ qua, %(count)s lượt gửi có hai mã ở nhà mạng: có thể người dân nhận hai lần."),
        N_("Xem nhật ký, và báo người làm phần mềm: việc này không được xảy ra."),
        "staff.history_page",
        "history.see",
    ),
    "budget": Words(
        N_("Chiến dịch %(campaign)s tự tạm dừng vì hết tiền."),
        N_("Xem chi phí, rồi tăng mức chi hoặc cho chạy tiếp vào ngày khác."),
        "campaigns.index",
        "campaign.see",
    ),
    "sums": Words(
        N_("Chiến dịch %(campaign)s: số đã ghi và số đếm lại không khớp."),
        N_("Xem nhật ký, và báo người làm phần mềm: việc này không được xảy ra."),
        "campaigns.index",
        "campaign.see",
    ),
    "filtered": Words(
        N_("Chiến dịch %(campaign)s có %(count)s tin bị nhà mạng chặn hoặc lọc vì giống tin rác."),
        N_("Xem lại lời tin và tên người gửi; nếu nhiều, tạm dừng chiến dịch và hỏi nhà mạng."),
        "campaigns.index",
        "campaign.see",
    ),
    "redis": Words(
        N_("Redis không trả lời: việc gửi chờ, không tin nào mất."),
        N_("Khởi động lại Redis hoặc ./loa run."),
    ),
    "no_worker": Words(
        N_("Không có tiến trình gửi nào đang chạy."),
        N_("Khởi động ./loa worker hoặc ./loa run."),
    ),
    "no_clock": Words(
        N_("Đồng hồ việc (./loa clock) không chạy: không ai hỏi lại tin chưa rõ, không ai mở đợt sau."),
        N_("Khởi động ./loa clock hoặc ./loa run."),
    ),
    "disk_full": Words(
        N_("Đĩa của máy gần đầy, nên việc gửi tạm nghỉ."),
        N_("Dọn bớt để trống ít nhất 500 MB, rồi việc gửi tự chạy lại."),
    ),
    "clock_wrong": Words(
        N_("Đồng hồ của máy sai, nên việc gửi tạm nghỉ."),
        N_("Chỉnh lại đồng hồ của máy, rồi việc gửi tự chạy lại."),
    ),
    "stop_file": Words(
        N_("Có tệp STOP trong thư mục dữ liệu: máy này không gửi gì."),
        N_("Khi đã ổn, xóa tệp đó."),
    ),
    "spool": Words(
        N_("%(count)s tin nhà mạng báo về còn nằm trên đĩa, chưa vào cơ sở dữ liệu."),
        N_("Xem cơ sở dữ liệu có trả lời không; khi trả lời thì máy tự ghi lại."),
    ),
    "spool_aside": Words(
        N_("%(count)s tin nhà mạng báo về không ghi được và đã để riêng."),
        N_("Giữ các tệp .aside trong thư mục spool và báo người làm phần mềm."),
    ),
}
