"""``./loa people``: villagers."""

from __future__ import annotations

from pathlib import Path

import click

from service import db
from service.registry import imports
from service.web.shell import as_json, as_staff, commune, fail, say, somebody, with_database


@click.group()
def people() -> None:
    """Villagers."""


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--commune", "code", help="The code of the commune for rows that name none.")
@click.option("--dry-run", is_flag=True, help="Look only; store nothing.")
@click.option("--accept-problems", is_flag=True, help="Store the good rows although some have errors.")
@click.option(
    "--consent-words", help="How everybody on the list agreed to messages, where the list does not say it."
)
@as_json
@as_staff
@with_database
def people_import(
    file: Path, code: str | None, dry_run: bool, accept_problems: bool, consent_words: str | None, json_only: bool,
    email: str | None,
) -> None:  # fmt: skip
    """Read an Excel or CSV list of villagers, show its problems, store it."""
    by = somebody("manager", email)
    with db.transaction():
        batch = imports.check(file.name, file.read_bytes(), commune(code) if code else None, by)
    stored = None
    if not dry_run and (accept_problems or not batch.has_errors):
        with db.transaction():
            stored = imports.store(batch.id, accept_problems, consent_words, by)
    report = imports.as_json(batch, stored)
    if json_only:
        say(report)
    else:
        for problem in report["problems"]:
            click.echo(
                f"{problem['row']:>6} {problem['column'] or '':3} {problem['kind']}: {problem['seen']} – {problem['advice']}"
            )
        click.echo(
            f"rows {report['rows']}, people {report['people']}, phones {report['phones']}, stored: {report['stored']}"
        )
    if stored is None and not dry_run:
        fail("Nothing was stored: mend the rows above, or accept them with --accept-problems.")
