"""What the heading of a column says is in it: a table of words, as offices write them. Knows no file and no database.

Ethnic origin, identity numbers and the like are known and left alone on purpose: what is not needed is not kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from service.text.vietnamese import nfc, one_line, search_key

NAME, FAMILY, GIVEN, BIRTH, GENDER, MAN, WOMAN = "name", "family", "given", "birth", "gender", "man", "woman"
PHONE, OWNER, COMMUNE, COMMUNE_CODE, HAMLET = "phone", "owner", "commune", "commune_code", "hamlet"
ADDRESS, LANGUAGE, CONSENT, AGREES, REFUSES = "address", "language", "consent", "agrees", "refuses"
SKILLS, WISHES = "skills", "wishes"
INDEX, NOT_READ, UNKNOWN = "index", "-", ""  # a running number · known, and not for us · nothing we know

LONGEST_HEADING = 120

# A heading that begins with these words. The longest match counts.
_WORDS: dict[str, str] = {
    NAME: "ho va ten | ho ten | hoten | ho va chu dem va ten | ho chu dem va ten | ten nguoi | nguoi lao dong | ten lao dong"
    " | full name | name | ten day du | nguoi dang ky | ten nguoi lao dong | ho va ten khai sinh | ten cong dan",
    FAMILY: "ho va dem | ho dem | ho lot | ho va chu dem | ho va ten dem | ho chu dem | ho va lot | ho ten dem | last name | surname",
    GIVEN: "ten goi chinh | first name | given name",
    BIRTH: "nam sinh | ngay sinh | ngay thang nam sinh | ngay thang nam | sinh nam | sinh ngay | ngay thang sinh | birth | n sinh"
    " | year of birth | date of birth | ngay nam sinh | thang nam sinh | ntns | tuoi nam sinh | ngay thang ns | dob | nam nay sinh | nam ns",
    GENDER: "gioi tinh | nam nu | nu nam | phai | sex | gender | gioi | nam hay nu | nam hoac nu",
    PHONE: "so dien thoai | dien thoai | sdt | so dt | di dong | so may | so di dong | phone | mobile | telephone | dtdd | so d t"
    " | d thoai | so lien lac | so lien he | dt lien he | dt di dong | tel | cell | so dtdd | dt lien lac | may di dong",
    OWNER: "nguoi nhan may | nguoi nghe may | chu may | chu so dien thoai | so cua ai | dien thoai cua ai | may cua ai"
    " | sdt cua ai | nguoi giu may | chu thue bao | quan he voi chu may | nguoi cam may",
    COMMUNE: "xa thi tran | xa phuong | ten xa | don vi xa | commune | xa tt | xa tran | phuong xa | thi tran xa | xa cu | xa moi"
    " | xa noi o | xa hien nay | xa thuong tru | xa dang o | xa cu tru | thuoc xa | xa noi cu tru | xa truoc day"
    " | xa noi thuong tru | ten xa thi tran | xa p tt | xa truoc sap nhap | xa sau sap nhap | don vi hanh chinh",
    COMMUNE_CODE: "ma xa | ma don vi hanh chinh | ma dvhc | ma so xa | ma phuong | commune code | ma don vi xa",
    HAMLET: "ten thon | thon ban | thon xom | thon to | ban lang | xom ban | to dan pho | khu dan cu | hamlet | village | ban thon"
    " | thon lang | xom thon | to thon | ten ban | ten xom | thon noi o | thuoc thon | thon khu | lang ban | xom to | thon hien nay"
    " | ap thon | thon tdp | thon khoi | ban xom | thon thuong tru | thon cu tru | tdp",
    ADDRESS: "dia chi | noi o | noi cu tru | cho o | noi thuong tru | ho khau thuong tru | hktt | thuong tru | address | cu tru",
    LANGUAGE: "ngon ngu | tieng noi | noi tieng | tieng me de | language | tieng thuong dung | biet tieng | nghe tieng | thu tieng"
    " | tieng dan toc | nghe duoc tieng | noi duoc tieng",
    CONSENT: "dong y | nhan tin | cho phep nhan | consent | dang ky nhan tin | nhat tri | chap thuan | y kien nhan tin"
    " | co nhan tin | muon nhan tin | dang ky nhan",
    REFUSES: "khong dong y | khong nhan tin | tu choi",
    SKILLS: "nghe nghiep | tay nghe | nghe da hoc | ky nang | nghe hien tai | biet nghe | nghe dang lam | nghe biet lam | kinh nghiem"
    " | trinh do tay nghe | skill | cong viec da lam | cong viec biet lam | cong viec hien tai",
    WISHES: "nguyen vong | nhu cau | mong muon | muon lam | noi muon lam | dang ky lam viec | wish | muon di lam | viec mong muon"
    " | dang ky viec lam | dang ky di lam | muon hoc nghe",
    INDEX: "stt | so tt | so thu tu | thu tu | s tt",
    NOT_READ: "dan toc | so cccd | cccd | so cmnd | cmnd | can cuoc | so can cuoc | so dinh danh | ma dinh danh | ma so | so tai khoan"
    " | tai khoan | so so | bhyt | bhxh | ghi chu | ton giao | huyen | tinh | que quan | nguyen quan | noi sinh | trinh do | hoc van"
    " | van hoa | doi tuong | hoan canh | ho ngheo | tuoi | chuc vu | ky ten | ky nhan | chu ky | diem chi | so tien | ngay cap"
    " | noi cap | email | dia chi email | suc khoe | chieu cao | can nang | tinh trang | ten goi khac | ten thuong goi | ho va ten khac | ma ho"
    " | so khau | thu nhap | dang vien | ngay dang ky | ngay lap | ngay nop | chung minh | ho chieu | passport | id | ma so thue"
    " | so nha | ma nguoi | so the | gpkd | so ho khau | ket qua | luong | dien tich | nghe muon hoc | nhu cau vay | ghi nhan",
}  # fmt: skip
# Headings that are nothing but this: nothing may follow.
_WHOLE: dict[str, str] = {
    GIVEN: "ten", FAMILY: "ho", PHONE: "dt | lien he | lien lac | zalo | so zalo | dien thoai lien he | so dt lien he",
    COMMUNE: "xa | phuong | tt xa | xa tt", HAMLET: "thon | ban | xom | to | khu | lang | ap | khoi | to thon ban",
    LANGUAGE: "tieng", WOMAN: "nu | gai | la nu | female", MAN: "nam | trai | la nam | male", BIRTH: "sinh | ns | n s", GENDER: "gt | g t | gioi",
    INDEX: "tt | no | so t t | stt", NOT_READ: "ma | id", SKILLS: "nghe", AGREES: "co dong y",
}  # fmt: skip


def _table(words: dict[str, str]) -> dict[str, str]:
    return {key.strip(): field for field, keys in words.items() for key in keys.split("|")}


HEADINGS, SHORT = _table(_WORDS), _table(_WHOLE)
# Somebody else's name or number. With nothing better in the list, the head of the household's is read.
_OTHERS = re.compile(
    r"\b(nguoi than|chu ho|bo|me|cha|vo|chong|con|giam ho|truong thon|truong ban|can bo|nguoi gioi thieu|cong ty"
    r"|doanh nghiep|co quan|bao lanh|phu huynh|cong tac vien)\b"
)
_HEAD_OF_HOUSEHOLD = re.compile(r"\bchu ho\b")
_OTHER_CONSENT = re.compile(r"\b(doanh nghiep|cong ty|ho so|vay|hinh anh|chup|thu thap)\b")
_OF_ONE_PERSON = {NAME, FAMILY, GIVEN, BIRTH, GENDER, PHONE}
_NUMBERED = re.compile(r"^(?:\d{1,2}|[ivx]{1,4}) (?=\w)")
# "Giới tính (nữ đánh dấu x)": a mark for one of the two
_MARKED = re.compile(r"\b(nam|nu)\b.*\b(?:x|danh dau|tich)\b|\b(?:x|danh dau|tich)\b.*\b(nam|nu)\b")
_UNMISTAKABLE = {
    "ho va ten": NAME, "ho ten": NAME, "nam sinh": BIRTH, "ngay sinh": BIRTH, "gioi tinh": GENDER, "so dien thoai": PHONE,
    "dien thoai": PHONE, "sdt": PHONE, "dan toc": NOT_READ, "cccd": NOT_READ, "cmnd": NOT_READ, "can cuoc": NOT_READ,
    "tai khoan": NOT_READ, "bao hiem": NOT_READ,
}  # fmt: skip
_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]?")
# Under a heading over several columns: what "Có" and "Không" mean depends on it.
_CHILDREN: dict[str, dict[str, str]] = {
    CONSENT: {"co": AGREES, "khong": REFUSES, "dong y": AGREES, "khong dong y": REFUSES},
    BIRTH: {"ngay": NOT_READ, "thang": NOT_READ, "ngay thang": NOT_READ, "nam": BIRTH},
    ADDRESS: {},
}


def field_of(heading: str) -> str:
    """What a column of this heading holds; empty when it is nothing that we read."""
    found = meaning(heading)
    return "" if found in (NOT_READ, INDEX) else found


@lru_cache(4096)
def meaning(heading: str) -> str:
    """As ``field_of``, but what is known and not read is NOT_READ, a running number INDEX."""
    if len(heading) > LONGEST_HEADING:
        return UNKNOWN
    key = search_key(heading)
    if key == "nam" and "ă" in nfc(heading).lower():
        return BIRTH  # "Năm", not "Nam": a year, not a mark for men
    if key == "dt" and "đ" not in nfc(heading).lower():
        return UNKNOWN  # dân tộc, or điện thoại without its stroke: the cells will tell
    key = _NUMBERED.sub("", key)
    found = _looked_up(key) or _looked_up(search_key(_BRACKETS.sub(" ", heading))) or _somewhere(key)
    if found == GENDER and (mark := _MARKED.search(key)):
        return WOMAN if "nu" in mark.groups() else MAN
    if found in _OF_ONE_PERSON and _OTHERS.search(key):
        return NOT_READ
    if found == CONSENT and _OTHER_CONSENT.search(key):
        return NOT_READ
    if found == ADDRESS:
        return _part_of_address(key)
    return found


def _looked_up(key: str) -> str:
    if key in SHORT:
        return SHORT[key]
    best = ""
    for words in HEADINGS:
        if len(words) > len(best) and (key == words or key.startswith(words + " ")):
            best = words
    return HEADINGS.get(best, UNKNOWN)


def _somewhere(key: str) -> str:
    """ "Thông tin về số điện thoại": what cannot mean anything else counts wherever it stands."""
    said = {field for words, field in _UNMISTAKABLE.items() if f" {words} " in f" {key} "}
    return NOT_READ if NOT_READ in said else said.pop() if len(said) == 1 else UNKNOWN


def _part_of_address(key: str) -> str:
    """ "Nơi ở (thôn)" is a hamlet, "Nơi ở (thôn, xã)" is an address."""
    words = set(key.split())
    hamlet, commune = bool(words & {"thon", "ban", "xom"}), "xa" in words
    if hamlet != commune:
        return HAMLET if hamlet else COMMUNE
    return ADDRESS


def weak_meaning(heading: str) -> str:
    """What it may be read as when the list has nothing better: "Họ và tên chủ hộ" in a list of households."""
    key = search_key(heading)
    if not _HEAD_OF_HOUSEHOLD.search(key):
        return UNKNOWN
    found = NAME if key in ("chu ho", "ten chu ho") else _looked_up(key)
    return found if found in (NAME, BIRTH, PHONE) else UNKNOWN


def meaning_below(parent: str, heading: str) -> str:
    """What a heading means that stands below another one."""
    above = meaning(parent)
    key = search_key(heading)
    if above in _CHILDREN and key in _CHILDREN[above] and not (key == "nam" and _is_man(heading)):
        return _CHILDREN[above][key]
    return meaning(heading)


def _is_man(heading: str) -> bool:
    return "ă" not in nfc(heading).lower()


def meanings(cells: Sequence[str]) -> dict[str, int]:
    """What the headings of this row say: meaning → column; of two columns for one thing the first counts."""
    found: dict[str, int] = {}
    for column, cell in enumerate(cells):
        if one_line(cell) and (said := meaning(cell)):
            found.setdefault(said, column)
    found.pop(NOT_READ, None)
    return found


def is_header(cells: Sequence[str]) -> bool:
    """Do these cells stand above a list of people?"""
    found = meanings(cells)
    named = NAME in found or GIVEN in found or any(weak_meaning(cell) == NAME for cell in cells)
    return named and len(found) >= 2


def is_perhaps_header(cells: Sequence[str]) -> bool:
    """Headings among which none is known for a name."""
    found = meanings(cells).keys() - {INDEX}
    return len(found) >= 3 or (PHONE in found and len(found) >= 2)
