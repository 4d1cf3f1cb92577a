"""Makes a registry of invented villagers, the same for the same seed: for a first look, for tests and for benchmarks.

    python samples/make.py --people 600 --seed 1 --out samples/registry.xlsx      (or .csv)

Nobody in it exists. Every mobile number has the form 0ddd 000 ddd and every landline 0219 3000 ddd; they could belong to
somebody all the same, so nothing may ever be sent to them but in the rehearsal village.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

import xlsxwriter

HEADINGS = (
    "STT",
    "Họ và tên",
    "Năm sinh",
    "Giới tính",
    "Số điện thoại",
    "Thôn",
    "Xã",
    "Ngôn ngữ",
    "Đồng ý nhận tin",
)
TITLES = (
    "UBND CÁC XÃ VÙNG MÈO VẠC",
    "DANH SÁCH NGƯỜI LAO ĐỘNG ĐĂNG KÝ NHẬN TIN VIỆC LÀM (người và số đều không có thật)",
)

# Family names; what stands between; given names of men and of women.
MONG = (
    "Mông",
    "Sùng Vàng Giàng Thào Lỳ Mua Sình Già Vừ Cứ Chá Hờ Ly Dinh",
    "Mí A",
    "Páo Sính Dính Chứ Lình Sò Nô Sử Mua Pó Chơ Tủa Say",
    "Mỷ Mai Dở Súng Chở Pà Sua Máy Dợ Xúa Chía Lía Say",
)
DAO = (
    "Dao",
    "Triệu Đặng Phùng Tẩn Chảo Bàn Lý",
    "Chìn Tà Dùn Phù Chàn",
    "Sếnh Mềnh Phin Siểu Vạng Quẩy Kiềm",
    "Mẩy Nảy Mấy Pham Khé Lai Chiêm",
)
TAY = (
    "Tày",
    "Nông Hoàng Nguyễn Ma Lục Vi",
    "Văn Đức",
    "Thắng Quân Hùng Dũng Mạnh Tuấn Ổn Thành",
    "Hương Thúy Lan Nga Hoa Thuyên Huệ",
)
NUNG = (
    "Nùng",
    "Vương Lù Hoàng Nùng Long Sầm",
    "Seo Văn",
    "Chỉn Páo Sài Dìn Sủi Phà",
    "Dỉn Lưu Mỷ Sến Phấn Chấn",
)
GIAY = ("Giáy", "Lục Vàng Nông Phan Hoàng", "Văn A", "Tờ Sài Phin Thông Chẩn", "Vảng Máy Xoa Dín Nhính")
LOLO = ("Lô Lô", "Lò Dìu Chi Doãn Lù", "Sì Mí", "Pao Chẩn Giàng Páng Tủng", "Mỷ Máy Xuyến Bua Giá")
KINH = ("Kinh", "Nguyễn Trần Đỗ Vũ Phạm Lê", "Văn Đức", "Dũng Mạnh Hải Sơn Tùng", "Thúy Hương Hạnh Lan Hà")

Group = tuple[str, str, str, str, str]
# Commune of today; how it stands in lists (new and old names); its hamlets; who lives there, the most first.
COMMUNES: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[Group, ...]], ...] = (
    (("Mèo Vạc", "Mèo Vạc", "TT Mèo Vạc", "Tả Lủng", "Giàng Chu Phìn", "Pả Vi"),
     ("Tổ 1", "Tổ 3", "Tổ 5", "Sảng Pả A", "Chúng Pả A", "Há Súng", "Tìa Chí Dùa", "Kho Tấu", "Há Ía"),
     (MONG, MONG, MONG, TAY, GIAY, KINH, LOLO)),
    (("Sơn Vĩ", "Sơn Vĩ", "Xín Cái", "Thượng Phùng"),
     ("Lũng Chỉn", "Trà Mần", "Phìn Lò", "Nà Nũng", "Mè Lắng", "Xín Phìn Chư", "Lùng Thàng"),
     (MONG, MONG, DAO, LOLO, GIAY)),
    (("Sủng Máng", "Sủng Máng", "Sủng Trà", "Lũng Chinh"),
     ("Sủng Quáng", "Tà Đú", "Sủng Pờ A", "Sủng Nhỉ", "Há Chế", "Mèo Qua"),
     (MONG, MONG, MONG, DAO)),
    (("Khâu Vai", "Khâu Vai", "Cán Chu Phìn", "Lũng Pù"),
     ("Trù Lủng", "Ha Cá", "Phiêng Bung", "Sàng Sò", "Chín Chúa Ván", "Lũng Lừ"),
     (MONG, MONG, NUNG, GIAY)),
    (("Tát Ngà", "Tát Ngà", "Nậm Ban"),
     ("Bản Chuối", "Nà Nông", "Phiêng Tòng", "Tàn Tò", "Khau Cau"),
     (DAO, TAY, GIAY, MONG)),
    (("Niêm Sơn", "Niêm Sơn", "Niêm Tòng"),
     ("Nà Pòong", "Bản Tồng", "Nậm Chuầy", "Cốc Pại", "Phiêng Tráng"),
     (NUNG, TAY, MONG, LOLO)),
)  # fmt: skip

PREFIXES = (
    "32", "33", "34", "35", "36", "37", "38", "39", "70", "76", "77", "78", "79", "81", "82", "83", "84", "85", "86", "90",
    "91", "93", "94", "96", "97", "98",
)  # fmt: skip
OLD_PREFIX = {
    "32": "162", "33": "163", "34": "164", "35": "165", "36": "166", "37": "167", "38": "168", "39": "169",
    "70": "120", "76": "126", "77": "122", "78": "128", "79": "121",
    "81": "127", "82": "129", "83": "123", "84": "124", "85": "125",
}  # fmt: skip
SHARED, NO_PHONE, LANDLINE, OLD_NUMBER = 0.15, 0.02, 0.01, 0.06  # shares of the phones


@dataclass(frozen=True)
class Villager:
    name: str
    birth_year: int
    gender: str
    phone: str
    hamlet: str
    commune: str
    language: str
    consent: str


def villagers(seed: int) -> Iterator[Villager]:
    """Household by household, without end."""
    chance = random.Random(seed)
    numbers, taken = _numbers(chance), set[tuple[str, int, str]]()
    for number in numbers:
        names, hamlets, groups = chance.choice(COMMUNES)
        commune, hamlet, group = chance.choice(names), chance.choice(hamlets), chance.choice(groups)
        phone = _written(chance, number)
        for villager in _household(chance, group, phone, hamlet, commune):
            if (villager.name, villager.birth_year, phone) not in taken:
                taken.add((villager.name, villager.birth_year, phone))
                yield villager


def _household(
    chance: random.Random, group: Group, phone: str, hamlet: str, commune: str
) -> Iterator[Villager]:
    """The people behind one phone: one, or in a shared household two or three."""
    size = chance.choice((2, 2, 3)) if phone and chance.random() < SHARED else 1
    language, families, middles, men, women = group
    family = chance.choice(families.split())
    woman = chance.random() < 0.5
    for _ in range(size):
        given = chance.choice((women if woman else men).split())
        middle = "Thị" if woman else chance.choice(middles.split())
        year = 2026 - min(60, 17 + int(chance.triangular(0, 43, 8)))
        gender, consent = "Nữ" if woman else "Nam", _consent(chance)
        yield Villager(f"{family} {middle} {given}", year, gender, phone, hamlet, commune, language, consent)
        family, woman = chance.choice(families.split()), not woman


def _consent(chance: random.Random) -> str:
    return chance.choices(("Có", "x", "Không", ""), weights=(80, 12, 3, 5))[0]


def _numbers(chance: random.Random) -> Iterator[str]:
    """Different mobile numbers in random order: 26 × 10 × 1,000 of them, then none."""
    for place in chance.sample(range(len(PREFIXES) * 10_000), len(PREFIXES) * 10_000):
        block, last = divmod(place, 1_000)
        yield f"{PREFIXES[block // 10]}{block % 10}000{last:03d}"


def _written(chance: random.Random, number: str) -> str:
    """The number as an office writes it: mostly plain, sometimes the old one, a landline, or none at all."""
    kind = chance.random()
    if kind < NO_PHONE:
        return ""
    if kind < NO_PHONE + LANDLINE:
        return f"0219 3000 {number[-3:]}"
    if kind < NO_PHONE + LANDLINE + OLD_NUMBER and number[:2] in OLD_PREFIX:
        return f"0{OLD_PREFIX[number[:2]]}{number[2:]}"
    spaced = f"0{number[:3]} {number[3:6]} {number[6:]}"
    return spaced if chance.random() < 0.5 else f"0{number}"


def rows(people: int, seed: int) -> Iterator[tuple[str | int, ...]]:
    for place, one in enumerate(islice(villagers(seed), people), start=1):
        yield (
            place, one.name, one.birth_year, one.gender, one.phone, one.hamlet, one.commune, one.language, one.consent
        )  # fmt: skip


def write_xlsx(path: Path, people: int, seed: int) -> None:
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "constant_memory": True})
    book.set_properties({"title": "Loa Bản: invented villagers", "created": datetime(2026, 1, 1)})
    sheet = book.add_worksheet("Danh sách")
    bold = book.add_format({"bold": True})
    for column, width in enumerate((6, 24, 10, 10, 16, 18, 16, 12, 18)):
        sheet.set_column(column, column, width)
    for row, title in enumerate(TITLES):
        sheet.write_string(row, 0, title, bold)
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(len(TITLES) + 1, column, heading, bold)
    for row, cells in enumerate(rows(people, seed), start=len(TITLES) + 2):
        sheet.write_row(row, 0, cells)
    book.close()


def write_csv(path: Path, people: int, seed: int) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(rows(people, seed))


def main() -> None:
    asked = argparse.ArgumentParser(description="Invented villagers for rehearsals.")
    asked.add_argument("--people", type=int, default=600)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--out", type=Path, default=Path(__file__).with_name("registry.xlsx"))
    given = asked.parse_args()
    write = write_csv if given.out.suffix.lower() == ".csv" else write_xlsx
    write(given.out, given.people, given.seed)


if __name__ == "__main__":
    main()
