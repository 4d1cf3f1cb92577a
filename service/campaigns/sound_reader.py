"""What sound.py starts in a process of its own (see apart.py): any recording comes in, one that telephones play goes out.

Told is one line: {"ms", "before", "after", "peaks", "wav"} (see sound.Sound; ``wav`` in base64), or {"refused": code,
"values": {…}}.
"""

from __future__ import annotations

import base64
import io
import math
import struct
import wave
from array import array
from collections.abc import Iterator
from itertools import chain, pairwise
from operator import mul
from typing import Any

import av
from av.stream import Disposition

from service import apart
from service.apart import Refusal

MEMORY, CPU_S = 1024**3, 30
RATE, LONGEST_S, SHORTEST_S = 8000, 180, 0.5  # telephones carry nothing above 4 kHz
BLOCK = RATE // 10  # samples of which one loudness is taken
TARGET_DB, MOST_GAIN_DB = -20, 30  # dBFS, of the blocks in which somebody speaks
SILENT_DB, ABSOLUTE_GATE_DB, RELATIVE_GATE_DB = -50, -60, -10
FULL, KNEE, CEILING = (
    32768,
    0.7,
    0.97,
)  # what is louder than the knee is pressed below the ceiling, never cut off
PEAKS = 120

PACKED, WEB_PAGE, VIDEO, ADTS, MP3 = "packed", "web_page", "video", "aac", "mp3"
# (at, sign) → the one reader of ffmpeg's that gets the file, or why none does. It is never left to guess: among its
# readers are some that open other files and addresses.
READERS = {
    (8, b"WAVE"): "wav",
    (0, b"ID3"): MP3,
    (0, b"OggS"): "ogg",
    (4, b"ftyp"): "mov",
    (0, b"\x1aE\xdf\xa3"): "matroska",
    (0, b"fLaC"): "flac",
    (0, b"#!AMR"): "amr",
}
REFUSED = {
    (0, b"PK\x03\x04"): PACKED,
    (0, b"Rar!"): PACKED,
    (0, b"7z\xbc\xaf"): PACKED,
    (0, b"\x1f\x8b"): PACKED,
    (0, b"<"): WEB_PAGE,
    (8, b"AVI "): VIDEO,
    (0, b"FLV\x01"): VIDEO,
    (0, b"\x00\x00\x01\xba"): VIDEO,
}
SAYS_HOW_LONG = ("mov", "matroska", "flac")
UNTOLD = (0, 0xFFFFFFFF)  # the length of a WAV that was written while nobody knew it yet


def main() -> None:
    apart.confine(MEMORY, CPU_S)
    try:
        apart.tell(_told(decoded(apart.given())))
    except Refusal as refusal:
        apart.refuse(refusal)
    except (av.FFmpegError, ValueError):
        apart.refuse(Refusal("damaged"))


def _told(samples: array[int]) -> dict[str, Any]:
    if len(samples) < SHORTEST_S * RATE:
        raise Refusal("too_short")
    before = loudness(samples)
    if before < SILENT_DB:
        raise Refusal("silent")
    made = levelled(samples, before)
    return {
        "ms": len(made) * 1000 // RATE,
        "before": round(before),
        "after": round(loudness(made)),
        "peaks": peaks(made),
        "wav": base64.b64encode(wav(made)).decode(),
    }


# --------------------------------------------------------------------------------------------------------- reading


def decoded(data: bytes) -> array[int]:
    """The samples of a recording, RATE a second, one voice, 16 bits. Raises Refusal, av.FFmpegError, ValueError."""
    reader = reader_of(data)
    if _cut_off(data, reader):
        raise Refusal("truncated")
    with av.open(io.BytesIO(data), format=reader, mode="r", metadata_errors="ignore") as file:
        if any(not stream.disposition & Disposition.attached_pic for stream in file.streams.video):
            raise Refusal(VIDEO)
        if not file.streams.audio:
            raise Refusal("not_audio")
        said = (file.duration or 0) / av.time_base if _says_how_long(data, reader) else 0.0
        if said > LONGEST_S + 1:
            raise Refusal("too_long")
        samples = _samples(file)
    missing = said - len(samples) / RATE
    if missing > 0.3 + said / 50:
        raise Refusal("truncated")
    return samples


