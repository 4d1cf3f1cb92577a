"""``./loa join``: this machine becomes one of those that may send by this database."""

from __future__ import annotations

import click

from service import db
from service.sending import installation
from service.web.shell import with_database

ASK = (
    "This machine is to send by this database from now on. Right: a further machine on the same PostgreSQL, or the move "
    "to a new machine, with the old one switched off. Wrong: a copy beside the original, because both would send to the "
    "same people. Go on?"
)


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_database
def join(yes: bool) -> None:
    """Let this machine send by this database: for several machines, or after a move."""
    if not installation.is_foreign():
        click.echo("This machine belongs to this database already.")
        return
    if not yes:
        click.confirm(ASK, abort=True)
    with db.transaction():
        installation.join()
    click.echo("This machine sends by this database from now on.")
