"""What is found in the words of a notice: links, demands for money, phone numbers, shouting, other languages …"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator

from service.campaigns import missed_calls, notices, warning_words
from service.campaigns.campaigns import CALL_ME, PLAIN
from service.campaigns.look import PLACEHOLDER, Hit, Look
from service.campaigns.warning_words import Phrases
from service.text import phrases, placeholders, sms_text
from service.text.phrases import folded
from service.text.vietnamese import search_key

QC = "[QC]"
MOST_PARTS = 4
MOST_CLAUSE = 80  # characters of a clause that are looked at
BEFORE = 3  # words in which a "không" still belongs to the phrase

_TLD = "vn|com|net|org|info|xyz|asia|biz"
_SHORTENERS = "me|ly|top|link|shop|io|gl|gg|cc|co|to|app|site|online|club|vip|page"
LINK = re.compile(
    rf"\bh(?:tt|xx)ps?\s?:\s?/*\S*|\bwww\s?\.\s?\S+|(?<![\w.-])(?:[\w.+-]{{1,64}}@)?[\w-]+(?:(?: \. |\.| \.)[\w-]+){{0,4}}?(?: \. |\.| \.)(?:{_TLD})\b(?:/\S*)?"
    rf"|(?<![\w.-])[\w-]+\.(?:{_SHORTENERS})/\S*|\b[\w-]+ cham (?:{_TLD})\b",
    re.IGNORECASE,
)
PHONE = re.compile(
    r"(?<![\w.,])(?:\+?84[ .-]?|0)\d(?:[ .-]?\d){7,9}(?!\w)|\b1[89]00[ .]?\d{2}(?:[ .]?\d){0,4}(?!\w)"
)
WAGE = re.compile(r"\d[\d.,]*\s*(?:trieu|tr\b|nghin|dong|vnd|d\b|k\b)|thoa thuan")
BLANK = re.compile(r"_{2,}|\.{4,}")
LOUD = re.compile(r"(?:[^\W\d_]+[\s,]+){2,}[^\W\d_]+")
LEAST_LOUD = 10  # letters in a row of at least three words
_SYLLABLE = re.compile(
    r"(?:ngh?|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdghklmnprstvx])?"
    r"(?:uye|uya|uyu|oai|oay|oao|oeo|uay|uoi|uou|ieu|yeu|ai|ao|au|ay|eo|eu|ia|ie|iu|oa|oe|oi|oo|ua|ue|ui|uo|uu|uy|ya|ye|[aeiouy])"
    r"(?:ch|ng|nh|[cmnpt])?"
)
LEAST_FOREIGN, FOREIGN_SHARE = 4, 0.2
SENTENCE = re.compile(r"[^.!?\n]*(?:[.!?](?!\s|$)[^.!?\n]*)*[.!?]?\s*")
_WORD = re.compile(r"[^\W\d_]+")


# ---- what is missing


def lacks(at: Look, name: str) -> Iterator[Hit]:
    """Neither the placeholder nor, written out, what would fill it."""
    value = search_key(at.facts.get(name, ""))
    if name not in at.used and not (value and f" {value} " in f" {search_key(at.words)} "):
        yield Hit("{" + name + "}")


def lacks_wage(at: Look) -> Iterator[Hit]:
    if not WAGE.search(folded(at.words)):
        yield from lacks(at, "luong")


def lacks_opt_out(at: Look) -> Iterator[Hit]:
    if not _opts_out(at.words):
        yield Hit()


def opt_out_not_last(at: Look) -> Iterator[Hit]:
    sentences = [part for part in re.split(r"[.!?\n]\s", at.words.strip(" .\n\0")) if part.strip()]
    if sentences and _opts_out(at.words) and not _opts_out(sentences[-1]):
        yield Hit()


def _opts_out(words: str) -> bool:
    return bool(re.search(r"\bTC\b", words) or phrases.find(words, warning_words.OPT_OUT))


def lacks_money_warning(at: Look) -> Iterator[Hit]:
    if not phrases.find(at.words, warning_words.NO_MONEY):
        yield Hit()


def lacks_qc(at: Look) -> Iterator[Hit]:
    if not at.text.startswith(QC):
        yield Hit(QC)


# ---- what should not be there


def needless_qc(at: Look) -> Iterator[Hit]:
    place = at.text.find(QC)
    if place >= 0:
        yield Hit(QC, "text", place, place + len(QC))


def links(at: Look) -> Iterator[Hit]:
    for field, words in at.sources:
        for match in LINK.finditer(folded(words)):
            if words[match.start() : match.end()].isascii() or " cham " in match[0]:
                seen = words[match.start() : match.end()].strip()
                yield Hit(seen, field, match.start(), match.end(), field != "text")


def money(at: Look) -> Iterator[Hit]:
    yield from _phrases(at, warning_words.MONEY)


def scam(at: Look) -> Iterator[Hit]:
    yield from _phrases(at, warning_words.SCAM)


def loans(at: Look) -> Iterator[Hit]:
    for field, words in at.sources:
        yield from _hits(field, words, warning_words.LOAN)


def asks_for_sms(at: Look) -> Iterator[Hit]:
    yield from _hits("text", at.words, (*warning_words.ANSWER, *warning_words.STOP))


def _phrases(at: Look, table: Phrases) -> Iterator[Hit]:
    for field, words in at.sources:
        for hit in _hits(field, words, table):
            if not _denied(words, hit.start, table[hit.what]):
                yield hit


def _hits(field: str, words: str, table: Collection[str]) -> Iterator[Hit]:
    """Each place once, by its longest phrase."""
    end = 0
    for found in phrases.find(words, table):
        if found.start >= end:
            end = found.end
            yield Hit(found.phrase, field, found.start, found.end, field != "text")


def _denied(words: str, place: int, harmless_after: tuple[str, ...]) -> bool:
    """Is the opposite said (``không thu phí``, ``lương chuyển khoản``)?"""
    clause = phrases.clause_before(words, place)[-MOST_CLAUSE:]
    near = " ".join(clause.split()[-BEFORE:])
    if phrases.find(near, (*warning_words.NOT, *harmless_after)):
        return True
    whole = clause + words[place : place + 20]  # "không nộp" may be the beginning of the phrase itself
    return any(found.start < len(clause) for found in phrases.find(whole, warning_words.NOWHERE))


def other_numbers(at: Look) -> Iterator[Hit]:
    ours = {_digits(at.facts.get(name, "")) for name in ("duong_day_nong", missed_calls.NAME)}
    for match in PHONE.finditer(at.words):
        if _digits(match[0]) not in ours:
            yield Hit(match[0], "text", match.start(), match.end())


def _digits(number: str) -> str:
    return re.sub(r"^84", "0", re.sub(r"\D", "", number))


def shouting(at: Look) -> Iterator[Hit]:
    for match in LOUD.finditer(_only_capitals(at.words)):
        if sum(char.isalpha() for char in match[0]) >= LEAST_LOUD:
            yield Hit(match[0], "text", match.start(), match.end())


def _only_capitals(words: str) -> str:
    """The text with a gap for each word that is not all capitals, of the same length."""
    return _WORD.sub(lambda match: match[0] if match[0].isupper() else _gap(match), words)


def _gap(match: re.Match[str]) -> str:
    return "\0" * len(match[0])


def other_languages(at: Look) -> Iterator[Hit]:
    found = _WORD.findall(_without_links(at.words))
    for word in found:
        if any(char.isalpha() and not unicodedata.name(char, "").startswith("LATIN") for char in word):
            yield Hit(word)
            return
    small = [word for word in found if not word.isupper() and len(word) > 1]
    strange = [word for word in small if not _SYLLABLE.fullmatch(folded(word))]
    if len(set(strange)) >= LEAST_FOREIGN and len(strange) >= FOREIGN_SHARE * len(small):
        yield Hit(" ".join(dict.fromkeys(strange[:LEAST_FOREIGN])))


def _without_links(words: str) -> str:
    for match in reversed(list(LINK.finditer(folded(words)))):
        words = words[: match.start()] + " " + words[match.end() :]
    return words


def dear_signs(at: Look) -> Iterator[Hit]:
    """Signs that have no twin: one of them makes the whole text more than twice as dear."""
    for one in sms_text.costly(sms_text.plain(at.words.replace("\0", ""))):
        if one.why == sms_text.FORCES_UCS_2:
            yield Hit(one.character)


# ---- a missed call


def missed_call_unsaid(at: Look) -> Iterator[Hit]:
    """Nowhere is it said that a missed call is a yes."""
    said = [meaning for hit in _invitations(at) for meaning in missed_calls.meanings(hit.what)]
    if missed_calls.NAME not in at.used and not said:
        yield Hit(missed_calls.PLACEHOLDER)


def missed_call_means_other(at: Look) -> Iterator[Hit]:
    for hit in _invitations(at):
        said = missed_calls.meanings(hit.what)
        if said and (at.campaign.missed_call or CALL_ME) not in said:
            yield hit


def missed_call_vague(at: Look) -> Iterator[Hit]:
    yield from (hit for hit in _invitations(at) if not missed_calls.meanings(hit.what))


def _invitations(at: Look) -> Iterator[Hit]:
    """The sentences, in words of their own, that invite to a missed call."""
    for match in SENTENCE.finditer(at.words):
        if any(
            not _denied(match[0], found.start, ()) for found in phrases.find(match[0], missed_calls.INVITES)
        ):
            yield Hit(match[0].strip(" \0"), "text", match.start(), match.end())


# ---- placeholders


def unknown_placeholders(at: Look) -> Iterator[Hit]:
    for wrong in placeholders.problems(at.text, set(notices.PLACEHOLDERS)):
        yield Hit(wrong.text, "text", wrong.position, wrong.position + len(wrong.text))


# what is empty here has a check of its own
_CHECKED = {"doanh_nghiep", "viec", "so_luong", "noi_lam", "han", "luong"}


def empty_placeholders(at: Look) -> Iterator[Hit]:
    for name, field in notices.FIELDS.items():
        if field and name not in _CHECKED and name in at.used and not at.facts.get(name):
            yield Hit("{" + name + "}", field)


def blanks(at: Look) -> Iterator[Hit]:
    for match in BLANK.finditer(at.words):
        yield Hit(match[0], "text", match.start(), match.end())


def too_long(at: Look) -> Iterator[Hit]:
    if at.longest_parts > MOST_PARTS:
        yield Hit()


# ---- the carrier's templates


def not_registered(at: Look) -> Iterator[Hit]:
    try:
        write = notices.composed(at.text, at.facts, at.campaign.encoding == PLAIN)
    except placeholders.MissingValues:
        return  # the rule for placeholders says so
    sent = write("anh Páo")
    if not any(covers(template, sent) for template in at.capabilities.templates):
        yield Hit()


def covers(template: str, sent: str) -> bool:
    """Is this message the registered text, with something (never nothing) wherever that has ``{…}``? Runs of blanks
    count as one."""
    first, *rest = (_one_blank(part) for part in PLACEHOLDER.split(template.strip()))
    words = _one_blank(sent.strip())
    if not rest:
        return words == first
    *middle, last = rest
    place = len(first)
    for part in middle:  # the earliest place for each leaves the most room for what follows
        place = words.find(part, place + 1) + len(part)
        if place < len(part):
            return False
    return words.startswith(first) and words.endswith(last) and len(words) - len(last) > place


def _one_blank(words: str) -> str:
    return re.sub(r"\s+", " ", words)
