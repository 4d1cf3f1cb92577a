"""``./loa staff``: accounts of the office."""

from __future__ import annotations

import click

from service import db
from service.refused import Refused
from service.staff import accounts
from service.staff.roles import ROLES
from service.web.shell import commune, with_database


@click.group()
def staff() -> None:
    """Accounts of the office."""


@staff.command("add")
@click.argument("email")
@click.option("--role", required=True, help=", ".join(ROLES))
@click.option("--name", default="")
@click.option("--commune", "communes", multiple=True, help="For officers: the codes of their communes.")
@with_database
def staff_add(email: str, role: str, name: str, communes: tuple[str, ...]) -> None:
    """Make an account, or give an existing one a new password. Prints a one-time password."""
    with db.transaction():
        if role == "officer" and not communes:
            raise Refused("staff.officer_needs_commune")
        found = [commune(code).id for code in communes]
        _account, password = accounts.add(email, name, role, found, None)
    click.echo(password)
