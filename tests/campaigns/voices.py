"""Made-up recordings: a tone that comes and goes like speech, in every kind of file that people bring."""

from __future__ import annotations

import io
import math
import wave
from array import array

import av

RATE = 16000


def speech(seconds: float = 2.0, peak: float = 0.3, rate: int = RATE) -> array[int]:
    """A voice with a pause in every second. ``peak``: 1 is as loud as possible."""
    return array(
        "h",
        (
            round(32767 * peak * math.sin(2 * math.pi * 300 * at / rate)) if at % rate < rate * 0.7 else 0
            for at in range(int(seconds * rate))
        ),
    )


def as_wav(samples: array[int], rate: int = RATE, channels: int = 1) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(channels)
        written.setsampwidth(2)
        written.setframerate(rate)
        written.writeframes(samples.tobytes())
    return file.getvalue()


def encoded(
    samples: array[int],
    container: str,
    codec: str,
    rate: int = 48000,
    picture: bool = False,
    bit_rate: int = 0,
) -> bytes:
    """The same as a file of this kind, with moving pictures when asked for."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        video = out.add_stream("mpeg4", rate=10) if picture else None
        audio = out.add_stream(codec, rate=rate, layout="mono")
        if bit_rate:
            audio.bit_rate = bit_rate
        if video is not None:
            video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
            for _ in range(5):
                out.mux(video.encode(av.VideoFrame(64, 48, "yuv420p")))
            out.mux(video.encode(None))
        for start in range(0, len(samples), 1024):
            part = samples[start : start + 1024]
            frame = av.AudioFrame(format="s16", layout="mono", samples=len(part))
            frame.planes[0].update(part.tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
            frame.sample_rate, frame.pts = RATE, None
            out.mux(audio.encode(frame))
        out.mux(audio.encode(None))
    return file.getvalue()


MP3 = ("mp3", "libmp3lame")
OGG = ("ogg", "libopus")
M4A = ("mp4", "aac")
WEBM = ("webm", "libopus")
FLAC = ("flac", "flac")
