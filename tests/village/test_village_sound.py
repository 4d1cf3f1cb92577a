"""Sound in calls: recordings that are played, villagers who are recorded, and phones that are connected."""

from __future__ import annotations

import io
import urllib.error
import urllib.request
import wave
from array import array

import pytest
from twilio.base.exceptions import TwilioRestException

from village import audio

SORRY = "We are sorry, an application error has occurred. Goodbye."


@pytest.fixture
def recording(receiver, hook):
    """A file on our web server: its address and path."""

    def put(kind, content):
        url, path = hook()
        receiver.files[path] = (kind, content)
        return url, path

    return put


def heard(story):
    return [one["text"] for one in story["heard"]]


def codes(story):
    return [one["code"] for one in story["problems"]]


def test_a_recording_is_fetched_and_takes_its_time(village, receiver, number, recording):
    url, path = recording("audio/wav", audio.speech(12))
    story = village.story(village.say(number(), f"<Play>{url}</Play>").sid)
    assert (story["heard"][0]["text"], story["heard"][0]["seconds"]) == (url, 12.0)
    assert 12 <= story["duration"] <= 14
    (request,) = receiver.at(path)
    assert (request.method, request.headers["Range"]) == ("GET", "bytes=0-")


MP3 = bytes([0xFF, 0xF3, 0x40, 0xC4]) + bytes(4000 - 4)  # MPEG-2 layer III, 32 kbit/s
NO_AUDIO = [
    # content type, content, code
    ("text/html", b"<html>Not found</html>", 13420),
    ("audio/wav", b"<html>Not found</html>", 13420),
    ("audio/mpeg", b"<html>Not found</html>", 13420),
    ("audio/ogg", b"OggS", 13420),
    ("audio/wav", b"", 11200),  # the receiver answers 404
]


@pytest.mark.parametrize(("kind", "content", "code"), NO_AUDIO)
def test_what_is_no_audio_ends_the_call(village, number, recording, kind, content, code):
    url, _ = recording(kind, content)
    story = village.story(village.say(number(), f"<Play>{url}</Play><Say>sau do</Say>").sid)
    assert codes(story) == [code]
    assert heard(story) == [SORRY]
    assert story["status"] == "completed"


def test_an_mp3_takes_the_time_that_its_bitrate_tells(village, number, recording):
    url, _ = recording("audio/mpeg", MP3)
    story = village.story(village.say(number(), f"<Play>{url}</Play>").sid)
    assert story["heard"][0]["seconds"] == 1.0


