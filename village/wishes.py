"""Reading how villagers shall behave: parts of a JSON wish, each read as a whole or refused with one sentence."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from village import numbers

T = TypeVar("T")


def phones(name: str, given: object, read: Callable[[object], T]) -> dict[str, T]:
    """``{"+84912000345": wish}``, each wish read by ``read``."""
    if not isinstance(given, Mapping):
        raise ValueError(f"{name} must be a JSON object of numbers and behaviours.")
    result: dict[str, T] = {}
    for raw, wish in given.items():
        try:
            number = numbers.read(str(raw))
        except ValueError as problem:
            raise ValueError(f"{raw!r} is not a telephone number such as +84912000345.") from problem
        result[number] = read(wish)
    return result


def shares(name: str, given: object, kinds: Collection[str]) -> dict[str, float]:
    """``{"silent": 0.5}``: names of kinds with shares that add up to at most 1."""
    if not isinstance(given, Mapping):
        raise ValueError(f"{name} must be a JSON object of behaviours and numbers.")
    for kind in given:
        if kind not in kinds:
            raise ValueError(f"{kind!r} is not a behaviour; known: {', '.join(kinds)}.")
    table = {str(kind): amount(str(kind), value, 1.0) for kind, value in given.items()}
    if sum(table.values()) > 1 + 1e-9:
        raise ValueError(f"{name} must add up to at most 1.")
    return table


def drawn(table: Mapping[str, float], point: float, rest: str) -> str:
    """The kind at this point of the shares, from 0 to 1; what is missing to 1 is ``rest``."""
    edge = 0.0
    for name, share in table.items():
        edge += share
        if point < edge:
            return name
    return rest


def amount(name: str, value: object, largest: float, smallest: float = 0.0) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not smallest <= value <= largest:
        raise ValueError(f"{name} must be a number from {smallest:g} to {largest:g}, not {value!r}.")
    return float(value)
