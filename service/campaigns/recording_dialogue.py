"""What a member of staff hears who records by phone: the words to say, a tone, the recording as it will be played, and the
question whether to keep it. Pure; said in Vietnamese alone, because staff are called and nobody else.

Where the call goes on stands in the address: ``r`` the take, ``n`` how often the same was said or waited for.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from service.carriers.speech import (
    KEY,
    RECORDED,
    RECORDING,
    SAY,
    Ask,
    GoTo,
    HangUp,
    Pause,
    Play,
    Record,
    Say,
    Script,
)
from service.text import spoken

MOST_TAKES, MOST_ASKED, MOST_WAITS = 5, 3, 20
LONGEST_S, SILENCE_S, WAIT_S, ASK_S = 180, 5, 2, 8
KEEP, ANEW = "1", "2"
_PLACE = re.compile(r"r=([1-9])(?:&n=([0-9]{1,2}))?", re.ASCII)

GREETING = (
    "Đây là cuộc gọi tự động của {office}, để ghi âm bằng {language}. "
    "Xin nghe lời cần nói, nói lại bằng {language} sau tiếng bíp, rồi bấm phím thăng."
)
LANGUAGES = {
    "vi": "tiếng Việt", "hmn": "tiếng Mông", "tay-nung": "tiếng Tày hoặc tiếng Nùng", "dao": "tiếng Dao",
    "giay": "tiếng Giáy", "lolo": "tiếng Lô Lô",
}  # fmt: skip
GO = "Xin nói sau tiếng bíp. Nói xong, bấm phím thăng."
WRONG = {
    "silent": "Chưa nghe rõ tiếng nói. Xin nói to hơn, gần máy hơn.",
    "too_short": "Bản ghi ngắn quá.",
    "too_long": "Bản ghi dài quá.",
}
DAMAGED = "Bản ghi bị hỏng trên đường truyền."
NOTHING = "Chưa nghe thấy tiếng nói."
WAITING = "Xin chờ một chút để nghe lại."
HEAR = "Đây là bản vừa ghi, như người dân sẽ nghe."
QUESTION = "Giữ bản này, bấm phím một. Ghi lại, bấm phím hai."
KEPT = "Đã giữ bản ghi. Xin nhờ người thứ hai biết tiếng này nghe và xác nhận. Xin chào."
CHANGED = "Lời cần nói vừa được sửa, nên bản này không dùng được. Xin mở trang ghi âm và ghi lại theo lời mới. Xin chào."
NOT_FETCHED = "Chưa lấy được bản ghi từ nhà mạng. Xin ghi lại vào lúc khác. Xin chào."
NOT_KEPT = "Chưa giữ bản nào. Khi cần, xin bấm gọi lại trên trang ghi âm. Xin chào."
AWAY = "Máy chủ đang bận nên chưa ghi âm được. Xin ghi lại vào lúc khác. Xin chào."


class Place(NamedTuple):
    """Where a call is: at which take, and for the how manieth time."""

    take: int
    time: int = 1

    @property
    def query(self) -> str:
        return f"r={self.take}&n={self.time}"


def place(query: str) -> Place | None:
    """Where the address says that the call is; none: it is none of these calls, or has only begun."""
    found = _PLACE.fullmatch(query)
    return Place(int(found[1]), int(found[2] or 1)) if found else None


def begin(office: str, language: str, words: str, token: str) -> Script:
    """``words``: Vietnamese, to be said again in ``language``."""
    greeting = GREETING.format(office=spoken.text(office), language=LANGUAGES[language])
    return (Say(greeting), Pause(), Say(words), Pause(), *_record(token, 1))


def refused(token: str, take: int, problem: str) -> Script:
    """``problem``: the code of what sound.read() refused, without its room."""
    return again(token, take + 1, WRONG.get(problem, DAMAGED))


def again(token: str, take: int, lead: str) -> Script:
    """Another take, after the sentence that says why; the last one ends the call."""
    if take > MOST_TAKES:
        return end(f"{lead} {NOT_KEPT}")
    return (Say(f"{lead} {GO}".strip()), *_record(token, take))


def wait(token: str, at: Place) -> Script:
    """The recording is being fetched; whoever speaks to us hears it then."""
    if at.time > MOST_WAITS:
        return end(NOT_FETCHED)
    said = (Say(WAITING),) if at.time == 1 else ()
    return (*said, Pause(WAIT_S), GoTo(f"{SAY}/{token}?{at._replace(time=at.time + 1).query}"))


def hear(token: str, take: int, address: str) -> Script:
    return _ask((Say(HEAR), Play(address), Say(QUESTION)), token, Place(take))


def ask_again(token: str, at: Place) -> Script:
    """No key, or one that means nothing here."""
    if at.time >= MOST_ASKED:
        return end(NOT_KEPT)
    return _ask((Say(QUESTION),), token, at._replace(time=at.time + 1))


def end(sentence: str) -> Script:
    return (Say(sentence), HangUp())


def _record(token: str, take: int) -> Script:
    """Silence is asked about as a take that holds nothing: the next one has the next number."""
    query = Place(take).query
    record = Record(f"{RECORDING}/{token}?{query}", f"{RECORDED}/{token}?{query}", LONGEST_S, SILENCE_S)
    return (record, GoTo(f"{RECORDING}/{token}?{query}"))


def _ask(steps: tuple[Say | Play | Pause, ...], token: str, at: Place) -> Script:
    return (Ask(steps, f"{KEY}/{token}?{at.query}", KEEP + ANEW, ASK_S), *end(NOT_KEPT))
