#!/usr/bin/env python3
"""Tells Loa Bản of a missed call. For the machine with the modem; needs nothing but Python 3.9 or newer.

    missed_call.py NUMBER     what Gammu SMSD runs (RunOnIncomingCall); no NUMBER: it was withheld
    missed_call.py --send     sends what could not be sent so far; for cron, every few minutes

A call is first written to the disk, then sent in the background, and forgotten only when Loa Bản has it. Each call has an id
of its own, so it may be sent twice. Settings: /etc/loa-missed-call.conf, or the file named by LOA_MISSED_CALL_CONF; lines
such as URL=https://loa.example.vn/hooks/missed-call, KEY=…, and SPOOL=/var/spool/loa-missed-call. See docs/carriers.md.
"""

from __future__ import annotations

import fcntl
import hmac
import json
import os
import secrets
import sys
import syslog
import time
import urllib.error
import urllib.request
from pathlib import Path

CONF = "/etc/loa-missed-call.conf"
SPOOL = "/var/spool/loa-missed-call"
WAITING, ASIDE = ".json", ".aside"
TIMEOUT_S = 20


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A signed call is for one address."""

    def redirect_request(self, *_what):
        return None


def main(arguments):
    known = settings(Path(os.environ.get("LOA_MISSED_CALL_CONF", CONF)))
    if known is None:
        return 2
    spool = Path(known.get("SPOOL", SPOOL))
    spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    if arguments == ["--send"]:
        return send_all(spool, known)
    keep(spool, arguments[0] if arguments else "")
    if os.fork() == 0:  # Gammu waits for who it started, and takes no call meanwhile
        os.setsid()
        os._exit(send_all(spool, known))
    return 0


def settings(path):
    """The lines NAME=value of this file; none when something is missing."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as problem:
        return wrong(f"{path}: {problem.strerror}")
    pairs = (line.partition("=") for line in lines if line.strip() and not line.lstrip().startswith("#"))
    known = {name.strip(): value.strip() for name, _, value in pairs}
    for name in ("URL", "KEY"):
        if not known.get(name):
            return wrong(f"{path}: there is no line {name}=")
    if not known["URL"].startswith(("http://", "https://")):
        return wrong(f"{path}: URL must begin with https://")
    return known


def wrong(sentence):
    syslog.syslog(syslog.LOG_ERR, sentence)
    if sys.stderr:  # Gammu closes it
        sys.stderr.write(sentence + "\n")


def keep(spool, number):
    """Write the call to the disk, whole or not at all."""
    event = {"id": f"call-{secrets.token_hex(16)}", "from": number, "at": int(time.time())}
    path = spool / f"{event['at']}-{event['id']}{WAITING}"
    draft = path.with_suffix(".draft")
    with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(json.dumps(event).encode())
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


def send_all(spool, known):
    """Send what is kept, the oldest first, until something cannot be sent. Returns 0 when nothing is left."""
    with (spool / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for path in sorted(spool.glob("*" + WAITING)):
            status, said = send(path.read_bytes(), known)
            if status == 400:  # it will never be understood, and must not keep the others waiting
                path.rename(path.with_suffix(ASIDE))
            elif 200 <= status < 300:
                path.unlink()
                continue
            syslog.syslog(syslog.LOG_WARNING, f"{path.name} was not taken: {status} {said}")
            if status != 400:
                return 1
    return 0


def send(body, known):
    """The status of the answer, 0 where there was none, and a few words for the log."""
    timestamp = str(int(time.time()))
    signed = hmac.new(known["KEY"].encode(), timestamp.encode() + b"." + body, "sha256").hexdigest()
    headers = {"Content-Type": "application/json", "X-Timestamp": timestamp, "X-Signature": signed}
    request = urllib.request.Request(known["URL"], body, headers, method="POST")  # noqa: S310 - checked in settings
    try:
        with urllib.request.build_opener(NoRedirect).open(request, timeout=TIMEOUT_S) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as problem:
        return problem.code, problem.read(200).decode("utf-8", "replace")
    except (OSError, ValueError) as problem:
        return 0, type(problem).__name__


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
