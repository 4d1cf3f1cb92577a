"""What a person must read: a code here, the sentence in both languages in web/sentences.py."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A verb said no for a reason that the person asking can act on."""

    def __init__(self, code: str, /, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values
