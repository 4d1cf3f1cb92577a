"""The phones on screen: keypad phones with their conversations, and a line to answer with. Works without JavaScript."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import quote

from aiohttp import web
from jinja2 import Environment, FileSystemLoader

from village import call_screen, numbers
from village.call_screen import CallScreen
from village.calls import Call
from village.control import refuse_other_sites
from village.messages import Answer, Message
from village.network import Network
from village.phones import Phone
from village.rest import NETWORK

HERE = Path(__file__).resolve().parent
ON_SCREEN = 24
LONGEST_ANSWER = 1600
VIETNAM = timezone(timedelta(hours=7))
KEYS = ("1", "2 abc", "3 def", "4 ghi", "5 jkl", "6 mno", "7 pqrs", "8 tuv", "9 wxyz", "*", "0 +", "#")
HEADERS = {
    # What a call plays comes from the office's own web server.
    "Content-Security-Policy": "default-src 'self'; media-src http: https:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer a plain form comes with "Origin: null" and is refused
    "Cache-Control": "no-store",
}
ASSETS = {"village.css": "text/css", "village.js": "text/javascript", "village.svg": "image/svg+xml"}

COMING = {"queued": "Có tin đang tới…", "sent": "Có tin đang tới…", "canceled": "Tin đã được rút lại."}
LOST = {
    30003: "Máy đang tắt hoặc ngoài vùng phủ sóng",
    30005: "Số này không có người dùng",
    30006: "Số này không nhận được tin nhắn",
    30007: "Nhà mạng chặn tin này",
    30008: "Nhà mạng không chuyển được tin",
    30036: "Tin hết hạn trước khi tới máy",
}
OFF = frozenset({30003, 30005, 30006})  # such a phone cannot send either
SENT = {"waiting": "đang gửi…", "received": "đã tới văn phòng", "failed": "không gửi được"}

templates = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True)


@dataclass(frozen=True)
class Bubble:
    """One line of a conversation. ``side`` is in (from the office), out (from this phone) or note."""

    side: str
    text: str
    foot: str = ""


@dataclass(frozen=True)
class Screen:
    """A phone as the page shows it."""

    number: str
    shown: str
    base: str
    path: str
    version: int
    bubbles: list[Bubble]
    off: bool
    clock: str
    call: CallScreen | None
    by_hand: bool


async def home(request: web.Request) -> web.Response:
    return _page(request, "phones.html")


async def fragment(request: web.Request) -> web.Response:
    """The part of the page that changes; 204 when it has not changed since ``?v=``."""
    if request.query.get("v") == str(_version(request.app[NETWORK])):
        return web.Response(status=204, headers=HEADERS)
    return _page(request, "_phones.html")


def _page(request: web.Request, template: str) -> web.Response:
    network = request.app[NETWORK]
    typed = request.query.get("to", "").strip()[:40]
    screens = _screens(network, typed)
    text = templates.get_template(template).render(
        screens=screens,
        calling=any(screen.call for screen in screens),
        can_be_called=network.settings.can_be_called,
        can_call=bool(network.settings.voice_from),
        typed=typed,
        version=_version(network),
        hidden=len(network.phones) - len(screens) if not typed else 0,
        on_screen=ON_SCREEN,
        can_be_answered=network.settings.can_be_answered,
        sender=network.settings.sms_from,
        keys=KEYS,
        figures=_figures(network),
        problem=request.query.get("problem", ""),
    )
    return web.Response(text=text, content_type="text/html", headers=HEADERS)


def _version(network: Network) -> int:
    return network.phones.version


def _figures(network: Network) -> list[tuple[str, str]]:
    statuses, hooks = network.ledger.statuses, network.hooks
    figures = (
        ("tin đã nhận gửi", sum(statuses.values())),
        ("đã tới máy", statuses["delivered"]),
        ("không tới", statuses["undelivered"] + statuses["failed"]),
        ("trả lời", sum(hooks.values())),
        ("cuộc gọi", network.calls.placed),
        ("đang gọi", network.calling.running),
        ("trả lời chưa tới văn phòng", hooks["waiting"] + hooks["failed"]),
    )
    return [(words, f"{many:,}".replace(",", ".")) for words, many in figures]


def _screens(network: Network, typed: str) -> list[Screen]:
    wanted = numbers.from_search(typed)
    found = network.phones.latest(ON_SCREEN, wanted)
    if not found and numbers.is_mobile(wanted):  # any villager may write first
        found = [Phone(wanted)]
    return [_screen(phone, network) for phone in found]


def _screen(phone: Phone, network: Network) -> Screen:
    newest = phone.thread[-1] if phone.thread else None
    off = isinstance(newest, Message) and newest.error_code in OFF
    running = network.calls.running.get(phone.number)
    bubbles = [_bubble(item) for item in phone.thread if item is not running]
    return Screen(
        number=phone.number,
        shown=numbers.shown(phone.number),
        base=f"/phones/{quote(phone.number)}",
        path=f"/phones/{quote(phone.number)}/answer",
        version=phone.version,
        bubbles=bubbles,
        off=off,
        clock=_clock(_time_of(newest)) if newest else "",
        call=None if running is None else call_screen.show(running),
        by_hand=network.habits.calls.phones.get(phone.number) == "by_hand",
    )


def _bubble(item: Message | Answer | Call) -> Bubble:
    if isinstance(item, Call):
        return Bubble("note", call_screen.told(item), _clock(item.created_at))
    if isinstance(item, Answer):
        return Bubble("out", item.message.body, f"{_clock(item.message.created_at)} · {SENT[item.hook]}")
    if item.status == "delivered":
        return Bubble("in", item.body, _clock(item.created_at))
    if item.error_code is not None:
        return Bubble("note", LOST.get(item.error_code, "Tin không tới được máy"), _clock(item.created_at))
    return Bubble("note", COMING.get(item.status, item.status))


def _time_of(item: Message | Answer | Call) -> float:
    return item.message.created_at if isinstance(item, Answer) else item.created_at


def _clock(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, VIETNAM).strftime("%H:%M")


async def answer(request: web.Request) -> web.Response:
    """The person in front of the screen sends an SMS from this phone."""
    refuse_other_sites(request)
    network, number = request.app[NETWORK], request.match_info["number"]
    if not numbers.is_mobile(number):
        raise web.HTTPNotFound(text="Không có máy này.\n")
    text = str((await request.post()).get("text", "")).strip()
    if not network.settings.can_be_answered:
        return back(number, "Người gửi là một tên, không phải một số, nên không trả lời được.")
    if not text or len(text) > LONGEST_ANSWER:
        return back(number, "Hãy gõ tin trả lời trước khi bấm Gửi, nhiều nhất 1.600 ký tự.")
    network.answer(number, text, answers=_last_read(network.phones.get(number)), typed=True)
    return back(number)


def _last_read(phone: Phone | None) -> str | None:
    """The message that a person looking at this phone has in front of them."""
    items = reversed(phone.thread) if phone else ()
    return next(
        (item.sid for item in items if isinstance(item, Message) and item.status == "delivered"), None
    )


def back(number: str, problem: str = "") -> web.Response:
    """To the page of this phone, with what went wrong."""
    there = f"/?to={quote(number, safe='')}" + (f"&problem={quote(problem)}" if problem else "")
    return web.Response(status=303, headers={"Location": there})


async def asset(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    if name not in ASSETS:
        raise web.HTTPNotFound
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return web.Response(text=_read_asset(name), content_type=ASSETS[name], headers=headers)


def _read_asset(name: str) -> str:
    return (HERE / "static" / name).read_text(encoding="utf-8")


def add_routes(app: web.Application) -> None:
    app.router.add_get("/", home)
    app.router.add_get("/phones", fragment)
    app.router.add_post("/phones/{number}/answer", answer)
    app.router.add_get("/static/{name}", asset)
