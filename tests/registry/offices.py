"""The same six people as many offices would write them down: their headings, fonts, orders and habits.

Whatever the layout, reading must give what PEOPLE says.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import xlsxwriter

from tests.registry.old_fonts import to_cp1258, to_tcvn3, to_vni


@dataclass(frozen=True)
class Villager:
    name: str
    year: int
    gender: str
    phones: tuple[str, ...]
    hamlet: str
    commune: str
    code: str
    consent: bool | None


PEOPLE = (
    Villager("Sùng Mí Páo", 1990, "male", ("0912000345",), "Trà Mần", "Sơn Vĩ", "00778", True),
    Villager(
        "Vàng Thị Mỷ", 1987, "female", ("0383000244", "0971000012"), "Trà Mần", "Sơn Vĩ", "00778", False
    ),
    Villager("Lầu A Dính", 1975, "male", ("0912000345",), "Nà Nũng", "Sơn Vĩ", "00778", None),
    Villager("Nguyễn Thị Hường", 1999, "female", ("0869000072",), "Sủng Pờ A", "Sủng Máng", "00787", True),
    Villager("Đặng Mùi Sếnh", 1969, "female", ("0339000411",), "Tà Đú", "Sủng Máng", "00787", True),
    Villager("Bế Văn Khôi", 2004, "male", ("0704000330",), "Khuổi Vịt", "Tát Ngà", "00808", False),
)
E164 = {number: f"+84{number[1:]}" for villager in PEOPLE for number in villager.phones}

HEADINGS = {
    "index": ("STT", "TT", "Số TT"),
    "name": ("Họ và tên", "HỌ TÊN", "Họ, tên người lao động", "Họ và tên công dân", "Tên người lao động", "Họ & tên"),
    "birth": ("Năm sinh", "Ngày sinh", "Ngày, tháng, năm sinh", "Sinh năm", "NTNS", "Ngày tháng năm sinh"),
    "gender": ("Giới tính", "Nam/Nữ", "GT", "Phái"),
    "phone": ("Số điện thoại", "Điện thoại", "SĐT", "ĐT", "Số ĐT liên hệ", "Di động", "Số máy", "ĐT liên hệ", "Điện thoại (nếu có)"),
    "hamlet": ("Thôn", "Thôn/bản", "Thôn, xóm", "Tên thôn", "Bản", "Xóm/bản", "Thôn (bản, tổ)"),
    "commune": ("Xã", "Xã, thị trấn", "Xã/TT", "Tên xã", "Xã (thị trấn)", "Xã/phường"),
    "consent": ("Đồng ý nhận tin", "Đồng ý", "Nhận tin nhắn", "Đồng ý\nnhận tin", "Cho phép nhận tin"),
    "ethnic": ("Dân tộc", "Thành phần dân tộc", "DT"),
    "card": ("Số CCCD", "CMND/CCCD", "Số định danh"),
    "notes": ("Ghi chú", "Ghi  chú", "Hoàn cảnh"),
}  # fmt: skip
TITLES = (
    ["UBND HUYỆN MÈO VẠC", "", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
    ["PHÒNG LAO ĐỘNG", "", "", "Độc lập - Tự do - Hạnh phúc"],
    [],
    ["DANH SÁCH NGƯỜI LAO ĐỘNG CÓ NHU CẦU TÌM VIỆC NĂM 2026"],
    ["(Kèm theo Công văn số 12/UBND ngày 3/10/2026)"],
)  # fmt: skip
ENDINGS = (
    (["Tổng cộng: 6 người"], [], ["", "Người lập biểu", "", "Trưởng phòng"], [], ["", "Giàng Thị Hồng Nhung", "", "Nguyễn Mạnh Toàn"]),
    (["", "Cộng", "", "3", "3"], ["Ấn định danh sách có 6 người./."]),
    (["Mèo Vạc, ngày 12 tháng 10 năm 2026"], ["", "NGƯỜI TỔNG HỢP"], [], ["", "Sùng Mí Nô"]),
    (["Danh sách này có 6 người"], ["", "TM. UBND XÃ"], ["", "CHỦ TỊCH"], ["", "Lý A Páo"]),
    (["Tổng số", "6"], ["", "Xác nhận của UBND xã", "", "", "Công chức"], [], ["", "Và Mí Lình", "", "", "Hà Thị Hà"]),
    (),
)  # fmt: skip

PHONE_STYLES: tuple[Callable[[str], str], ...] = (
    lambda n: n,
    lambda n: f"{n[:4]} {n[4:7]} {n[7:]}",
    lambda n: f"{n[:4]}.{n[4:7]}.{n[7:]}",
    lambda n: f"+84 (0){n[1:4]} {n[4:7]} {n[7:]}",
    lambda n: n[1:],
    lambda n: f"ĐT: {n}",
    lambda n: f"0084{n[1:]}",
    lambda n: f"({n[:4]}) {n[4:]}",
    lambda n: f"{n} (zalo)",
)
BETWEEN_PHONES = (" / ", "; ", ", ", " - ", "\n", " hoặc ", " và ")
BIRTH_STYLES: tuple[Callable[[int], str], ...] = (
    str,
    lambda y: f"01/01/{y}",
    lambda y: f"5.3.{y}",
    lambda y: f"{y}-03-15",
    lambda y: f"3/{y}",
    lambda y: f"15-03-{y}",
    lambda y: f"{y}\u00a0",
    lambda y: f"{y}.0",
    lambda y: f"{y}/3/15",
    lambda y: f"ngày 15 tháng 3 năm {y}",
)
GENDER_STYLES = ({"male": "Nam", "female": "Nữ"}, {"male": "nam", "female": "Nu"}, {"male": "NAM", "female": "NỮ"}, {"male": "M", "female": "F"})  # fmt: skip
CONSENT_STYLES = (
    {True: "Có", False: "Không", None: ""}, {True: "x", False: "K", None: ""}, {True: "Đồng ý", False: "không", None: "-"},
    {True: "đồng ý", False: "Không đồng ý", None: ""}, {True: "✓", False: "Từ chối", None: "chưa hỏi"},
)  # fmt: skip
DITTO = ("", "nt", "-nt-", '"', "″", "〃", "''", "như trên", '-"-', "//")


@dataclass
class Office:
    """How an office writes. Numbers choose among the styles above."""

    order: Sequence[str] = ("index", "name", "birth", "gender", "phone", "hamlet", "commune", "consent")
    heading: int = 0
    phone: int = 0
    between: int = 0
    birth: int = 0
    gender: str = "words"  # words, women, both, years, two_rows
    gender_words: int = 0
    commune: str = "each"  # each, once, section, title, code
    ditto: int = 0
    consent: int = 0
    titles: int = 0
    ending: int = 0
    numbering: bool = False
    again: bool = False
    blanks: bool = False
    capitals: bool = False
    hamlet_word: str = ""
    extra: dict[str, str] = field(default_factory=dict)


def rows(office: Office) -> list[list[str]]:
    """The list from its first title to its last signature."""
    header = _header(office)
    table = [list(row) for row in TITLES[: office.titles]]
    if office.commune == "title":
        table.append(["DANH SÁCH LAO ĐỘNG XÃ SƠN VĨ"])
    table += header
    if office.numbering:
        table.append([f"({place})" for place in range(1, len(header[0]) + 1)])
    said = ""
    for place, villager in enumerate(people_of(office)):
        if office.commune == "section" and villager.commune != said:
            table.append([f"{'I' * (1 + place // 3)}. XÃ {villager.commune.upper()}"])
        if place == 3 and office.again:
            table += header
        if place == 4 and office.blanks:
            table.append([])
        table.append(_row(office, place, villager, said))
        said = villager.commune
    return table + [list(row) for row in ENDINGS[office.ending]]


def people_of(office: Office) -> tuple[Villager, ...]:
    """Who is in the list: one commune alone when only the title names it."""
    return PEOPLE[:3] if office.commune == "title" else PEOPLE


def _header(office: Office) -> list[list[str]]:
    top: list[str] = []
    below: list[str] = []
    for name in office.order:
        choice = HEADINGS.get(name, ("Mã xã",))
        heading = choice[office.heading % len(choice)]
        if name == "commune" and office.commune == "code":
            heading = "Mã xã"
        if name == "gender" and office.gender == "women":
            top, below = [*top, "Nữ"], [*below, ""]
        elif name == "gender" and office.gender == "both":
            top, below = [*top, "Nam", "Nữ"], [*below, "", ""]
        elif name == "gender" and office.gender == "two_rows":
            top, below = [*top, heading if heading != "Nam/Nữ" else "Giới tính", ""], [*below, "Nam", "Nữ"]
        elif name == "gender" and office.gender == "years":
            top, below = [*top, "Năm sinh", ""], [*below, "Nam", "Nữ"]
        elif name in ("commune", "birth") and _is_left_out(office, name):
            continue
        else:
            top, below = [*top, heading], [*below, ""]
    return [top, below] if any(below) else [top]


def _is_left_out(office: Office, name: str) -> bool:
    if name == "commune":
        return office.commune in ("section", "title")
    return office.gender == "years"


def _row(office: Office, place: int, villager: Villager, said: str) -> list[str]:
    woman = villager.gender == "female"
    year = BIRTH_STYLES[office.birth % len(BIRTH_STYLES)](villager.year)
    phones = [PHONE_STYLES[office.phone % len(PHONE_STYLES)](number) for number in villager.phones]
    cells: dict[str, list[str]] = {
        "index": [str(place + 1)],
        "name": [villager.name.upper() if office.capitals else villager.name],
        "birth": [] if office.gender == "years" else [year],
        "gender": _gender(office, woman, year),
        "phone": [BETWEEN_PHONES[office.between % len(BETWEEN_PHONES)].join(phones)],
        "hamlet": [office.hamlet_word + villager.hamlet],
        "commune": _commune(office, villager, said),
        "consent": [CONSENT_STYLES[office.consent % len(CONSENT_STYLES)][villager.consent]],
        "ethnic": ["Mông"],
        "card": [f"0020{villager.year}000{place}"],
        "notes": ["Hộ nghèo" if woman else ""],
    }  # fmt: skip
    return [cell for name in office.order for cell in cells[name]]


def _gender(office: Office, woman: bool, year: str) -> list[str]:
    if office.gender == "words":
        return [GENDER_STYLES[office.gender_words % len(GENDER_STYLES)]["female" if woman else "male"]]
    mark = year if office.gender == "years" else "x"
    marks = ["" if woman else mark, mark if woman else ""]
    return marks[1:] if office.gender == "women" else marks


def _commune(office: Office, villager: Villager, said: str) -> list[str]:
    if office.commune in ("section", "title"):
        return []
    if office.commune == "code":
        return [villager.code]
    if office.commune == "once" and villager.commune == said:
        return [DITTO[office.ditto % len(DITTO)]]
    return [villager.commune]


# -- files

ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": lambda text: text.encode(),
    "utf-8 with a mark": lambda text: text.encode("utf-8-sig"),
    "utf-8 from a Mac": lambda text: unicodedata.normalize("NFD", text).encode(),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16 big-endian": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "utf-16 without a mark": lambda text: text.encode("utf-16-le"),
    "utf-16 big-endian without a mark": lambda text: text.encode("utf-16-be"),
    "cp1258": to_cp1258,
    "tcvn3": lambda text: to_tcvn3(text).encode("latin-1", "replace"),
    "vni": lambda text: to_vni(text).encode("latin-1", "replace"),
    "tcvn3 saved as utf-8": lambda text: to_tcvn3(text).encode(),
    "vni saved as utf-16": lambda text: to_vni(text).encode("utf-16"),
}
FOUND = {name: name.split()[0] for name in ENCODINGS}
FONTS: dict[str, Callable[[str], str]] = {"utf-8": str, "tcvn3": to_tcvn3, "vni": to_vni}


def as_text(table: Sequence[Sequence[str]], encoding: str, delimiter: str) -> bytes:
    text = io.StringIO(newline="")
    width = max(map(len, table))
    csv.writer(text, delimiter=delimiter).writerows([[*row, *[""] * (width - len(row))] for row in table])
    return ENCODINGS[encoding](text.getvalue())


def as_workbook(table: Sequence[Sequence[str]], font: str, numbers: bool) -> bytes:
    """``numbers``: what looks like a number is one, as spreadsheets have it."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    book.add_worksheet("Hướng dẫn").write(0, 0, "Điền vào trang sau")
    sheet = book.add_worksheet("Danh sách")
    for number, row in enumerate(table):
        for column, cell in enumerate(row):
            if numbers and cell.isascii() and cell.isdigit() and len(cell) < 10:
                sheet.write_number(number, column, int(cell))
            elif cell:
                sheet.write_string(number, column, FONTS[font](cell))
    book.close()
    return file.getvalue()
