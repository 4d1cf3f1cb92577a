"""Logs: one JSON line each, ids and counts, never numbers, names or texts."""

from __future__ import annotations

import logging
import sys

import structlog

LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40}


def configure(level: str) -> None:
    """Send all logs of this process to standard error."""
    logging.basicConfig(
        level=LEVELS.get(level, 20), format="%(levelname)s %(name)s %(message)s", stream=sys.stderr
    )
    logging.getLogger("twilio.http_client").setLevel(logging.ERROR)  # it prints numbers at INFO
    logging.getLogger("rq").setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS.get(level, 20)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