def test_what_is_recorded_can_be_fetched_whole_and_in_part(village, receiver, number, document):
    to, (action, path), (status, status_path) = number(), document("<Say>Da ghi</Say>"), document("")
    village.behave(speech_seconds=8)
    twiml = f"<Record action='{action}' timeout='3' recordingStatusCallback='{status}'/>"
    story = village.story(village.say(to, twiml).sid)
    assert heard(story) == ["Da ghi"]
    (post,), (told,) = receiver.at(path), receiver.wait(status_path, 1)
    seconds = int(post.fields["RecordingDuration"])
    assert 4 <= seconds <= 12
    assert told.fields["RecordingUrl"] == post.fields["RecordingUrl"] == story["recordings"][0]
    assert told.fields["RecordingStatus"] == "completed"
    with urllib.request.urlopen(post.fields["RecordingUrl"] + ".wav", timeout=5) as answer:
        whole = answer.read()
        assert answer.headers["Content-Type"] == "audio/x-wav"
    with wave.open(io.BytesIO(whole)) as sound:
        assert (sound.getframerate(), sound.getnchannels()) == (8000, 1)
        assert sound.getnframes() == seconds * 8000
    request = urllib.request.Request(post.fields["RecordingUrl"], headers={"Range": "bytes=4-7"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert (answer.status, answer.read()) == (206, whole[4:8])
        assert answer.headers["Content-Range"] == f"bytes 4-7/{len(whole)}"
    request = urllib.request.Request(post.fields["RecordingUrl"], headers={"Range": "bytes=99999999-"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=5)
    assert refused.value.code == 416


def test_a_key_ends_a_recording_and_a_hang_up_is_told(village, receiver, number, document):
    presses, leaves = number(), number()
    (action, path), (other, other_path) = document(""), document("<Say>Khong ai nghe</Say>")
    phones = {presses: {"keys": "#", "after": 3}, leaves: {"hangs_up": 4}}
    village.behave(speech_seconds=60, call_phones=phones)
    village.story(village.say(presses, f"<Record action='{action}'/>").sid)
    story = village.story(village.say(leaves, f"<Record action='{other}'/>").sid)
    (post,), (last,) = receiver.at(path), receiver.at(other_path)
    assert (post.fields["Digits"], post.fields["RecordingDuration"]) == ("#", "3")
    assert (last.fields["Digits"], last.fields["RecordingDuration"]) == ("hangup", "4")
    assert heard(story) == []


DIALS = [
    ("listens", "completed", "true"),
    ("busy", "busy", "false"),
    ("off", "failed", "false"),
    ("no_answer", "no-answer", "false"),
]


@pytest.mark.parametrize(("behaviour", "status", "bridged"), DIALS)
def test_another_phone_is_dialled(village, receiver, number, document, behaviour, status, bridged):
    to, officer, (action, path) = number(), number(), document("<Say>Het</Say>")
    village.behave(call_phones={officer: behaviour}, talk_seconds=20)
    twiml = f"<Dial action='{action}' timeout='15'><Number>{officer}</Number></Dial><Say>Khong toi</Say>"
    story = village.story(village.say(to, twiml).sid)
    assert heard(story) == ["Het"]
    (post,) = receiver.at(path)
    assert (post.fields["DialCallStatus"], post.fields["DialBridged"]) == (status, bridged)
    (leg,) = village.client.calls.list(to=officer)
    assert (leg.sid, leg.parent_call_sid) == (post.fields["DialCallSid"], story["sid"])
    assert (leg.status, leg.direction, leg.duration) == (
        status,
        "outbound-dial",
        post.fields["DialCallDuration"],
    )
    assert village.log_of(officer) == []  # nobody ordered it by a request


def test_who_hangs_up_while_connected_ends_both(village, number):
    to, officer = number(), number()
    village.behave(call_phones={to: {"hangs_up": 30}, officer: {"picks_up": 2, "hangs_up": 900}})
    story = village.story(village.say(to, f"<Dial>{officer}</Dial><Say>Khong ai nghe</Say>").sid)
    (leg,) = village.client.calls.list(to=officer)
    assert (story["duration"], heard(story)) == (30, [])
    assert (leg.status, leg.duration) == ("completed", "28")


def recorded(village, receiver, to, document, **kind):
    """What this phone said, as its recording's address."""
    action, path = document("")
    village.behave(call_phones={to: {"keys": "#", "after": 3, **kind}}, speech_seconds=60)
    village.story(village.say(to, f"<Record action='{action}'/>").sid)
    (post,) = receiver.at(path)
    return post.fields["RecordingUrl"]


def samples(address):
    with urllib.request.urlopen(address + ".wav", timeout=5) as answer, wave.open(answer) as sound:
        return array("h", sound.readframes(sound.getnframes()))


def test_a_recording_can_be_deleted_with_the_key_alone(village, receiver, number, document):
    address = recorded(village, receiver, number(), document)
    kept, sid = village.state()["calls"]["recordings"], address.rsplit("/", 1)[1]
    with pytest.raises(TwilioRestException) as refused:
        village.client_for("wrong").recordings(sid).delete()
    assert refused.value.status == 401
    assert village.client.recordings(sid).delete() is True
    assert village.state()["calls"]["recordings"] == kept - 1
    with pytest.raises(TwilioRestException) as refused:
        village.client.recordings(sid).delete()
    assert (refused.value.status, refused.value.code) == (404, 20404)
    with pytest.raises(urllib.error.HTTPError) as gone:
        samples(address)
    assert gone.value.code == 404


def test_who_is_mute_records_the_hum_of_the_line(village, receiver, number, document):
    loud = max(map(abs, samples(recorded(village, receiver, number(), document))))
    quiet = max(map(abs, samples(recorded(village, receiver, number(), document, mute=True))))
    assert loud > 5_000
    assert quiet <= 1


def test_a_recording_may_not_be_there_yet(village, receiver, number, document):
    address = recorded(village, receiver, number(), document)
    village.faults(recording_404=1)
    with pytest.raises(urllib.error.HTTPError) as missing:
        samples(address)
    assert missing.value.code == 404
    village.faults()
    assert samples(address)
