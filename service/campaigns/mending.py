"""How the faults of a text are mended: each function gives the text without its fault, or as near as it can.

What a function leaves is looked at again by the rule, and only a text without the fault is offered (lint.py).
"""

from __future__ import annotations

import difflib
import re

from service.campaigns import missed_calls, notices, warning_words
from service.campaigns.look import Hit, Look
from service.campaigns.wording import QC, SENTENCE
from service.text import phrases, placeholders
from service.text.vietnamese import search_key

NO_MONEY = "Không nộp tiền cho bất kỳ ai trước khi ký hợp đồng."
# what people type for a placeholder, beside slips of the finger
_MEANT = {
    "ten": "xung_ho_ten", "ho_ten": "xung_ho_ten", "name": "xung_ho_ten", "anh_chi": "xung_ho_ten", "xung_ho": "xung_ho_ten",
    "cong_ty": "doanh_nghiep", "cong_viec": "viec", "nghe": "viec", "muc_luong": "luong", "dia_diem": "noi_lam",
    "noi_lam_viec": "noi_lam", "han_dang_ky": "han", "so_dien_thoai": "duong_day_nong", "sdt": "duong_day_nong",
    "hotline": "duong_day_nong", "dien_thoai": "duong_day_nong", "ma_chien_dich": "ma", "don_vi": "van_phong",
    "co_quan": "van_phong", "cho_o": "o", "goi_nho": "nhay_may", "nha_may": "nhay_may", "bua_an": "an", "ho_so": "giay_to", "ngay": "ngay_di",
}  # fmt: skip
_LEAD_IN = re.compile(
    r"(?:[,;:(]|\b(?:xem|tai|vao|o|truy cap|dang ky|link|trang|trang mang|web|website))\s*$"
)


def begin_with(words: str, at: Look) -> str:
    """These words first, but after the mark of advertising."""
    if at.text.startswith(QC):
        return f"{QC} {words}{at.text[len(QC) :].lstrip()}"
    return words + at.text


def add(sentence: str, at: Look) -> str:
    """The sentence before the opt-out words, which stand last."""
    place = _opt_out_place(at)
    head, tail = at.text[:place].rstrip(), at.text[place:].strip()
    if head and head[-1] not in ".!?:":
        head += "."
    return " ".join(part for part in (head, sentence, tail) if part)


def add_opt_out(at: Look) -> str:
    words = "Không nhận tin: TC" if at.capabilities.receives_sms else "Không nhận tin: gọi {duong_day_nong}"
    text = at.text.rstrip()
    return f"{text}{'' if text.endswith(('.', '!', '?')) else '.'} {words}"


def move_opt_out(at: Look) -> str:
    """What can be said to stop goes to the end; what stood after it moves up."""
    place = _opt_out_place(at)
    found = re.match(r"[^.!?\n]*[.!?]?", at.text[place:])
    words = found[0] if found else ""
    rest = at.text[:place].rstrip() + " " + at.text[place + len(words) :].lstrip()
    return f"{rest.strip().rstrip('.')}. {words.strip().rstrip('.')}"


def _opt_out_place(at: Look) -> int:
    """Where the sentence with the opt-out words begins; the end when there is none."""
    found = phrases.find(at.words, warning_words.OPT_OUT)
    if not found:
        return len(at.text)
    before = at.words[: found[-1].start]
    return max((match.end() for match in re.finditer(r"[.!?]\s+|\n", before)), default=found[-1].start)


def without(at: Look, hits: list[Hit]) -> str:
    """The text without these stretches."""
    text = at.text
    for hit in reversed(hits):
        text = text[: hit.start] + text[hit.end :]
    return tidy(text)


def without_links(at: Look, hits: list[Hit]) -> str:
    """Without links and the words that lead to them ("xem tại")."""
    text = at.text
    for hit in reversed(hits):
        head = text[: hit.start]
        while match := _LEAD_IN.search(phrases.folded(head)):
            head = head[: match.start()].rstrip()
        text = head + " " + text[hit.end :].lstrip(")")
    return tidy(text)


def without_sentences(at: Look, hits: list[Hit]) -> str:
    """Without the sentences in which these stand, as long as nothing is lost that gets filled in."""
    kept = []
    for match in SENTENCE.finditer(at.text):
        bad = any(match.start() <= hit.start < match.end() for hit in hits)
        kept.append("" if bad and not placeholders.names(match[0]) else match[0])
    return tidy("".join(kept))


