"""What can go wrong, one function each: it begins, it lasts, it ends by itself."""

from __future__ import annotations

import random
import resource
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

from redis.exceptions import RedisError
from sqlalchemy import select, update

from service import bell, db, settings
from service.campaigns import campaigns
from service.campaigns.campaigns import Campaign
from service.refused import Refused
from service.registry import phones
from service.registry.phones import Phone
from service.sending import gates
from service.sending import launch as launching
from service.sending.messages import Message
from tests.crash.database import Postgresql
from tests.crash.here import AWAY, Here, children, frozen, kill
from tests.crash.plan import Deed
from village.webhooks import signature

CARRIER = "twilio"
Fault = Callable[[Here, Deed], None]

# --------------------------------------------------------------------------------- killed, at random and at each named point


def kill_horse(here: Here, deed: Deed) -> None:
    kill(here.one_of(here.horses(), deed.luck))


def kill_horse_after_claim(here: Here, deed: Deed) -> None:
    """The claim is committed; hardly a byte has left."""
    before = set(here.sending_horses().values())
    fresh = here.until(
        lambda: [pid for pid, name in here.sending_horses().items() if name not in before], 1.0
    )
    kill(here.one_of(fresh or list(here.sending_horses()), deed.luck))


def kill_horse_on_the_wire(here: Here, deed: Deed) -> None:
    """The carrier has accepted and has not answered yet."""
    with here.village.playing(latency_ms=400):
        before = here.village.accepted()
        here.until(lambda: here.village.accepted() > before and here.sending_horses(), 3.0)
        kill(here.one_of(list(here.sending_horses()), deed.luck))


def kill_horse_before_the_note(here: Here, deed: Deed) -> None:
    """The answers are there and cannot be written down, because the database is locked."""
    with suppress(*AWAY), here.database.locked():
        time.sleep(0.8)
        kill(here.one_of(list(here.sending_horses()) or here.horses(), deed.luck))


def kill_wire(here: Here, deed: Deed) -> None:
    """The half of a work horse that speaks with the carrier."""
    kill(here.one_of(here.wires(), deed.luck))


def kill_worker(here: Here, deed: Deed) -> None:
    workers = [pid for name, pid in here.stack.pids.items() if name.startswith("worker-")]
    kill(here.one_of(workers, deed.luck))


def kill_clock(here: Here, deed: Deed) -> None:
    kill(here.stack.pids.get("clock"))


def kill_web(here: Here, deed: Deed) -> None:
    kill(here.stack.pids.get("web"))


# ------------------------------------------------------------------------------------------------------- frozen and away


def freeze_horse(here: Here, deed: Deed) -> None:
    """Both halves: the desk and its wire."""
    horse = here.one_of(list(here.sending_horses()) or here.horses(), deed.luck)
    with frozen(horse, *(children(horse) if horse else ())):
        time.sleep(deed.seconds)


def freeze_carrier(here: Here, deed: Deed) -> None:
    with frozen(here.stack.pids["village"]):
        time.sleep(deed.seconds)


def web_down(here: Here, deed: Deed) -> None:
    """While villagers answer."""
    _keep_down(here, "web", deed.seconds)


def _keep_down(here: Here, name: str, seconds: float) -> None:
    """Killed as often as it comes back."""
    for _ in _while(seconds, 0.25):
        kill(here.stack.pids.get(name))


def redis_forgets(here: Here, deed: Deed) -> None:
    with suppress(RedisError):
        bell.redis().flushall()


def redis_killed(here: Here, deed: Deed) -> None:
    kill(here.stack.pids.get("valkey"))


def redis_down(here: Here, deed: Deed) -> None:
    _keep_down(here, "valkey", deed.seconds)


def redis_frozen(here: Here, deed: Deed) -> None:
    with frozen(here.stack.pids.get("valkey")):
        time.sleep(deed.seconds)


