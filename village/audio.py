"""Audio as a telephone network needs it: how long it takes to play, and a voice for those who only rehearse."""

from __future__ import annotations

import functools
import io
import math
import struct
import wave
from collections.abc import Callable

RATE = 8000
# kbit/s of MPEG layer III by version (1; 2 and 2.5) and the index in the frame's header
BITRATES = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


def seconds(content_type: str, body: bytes) -> float:
    """How long it plays. Raises ValueError when it is not what its type says, or of no type that can be played."""
    measure = TYPES.get(content_type)
    if measure is None:
        raise ValueError(f"{content_type or 'no type'} cannot be played")
    return measure(body)


def _wav(body: bytes) -> float:
    try:
        with wave.open(io.BytesIO(body)) as sound:
            return float(sound.getnframes() / sound.getframerate())
    except (wave.Error, EOFError, ZeroDivisionError):
        return _wav_of_another_coding(body)


def _wav_of_another_coding(body: bytes) -> float:
    """The module wave reads PCM only; A-law and µ-law, as telephones have them, say their bytes per second themselves."""
    form = body.find(b"fmt ")
    if body[:4] != b"RIFF" or body[8:12] != b"WAVE" or form < 0 or len(body) < form + 20:
        raise ValueError("it is not a WAV file")
    per_second = int.from_bytes(body[form + 16 : form + 20], "little")
    start = body.find(b"data", form)
    if per_second <= 0 or start < 0:
        raise ValueError("it is not a WAV file")
    return max(0, len(body) - start - 8) / per_second


def _mp3(body: bytes) -> float:
    """By the bitrate of its first frame, after the tag that may stand before it."""
    start = 0
    if body[:3] == b"ID3" and len(body) > 10:
        start = 10 + sum(
            (byte & 0x7F) << shift for byte, shift in zip(body[6:10], (21, 14, 7, 0), strict=True)
        )
    header = body[start : start + 4]
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2 or header[2] >> 4 in (0, 15):
        raise ValueError("it is not an MP3 file")
    version = 1 if header[1] & 0x18 == 0x18 else 2
    return (len(body) - start) * 8 / (BITRATES[version][header[2] >> 4] * 1000)


def _by_rate(per_second: int) -> Callable[[bytes], float]:
    return lambda body: len(body) / per_second


# What <Play> takes: https://www.twilio.com/docs/voice/twiml/play#supported-audio-file-types
TYPES: dict[str, Callable[[bytes], float]] = {
    "audio/mpeg": _mp3,
    "audio/wav": _wav,
    "audio/wave": _wav,
    "audio/x-wav": _wav,
    "audio/aiff": _by_rate(16_000),
    "audio/x-aifc": _by_rate(16_000),
    "audio/x-aiff": _by_rate(16_000),
    "audio/x-gsm": _by_rate(1_650),
    "audio/gsm": _by_rate(1_650),
    "audio/ulaw": _by_rate(8_000),
}


@functools.lru_cache(maxsize=16)
def speech(length: int) -> bytes:
    """A WAV of so many seconds, 8 kHz mono: a tone that comes and goes like syllables, so that it can be heard and seen."""
    return _written([_sample(n / RATE) for n in range(RATE)], length)


@functools.lru_cache(maxsize=16)
def silence(length: int) -> bytes:
    """The same, and nobody says anything: the hum of the line."""
    return _written([n % 3 - 1 for n in range(RATE)], length)


def _written(samples: list[int], length: int) -> bytes:
    """One second, repeated."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(struct.pack(f"<{RATE}h", *samples) * length)
    return out.getvalue()


def _sample(at: float) -> int:
    return round(9_000 * math.sin(2 * math.pi * 220 * at) * math.sin(math.pi * 4 * at) ** 2)
