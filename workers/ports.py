"""Ports of this machine: taken, found free, or refused in one sentence."""

from __future__ import annotations

import errno
import socket
from urllib.parse import urlsplit

NEXT_ONES = 50  # how many after the wished one are tried
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (what to say for them in an address)


class PortProblem(Exception):
    """One sentence for the person who starts the program."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that already listens, so that nobody can take the port and nobody is turned away at a restart."""
    if not 0 <= port <= 65535:  # the resolver would take it modulo 65536
        raise PortProblem(f"Port {port} does not exist: --port takes 0 to 65535.")
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(where[:2], family=family, backlog=512)
    except socket.gaierror as problem:
        raise PortProblem(f"--host {host} is no address of this machine.") from problem
    except OSError as problem:
        raise PortProblem(_sentence(host, port, problem)) from problem


def _sentence(host: str, port: int, problem: OSError) -> str:
    number = problem.errno
    if number == errno.EADDRINUSE:
        return f"Port {port} is in use by another program: choose another one with --port {port + 1}."
    if number == errno.EACCES:
        return f"Port {port} may be used by the administrator only: choose one above 1023 with --port."
    if number == errno.EADDRNOTAVAIL:
        return f"--host {host} is no address of this machine."
    return f"Port {port} of {host} cannot be used ({problem})."


def address(listening: socket.socket) -> str:
    """HOST:PORT as it stands in an address that works on this machine."""
    host, port = listening.getsockname()[:2]
    host = EVERYWHERE.get(host, host)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def free(wished: int) -> int:
    """A free port of this machine alone: the wished one or one of the next; any for 0."""
    for port in range(wished, wished + NEXT_ONES) if wished else [0]:
        try:
            with socket.create_server(("127.0.0.1", port)) as found:
                return int(found.getsockname()[1])
        except OSError:
            continue
    raise PortProblem(f"The ports {wished} to {wished + NEXT_ONES - 1} are all in use.")


def answers(url: str) -> bool:
    """Does somebody listen there?"""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=1):
            return True
    except OSError:
        return False