def redis_full(here: Here, deed: Deed) -> None:
    for size, seconds in (("1", deed.seconds), ("0", 0.0)):
        with suppress(RedisError):
            bell.redis().config_set("maxmemory", size)
        time.sleep(seconds)


def database_restarts(here: Here, deed: Deed) -> None:
    assert isinstance(here.database, Postgresql)
    here.database.restart()


def connections_cut(here: Here, deed: Deed) -> None:
    assert isinstance(here.database, Postgresql)
    here.database.cut(0.4)


def database_locked(here: Here, deed: Deed) -> None:
    with suppress(*AWAY), here.database.locked():
        time.sleep(deed.seconds)


def disk_full(here: Here, deed: Deed) -> None:
    """No file of ours can grow or be written, as the kernel sees to it: SQLite's, the spool, the count of claims, logs."""
    for most, seconds in ((0, deed.seconds), (resource.RLIM_INFINITY, 0.0)):
        for pid in here.ours():
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
        time.sleep(seconds)


# ----------------------------------------------------------------------------------------------------------- the carrier


def weather(**table: float) -> Fault:
    """These faults of the village, for as long as the deed lasts."""

    def play(here: Here, deed: Deed) -> None:
        with here.village.playing(**table):
            here.over.wait(deed.seconds)

    return play


def account_refused(here: Here, deed: Deed) -> None:
    """The gate closes itself. A person opens it when the account is well again, and looks whether it stays open: answers
    that were on their way may close it once more."""
    weather(**{"401": 0.3})(here, deed)
    for _ in range(3):
        here.surely(partial(_open_gate, here))
        time.sleep(1.5)


def _open_gate(here: Here) -> None:
    gate = gates.of(CARRIER)
    if gate is not None and not gate.is_open:
        gates.open_again(CARRIER, here.manager())


def strange_callbacks(here: Here, deed: Deed) -> None:
    """Old news, for unknown tokens, with unknown words, unsigned. All of it may come, none of it may be a 500."""
    luck = random.Random(deed.luck)
    for _ in _while(deed.seconds, 0.1):
        log = [line for line in here.village.lines("log") if line["status_callback"]]
        if not log:
            continue
        line = luck.choice(log)
        url, sid = line["status_callback"].partition("#")[0], line["sid"]
        word = luck.choice(("queued", "sending", "sent", "beamed"))
        _call(here, url, {"MessageSid": sid, "MessageStatus": word})
        _call(here, url + "x", {"MessageSid": "SM" + "0" * 32, "MessageStatus": "delivered"})
        _call(here, url, {"MessageSid": sid, "MessageStatus": "failed", "ErrorCode": "30008"}, signed=False)


def _call(here: Here, url: str, fields: dict[str, str], signed: bool = True) -> None:
    sign = signature(settings.get().twilio.auth_token, url, fields) if signed else "bm90IHNpZ25lZA=="
    request = urllib.request.Request(
        url, urllib.parse.urlencode(fields).encode(), {"X-Twilio-Signature": sign}
    )
    try:
        with urllib.request.urlopen(request, timeout=30):
            if not signed:
                here.complaints.append("a callback without a signature was taken")
    except urllib.error.HTTPError as answer:
        if answer.code != 503 and (signed or answer.code != 403):
            here.complaints.append(f"a callback was answered with {answer.code}")
    except OSError:  # the web process is being killed
        pass


# ------------------------------------------------------------------------------------------------------- people at work


def pause(here: Here, deed: Deed) -> None:
    with suppress(Refused):  # paused by somebody else, or over
        here.surely(lambda: campaigns.pause(here.campaign(here.main), here.manager()))
        time.sleep(deed.seconds)
        here.surely(lambda: campaigns.resume(here.campaign(here.main), here.manager()))


