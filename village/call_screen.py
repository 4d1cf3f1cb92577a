"""A call as its phone shows it: what is going on, what was said, and the buttons that make sense now."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from village.calls import RINGING, Call, Heard

ON_SCREEN = 6  # of what was said, the newest
LASTING = {
    "queued": "Đang nối máy…",
    "initiated": "Đang nối máy…",
    "ringing": "Văn phòng đang gọi…",
    "in-progress": "Đang nói chuyện",
}
OVER = {
    "completed": "Cuộc gọi đã xong",
    "busy": "Máy bận",
    "no-answer": "Cuộc gọi nhỡ",
    "failed": "Không gọi được: máy tắt hoặc ngoài vùng phủ sóng",
    "canceled": "Văn phòng đã thôi gọi",
}
MADE = {  # by this phone
    "queued": "Đang gọi văn phòng…",
    "ringing": "Đang gọi văn phòng…",
    "busy": "Văn phòng báo bận, chưa nghe máy",
    "no-answer": "Văn phòng không nghe máy",
    "failed": "Không gọi được văn phòng",
}


@dataclass(frozen=True)
class Line:
    """``number`` counts what was said in this call, so that the page adds what is new; ``audio`` is an address."""

    number: int
    text: str
    audio: str = ""


@dataclass(frozen=True)
class CallScreen:
    sid: str
    path: str
    words: str
    ringing: bool
    talking: bool
    lines: list[Line]
    keys: str


def show(call: Call) -> CallScreen:
    first = max(0, len(call.heard) - ON_SCREEN)
    return CallScreen(
        sid=call.sid,
        path=f"/phones/{quote(call.phone)}",
        words=_words(call),
        ringing=call.status in RINGING and call.direction != "inbound",
        talking=call.status == "in-progress",
        lines=[_line(number, call.heard[number]) for number in range(first, len(call.heard))],
        keys=_keys(call),
    )


def _line(number: int, heard: Heard) -> Line:
    if heard.verb == "Play":
        return Line(number, "Bản ghi âm", heard.text) if "://" in heard.text else Line(number, heard.text)
    return Line(number, heard.text)


def told(call: Call) -> str:
    """One line about a call that is over."""
    parts = [_words(call)]
    if call.answered_at is not None:
        parts.append(f"{call.duration or 0} giây")
    if call.keys:
        parts.append(f"bấm {_keys(call)}")
    return " · ".join(parts)


def _words(call: Call) -> str:
    made = MADE.get(call.status) if call.direction == "inbound" else None
    return made or LASTING.get(call.status) or OVER[call.status]


def _keys(call: Call) -> str:
    return "".join(key.digit for key in call.keys[-12:])
