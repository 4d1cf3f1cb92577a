"""``./loa people show | delete | requests``: a villager's rights at a shell."""

from __future__ import annotations

import click

from service import db
from service.rights import dossier, erasure, requests
from service.staff import history
from service.text.words import today_in_vietnam
from service.web import rights_words
from service.web.shell import BAD_USE, as_json, as_staff, fail, say, somebody, with_database


@click.command("show")
@click.argument("person_id", type=int)
@as_json
@as_staff
@with_database
def show(person_id: int, json_only: bool, email: str | None) -> None:
    """Everything kept about a villager. Who asked stays in the history."""
    by = somebody("manager", email)
    with db.transaction():
        person = erasure.find(person_id)
        history.record("person.dossier_shown", by, person=person.id)
    if json_only:
        say(dossier.as_json(person.id))
        return
    for part in dossier.of_person(person.id):
        click.echo(f"{rights_words.TABLES[part.table]} ({part.table})")
        for row in part.rows:
            known = {name: rights_words.value(part.table, name, kept) for name, kept in row.items()}
            click.echo("  " + ", ".join(f"{name}: {value}" for name, value in known.items() if value))


@click.command("delete")
@click.argument("person_id", type=int)
@click.option("--yes", "sure", is_flag=True, help="Needed: what is deleted cannot be brought back.")
@as_json
@as_staff
@with_database
def delete(person_id: int, sure: bool, json_only: bool, email: str | None) -> None:
    """Delete a villager's name and numbers everywhere, at his or her own request."""
    by = somebody("manager", email)
    if not sure:
        fail("This cannot be undone. Say --yes if the person asked for it.", BAD_USE)
    with db.transaction():
        erased = erasure.erase(erasure.find(person_id), by)
    if json_only:
        say(erased.as_json())
    else:
        click.echo(
            f"Deleted. Numbers gone: {erased.numbers}, kept because others use them: {erased.shared}, "
            f"messages cancelled: {erased.cancelled}, scanned forms that still show the name: {erased.sheets}."
        )


@click.command("requests")
@as_json
@with_database
def open_requests(json_only: bool) -> None:
    """Open requests about people's own data, the nearest deadline first."""
    today = today_in_vietnam()
    rows = [
        {"id": one.request.id, "person": one.request.person_id, "kind": one.request.kind,
         "asked_on": one.request.asked_on.isoformat(), "due": one.request.due.isoformat(), "urgency": one.request.urgency(today)}
        for one in requests.open_requests()
    ]  # fmt: skip
    if json_only:
        say(rows)
    for row in rows if not json_only else []:
        click.echo(
            f"{row['due']}  {row['urgency']:5}  {row['kind']:9} person {row['person']}  (request {row['id']})"
        )


COMMANDS = (show, delete, open_requests)  # of the group ``people``
