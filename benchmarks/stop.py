"""Stop: from the click on the button to the last request that the carrier still accepts, at full speed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median

import urllib3

from benchmarks.carrier import counted, stub
from benchmarks.figures import Result, at_most, load_average, plain
from benchmarks.ground import Databases, Ground, ground, reading, states
from benchmarks.pages import PASSWORD, form_on, log_in
from workers.stack import Stack, Wanted

RECIPIENTS = 100_000
WORKERS = 2
MOST_S = 2.0
GOING_OUT_S = 2.0  # before the click
QUIET_S = 4.0  # so long after the last accepted one nothing came: it was the last
WITHIN_S = 60
SENT, UNSENT = {"accepted", "sent", "delivered"}, {"cancelled"}


@dataclass(frozen=True)
class Stopped:
    """One campaign that was stopped. Seconds from the click; ``accepted``: before it, and in all."""

    last_s: float
    answered_s: float
    before: int
    accepted: int


def measure(databases: Databases, database: str, latency_ms: int, recipients: int, runs: int) -> list[Result]:
    """Launch a campaign for all, let it go out, and stop it on its page; so many times."""
    wrong: list[str] = []
    with ground(databases, database) as at, stub(at, latency_ms) as url:
        at.env["VILLAGE_URL"] = url
        at.step("prepare", recipients)
        email = at.step("employ", PASSWORD)["email"]
        with Stack(at.data, at.env, Wanted(workers=WORKERS, empty=True), at.log) as stack:
            at.env.update(stack.env)
            cookie = log_in(stack.public_url, email)
            done = [_one_campaign(at, url, cookie, recipients, wrong) for _ in range(runs)]
        if counted(url).doubled:
            wrong.append(f"{counted(url).doubled} doubled")
    figures = (
        at_most("from the click to the last accepted, slowest", max(one.last_s for one in done), "s", MOST_S),
        plain("half within", median(one.last_s for one in done), "s"),
        plain("until the page answers, slowest", max(one.answered_s for one in done), "s"),
        plain("sent before the click", median(one.before for one in done), "messages"),
        plain("sent after the click", median(one.accepted - one.before for one in done), "messages"),
    )
    setting = f"{latency_ms} ms latency, {recipients:,} recipients, {WORKERS} workers, {runs} times"
    return [Result("stop", database, setting, figures, tuple(wrong), load_average())]


def _one_campaign(at: Ground, url: str, cookie: str, recipients: int, wrong: list[str]) -> Stopped:
    token, cookie = form_on(at.env["PUBLIC_URL"], "/campaigns/new", cookie)
    earlier = counted(url).accepted
    campaign = at.step("launch")["campaign"]
    _wait_for_speed(url, earlier, recipients)
    before, clicked = counted(url).accepted, time.monotonic()
    _click(f"{at.env['PUBLIC_URL']}/campaigns/{campaign}/stop", token, cookie)
    answered = time.monotonic()
    while time.monotonic() < max(answered, counted(url).last) + QUIET_S:
        time.sleep(0.2)
    said = counted(url)
    wrong += _judge(at, campaign, recipients, said.accepted - earlier)
    return Stopped(
        max(0.0, said.last - clicked), answered - clicked, before - earlier, said.accepted - earlier
    )


def _wait_for_speed(url: str, earlier: int, recipients: int) -> None:
    """The first are out, some seconds have passed or a tenth has gone, and the rest is still to go."""
    while (said := counted(url)).accepted == earlier:
        time.sleep(0.01)
    until, tenth = said.last + GOING_OUT_S, earlier + recipients // 10
    while time.monotonic() < until and counted(url).accepted < tenth:
        time.sleep(0.01)


def _click(address: str, token: str, cookie: str) -> None:
    """The button, which answers with another page."""
    headers = {"Cookie": cookie}
    answer = urllib3.request(
        "POST", address, fields={"csrf_token": token}, headers=headers, redirect=False, timeout=30
    )
    assert answer.status == 303, answer.status


def _judge(at: Ground, campaign: int, recipients: int, accepted: int) -> list[str]:
    """Every message is either accepted, and noted as such, or cancelled."""
    patience = time.monotonic() + WITHIN_S
    with reading(at) as engine:
        while set(now := states(engine, campaign)) - SENT - UNSENT and time.monotonic() < patience:
            time.sleep(0.2)
    if (sum(now.get(state, 0) for state in SENT), sum(now.values())) != (accepted, recipients):
        return [f"{now}, and the carrier accepted {accepted} of {recipients}"]
    return []
