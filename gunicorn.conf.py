"""How the web process runs: a few processes, with many threads each."""

import os
import sys
from typing import Any

from service import settings
from workers.deathsignal import die_with_parent

try:
    settings.get()
except settings.SettingsError as problem:
    print(problem, file=sys.stderr)  # noqa: T201
    sys.exit(2)

worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS") or 2)
threads = 16  # most of them wait for one commit, which their callbacks share (service/intake.py)
preload_app = False  # each process opens its own connections; nothing to forget after a fork
timeout = 60  # seconds without a sign of life from a process, not from a request
graceful_timeout = 3  # all of ./loa run ends within 5 s
keepalive = 5
control_socket_disable = True
accesslog = None  # addresses of people and of pages about people are personal data
errorlog = "-"
loglevel = "warning"
proc_name = "loa-web"
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  (a heartbeat must not wait for a disk)


def post_fork(server: Any, worker: Any) -> None:
    die_with_parent(parent=server.pid)
