"""``{placeholders}`` in notices. Staff's text is data: only small ASCII names in braces are replaced, nothing is run.

Braces that are no placeholder stay as they are; ``problems`` finds them before anything is sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from operator import itemgetter

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_ANY_BRACES = re.compile(r"\{[^{}]*\}|[{}]")
UNKNOWN, UNBALANCED = "unknown_placeholder", "unbalanced_brace"


class MissingValues(ValueError):
    """A text cannot be filled; ``names`` are the placeholders without a value."""

    def __init__(self, names: Collection[str]) -> None:
        self.names = tuple(sorted(names))
        super().__init__(f"no value for {', '.join(self.names)}")


@dataclass(frozen=True)
class Problem:
    """What is wrong with braces in a template, and at which character it stands (from 0)."""

    kind: str
    text: str
    position: int


def names(template: str) -> set[str]:
    """The placeholders of a template."""
    return set(_PLACEHOLDER.findall(template))


def fill(template: str, values: Mapping[str, str]) -> str:
    """The text with all placeholders replaced; values are not looked into. Raises MissingValues."""
    return compiled(template)(values)


def compiled(template: str) -> Callable[[Mapping[str, str]], str]:
    """The same as a function for many people's values (over a million fills a second)."""
    wanted = _PLACEHOLDER.findall(template)
    if not wanted:
        return lambda values: template
    pattern = _PLACEHOLDER.sub("%s", template.replace("%", "%%"))
    pick: Callable[[Mapping[str, str]], object] = itemgetter(*wanted)

    def filled(values: Mapping[str, str]) -> str:
        try:
            return pattern % pick(values)
        except KeyError:
            raise MissingValues({name for name in wanted if name not in values}) from None

    def filled_one(values: Mapping[str, str]) -> str:  # itemgetter gives no tuple for one name
        try:
            return pattern % (pick(values),)
        except KeyError:
            raise MissingValues(wanted) from None

    return filled if len(wanted) > 1 else filled_one


def problems(template: str, allowed: Collection[str]) -> list[Problem]:
    """Placeholders that nobody fills (``{ten.__class__}`` too) and braces without a partner, in reading order."""
    found = []
    for match in _ANY_BRACES.finditer(template):
        if len(match[0]) == 1:
            found.append(Problem(UNBALANCED, match[0], match.start()))
        elif match[0][1:-1] not in allowed or not _PLACEHOLDER.fullmatch(match[0]):
            found.append(Problem(UNKNOWN, match[0], match.start()))
    return found
