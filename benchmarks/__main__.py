"""``./loa bench [calls|dispatch|hooks|import|launch|pages|reader|scale|stop|studio ...] [--json]``. Exit status 1 when a sum does not hold."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable

from benchmarks import calls, dispatch, hooks, launch, lists, pages, reader, scale, stop, studio
from benchmarks.figures import Result, as_json, show
from benchmarks.ground import DATABASES, Databases

Benchmark = Callable[[Databases, str, argparse.Namespace], list[Result]]


def _launch(databases: Databases, database: str, wanted: argparse.Namespace) -> list[Result]:
    return launch.measure(databases, database, wanted.size or launch.RECIPIENTS, wanted.runs)


def _dispatch(databases: Databases, database: str, wanted: argparse.Namespace) -> list[Result]:
    return [
        result
        for latency_ms in wanted.latency_ms
        for result in dispatch.measure(
            databases, database, latency_ms, wanted.size or dispatch.MESSAGES, wanted.runs
        )
    ]


def _hooks(databases: Databases, database: str, wanted: argparse.Namespace) -> list[Result]:
    return hooks.measure(databases, database, wanted.size or hooks.CALLBACKS, wanted.runs)


def _calls(databases: Databases, database: str, wanted: argparse.Namespace) -> list[Result]:
    return calls.measure(databases, database, wanted.size or calls.CALLS)


def _pages(databases: Databases, database: str, wanted: argparse.Namespace) -> list[Result]:
    return pages.measure(databases, database, wanted.size or pages.PEOPLE, wanted.runs)


def _import(databases: Databases, database: str, wanted: argparse.Namespace) -> list[Result]:
    return lists.measure(databases, database, wanted.size or lists.PEOPLE, wanted.runs)


def _studio(databases: Databases, database: str, wanted: argparse.Namespace) -> list[Result]:
    return studio.measure(databases, database, wanted.size or studio.PEOPLE, wanted.runs)


def _reader(_databases: Databases, _database: str, wanted: argparse.Namespace) -> list[Result]:
    return reader.measure(wanted.size or reader.REPLIES, wanted.runs)


def _scale(databases: Databases, database: str, wanted: argparse.Namespace) -> list[Result]:
    latency_ms = max(wanted.latency_ms)
    return scale.measure(databases, database, latency_ms, wanted.size or scale.RECIPIENTS, wanted.runs)


def _stop(databases: Databases, database: str, wanted: argparse.Namespace) -> list[Result]:
    latency_ms = max(wanted.latency_ms)
    return stop.measure(databases, database, latency_ms, wanted.size or stop.RECIPIENTS, wanted.runs)


BENCHMARKS: dict[str, Benchmark] = {
    "calls": _calls,
    "dispatch": _dispatch,
    "hooks": _hooks,
    "import": _import,
    "launch": _launch,
    "pages": _pages,
    "reader": _reader,
    "scale": _scale,
    "stop": _stop,
    "studio": _studio,
}

WITHOUT_DATABASE = {"reader"}


def main(arguments: list[str]) -> int:
    """Measure what was asked for; say each result as soon as it is there, or all as JSON at the end."""
    parser = _parser()
    wanted = parser.parse_args(arguments)
    unknown = [name for name in wanted.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]}; choose from {', '.join(BENCHMARKS)}")
    names = wanted.names or list(BENCHMARKS)
    results: list[Result] = []
    with Databases() as databases:
        for name in names:
            for database in wanted.database or (DATABASES if name not in WITHOUT_DATABASE else DATABASES[:1]):
                new = BENCHMARKS[name](databases, database, wanted)
                results += new
                if not wanted.json:
                    show(new)
    if wanted.json:
        print(json.dumps(as_json(results)))
    return 1 if any(result.wrong for result in results) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./loa bench", description="How fast it is, with real processes and HTTP."
    )
    parser.add_argument("names", nargs="*", metavar="|".join(BENCHMARKS), help="default: all")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    parser.add_argument(
        "--database", action="append", choices=DATABASES, help="this one only (default: both)"
    )
    parser.add_argument(
        "--size",
        type=int,
        default=0,
        help="recipients, people or messages (default: see docs/performance.md)",
    )
    parser.add_argument("--runs", type=int, default=3, help="the median of so many")
    parser.add_argument(
        "--latency-ms",
        type=int,
        nargs="+",
        default=[0, 50],
        help="of the stub carrier: dispatch takes each, scale and stop the longest",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
