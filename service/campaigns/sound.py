"""A recording as telephones play it: whatever came in, checked, levelled and written anew (see sound_reader.py)."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from service import apart
from service.refused import Refused

MOST_BYTES, LONGEST_S = 10 * 1024 * 1024, 180
WALL_S = 60


@dataclass(frozen=True)
class Sound:
    """``wav``: PCM, 8 kHz, mono, 16 bits. ``ms``: its length. ``before``, ``after``: dBFS of the speech in it, as it came
    and as it is. ``peaks``: 120 figures from 0 to 100, for a picture."""

    wav: bytes
    ms: int
    before: int
    after: int
    peaks: tuple[int, ...]


def read(data: bytes) -> Sound:
    """The recording in these bytes, wherever they come from: wav, mp3, m4a, ogg, webm, flac, aac, amr.

    Takes seconds and no transaction. Raises Refused("recording.…") with what to do about the file.
    """
    if len(data) > MOST_BYTES:
        raise Refused("recording.too_large", most="10 MB")
    try:
        for told in apart.told("service.campaigns.sound_reader", {}, data, WALL_S):
            if "refused" in told:
                raise Refused(f"recording.{told['refused']}", **told["values"])
            wav = base64.b64decode(told["wav"])
            return Sound(wav, told["ms"], told["before"], told["after"], tuple(told["peaks"]))
    except apart.TooSlow:
        pass  # no recording of three minutes takes that long
    raise Refused("recording.unreadable")
