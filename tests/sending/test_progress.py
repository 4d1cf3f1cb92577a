"""Progress in words: a table of what is the case and what the page says."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from service.campaigns.campaigns import Campaign
from service.sending.gates import Gate
from service.sending.mixes import Counts
from service.sending.progress import Around, Sentence, describe
from service.sending.retries import Planned
from service.text.words import VIETNAM
from service.web.sentences import SENTENCES

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=VIETNAM)
NIGHT = TEN.replace(hour=22, minute=30)
DAWN = TEN.replace(hour=5)
EIGHTEEN = TEN.replace(hour=18)


def gate(**changes: Any) -> Gate:
    return Gate(
        **{
            "carrier": "twilio",
            "channel": "sms",
            "is_open": True,
            "reason": "",
            "closed_until": None,
            **changes,
        }
    )


CLOSED = gate(is_open=False, reason="20003")
RESTS = gate(closed_until=TEN + timedelta(seconds=9.6), reason="no_connection")
SLOWS = gate(closed_until=TEN + timedelta(seconds=5), reason="20429")
RESTED = gate(closed_until=TEN - timedelta(seconds=1), reason="no_connection")
LEFT = {"ready": 212}
OF_CALLS = ".call"  # the same thing, said of a campaign that calls

CASES: list[tuple[str, dict[str, Any], dict[str, int], dict[str, Any], list[Sentence]]] = [
    ("under way", {}, LEFT, {}, [Sentence("progress.sending", {"left": 212})]),
    ("no gate row yet", {}, LEFT, {"gate": None}, [Sentence("progress.sending", {"left": 212})]),
    ("the last ones", {}, {"sending": 3}, {}, [Sentence("progress.last_ones")]),
    ("all out", {}, {"delivered": 9}, {}, [Sentence("progress.settling")]),
    ("evening", {}, LEFT, {"now": NIGHT}, [Sentence("progress.until_tomorrow", {"at": "07:00", "left": 212})]),
    (
        "a holiday", {}, LEFT, {"sending_day": date(2026, 11, 25)},
        [Sentence("progress.holiday", {"day": date(2026, 11, 25), "left": 212})],
    ),
    (
        "a full disk", {}, LEFT, {"gate": gate(closed_until=TEN + timedelta(seconds=150), reason="disk_full")},
        [Sentence("progress.machine_trouble", {"left": 212, "reason": "disk_full"})],
    ),
    ("the stop file", {}, LEFT, {"stop_file": True, "gate": CLOSED}, [Sentence("progress.stop_file", {"left": 212})]),
    ("the stop file, all out", {}, {"delivered": 9}, {"stop_file": True}, [Sentence("progress.settling")]),
    ("a holiday, all out", {}, {"delivered": 9}, {"sending_day": date(2026, 11, 25)}, [Sentence("progress.settling")]),
    ("early", {}, LEFT, {"now": DAWN}, [Sentence("progress.until_today", {"at": "07:00", "left": 212})]),
    ("evening, all out", {}, {"delivered": 9}, {"now": NIGHT}, [Sentence("progress.settling")]),
    (
        "the gate is closed, even in the evening: a person must act",
        {}, LEFT, {"gate": CLOSED, "now": NIGHT}, [Sentence("progress.gate_closed", {"left": 212, "reason": "20003"})],
    ),
    (
        "an hour was set that is still to come",
        {"starts_at": TEN + timedelta(hours=3)}, LEFT, {},
        [Sentence("progress.scheduled", {"at": TEN + timedelta(hours=3), "left": 212})],
    ),
    ("the hour that was set has come", {"starts_at": TEN}, LEFT, {}, [Sentence("progress.sending", {"left": 212})]),
    (
        "the second wave",
        {"waves": "first", "open_wave": 2}, LEFT, {},
        [Sentence("progress.sending", {"left": 212}), Sentence("progress.wave", {"wave": 2})],
    ),
    (
        "a wave that went badly",
        {"waves": "first", "open_wave": 1, "state": "paused", "pause_reason": "wave"}, LEFT, {},
        [Sentence("progress.paused_wave", {"left": 212}), Sentence("progress.wave", {"wave": 1})],
    ),
    (
        "no money left today",
        {"state": "paused", "pause_reason": "budget_day"}, LEFT, {}, [Sentence("progress.paused_budget_day", {"left": 212})],
    ),
    (
        "no money left this month",
        {"state": "paused", "pause_reason": "budget_month"}, LEFT, {},
        [Sentence("progress.paused_budget_month", {"left": 212})],
    ),
    (
        "enough people",
        {"headcount": 20, "closed_at": TEN}, {"delivered": 9}, {},
        [Sentence("progress.settling"), Sentence("progress.closed", {"headcount": 20})],
    ),
    (
        "the carrier does not answer",
        {}, LEFT, {"gate": RESTS},
        [Sentence("progress.carrier_away", {"seconds": 10, "left": 212, "reason": "no_connection"})],
    ),
    (
        "the carrier asks for patience",
        {}, LEFT, {"gate": SLOWS}, [Sentence("progress.slowing", {"seconds": 5, "left": 212, "reason": "20429"})],
    ),
    ("the rest is over", {}, LEFT, {"gate": RESTED}, [Sentence("progress.sending", {"left": 212})]),
    ("Redis away", {}, LEFT, {"redis_heard": False}, [Sentence("progress.no_redis", {"left": 212})]),
    ("Redis away, nothing left", {}, {}, {"redis_heard": False}, [Sentence("progress.settling")]),
    ("paused", {"state": "paused"}, LEFT, {}, [Sentence("progress.paused", {"left": 212})]),
    (
        "paused by somebody",
        {"state": "paused"}, LEFT, {"paused_by": "Dợ"}, [Sentence("progress.paused_by", {"left": 212, "who": "Dợ"})],
    ),
    (
        "no money left",
        {"state": "paused", "pause_reason": "budget"}, LEFT, {}, [Sentence("progress.paused_budget", {"left": 212})],
    ),
    (
        "stopped",
        {"state": "stopped"}, {"cancelled": 7, "delivered": 1}, {}, [Sentence("progress.stopped", {"cancelled": 7})],
    ),
    (
        "finished",
        {"state": "finished"}, {"delivered": 7, "failed": 2}, {},
        [Sentence("progress.finished", {"delivered": 7, "failed": 2})],
    ),
    (
        "what needs an eye is always said",
        {}, {"ready": 1, "accepted": 2, "sent": 3, "unknown": 4, "hold": 5}, {},
        [
            Sentence("progress.sending", {"left": 1}),
            Sentence("progress.awaiting_reports", {"count": 5}),
            Sentence("progress.unknown", {"count": 4}),
            Sentence("progress.hold", {"count": 5}),
        ],
    ),
    (
        "who is tried again later does not count as left",
        {}, {"ready": 14}, {"retries": Planned(12, 24, 9600, EIGHTEEN, EIGHTEEN)},
        [Sentence("progress.sending", {"left": 2}), Sentence("progress.retries", {"count": 12, "at": EIGHTEEN})],
    ),
    (
        "only those are left, at several hours",
        {}, {"ready": 12, "delivered": 9}, {"retries": Planned(12, 24, 9600, EIGHTEEN, EIGHTEEN + timedelta(hours=1))},
        [Sentence("progress.settling"), Sentence("progress.retries_from", {"count": 12, "at": EIGHTEEN})],
    ),
    (
        "paused: nobody is tried again",
        {"state": "paused"}, {"ready": 12}, {"retries": Planned(12, 24, 9600, EIGHTEEN, EIGHTEEN)},
        [Sentence("progress.paused", {"left": 12})],
    ),
    (
        "taken for spam",
        {"state": "finished"}, {"failed": 3}, {"filtered": 2},
        [Sentence("progress.finished", {"delivered": 0, "failed": 3}), Sentence("progress.filtered", {"count": 2})],
    ),
    (
        "an answer is waited for before anybody is called",
        {"second": "voice", "second_after_h": 24}, {"delivered": 9}, {"second": Counts(8, {"skipped": 1})},
        [
            Sentence("progress.settling"), Sentence("progress.second_waiting_voice", {"count": 8, "hours": 24}),
            Sentence("progress.second_voice", {"done": 0, "left": 0, "skipped": 1}),
        ],
    ),
    (
        "who heard the call is written to",
        {"second": "sms", "second_after_h": 24}, {"completed": 9},
        {"second": Counts(2, {"ready": 1, "sending": 1, "delivered": 3, "skipped": 1, "cancelled": 1})},
        [
            Sentence("progress.settling"), Sentence("progress.second_waiting_sms", {"count": 2, "hours": 24}),
            Sentence("progress.second_sms", {"done": 3, "left": 2, "skipped": 2}),
        ],
    ),
    (
        "stopped: nobody is called any more",
        {"state": "stopped", "second": "voice"}, {"delivered": 9}, {"second": Counts(0, {"cancelled": 9})},
        [
            Sentence("progress.stopped", {"cancelled": 0}),
            Sentence("progress.second_voice", {"done": 0, "left": 0, "skipped": 9}),
        ],
    ),
    ("a draft does nothing", {"state": "draft"}, {}, {}, []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("campaign", "counts", "given", "told"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_what_is_going_on_is_said_in_words(
    campaign: dict[str, Any], counts: dict[str, int], given: dict[str, Any], told: list[Sentence]
) -> None:
    facts = {"state": "running", "window_from": 420, "window_to": 1320, "pause_reason": "", **campaign}
    around = {"gate": gate(), "now": TEN, "redis_heard": True, **given}
    assert describe(Campaign(**facts), counts, Around(**around)) == told


def test_every_sentence_has_its_words_and_all_its_values() -> None:
    for _name, _campaign, _counts, _given, told in CASES:
        for sentence in told:
            assert SENTENCES[sentence.code] % sentence.values
            of_calls = SENTENCES.get(sentence.code + OF_CALLS)
            assert of_calls is None or of_calls % sentence.values
    spoken = {sentence.code for case in CASES for sentence in case[4]}
    known = {code for code in SENTENCES if code.startswith("progress.")}
    assert {code.removesuffix(OF_CALLS) for code in known} == spoken