def reader_of(data: bytes) -> str:
    """The name of ffmpeg's reader for it, by what it begins with and not by its name. Raises Refusal."""
    if not data.strip(b"\0\r\n\t "):
        raise Refusal("empty")
    start = data[:512].lstrip(b"\xef\xbb\xbf\r\n\t ")
    for (at, sign), reader in READERS.items():
        if data[at : at + len(sign)] == sign:
            return reader
    for (at, sign), why in REFUSED.items():
        if start[at : at + len(sign)] == sign:
            raise Refusal(why)
    if data[0] == 0xFF and len(data) > 1 and data[1] & 0xE0 == 0xE0:
        return MP3 if data[1] & 0x06 else ADTS
    raise Refusal("not_audio")


def _says_how_long(data: bytes, reader: str) -> bool:
    """Is the length that ffmpeg names written in the file? Else it is guessed from the size."""
    if reader != MP3:
        return reader in SAYS_HOW_LONG
    start = _after_id3(data)
    first = data[start : start + 2048]
    return b"Xing" in first or b"Info" in first


def _after_id3(data: bytes) -> int:
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size


def _cut_off(data: bytes, reader: str) -> bool:
    """Does the file end in the middle of what it says comes? ffmpeg plays the rest of these without a word."""
    if reader == "wav":
        return _wav_cut_off(data)
    return reader == "ogg" and _ogg_cut_off(data)


def _wav_cut_off(data: bytes) -> bool:
    at = 12
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        if name == b"data":
            return size not in UNTOLD and size > len(data) - at - 8
        at += 8 + size + size % 2
    return True


def _ogg_cut_off(data: bytes) -> bool:
    page = data.rfind(b"OggS")
    table = data[page + 27 : page + 27 + data[page + 26]] if page + 26 < len(data) else b""
    return not table or page + 27 + len(table) + sum(table) > len(data)


def _samples(file: Any) -> array[int]:
    stream = file.streams.audio[0]
    stream.thread_type, stream.codec_context.thread_count = "NONE", 1
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    samples: array[int] = array("h")
    for frame in chain(_frames(file, stream), [None]):  # none: give what is still held back
        for made in resampler.resample(frame):
            samples.frombytes(bytes(made.planes[0])[: 2 * made.samples])
        if len(samples) > LONGEST_S * RATE:
            raise Refusal("too_long")
    return samples


def _frames(file: Any, stream: Any) -> Iterator[Any]:
    """What can be decoded. A few bad packets are usual (tags at the end, a cut at the beginning), many are not."""
    good = bad = 0
    for packet in file.demux(stream):
        try:
            yield from packet.decode()
            good += 1
        except av.error.InvalidDataError:
            bad += 1
    if bad > 2 + good // 20:
        raise Refusal("damaged")


# ------------------------------------------------------------------------------------------------------ loudness


def loudness(samples: array[int]) -> float:
    """dBFS (RMS) of the blocks in which somebody speaks: neither pauses nor a click count. -inf when nobody does."""
    powers = sorted(_power(samples[at : at + BLOCK]) for at in range(0, len(samples), BLOCK))
    heard = powers[: len(powers) - len(powers) // 20]
    loud = [power for power in heard if power > _power_ratio(ABSOLUTE_GATE_DB)]
    if not loud:
        return -math.inf
    gate = sum(loud) / len(loud) * _power_ratio(RELATIVE_GATE_DB)
    speech = [power for power in loud if power > gate]
    return 10 * math.log10(sum(speech) / len(speech))


def _power(block: array[int]) -> float:
    return float(sum(map(mul, block, block)) / len(block) / FULL**2)


def _power_ratio(db: float) -> float:
    return float(10 ** (db / 10))


def levelled(samples: array[int], db: float) -> array[int]:
    """As loud as all our recordings. One click does not keep a quiet voice quiet: what would be cut off is pressed."""
    gain = math.sqrt(_power_ratio(min(TARGET_DB - db, MOST_GAIN_DB)))
    curve = [round(FULL * _pressed(value * gain / FULL)) for value in range(-FULL, FULL)]
    return array("h", [curve[value + FULL] for value in samples])


def _pressed(value: float) -> float:
    over = abs(value) - KNEE
    if over <= 0:
        return value
    room = CEILING - KNEE
    return math.copysign(KNEE + room * math.tanh(over / room), value)


def peaks(samples: array[int]) -> list[int]:
    """The loudest sample of each of PEAKS parts, in hundredths of what is possible: the picture of the recording."""
    edges = [len(samples) * part // PEAKS for part in range(PEAKS + 1)]
    return [max(map(abs, samples[start:end]), default=0) * 100 // FULL for start, end in pairwise(edges)]


def wav(samples: array[int]) -> bytes:
    """The one kind of file that we keep: PCM, 16 bits, mono, RATE."""
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(RATE)
        written.writeframes(samples.tobytes())  # the machines we know are little-endian, as WAV is
    return file.getvalue()
