"""What can be wrong in a list: one table of kinds, each with its weight and, in words, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ERROR, WARN, INFO = "error", "warn", "info"
SEVERITIES = (ERROR, WARN, INFO)
LONGEST_SEEN = 80


def N_(sentence: str) -> str:
    """Marks a sentence for the catalogue of the screens. Returns it as it is."""
    return sentence


@dataclass(frozen=True)
class Kind:
    """``severity``: error – nothing is stored until a person has accepted it; warn – look at it; info – was done."""

    severity: str
    title: str
    advice: str


KINDS: dict[str, Kind] = {
    "no_name": Kind(
        ERROR,
        N_("Không có họ tên"),
        N_("Hãy điền họ và tên vào ô này. Dòng không có tên không được lưu."),
    ),
    "bad_name": Kind(
        ERROR,
        N_("Họ tên chưa đúng"),
        N_("Ô này quá dài hoặc không phải tên người. Hãy chỉ điền họ và tên. Dòng này không được lưu."),
    ),
    "not_a_number": Kind(
        ERROR,
        N_("Không phải số điện thoại"),
        N_(
            "Hãy hỏi lại và điền đủ 10 chữ số, ví dụ 0912 000 345. Nếu không sửa, người này được lưu không có số."
        ),
    ),
    "too_short": Kind(
        ERROR,
        N_("Số điện thoại thiếu chữ số"),
        N_(
            "Số di động có 10 chữ số. Hãy hỏi lại số đúng. Nếu không sửa, người này được lưu không có số này."
        ),
    ),
    "too_long": Kind(
        ERROR,
        N_("Số điện thoại thừa chữ số"),
        N_(
            "Số di động có 10 chữ số. Hãy hỏi lại số đúng. Nếu không sửa, người này được lưu không có số này."
        ),
    ),
    "special_number": Kind(
        ERROR,
        N_("Số tổng đài hoặc số khẩn cấp"),
        N_("Đây không phải số của một người. Hãy điền số di động của người dân."),
    ),
    "letter_in_number": Kind(
        ERROR,
        N_("Có chữ cái trong số điện thoại"),
        N_("Có thể gõ nhầm chữ O thành số 0, chữ l thành số 1. Hãy kiểm tra và gõ lại bằng chữ số."),
    ),
    "damaged_scientific": Kind(
        ERROR,
        N_("Excel đã làm hỏng số điện thoại"),
        N_("Ô hiện dạng 9.12E+08 nên đã mất chữ số. Hãy đổi cột thành kiểu Văn bản (Text) rồi gõ lại số."),
    ),
    "no_phone": Kind(
        WARN,
        N_("Không có số điện thoại"),
        N_("Người này được lưu nhưng không nhận được tin. Nếu có số của người nhà, hãy điền vào."),
    ),
    "landline": Kind(
        WARN,
        N_("Số máy bàn"),
        N_("Máy bàn không nhận được tin nhắn. Nếu có số di động, hãy điền thêm."),
    ),
    "may_be_a_cut_84": Kind(
        WARN,
        N_("Số có thể bị cắt"),
        N_("Số bắt đầu bằng 84 và chỉ có 9 chữ số: được hiểu là 084…. Nếu là +84 bị cắt, hãy gõ lại cho đủ."),
    ),
    "duplicate_person": Kind(
        WARN,
        N_("Trùng người ở dòng khác"),
        N_("Cùng họ tên, năm sinh và số điện thoại với dòng %(of_row)s. Hai dòng được lưu thành một người."),
    ),
    "unknown_commune": Kind(
        WARN,
        N_("Không rõ xã"),
        N_("Không có xã này trong danh mục tên cũ và mới. Hãy điền tên xã, ví dụ Sơn Vĩ hoặc Xín Cái."),
    ),
    "perhaps_known": Kind(
        WARN,
        N_("Có thể đã có trong danh sách"),
        N_(
            "Gần giống %(of_row)s đã có trong danh sách người dân. Được lưu thành người mới; sau khi lưu, hãy xem ở trang Trùng người?"
        ),
    ),
    "was_wrong_number": Kind(
        WARN,
        N_("Số này từng bị báo là nhầm"),
        N_("Số %(of_row)s đã được gỡ khỏi người này vì nhầm số, nên không được gắn lại. Hãy hỏi số khác."),
    ),
    "needs_guardian": Kind(
        WARN,
        N_("Dưới 16 tuổi"),
        N_(
            "Người giám hộ phải đồng ý thay. Được lưu là chưa đồng ý; hãy ghi người giám hộ ở trang của người này."
        ),
    ),
    "bad_birth_year": Kind(
        WARN,
        N_("Năm sinh chưa đúng"),
        N_(
            "Hãy điền năm sinh gồm 4 chữ số, ví dụ 1990. Người chưa rõ tuổi không nhận tin tuyển người từ 18 tuổi."
        ),
    ),
    "unknown_consent": Kind(
        WARN,
        N_("Không rõ có đồng ý nhận tin không"),
        N_("Hãy điền Có hoặc Không. Khi chưa rõ thì coi như chưa đồng ý, không gửi tin."),
    ),
    "unknown_word": Kind(
        WARN,
        N_("Không hiểu từ trong ô này"),
        N_("Từ này không có trong danh mục nên không được lưu. Hãy điền lại, ví dụ Nam, Nữ, Mông, Tày."),
    ),
    "old_number_converted": Kind(
        INFO,
        N_("Đã đổi số cũ 11 chữ số"),
        N_("Đầu số cũ đã được đổi sang đầu số mới. Không cần làm gì."),
    ),
    "two_numbers": Kind(
        INFO,
        N_("Có nhiều số trong một ô"),
        N_("Các số đều được lưu cho người này. Tin được gửi đến số đầu tiên."),
    ),
}


@dataclass(frozen=True)
class Problem:
    """One remark about one cell: ``column`` is its letter, ``seen`` what stands in it, ``detail`` what the advice names."""

    row: int
    column: str
    kind: str
    seen: str = ""
    detail: str = ""

    @property
    def severity(self) -> str:
        return KINDS[self.kind].severity

    def as_row(self) -> list[Any]:
        """For the database: short, because a long list may have thousands."""
        return [self.row, self.column, self.kind, self.seen, self.detail]


def from_row(row: list[Any]) -> Problem:
    return Problem(*row)


def noted(row: int, column: str, kind: str, seen: str, detail: str = "") -> Problem:
    shown = " ".join(seen.split())
    return Problem(
        row, column, kind, shown if len(shown) <= LONGEST_SEEN else shown[:LONGEST_SEEN] + "…", detail
    )


def advice(problem: Problem) -> str:
    """What to do, in Vietnamese (on screens: the same sentence through gettext)."""
    return KINDS[problem.kind].advice % {"of_row": problem.detail}
