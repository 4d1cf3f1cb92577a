"""What becomes of recordings that people bring, and what the others are told."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import time
import wave
import zipfile
from array import array
from functools import cache

import pytest

from service import apart
from service.campaigns import sound, sound_reader
from service.campaigns.sound import Sound
from service.refused import Refused
from service.web.sentences import SENTENCES
from tests.campaigns.voices import FLAC, M4A, MP3, OGG, RATE, WEBM, as_wav, encoded, speech


def samples_of(wav: bytes) -> array[int]:
    with wave.open(io.BytesIO(wav)) as read:
        assert (read.getnchannels(), read.getsampwidth(), read.getframerate()) == (1, 2, 8000)
        return array("h", read.readframes(read.getnframes()))


def stereo(samples: array[int]) -> array[int]:
    return array("h", (value for sample in samples for value in (sample, sample)))


@cache
def kinds() -> dict[str, bytes]:
    """Two seconds in every kind of file that phones and browsers make."""
    said = speech(2)
    return {
        "wav": as_wav(said),
        "wav, 44.1 kHz, two channels": as_wav(stereo(speech(2, rate=44100)), 44100, 2),
        "mp3": encoded(said, *MP3),
        "opus": encoded(said, *OGG),
        "m4a": encoded(said, *M4A),
        "webm, as Chrome records": encoded(said, *WEBM),
        "flac": encoded(said, *FLAC, rate=RATE),
    }


KINDS = (
    "wav",
    "wav, 44.1 kHz, two channels",
    "mp3",
    "opus",
    "m4a",
    "webm, as Chrome records",
    "flac",
)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_becomes_a_telephones_wav(kind: str) -> None:
    heard = sound.read(kinds()[kind])
    samples = samples_of(heard.wav)
    assert heard.ms == pytest.approx(2000, abs=150)
    assert len(samples) == pytest.approx(heard.ms * 8, abs=8)
    assert heard.after == pytest.approx(-20, abs=1)
    assert len(heard.peaks) == 120
    assert max(heard.peaks) > 10
    assert min(heard.peaks) <= 1  # the pause is seen


@pytest.mark.parametrize(
    ("peak", "before"),
    [
        (0.01, -43),  # far from the microphone
        (0.1, -23),
        (0.99, -3),  # too near
    ],
)
def test_quiet_and_loud_voices_become_equally_loud(peak: float, before: int) -> None:
    heard = sound.read(as_wav(speech(2, peak)))
    assert heard.before == pytest.approx(before, abs=1)
    assert heard.after == pytest.approx(-20, abs=1)


def test_a_click_neither_keeps_a_quiet_voice_quiet_nor_is_cut_off() -> None:
    said = speech(4, 0.02)
    said[100:130] = array("h", [32767] * 30)
    heard = sound.read(as_wav(said))
    assert heard.after == pytest.approx(-20, abs=3)
    loudest = max(map(abs, samples_of(heard.wav)))
    assert 0.7 * 32768 < loudest <= 0.97 * 32768 + 1


def test_what_was_made_is_made_again_the_same() -> None:
    once = sound.read(kinds()["wav"])
    again = sound.read(once.wav)
    assert (again.before, again.after, again.ms) == (once.after, -20, once.ms)


# --------------------------------------------------------------------------------------------- what is not taken


def a_zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("a.wav", as_wav(speech(1)))
    return file.getvalue()


def ten_hours() -> bytes:
    """A file of a few kilobytes that says it goes on for ten hours."""
    data = bytearray(encoded(speech(1), *WEBM))
    at = data.index(b"\x44\x89\x88") + 3  # the element of the length, a float of eight bytes, in ms
    data[at : at + 8] = struct.pack(">d", 36_000_000.0)
    return bytes(data)


def cut(data: bytes, share: float = 0.6) -> bytes:
    return data[: int(len(data) * share)]


BAD = {
    # name: (what comes, code of the sentence)
    "empty": (lambda: b"", "empty"),
    "zeros": (lambda: b"\0" * 5000, "empty"),
    "a page": (lambda: b"\xef\xbb\xbf\n<!DOCTYPE html><html><body>404</body></html>", "web_page"),
    "a zip": (a_zip, "packed"),
    "text": (lambda: "xin chào bà con".encode() * 50, "not_audio"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "not_audio"),
    "a video": (lambda: encoded(speech(1), "mp4", "aac", picture=True), "video"),
    "a video, webm": (lambda: encoded(speech(1), "matroska", "libopus", picture=True), "video"),
    "silence": (lambda: as_wav(array("h", [0]) * (2 * RATE)), "silent"),
    "almost silence": (lambda: as_wav(speech(2, 0.001)), "silent"),
    "a blink": (lambda: as_wav(speech(0.2)), "too_short"),
    "no samples": (lambda: as_wav(array("h")), "too_short"),
    "just too long": (lambda: as_wav(speech(181, rate=8000), 8000), "too_long"),
    "hours of mp3": (lambda: encoded(speech(20), *MP3, rate=8000, bit_rate=8000) * 500, "too_long"),
    "ten hours, it says": (ten_hours, "too_long"),
    "11 MB": (lambda: as_wav(array("h", [0]) * 5_600_000), "too_large"),
    "cut wav": (lambda: cut(as_wav(speech(3))), "truncated"),
    "cut in the head of a wav": (lambda: as_wav(speech(3))[:30], "truncated"),
    "cut mp3": (lambda: cut(encoded(speech(3), *MP3)), "truncated"),
    "cut ogg": (lambda: cut(encoded(speech(3), *OGG)), "truncated"),
    "cut flac": (lambda: cut(encoded(speech(3), *FLAC, rate=RATE)), "truncated|damaged"),
    "cut m4a": (lambda: cut(encoded(speech(3), *M4A)), "damaged|truncated"),
    "cut webm": (lambda: cut(encoded(speech(3), *WEBM)), "damaged|truncated"),
    "a wav of nothing known": (lambda: b"RIFF\x24\0\0\0WAVEfmt " + b"\xff" * 200, "damaged|truncated"),
    "an mp3 of noise": (lambda: b"ID3\x04\0\0\0\0\0\0" + bytes(range(1, 200)) * 100, "damaged"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_anything_else_is_refused_with_a_sentence(name: str) -> None:
    make, codes = BAD[name]
    data, before = make(), time.monotonic()
    with pytest.raises(Refused) as refused:
        sound.read(data)
    assert refused.value.code.removeprefix("recording.") in codes.split("|")
    assert refused.value.code in SENTENCES
    assert time.monotonic() - before < 20


def test_a_list_of_other_files_is_never_followed() -> None:
    """ffmpeg, left to guess, would open what such a list names."""
    for text in ("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "ffconcat version 1.0\nfile /etc/passwd\n"):
        with pytest.raises(Refused, match="not_audio"):
            sound.read(text.encode())


def test_a_process_that_dies_is_a_file_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "WALL_S", 0.01)
    with pytest.raises(Refused, match="unreadable"):
        sound.read(kinds()["wav"])


def test_the_process_that_opens_recordings_knows_nothing_worth_stealing() -> None:
    program = "import sys; from service.campaigns import sound_reader; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=apart.ROOT, capture_output=True, text=True, check=True
    )
    assert not set(done.stdout.split()) & {"sqlalchemy", "flask", "twilio", "service.db", "service.settings"}


def test_the_limits_are_the_same_on_both_sides() -> None:
    assert sound.LONGEST_S == sound_reader.LONGEST_S
    assert Sound.__dataclass_fields__.keys() == {"wav", "ms", "before", "after", "peaks"}
