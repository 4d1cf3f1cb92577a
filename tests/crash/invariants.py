"""What must be true however much went wrong: the only thing that the crash tests assert.

The village's ledger says what the carrier accepted; the database's own record of changes says what happened in between.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from service import db
from service.campaigns.campaigns import Campaign
from service.followup.tasks import FollowUp
from service.registry.phones import Phone
from service.replies import events
from service.replies.inbox import Reply
from service.replies.interests import OPEN, Interest
from service.sending.budget import Budget, Period
from service.sending.messages import NOTICE, VOICE, CarrierRef, Message
from service.sending.tokens import message_of
from service.staff.accounts import Staff
from tests.crash.database import Change
from tests.crash.here import Here

# From acceptance on only upwards. Calls ring, are answered and completed; nobody takes others.
HEIGHT = {
    "accepted": 1, "ringing": 1.5, "sent": 2, "answered": 2, "expired": 3, "failed": 4, "busy": 4, "no_answer": 4,
    "delivered": 5, "completed": 5,
}  # fmt: skip
TAKEN = tuple(HEIGHT)  # what a message can be that the carrier accepted
FINAL = (*(name for name, height in HEIGHT.items() if height >= HEIGHT["expired"]), "skipped", "cancelled")
ANSWERS = "190"  # keys in a call that are answers; it also offers to say it again
CALLED = "called"
STALE_S, REQUEST_S = (
    2.0,
    5.0,
)  # after its claim a message goes out at once or not at all; what a request may take here


@dataclass(frozen=True)
class Broken:
    """An invariant that does not hold, and what was seen."""

    invariant: str
    seen: str

    def __str__(self) -> str:
        return f"NOT TRUE: {self.invariant}. {self.seen}"


@dataclass(frozen=True)
class Evidence:
    """Everything that is known at the end. ``log`` and ``answers`` are the village's; ``attempt`` in a line is
    the message of ours that it was."""

    main: int
    recipients: int
    longest_pause: float
    log: list[dict[str, Any]]
    answers: list[dict[str, Any]]
    messages: dict[int, Any]
    refs: dict[str, int]
    campaigns: dict[int, Any]
    budgets: dict[int, Any]
    periods: list[Any]  # what all campaigns together spend in a day and a month
    numbers: dict[int, str]
    replies: list[Any]
    interests: list[Any]
    follow_ups: list[Any]
    staff: set[int]
    changes: list[Change]
    spooled: int
    complaints: list[str]

    def counts(self, campaign_id: int) -> dict[str, int]:
        return dict(Counter(row.state for row in self.newest(campaign_id)))

    def newest(self, campaign_id: int) -> list[Any]:
        """The newest attempt for each recipient of a campaign."""
        rows = [
            row for row in self.messages.values() if row.campaign_id == campaign_id and row.kind == NOTICE
        ]
        return list({row.phone_id: row for row in sorted(rows, key=lambda row: int(row.attempt))}.values())

    def accepted(self) -> Iterator[tuple[datetime, Any]]:
        """When the carrier accepted, and the message of ours that it was."""
        for line in self.log:
            message = self.messages.get(line["attempt"] or 0)
            if message is not None:
                yield datetime.fromisoformat(line["at"]), message

    def price(self) -> int:
        """What everything that was accepted for campaigns costs, in đồng."""
        return sum(message.price_vnd for _at, message in self.accepted() if message.campaign_id is not None)

    def claims(self) -> dict[int, list[datetime]]:
        """When each message went from ready to the wire, by the database's clock."""
        found: dict[int, list[datetime]] = defaultdict(list)
        for change in self.changes:
            if change.what == "message" and change.after == "sending":
                found[change.row].append(change.at)
        return found

    def story(self, message_id: int) -> str:
        steps = [
            f"{change.at:%H:%M:%S.%f} {change.before}→{change.after}"
            for change in self.changes
            if change.what == "message" and change.row == message_id
        ]
        went_out = [line["at"][11:-1] for line in self.log if line["attempt"] == message_id]
        return f"message {message_id}: {', '.join(steps)}; accepted at {', '.join(went_out) or 'no time'}"