def window_closes(here: Here, deed: Deed) -> None:
    """It is evening for a while: the window ended at midnight."""
    for end, seconds in ((0, deed.seconds), (24 * 60, 0.0)):
        of_main = update(Campaign).where(Campaign.id == here.main)
        here.surely(partial(db.change_many, of_main.values(window_to=end)))
        time.sleep(seconds)


def opt_outs(here: Here, deed: Deed) -> None:
    """People ask to be left alone while their message is about to go out."""
    for _ in _while(deed.seconds, 0.3):
        here.surely(partial(_one_opts_out, here.main))


def _one_opts_out(campaign_id: int) -> None:
    """One of those whose turn comes within a second or two."""
    waiting = select(Phone).join(Message, Message.phone_id == Phone.id).where(Phone.opted_out_at.is_(None))
    waiting = waiting.where(Message.campaign_id == campaign_id, Message.state == "ready")
    phone = db.session().scalar(waiting.order_by(Message.due, Message.id).offset(5).limit(1))
    if phone is not None:
        phones.opt_out(phone, db.clock())


def stopped_campaign(here: Here, deed: Deed) -> None:
    """Another campaign is launched, goes before the main one, and is stopped at a random moment."""
    if not here.others:
        return
    other = here.others.pop()
    launch(here, other)
    bell.ring(CARRIER)
    time.sleep(deed.seconds)
    with suppress(Refused):  # it was over already
        here.surely(lambda: launching.stop(here.campaign(other), here.manager()))


def launch(here: Here, campaign_id: int) -> None:
    """As the button does it: what is refused is rolled back, looked at anew and tried again."""
    for _ in range(5):
        try:
            here.surely(partial(_launch, here, campaign_id))
        except Refused:  # somebody opted out meanwhile; or a commit of which nobody knew had come through
            continue
        return


def _launch(here: Here, campaign_id: int) -> None:
    view = launching.outlook(here.campaign(campaign_id))
    launching.launch(campaign_id, view.count.recipients, view.content_hash, here.manager())


def _while(seconds: float, every: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(every)


FAULTS: dict[str, Fault] = {
    "kill_horse": kill_horse,
    "kill_horse_after_claim": kill_horse_after_claim,
    "kill_horse_on_the_wire": kill_horse_on_the_wire,
    "kill_horse_before_the_note": kill_horse_before_the_note,
    "kill_wire": kill_wire,
    "kill_worker": kill_worker,
    "kill_clock": kill_clock,
    "kill_web": kill_web,
    "freeze_horse": freeze_horse,
    "freeze_carrier": freeze_carrier,
    "web_down": web_down,
    "redis_forgets": redis_forgets,
    "redis_killed": redis_killed,
    "redis_down": redis_down,
    "redis_frozen": redis_frozen,
    "redis_full": redis_full,
    "database_restarts": database_restarts,
    "connections_cut": connections_cut,
    "database_locked": database_locked,
    "disk_full": disk_full,
    "storm_of_429": weather(**{"429": 0.8}),
    "carrier_fails": weather(**{"500_refused": 0.2, "500_accepted": 0.2}),
    "carrier_hangs": weather(accept_then_hang=0.1),
    "carrier_accepts_late": weather(accept_late=0.15),
    "carrier_accepts_very_late": weather(accept_late=0.3, accept_late_s=18),
    "connections_reset": weather(reset=0.3),
    "unreadable_answers": weather(bad_json=0.15, html=0.15),
    "account_refused": account_refused,
    "list_lags": weather(list_lag_s=1.5),
    "list_lags_long": weather(list_lag_s=60),
    "list_fails": weather(list_500=0.6),
    "slow_carrier": weather(latency_ms=400),
    "callbacks_doubled": weather(callback_double=0.6),
    "callbacks_shuffled": weather(callback_shuffle=0.6),
    "callbacks_dropped": weather(callback_drop=0.7),
    "strange_callbacks": strange_callbacks,
    "pause": pause,
    "window_closes": window_closes,
    "opt_outs": opt_outs,
    "stopped_campaign": stopped_campaign,
}
