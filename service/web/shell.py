"""What all commands share: a database, an acting account, one line on standard error when something is refused."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn, ParamSpec, TypeVar

import click

from service import db, logs, migrate, settings
from service.refused import Refused
from service.registry import areas
from service.staff import accounts
from service.staff.accounts import Staff
from service.web import sentences

FAILED, BAD_USE = 1, 2
P = ParamSpec("P")
R = TypeVar("R")

as_json = click.option("--json", "json_only", is_flag=True, help="JSON alone on standard output.")
as_staff = click.option("--as", "email", help="The staff account that does it (default: the first that may).")


def with_database(command: Callable[P, R]) -> Callable[P, R]:
    """Connect first; say what was refused in one line."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        logs.configure("WARNING")
        db.connect(settings.get().database_url)
        if not migrate.is_current():
            fail("The database is not at its newest shape: run ./loa migrate first.")
        try:
            return command(*args, **kwargs)
        except Refused as refused:
            fail(in_words(refused))

    return run


def in_words(refused: Refused) -> str:
    """The sentence in Vietnamese: a shell has no switch for languages."""
    values = {name: sentences.written(value) for name, value in refused.values.items()}
    return sentences.SENTENCES.get(refused.code, sentences.UNKNOWN) % {"code": refused.code, **values}


def fail(sentence: str, status: int = FAILED) -> NoReturn:
    click.echo(" ".join(sentence.split()), err=True)
    sys.exit(status)


def say(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


def somebody(permission_role: str, email: str | None) -> Staff:
    """The account that acts: the one named, or the first active one of this role."""
    if email:
        staff = accounts.find_by_email(email)
        if staff is None:
            fail(f"There is no account {email}.", BAD_USE)
        return staff
    for staff in accounts.listed():
        if staff.active and staff.role == permission_role:
            return staff
    fail(f"There is no {permission_role} yet: ./loa staff add EMAIL --role {permission_role}", BAD_USE)


def commune(code: str) -> areas.Area:
    found = areas.commune_by_code(code)
    if found is None:
        fail(f"There is no commune with the code {code} today.", BAD_USE)
    return found