def gather(here: Here) -> Evidence:
    """Ask everybody. Nothing is moving any more."""
    log = [{**line, "attempt": _attempt(line)} for line in here.village.lines("log")]
    answers = here.village.lines("answers")
    ask = db.session().execute
    message = Message.metadata.tables["message"]
    try:
        return Evidence(
            main=here.main,
            recipients=here.plan.size.recipients,
            longest_pause=here.plan.longest_pause,
            log=log,
            answers=answers,
            messages={row.id: row for row in ask(select(message))},
            refs={row[0]: row[1] for row in ask(select(CarrierRef.carrier_id, CarrierRef.message_id))},
            campaigns={row.id: row for row in ask(select(Campaign.id, Campaign.state, Campaign.recipients))},
            budgets={
                row.campaign_id: row
                for row in ask(select(Budget.campaign_id, Budget.cap, Budget.spent, Budget.reserved))
            },
            periods=list(ask(select(Period.period, Period.cap, Period.spent, Period.reserved))),
            numbers={row[0]: row[1] for row in ask(select(Phone.id, Phone.e164))},
            replies=list(ask(select(Reply.carrier_id, Reply.meaning, Reply.phone_id, Reply.campaign_id))),
            interests=list(ask(select(Interest.id, Interest.state, Interest.phone_id, Interest.campaign_id))),
            follow_ups=list(ask(select(FollowUp.interest_id, FollowUp.owner_id))),
            staff=set(db.session().scalars(select(Staff.id))),
            changes=here.database.changes(),
            spooled=events.spool_size(),
            complaints=here.complaints,
        )
    finally:
        db.end_reading()


def judge(evidence: Evidence, which: Collection[str] = ()) -> list[Broken]:
    """All of them, or only these."""
    asked = {sentence: look for sentence, look in INVARIANTS.items() if not which or sentence in which}
    return [Broken(sentence, seen) for sentence, look in asked.items() for seen in _few(list(look(evidence)))]


def _few(seen: list[str], most: int = 3) -> list[str]:
    return seen[:most] + ([f"and {len(seen) - most} more like it"] if len(seen) > most else [])


def _attempt(line: dict[str, Any]) -> int | None:
    """Which message of ours this was, as the token in its address says."""
    url = str(line["status_callback"] or "").partition("#")[0]
    return message_of(url.rsplit("/", 1)[-1])


# ------------------------------------------------------------------------------------------------------------ one by one


def once(evidence: Evidence) -> Iterator[str]:
    times = Counter(line["attempt"] for line in evidence.log)
    for attempt, many in times.items():
        if attempt is None:
            yield f"{many} were accepted that carry no token of ours"
        elif many > 1:
            yield evidence.story(attempt)


def not_more_than_attempts(evidence: Evidence) -> Iterator[str]:
    """The same asked without any word of ours: number and text alone."""
    written = Counter(
        (evidence.numbers[row.phone_id], CALLED if row.channel == VOICE else row.text)
        for row in evidence.messages.values()
    )
    sent = Counter((line["to"], CALLED if line["kind"] == "call" else line["body"]) for line in evidence.log)
    for (number, text), many in sent.items():
        if many > written[number, text]:
            yield f"{number} was sent the same {many} times, and there are {written[number, text]} attempts"


def settled(evidence: Evidence) -> Iterator[str]:
    for row in evidence.messages.values():
        planned = row.state == "ready" and row.attempt > 1  # a retry waits for another hour
        if not (row.state in FINAL or planned or (row.state == "hold" and row.code)):
            yield evidence.story(row.id)
        elif row.state in ("skipped", "failed") and not row.code:
            yield f"message {row.id} is {row.state} and nobody says why"


def sums(evidence: Evidence) -> Iterator[str]:
    """And a campaign that was launched fifty times was launched once."""
    for campaign in evidence.campaigns.values():
        total = sum(evidence.counts(campaign.id).values())
        if total != campaign.recipients or (campaign.id == evidence.main and total != evidence.recipients):
            yield f"campaign {campaign.id}: {total} messages for {campaign.recipients} recipients"


def forward(evidence: Evidence) -> Iterator[str]:
    for change in evidence.changes:
        if change.what == "message" and HEIGHT.get(change.after, 0) < HEIGHT.get(change.before, 0):
            yield f"{change.before}→{change.after}: {evidence.story(change.row)}"


def money(evidence: Evidence) -> Iterator[str]:
    spent: Counter[int] = Counter()
    for _at, message in evidence.accepted():
        spent[message.campaign_id or 0] += message.price_vnd
    held = Counter(
        {
            key: sum(
                row.price_vnd
                for row in evidence.messages.values()
                if (row.campaign_id, row.state) == (key, "hold")
            )
            for key in evidence.budgets
        }
    )
    for key, budget in evidence.budgets.items():
        wanted = (spent[key], held[key])
        if (budget.spent, budget.reserved) != wanted or budget.spent + budget.reserved > budget.cap:
            seen = f"spent {budget.spent}, reserved {budget.reserved} of {budget.cap}"
            yield f"campaign {key}: {seen}; accepted {wanted[0]}, on hold {wanted[1]}"