def invite_to_call(at: Look, hits: list[Hit]) -> str:
    """What was asked by SMS ("trả lời 1", "TC") becomes a call, with the number where it does not stand yet."""
    text = at.text
    for hit in reversed(hits):
        if hit.what in warning_words.STOP:
            words = f"Không nhận tin: gọi {_number(at, hit)}"
        else:
            words = f"gọi {_number(at, hit)} hoặc báo xã"
        text = text[: hit.start] + words + text[hit.end :]
    return text


def _number(at: Look, hit: Hit) -> str:
    place = at.text.find("{duong_day_nong}")
    if place < 0:
        return "{duong_day_nong}"
    return "số trên" if place < hit.start else "số dưới đây"


def say_by_placeholder(at: Look, hits: list[Hit]) -> str:
    """The sentences about a missed call become the one that says what it means, unless something else stands in them."""
    text = at.text
    for number, hit in reversed(list(enumerate(hits))):
        sentence = text[hit.start : hit.end]
        if placeholders.names(sentence) - {"duong_day_nong"}:
            continue
        said = f"{missed_calls.PLACEHOLDER}. " if number == 0 and missed_calls.NAME not in at.used else ""
        text = text[: hit.start] + said + text[hit.end :]
    return tidy(text)


def our_number(at: Look, hits: list[Hit]) -> str:
    text = at.text
    for hit in reversed(hits):
        text = text[: hit.start] + "{duong_day_nong}" + text[hit.end :]
    return text


def small_letters(at: Look, hits: list[Hit]) -> str:
    text = at.text
    for hit in reversed(hits):
        stretch = text[hit.start : hit.end]
        starts = hit.start == 0 or bool(re.search(r"[.!?:]\s*$|\n\s*$", text[: hit.start]))
        small = stretch.lower()
        text = text[: hit.start] + (small[:1].upper() + small[1:] if starts else small) + text[hit.end :]
    return text


def without_signs(at: Look, hits: list[Hit]) -> str:
    text = at.text
    for hit in hits:
        text = text.replace(hit.what, "")
    return tidy(text)


def known_placeholders(at: Look, hits: list[Hit]) -> str:
    """The placeholder that was meant; where none is near, the braces and what is in them go."""
    text = at.text
    for hit in reversed(hits):
        text = text[: hit.start] + _meant(hit.what) + text[hit.end :]
    return tidy(text)


def _meant(braces: str) -> str:
    name = search_key(braces).replace(" ", "_")
    if name in notices.PLACEHOLDERS:
        return "{" + name + "}"
    if name in _MEANT:
        return "{" + _MEANT[name] + "}"
    near = difflib.get_close_matches(name[:40], notices.PLACEHOLDERS, 1, 0.75)
    return "{" + near[0] + "}" if near else ""


def without_clauses(at: Look, hits: list[Hit]) -> str:
    """Without the clause (between commas) that speaks of what is not filled in."""
    text = at.text
    for hit in hits:
        place = text.find(hit.what)
        while place >= 0:
            start = max(text.rfind(sign, 0, place) for sign in ",;.:!?\n")
            ends = [end for end in (text.find(sign, place) for sign in ",;.!?\n") if end >= 0]
            end = min(ends, default=len(text))
            clause = text[start + 1 : end]
            if placeholders.names(clause) == {hit.what[1:-1]} and start > 0 and text[start] in ",;.":
                text = text[:start] + text[end:]
            else:
                text = text[:place] + text[place + len(hit.what) :]
            place = text.find(hit.what)
    return tidy(text)


def tidy(text: str) -> str:
    """No double blanks, no blank before a comma or a full stop, nothing empty between signs."""
    text = re.sub(r"[ \t]+", " ", text)
    text = re.sub(r"\( *\)", "", text)
    text = re.sub(r" +([,.;:!?)])", r"\1", text)
    text = re.sub(r"([,;:])(?:\s*[,;:])*\s*([.!?])", r"\2", text)
    text = re.sub(r"([,;:.])(?:\s*[,;:])+", r"\1", text)
    text = re.sub(r"(?<!\.)\.(?:\s*\.)(?!\.)", ".", text)
    text = re.sub(r"([.!?])\s*[!?]", r"\1", text)
    return re.sub(r" *\n *", "\n", text).strip(" ,;")
