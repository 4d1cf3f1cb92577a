"""The reader of replies, alone in one process: texts of which no two are alike, so that nothing is found in a cache."""

from __future__ import annotations

import csv
import itertools
import time
from pathlib import Path

from benchmarks.figures import Result, at_least, load_average, plain
from service.replies import reader

REPLIES = 20_000
LEAST_PER_S = 10_000
PILES = Path(__file__).parent.parent / "tests" / "replies"
BEFORE = ("", "dạ ", "anh ơi ", "can bo oi ", "alo ", "thưa cán bộ ", "chao chi, ")
AFTER = ("", " ạ", " nhe", "!", " a.")


def measure(replies: int, runs: int) -> list[Result]:
    """How many different replies are read in a second of CPU, which other programs on the machine change least."""
    texts = different_texts(replies)
    for text in texts[:500]:
        reader.read(text)
    times = [_seconds(texts) for _ in range(max(runs, 1))]
    slowest = max(_seconds([(text * 2_000)[:2_000]]) for text in texts[:20])
    wrong = () if len(set(texts)) == replies else (f"only {len(set(texts)):,} different texts",)
    figures = (
        at_least("replies", replies / min(times), "/s", LEAST_PER_S),
        plain("replies, slowest run", replies / max(times), "/s"),
        plain("a reply of 2,000 characters, slowest", slowest * 1000, "ms"),
    )
    return [Result("reader", "none", f"{replies:,} different replies", figures, wrong, load_average())]


def different_texts(count: int) -> list[str]:
    """The replies of the tests, more or less politely, until there are enough."""
    told = dict.fromkeys(text for pile in sorted(PILES.glob("*.csv")) for text in _texts(pile))
    polite = (f"{before}{text}{after}" for before, after in itertools.product(BEFORE, AFTER) for text in told)
    return list(itertools.islice(dict.fromkeys(polite), count))


def _texts(pile: Path) -> list[str]:
    with pile.open(encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]


def _seconds(texts: list[str]) -> float:
    begun = time.process_time()
    for text in texts:
        reader.read(text)
    return time.process_time() - begun
