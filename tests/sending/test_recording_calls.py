"""Recording by phone at its doors: what the carrier asks, in any order and twice, and what becomes of what was said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from service import db, settings
from service.campaigns import recording_dialogue, recordings
from service.campaigns.recordings import DRAFT, Place, Recording
from service.carriers import directory
from service.carriers.base import CarrierError, Proof
from service.hooks import FORM
from service.refused import Refused
from service.registry import phones
from service.replies import events
from service.replies.inbox import Reply
from service.sending import messages, recording_calls, recording_takes, trial
from service.sending.messages import Message, Status
from service.sending.recording_calls import MOST_A_DAY, RecordingCall
from service.sending.recording_takes import DROPPED, KEPT, LOST, REFUSED, Take
from service.sending.tokens import token_of
from service.staff.history import History
from tests import world
from tests.campaigns.voices import as_wav, speech
from tests.carriers import twiml_rules
from tests.replies.talk import all_of, send_all
from tests.web.conftest import app

__all__ = ["app"]
MINE = "0912 999 001"
OPENING = Place("opening", "hmn")
SID = "CA" + "1" * 32
CALL = {"CallSid": SID, "To": "+84912999001", "From": "+84219000000", "Direction": "outbound-api"}
FIRST, SECOND = ("RE" + letter * 32 for letter in "ab")
SPOKEN, QUIET = as_wav(speech(2.0, rate=8000), 8000), as_wav(speech(2.0, 0.0, 8000), 8000)


class Recorder:
    """A carrier that has these recordings. What it is told to delete is gone."""

    name = "twilio"

    def __init__(self, **kept: bytes | str) -> None:
        self.kept: dict[str, bytes | str] = dict(kept)
        self.deletes = 0

    def recording(self, recording_id: str) -> bytes:
        found = self.kept.get(recording_id, "404")
        if isinstance(found, str):
            raise CarrierError(found, Proof.REFUSED_UNKNOWN)
        return found

    def forget_recording(self, recording_id: str) -> None:
        self.deletes += 1
        self.kept.pop(recording_id, None)


@pytest.fixture
def token(app: Flask) -> str:
    """A member of staff asked to be called, and the phone is ringing."""
    directory.forget()
    with db.transaction():
        made = recording_calls.order(OPENING, MINE, world.staff("officer"))
        message_id = made.message_id
    assert send_all() == 1
    return token_of(message_id)


def post(app: Flask, path: str, form: Mapping[str, str]) -> TestResponse:
    path, form = f"/hooks/twilio/{path}", {**CALL, **form}
    headers = directory.get("twilio").sign(path, form)
    return app.test_client().post(path, data=urlencode(form), content_type=FORM, headers=headers)


def said(answer: TestResponse) -> Element:
    assert answer.status_code == 200
    return twiml_rules.read(answer.text)


def words(root: Element) -> str:
    return " ".join(twiml_rules.said(root))


def record(app: Flask, token: str, recording_id: str = FIRST, take: int = 1, key: str = "#") -> TestResponse:
    return post(
        app, f"recording/{token}?r={take}&n=1",
        {"RecordingSid": recording_id, "RecordingUrl": f"http://169.254.169.254/{recording_id}", "Digits": key},
    )  # fmt: skip


def fetch(carrier: Recorder, later: timedelta = timedelta()) -> None:
    """What the clock does, until nothing is due."""
    for _ in range(5):
        now = db.clock() + later
        asked = recording_takes.due(now)
        db.end_reading()
        for one in asked:
            recording_takes.ask(one, carrier, now)  # type: ignore[arg-type]


def heard_back(app: Flask, token: str, take: int = 1) -> Element:
    return said(post(app, f"voice/{token}?r={take}&n=2", {}))


def press(app: Flask, token: str, key: str, take: int = 1, time: int = 1) -> Element:
    return said(post(app, f"key/{token}?r={take}&n={time}", {"Digits": key}))


def takes() -> list[Take]:
    return [one for one in all_of(Take) if isinstance(one, Take)]


def versions() -> list[Recording]:
    db.end_reading()
    return recordings.versions(OPENING)


def files() -> list[Path]:
    folder = settings.get().data / "recordings"
    return sorted(folder.glob("*.wav")) if folder.is_dir() else []


def test_the_words_are_said_and_after_the_tone_it_is_recorded(app: Flask, token: str) -> None:
    root = said(post(app, f"voice/{token}", {}))
    assert "tiếng Mông" in words(root)
    assert recordings.words_of(OPENING) in words(root)
    (verb,) = root.iter("Record")
    assert (verb.get("maxLength"), verb.get("finishOnKey"), verb.get("playBeep")) == ("180", "#", "true")
    assert f"/hooks/twilio/recording/{token}?r=1" in str(verb.get("action"))
    assert f"/hooks/twilio/recorded/{token}?r=1" in str(verb.get("recordingStatusCallback"))


def test_said_heard_back_and_kept(app: Flask, token: str) -> None:
    carrier = Recorder(**{FIRST: SPOKEN})
    assert "Redirect" in {verb.tag for verb in said(record(app, token))}
    fetch(carrier)
    assert (carrier.kept, carrier.deletes) == ({}, 1)
    root = heard_back(app, token)
    (play,) = root.iter("Play")
    address = str(play.text).removeprefix(settings.get().public_url)
    assert app.test_client().get(address).data[:4] == b"RIFF"
    assert versions() == []  # not before it is kept
    assert recording_dialogue.KEPT in words(press(app, token, "1"))
    (one,) = versions()
    assert (one.state, one.version, one.ms, one.words) == (DRAFT, 1, 2000, recordings.words_of(OPENING))
    assert [take.state for take in takes()] == [KEPT]
    assert all_of(Reply) == []  # a key of staff is no villager's answer
    assert [row.deed for row in all_of(History) if isinstance(row, History) and row.deed.startswith("recording.")] == [
        "recording.called", "recording.added",
    ]  # fmt: skip


def test_told_twice_of_everything_it_is_kept_once(app: Flask, token: str) -> None:
    carrier = Recorder(**{FIRST: SPOKEN})
    for _ in range(2):
        record(app, token)
        ready = post(
            app, f"recorded/{token}?r=1&n=1", {"RecordingSid": FIRST, "RecordingStatus": "completed"}
        )
        assert ready.status_code == 200
    fetch(carrier)
    record(app, token)
    fetch(carrier)
    for _ in range(3):
        assert recording_dialogue.KEPT in words(press(app, token, "1"))
    assert (len(versions()), len(takes()), carrier.deletes) == (1, 1, 1)


def test_the_news_that_it_is_ready_may_come_first(app: Flask, token: str) -> None:
    post(app, f"recorded/{token}?r=1&n=1", {"RecordingSid": FIRST, "RecordingStatus": "completed"})
    fetch(Recorder(**{FIRST: SPOKEN}))
    record(app, token)
    assert list(heard_back(app, token).iter("Play"))


def test_key_2_records_anew_and_the_last_take_is_kept(app: Flask, token: str) -> None:
    longer = as_wav(speech(3.0, rate=8000), 8000)
    carrier = Recorder(**{FIRST: SPOKEN, SECOND: longer})
    record(app, token)
    fetch(carrier)
    (verb,) = press(app, token, "2").iter("Record")
    assert "?r=2" in str(verb.get("action"))
    record(app, token, SECOND, take=2)
    fetch(carrier)
    heard_back(app, token, 2)
    press(app, token, "1", take=2)
    assert [one.ms for one in versions()] == [3000]
    over(later=True)
    assert sorted(take.state for take in takes()) == [DROPPED, KEPT]
    assert [path.stem for path in files()] == [versions()[0].sha256]


def over(later: bool = False) -> None:
    """The call has ended, and the clock sweeps."""
    with db.transaction():
        messages.hear_back(1, Status("completed", "completed"))
    with db.transaction():
        recording_takes.drop_unkept(db.clock() + timedelta(minutes=2 if later else 0))


@pytest.mark.parametrize(
    ("wav", "sentence"),
    [
        pytest.param(QUIET, recording_dialogue.WRONG["silent"], id="silence"),
        pytest.param(
            as_wav(speech(0.2, rate=8000), 8000), recording_dialogue.WRONG["too_short"], id="a cough"
        ),
        pytest.param(SPOKEN[: len(SPOKEN) // 2], recording_dialogue.DAMAGED, id="cut off on its way"),
        pytest.param(b"<html>please log in</html>", recording_dialogue.DAMAGED, id="a web page"),
        pytest.param(b"", recording_dialogue.DAMAGED, id="nothing"),
    ],
)
def test_what_is_no_recording_is_said_on_the_phone_and_recorded_anew(
    app: Flask, token: str, wav: bytes, sentence: str
) -> None:
    carrier = Recorder(**{FIRST: wav})
    record(app, token)
    fetch(carrier)
    root = heard_back(app, token)
    assert sentence in words(root)
    assert [str(verb.get("action")).count("?r=2") for verb in root.iter("Record")] == [1]
    assert ([take.state for take in takes()], carrier.deletes, files()) == ([REFUSED], 1, [])
    press(app, token, "1")
    assert versions() == []


def test_nothing_said_is_asked_for_again_but_not_for_ever(app: Flask, token: str) -> None:
    for take in range(1, recording_dialogue.MOST_TAKES + 1):
        root = said(post(app, f"recording/{token}?r={take}&n=1", {}))
        assert recording_dialogue.NOTHING in words(root)
    assert "Hangup" in {verb.tag for verb in root}
    assert takes() == []


@pytest.mark.parametrize("keys", ["", "7", "11", "*"])
def test_another_key_is_asked_about_three_times(app: Flask, token: str, keys: str) -> None:
    record(app, token)
    fetch(Recorder(**{FIRST: SPOKEN}))
    tags = [{verb.tag for verb in press(app, token, keys, time=time)} for time in (1, 2, 3)]
    assert ["Gather" in some for some in tags] == [True, True, False]
    assert versions() == []


def test_who_hangs_up_in_the_middle_keeps_nothing_and_nothing_is_left(app: Flask, token: str) -> None:
    carrier = Recorder(**{FIRST: SPOKEN})
    record(app, token, key="hangup")
    over(later=True)
    fetch(carrier, timedelta(minutes=3))
    assert (carrier.kept, versions(), files()) == ({}, [], [])
    assert [(take.state, take.forgotten_at is not None) for take in takes()] == [(DROPPED, True)]


def test_who_hangs_up_after_hearing_it_keeps_nothing(app: Flask, token: str) -> None:
    carrier = Recorder(**{FIRST: SPOKEN})
    record(app, token)
    fetch(carrier)
    assert len(files()) == 1
    over()
    assert len(files()) == 1  # the key that was pressed at the last moment may still be on its way
    over(later=True)
    assert (versions(), files()) == ([], [])
    assert recording_dialogue.NOT_KEPT in words(press(app, token, "1"))


def test_a_carrier_that_does_not_have_it_yet_is_asked_again(app: Flask, token: str) -> None:
    carrier = Recorder()
    record(app, token)
    fetch(carrier)
    assert "Redirect" in {verb.tag for verb in heard_back(app, token)}
    carrier.kept[FIRST] = SPOKEN
    fetch(carrier, timedelta(seconds=30))
    assert list(heard_back(app, token).iter("Play"))


def test_a_carrier_that_never_has_it_is_given_up_and_the_call_ends_kindly(app: Flask, token: str) -> None:
    record(app, token)
    waits = recording_dialogue.MOST_WAITS
    last = said(post(app, f"voice/{token}?r=1&n={waits + 1}", {}))
    assert recording_dialogue.NOT_FETCHED in words(last)
    fetch(Recorder(), recording_takes.SOUGHT_FOR + timedelta(minutes=1))
    assert [(take.state, take.problem, take.forgotten_at is None) for take in takes()] == [
        (LOST, "404", False)
    ]


def test_a_carrier_that_does_not_delete_is_asked_again_and_what_was_kept_stays(
    app: Flask, token: str
) -> None:
    class Stubborn(Recorder):
        def forget_recording(self, recording_id: str) -> None:
            self.deletes += 1
            raise CarrierError("500", Proof.NOTHING)

    stubborn = Stubborn(**{FIRST: SPOKEN})
    record(app, token)
    fetch(stubborn)
    press(app, token, "1")
    fetch(stubborn, timedelta(hours=3))
    assert (stubborn.deletes > 1, [take.state for take in takes()]) == (True, [KEPT])
    willing = Recorder(**{FIRST: SPOKEN})
    fetch(willing, timedelta(hours=6))
    assert (willing.kept, len(versions())) == ({}, 1)
    assert recording_takes.due(db.clock() + timedelta(days=1)) == []


@pytest.mark.parametrize("status", ["absent", "failed", ""])
def test_a_carrier_that_has_none_after_all_says_so(app: Flask, token: str, status: str) -> None:
    record(app, token)
    post(app, f"recorded/{token}?r=1&n=1", {"RecordingSid": FIRST, "RecordingStatus": status})
    assert [take.state for take in takes()] == [LOST]
    assert list(heard_back(app, token).iter("Record"))


def test_words_that_changed_during_the_call_are_not_kept(
    app: Flask, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(app, token)
    fetch(Recorder(**{FIRST: SPOKEN}))
    monkeypatch.setenv("LOA_OFFICE_NAME", "Trung tâm Dịch vụ việc làm")
    settings.get.cache_clear()
    assert recording_dialogue.CHANGED in words(press(app, token, "1"))
    assert versions() == []


def test_while_the_database_is_away_the_carrier_is_to_tell_of_the_recording_again(
    app: Flask, token: str
) -> None:
    here = db.engine().url.render_as_string(hide_password=False)
    db.connect("sqlite:////nowhere/at/all.sqlite3")
    assert record(app, token).status_code == 503
    ready = post(app, f"recorded/{token}?r=1&n=1", {"RecordingSid": FIRST, "RecordingStatus": "completed"})
    assert ready.status_code == 503
    assert recording_dialogue.AWAY in words(press(app, token, "1"))
    db.connect(here)
    assert (events.spool_size(), all_of(Reply)) == (0, [])  # key 1 is no villager's yes


@pytest.mark.parametrize(
    "path", ["recording/{}?r=1&n=1", "recorded/{}?r=1&n=1", "key/{}?r=1&n=1", "voice/{}?r=1&n=2"]
)
def test_nothing_unsigned_is_believed(app: Flask, token: str, path: str) -> None:
    form = {**CALL, "RecordingSid": FIRST, "RecordingStatus": "completed", "Digits": "1"}
    answer = app.test_client().post(
        "/hooks/twilio/" + path.format(token), data=urlencode(form), content_type=FORM
    )
    assert answer.status_code == 403
    assert takes() == []


@pytest.mark.parametrize("place", ["r=0", "r=10&n=1", "r=1&n=999", "r=x", "x=1", "r=1;n=1"])
def test_a_strange_address_ends_the_call_and_stores_nothing(app: Flask, token: str, place: str) -> None:
    root = said(post(app, f"recording/{token}?{place}", {"RecordingSid": FIRST, "Digits": "#"}))
    assert "Hangup" in {verb.tag for verb in root}
    assert takes() == []


@pytest.mark.parametrize("bad", ["x", "", token_of])
def test_a_call_of_nobody_is_ended(app: Flask, token: str, bad: str | Callable[[int], str]) -> None:
    other = bad if isinstance(bad, str) else bad(999)
    root = said(post(app, f"recording/{other}?r=1&n=1", {"RecordingSid": FIRST}))
    assert "Hangup" in {verb.tag for verb in root}
    assert takes() == []


# ------------------------------------------------------------------------------------------------------- who is called


def refused(typed: str = MINE) -> str:
    with pytest.raises(Refused) as problem, db.transaction():
        recording_calls.order(OPENING, typed, world.staff("officer"))
    return problem.value.code


@pytest.fixture
def connected_app(app: Flask) -> Iterator[Flask]:
    yield app
    db.end_reading()


def test_only_ones_own_phone_is_called(connected_app: Flask) -> None:
    with db.transaction():
        world.person("Vàng Mí Páo", world.number(1))
        gone = phones.get_or_add("+84912999002", "mobile")
        phones.opt_out(gone, db.clock())
    assert refused("") == refused("abc") == refused("0219 387 1234") == "trial.no_number"
    assert refused(world.number(1)) == "trial.villager"
    assert refused("0912 999 002") == "trial.opted_out"
    assert all_of(RecordingCall) == all_of(Message) == []


def test_one_call_at_a_time_and_not_too_many_a_day(connected_app: Flask) -> None:
    for number in range(MOST_A_DAY):
        with db.transaction():
            made = recording_calls.order(OPENING, MINE, world.staff("officer"))
        if number == 0:
            assert refused() == "recording.call_under_way"
        with db.transaction():
            messages.hear_back(made.message_id, Status("busy", "busy"))
    assert refused() == "recording.enough_calls"


def test_trials_and_recordings_to_one_phone_do_not_hinder_each_other(connected_app: Flask) -> None:
    with db.transaction():
        by = world.staff("officer")
        campaign = world.campaign(by)
        trial.send(campaign, MINE, by)
        recording_calls.order(OPENING, MINE, by)
    assert len({one.attempt for one in all_of(Message) if isinstance(one, Message)}) == 2


def test_without_a_number_to_call_from_nobody_is_called(connected_app: Flask, live_carrier: None) -> None:
    directory.forget()
    assert refused() == "recording.cannot_call"
    directory.forget()


def test_a_call_is_placed_once_and_counts_for_no_campaign(connected_app: Flask) -> None:
    with db.transaction():
        recording_calls.order(OPENING, MINE, world.staff("officer"))
    assert send_all() == 1
    assert send_all() == 0
    (message,) = db.session().scalars(select(Message))
    assert (message.channel, message.campaign_id, message.state) == ("voice", None, "accepted")


@pytest.mark.parametrize(("minutes", "state"), [(5, "ready"), (25, "cancelled")])
def test_who_asked_long_ago_is_not_rung_up_any_more(connected_app: Flask, minutes: int, state: str) -> None:
    with db.transaction():
        recording_calls.order(OPENING, MINE, world.staff("officer"))
    with db.transaction():
        recording_calls.cancel_late(db.clock() + timedelta(minutes=minutes))
    assert [one.state for one in all_of(Message) if isinstance(one, Message)] == [state]