def allowed(evidence: Evidence) -> Iterator[str]:
    """Claims of a campaign that was paused, stopped, or whose window was closed at that instant."""
    times: dict[int, list[tuple[datetime, str, str]]] = defaultdict(list)
    for change in evidence.changes:
        if change.what in ("campaign", "window"):
            times[change.row].append((change.at, change.what, change.after))
    claims = evidence.claims()
    for _at, message in evidence.accepted():
        claimed = claims.get(message.id)
        if message.campaign_id is None or not claimed:
            continue
        now = {"campaign": "running", "window": "1440"}
        for at, what, after in times[message.campaign_id]:
            if at < claimed[-1]:
                now[what] = after
        if now["campaign"] not in ("running", "finished") or now["window"] == "0":
            yield f"claimed at {claimed[-1]:%H:%M:%S.%f} while {now}: {evidence.story(message.id)}"


def at_once(evidence: Evidence) -> Iterator[str]:
    bound = timedelta(seconds=STALE_S + REQUEST_S + evidence.longest_pause)
    claims = evidence.claims()
    for at, message in evidence.accepted():
        if not claims.get(message.id):
            yield f"never claimed: {evidence.story(message.id)}"
        elif all(not timedelta(seconds=-1) <= at - claimed <= bound for claimed in claims[message.id]):
            yield evidence.story(message.id)


def left_alone(evidence: Evidence) -> Iterator[str]:
    opted_out = {change.row: change.at for change in reversed(evidence.changes) if change.what == "opt_out"}
    claims = evidence.claims()
    for _at, message in evidence.accepted():
        at = opted_out.get(message.phone_id)
        if message.campaign_id is not None and at is not None and claims.get(message.id, [at])[-1] > at:
            yield f"opted out at {at:%H:%M:%S.%f}: {evidence.story(message.id)}"


def answers_kept(evidence: Evidence) -> Iterator[str]:
    kept = Counter(row.carrier_id for row in evidence.replies)
    given = {_name(answer): answer for answer in evidence.answers if _is_answer(answer)}
    for name, answer in given.items():
        if answer["hook"] == "received" and kept[name] != 1:
            yield f"answer {name} of {answer['at']} is there {kept[name]} times"
    known = given.keys()
    yield from (f"reply {sid} was never given" for sid in kept if sid not in known)
    if evidence.spooled:
        yield f"{evidence.spooled} events lie in the spool still"


def _is_answer(answer: dict[str, Any]) -> bool:
    return answer["kind"] != "key" or answer["body"] in ANSWERS


def _name(answer: dict[str, Any]) -> str:
    """What we know it by: a key by its call as well."""
    return f"{answer['sid']}:{answer['body']}" if answer["kind"] == "key" else str(answer["sid"])


def owned(evidence: Evidence) -> Iterator[str]:
    owners = {row.interest_id: row.owner_id for row in evidence.follow_ups}
    open_now = {(row.campaign_id, row.phone_id) for row in evidence.interests if row.state == OPEN}
    for row in evidence.interests:
        if row.state == OPEN and owners.get(row.id) not in evidence.staff:
            yield f"interest {row.id} has no owner"
    said: dict[tuple[int, int], set[str]] = defaultdict(set)
    for row in evidence.replies:
        said[row.campaign_id, row.phone_id].add(row.meaning)
    for who, meanings in said.items():
        if meanings == {"interested"} and who not in open_now:
            yield f"somebody said yes to campaign {who[0]} and nobody knows"


def known(evidence: Evidence) -> Iterator[str]:
    for line in evidence.log:
        message = evidence.messages.get(evidence.refs.get(line["sid"], 0))
        if message is None:
            yield f"nobody knows {line['sid']}, accepted at {line['at']}"
        elif message.id != line["attempt"]:
            yield f"{line['sid']} is taken for another: {evidence.story(message.id)}"
        elif message.state not in TAKEN:
            yield f"{message.state}, and yet accepted: {evidence.story(message.id)}"


def polite(evidence: Evidence) -> Iterator[str]:
    yield from sorted(set(evidence.complaints))


TWICE, BACKWARDS = "each attempt is accepted at most once", "no rank falls"
AT_ANY_TIME = (TWICE, BACKWARDS)  # these hold while things are moving, too
INVARIANTS: dict[str, Callable[[Evidence], Iterator[str]]] = {
    TWICE: once,
    "no phone gets more of the same text than there are attempts": not_more_than_attempts,
    "everybody ends in a final state, or waits with a reason": settled,
    "the states of a campaign add up to its recipients": sums,
    BACKWARDS: forward,
    "what is spent is what was accepted, and never above the cap": money,
    "nothing goes out of a campaign that is paused, stopped or outside its window": allowed,
    "what goes out goes out right after its claim": at_once,
    "nothing goes out after a committed opt-out": left_alone,
    "each answer is there exactly once": answers_kept,
    "each yes has an owner": owned,
    "what the carrier accepted is known": known,
    "no callback is answered with an error of ours": polite,
}
