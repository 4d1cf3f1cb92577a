"""``./loa areas``: places from a data file, checked row by row."""

from __future__ import annotations

from pathlib import Path

import click

from service import db
from service.registry import area_data, area_loading
from service.registry.area_data import Fault
from service.web.shell import as_json, as_staff, fail, say, somebody, with_database

COLUMNS = "kind,code,name,valid_from, and perhaps valid_to,parent_code,became_code,home"
FAULTS = {
    "not_utf8": "the file is not UTF-8; save it as “CSV UTF-8”",
    "nul": "the file holds a NUL byte and is damaged",
    "no_column": f"this column is missing; the first line needs {COLUMNS}",
    "empty": "there is no place in the file",
    "too_long": f"there are more than {area_data.MOST_ROWS} rows; make one file for each province",
    "unknown_kind": "write province, district, commune or hamlet",
    "code_province": "the code of a province has 2 digits, with the leading 0",
    "code_district": "the code of a district has 3 digits, with the leading 0",
    "code_commune": "the code of a commune has 5 digits, with the leading 0",
    "code_hamlet": "hamlets have no code; leave it empty",
    "no_name": "write a name of 1 to 100 letters",
    "no_day": "write a day as 2025-07-01",
    "ends_before": "valid_to lies before valid_from",
    "no_end": "became_code is only for a unit that ended; write valid_to as well",
    "yes_or_no": "write yes or leave it empty",
    "twice": "two units have this code on one day",
    "no_parent": "no unit had this code on that day, neither in the file nor in the database",
    "wrong_parent": "a commune lies in a district or a province, a hamlet in a commune",
    "no_successor": "no unit has this code on the day after valid_to",
    "known_differently": "the database knows another unit with this code at that time",
}


@click.group()
def areas() -> None:
    """Places: provinces, communes, hamlets."""


@areas.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check only; add nothing.")
@click.option(
    "--replace", is_flag=True, help="Also take away the units that the file has not and nobody uses."
)
@as_json
@as_staff
@with_database
def areas_load(file: Path, dry_run: bool, replace: bool, json_only: bool, email: str | None) -> None:
    """Read a data file with the places of a province, show its faults row by row, add what is new."""
    units, faults = area_data.read(file)
    faults = faults or area_loading.faults(units)
    added = removed = 0
    if not faults and not dry_run:
        by = somebody("manager", email) if email else None
        with db.transaction():
            added, removed = area_loading.load(units, file.name, replace, by)
    if json_only:
        found = [{**vars(fault), "advice": FAULTS[fault.kind]} for fault in faults]
        say({"units": len(units), "added": added, "removed": removed, "faults": found})
    else:
        for fault in faults:
            click.echo(_told(fault))
        click.echo(f"units {len(units)}, faults {len(faults)}, added {added}, taken away {removed}")
    if faults:
        fail("Nothing was added: mend the lines above and load the file again.")


def _told(fault: Fault) -> str:
    return f"line {fault.line:>5} {fault.column:12} {fault.seen}: {FAULTS[fault.kind]}"
