"""``./loa campaign`` and ``./loa interests``."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import click

from service import bell, db, settings
from service.campaigns import campaigns
from service.campaigns.audience import Audience
from service.campaigns.campaigns import Campaign, Content
from service.carriers import directory
from service.refused import Refused
from service.replies import interests
from service.reports.summary import summary
from service.sending import launch
from service.web.shell import (
    BAD_USE,
    as_json,
    as_staff,
    commune,
    fail,
    in_words,
    say,
    somebody,
    with_database,
)


@click.group()
def campaign() -> None:
    """Campaigns."""


def _campaign(reference: str) -> Campaign:
    """By id or by code."""
    found = campaigns.find(int(reference)) if reference.isdigit() else campaigns.find_by_code(reference)
    if found is None:
        fail(f"There is no campaign {reference}.", BAD_USE)
    return found


@campaign.command("new")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
@as_staff
@with_database
def campaign_new(file: Path, json_only: bool, email: str | None) -> None:
    """Make a draft from a TOML file (docs/campaign.example.toml)."""
    by = somebody("manager", email)
    try:
        content = _content(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, ValueError, TypeError) as problem:
        fail(f"{file.name} cannot be read as a campaign: {problem}. See docs/campaign.example.toml.", BAD_USE)
    with db.transaction():
        made = campaigns.create(content, directory.DEFAULT, by)
    say({"id": made.id, "code": made.code}) if json_only else click.echo(f"{made.id} {made.code}")


def _content(data: dict[str, Any]) -> Content:
    window_from, window_to = (
        settings.parse_hours(data["window"]) if "window" in data else settings.get().sms_hours
    )
    who = data.get("audience", {})
    audience = Audience(
        communes=tuple(commune(code).id for code in who.get("communes", [])),
        genders=tuple(who.get("genders", [])),
        languages=tuple(who.get("languages", [])),
        age_from=who.get("age_from"),
        age_to=who.get("age_to"),
    )
    deadline = data.get("deadline")
    return Content(
        employer_id=int(data["employer_id"]), post=str(data["post"]), headcount=int(data["headcount"]),
        wage_from=data.get("wage_from"), wage_to=data.get("wage_to"), place=str(data["place"]),
        reach=str(data.get("reach", campaigns.IN_PROVINCE)), country=str(data.get("country", "")),
        deadline=deadline if isinstance(deadline, date) else None, audience=audience, text=str(data["text"]),
        encoding=str(data.get("encoding", campaigns.PLAIN)), window_from=window_from, window_to=window_to,
    )  # fmt: skip


@campaign.command("launch")
@click.argument("reference")
@as_staff
@with_database
def campaign_launch(reference: str, email: str | None) -> None:
    """Send it, exactly as it stands now."""
    by, found = somebody("manager", email), _campaign(reference)
    view = launch.outlook(found)
    for problem in view.problems:
        click.echo(in_words(Refused(problem.code, **problem.values)), err=True)
    with db.transaction():
        launch.launch(found.id, view.count.recipients, view.content_hash, by)
    heard = bell.ring(found.carrier)
    click.echo(
        f"{found.code}: {view.count.recipients} messages"
        + ("" if heard else "; Redis does not answer, sending waits")
    )


@campaign.command("pause")
@click.argument("reference")
@as_staff
@with_database
def campaign_pause(reference: str, email: str | None) -> None:
    """What is not on the wire waits."""
    by, found = somebody("manager", email), _campaign(reference)
    with db.transaction():
        campaigns.pause(found, by)


@campaign.command("resume")
@click.argument("reference")
@as_staff
@with_database
def campaign_resume(reference: str, email: str | None) -> None:
    """Go on sending."""
    by, found = somebody("manager", email), _campaign(reference)
    with db.transaction():
        campaigns.resume(found, by)
    bell.ring(found.carrier)


@campaign.command("stop")
@click.argument("reference")
@as_staff
@with_database
def campaign_stop(reference: str, email: str | None) -> None:
    """End it for good: what is not on the wire is cancelled."""
    by, found = somebody("manager", email), _campaign(reference)
    with db.transaction():
        cancelled = launch.stop(found, by)
    click.echo(f"{found.code}: {cancelled} cancelled")


@campaign.command("show")
@click.argument("reference")
@as_json
@with_database
def campaign_show(reference: str, json_only: bool) -> None:
    """How it stands."""
    report = summary(_campaign(reference))
    if json_only:
        say(report)
    else:
        for name, value in report.items():
            click.echo(f"{name:12}{value}")


@click.command("interests")
@click.argument("reference")
@as_json
@with_database
def interests_command(reference: str, json_only: bool) -> None:
    """Who wants to go. Ids only: names and numbers are on the pages, behind a login."""
    rows = [
        {
            "id": one.id,
            "person": one.person_id,
            "phone": one.phone_id,
            "state": one.state,
            "at": one.created_at.isoformat(),
        }
        for one in interests.of_campaign(_campaign(reference).id)
    ]
    if json_only:
        say(rows)
    else:
        for row in rows:
            click.echo(" ".join(str(value) for value in row.values()))
