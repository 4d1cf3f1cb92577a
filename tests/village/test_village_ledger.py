"""The ledger keeps a bounded number of messages and says how many it has forgotten."""

from __future__ import annotations

from village.messages import Answer, Ledger, Message

OFFICE = "+84219000000"


def message(ledger: Ledger, phone: str, direction: str = "outbound-api") -> Message:
    sender, to = (phone, OFFICE) if direction == "inbound" else (OFFICE, phone)
    return ledger.new(account="AC", sender=sender, to=to, body="x", direction=direction, status="queued")


def test_the_oldest_are_forgotten_everywhere_and_counted():
    ledger = Ledger(OFFICE, kept=3)
    sent = [message(ledger, f"+8491200000{n % 2}") for n in range(5)]
    for one in sent:
        ledger.accept(one)
    assert list(ledger.accepted) == sent[2:]
    assert ledger.forgotten == 2
    assert ledger.get(sent[0].sid) is None
    assert list(ledger.newest("+84912000000", None, None)) == [sent[4], sent[2]]
    assert list(ledger.newest("+84912000001", None, None)) == [sent[3]]
    assert list(ledger.newest(None, None, None)) == sent[:1:-1]
    assert ledger.statuses["queued"] == 5  # the counters do not forget


def test_both_directions_of_one_phone_are_told_apart():
    ledger, phone = Ledger(OFFICE, kept=2), "+84912000000"
    out = message(ledger, phone)
    ledger.accept(out)
    answers = [Answer(message(ledger, phone, "inbound"), out.sid, typed=False) for _ in range(3)]
    for answer in answers:
        ledger.receive(answer)
    kept = [answer.message for answer in answers[1:]]
    assert list(ledger.newest(phone, None, None)) == [out]
    assert list(ledger.newest(None, phone, None)) == kept[::-1]
    assert list(ledger.newest(OFFICE, None, None)) == kept[::-1]
    assert list(ledger.newest(OFFICE, "+84912000009", None)) == []
    assert list(ledger.newest(None, OFFICE, None)) == [out]
    assert ledger.forgotten == 1
