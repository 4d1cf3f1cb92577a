"""``./loa people``: villagers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from service import db
from service.registry import checking, columns, imports, sheets
from service.registry.seen import Choices
from service.registry.storing import Stored
from service.web.shell import BAD_USE, as_json, as_staff, commune, fail, say, somebody, with_database


@click.group()
def people() -> None:
    """Villagers."""


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--commune", "code", help="The code of the commune for rows that name none.")
@click.option(
    "--encoding", type=click.Choice(list(sheets.ENCODINGS)), help="When it is not found out rightly."
)
@click.option("--sheet", default="", help="The name of the sheet (default: the first with a list in it).")
@click.option("--header-row", default=0, help="The row of the headings, when it is not found out rightly.")
@click.option(
    "--column", "said", multiple=True, metavar="D=phone", help="What a column is; D= means: do not read."
)
@click.option(
    "--codes-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day whose commune codes the list uses (default: today).",
)
@click.option("--dry-run", is_flag=True, help="Look only; store nothing, keep nothing.")
@click.option("--accept-problems", is_flag=True, help="Store the good rows although some have errors.")
@click.option(
    "--consent-words", help="How everybody on the list agreed to messages, where the list does not say it."
)
@as_json
@as_staff
@with_database
def people_import(
    file: Path, code: str | None, encoding: str | None, sheet: str, header_row: int, said: Sequence[str],
    codes_of: datetime | None, dry_run: bool, accept_problems: bool, consent_words: str | None, json_only: bool, email: str | None,
) -> None:  # fmt: skip
    """Read a list of villagers (xlsx, xls, ods, csv), show its problems, store it."""
    by = somebody("manager", email)
    day = codes_of.date().isoformat() if codes_of is not None else ""
    choices = Choices(encoding or "", sheet, header_row, _columns(said) or None, codes_of=day)
    found = checking.look(file.name, file.read_bytes(), commune(code) if code else None, choices)
    if sheet and found.seen.sheet != sheet:
        fail(f"There is no sheet {sheet}; there are: {', '.join(found.seen.sheets) or 'none'}.", BAD_USE)
    found.must_be_read()
    stored = None
    if not dry_run and (accept_problems or not found.counts["errors"]):
        with db.transaction():
            batch = imports.keep(found, by)
            stored = imports.store(batch.id, accept_problems, consent_words, by)
    _report(found.as_json(_people(stored)), json_only)
    if stored is None and not dry_run:
        fail("Nothing was stored: mend the rows above, or accept them with --accept-problems.")


def _columns(said: Sequence[str]) -> dict[str, str]:
    """``("D=phone", "E=")`` → what to read in which column. Ends the command when that is no column or no field."""
    found: dict[str, str] = {}
    for one in said:
        letter, equals, field = one.partition("=")
        if not equals or sheets.column_of(letter) < 0 or (field and field not in columns.FIELDS):
            fail(f"--column {one}: say D=phone; fields are {', '.join(columns.FIELDS)}.", BAD_USE)
        found[letter.upper()] = field
    return found


def _people(stored: Stored | None) -> int:
    return stored.people + stored.updated + stored.unchanged if stored is not None else 0


def _report(report: dict[str, Any], json_only: bool) -> None:
    if json_only:
        say(report)
        return
    for problem in report["problems"]:
        where = f"{problem['row']:>6} {problem['column'] or '':3}"
        click.echo(f"{where} {problem['kind']}: {problem['seen']} – {problem['advice']}")
    names = ("rows", "people", "new", "updated", "unchanged", "left_out", "phones", "stored")
    click.echo(", ".join(f"{name} {report[name]}" for name in names))
