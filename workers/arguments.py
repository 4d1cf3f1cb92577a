"""Arguments of commands: what is wrong is said in one line."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

BAD_USE = 2


class Arguments(argparse.ArgumentParser):
    """A parser whose error is one line on standard error, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}; see {self.prog} --help", file=sys.stderr)  # noqa: T201
        sys.exit(BAD_USE)
