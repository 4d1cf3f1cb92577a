"""``python -m village --port 8100``: runs until Ctrl-C or SIGTERM; says on its first line where it listens."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys

import structlog
from aiohttp import web

from village.app import make_app
from village.settings import Settings, SetupProblem, read

PATIENCE = 0.2  # seconds for answers under way when it ends; those that hang on purpose never come


def main() -> int:
    """Exit status: 0 after a signal, 2 when something about the start is wrong."""
    _configure_logs()
    try:
        asyncio.run(_serve(read(sys.argv[1:], os.environ)))
    except SetupProblem as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    return 0


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    # A client that hangs up ends the door that serves it: hanging on purpose must not pile up.
    runner = web.AppRunner(
        make_app(settings), access_log=None, handler_cancellation=True, shutdown_timeout=PATIENCE
    )
    await runner.setup()
    try:
        await _listen(runner, settings)
        await stop.wait()
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, settings: Settings) -> None:
    site = web.TCPSite(runner, settings.host, settings.port, backlog=1024)
    try:
        await site.start()
    except OSError as problem:
        where = f"{settings.host}:{settings.port}"
        raise SetupProblem(f"The village cannot listen on {where} ({problem.strerror}).") from problem
    port = runner.addresses[0][1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    sys.stdout.write(f"The village listens on http://{host}:{port}/\n")
    sys.stdout.flush()


def _configure_logs() -> None:
    """Ids and counts on standard error, never numbers or texts."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


if __name__ == "__main__":
    sys.exit(main())
