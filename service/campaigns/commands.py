"""``./loa campaign`` and ``./loa interests``."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from service import bell, db, settings
from service.campaigns import campaigns, lawful, notices
from service.campaigns.audience import Audience
from service.campaigns.campaigns import Campaign, Content
from service.carriers import directory
from service.refused import Refused
from service.registry import groups
from service.replies import interests
from service.reports.summary import summary
from service.sending import launch, waves
from service.text.words import VIETNAM
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

# word in the file → what it may be; left out, it is the first
CHOICES = {
    "reach": campaigns.REACHES,
    "encoding": (campaigns.PLAIN, campaigns.ACCENTS),
    "waves": waves.KINDS,
    "notice": ("", *notices.NOTICES),
    "channel": (lawful.SMS, lawful.VOICE),
    "second": ("", lawful.SMS, lawful.VOICE),
    "missed_call": (campaigns.CALL_ME, campaigns.YES),
}


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
    channel = _one_of("channel", data, CHOICES["channel"])
    window_from, window_to = (
        settings.parse_hours(data["window"])
        if "window" in data
        else lawful.windows(lawful.UNDECIDED, channel)
        if channel == lawful.VOICE
        else settings.get().sms_hours
    )
    facts: dict[str, Any] = {
        "employer_id": int(data["employer_id"]), "post": str(data["post"]), "headcount": int(data["headcount"]),
        "place": str(data["place"]), "text": str(data["text"]), "audience": _audience(data.get("audience", {})),
        "window_from": window_from, "window_to": window_to, "starts_at": _instant(data.get("starts_at")),
    }  # fmt: skip
    facts |= {name: data.get(name) for name in ("wage_from", "wage_to", "cap_vnd")}
    facts |= {name: _day(data.get(name)) for name in ("deadline", "departs_on")}
    facts |= {
        name: str(data.get(name, "")) for name in ("country", "lodging", "food", "requirements", "papers")
    }
    facts |= {name: _one_of(name, data, allowed) for name, allowed in CHOICES.items()}
    facts["second_after_h"] = int(data.get("second_after_h", 24))
    return Content(**facts, tell_rest=data.get("tell_rest", False) is True)


def _audience(who: dict[str, Any]) -> Audience:
    return Audience(
        communes=tuple(commune(code).id for code in who.get("communes", [])),
        genders=tuple(who.get("genders", [])),
        languages=tuple(who.get("languages", [])),
        age_from=who.get("age_from"),
        age_to=who.get("age_to"),
        group=_group(who["group"]) if "group" in who else None,
    )


def _group(name: str) -> int:
    """The saved group of this name."""
    found = [group.id for group in groups.listed() if group.name == name]
    if not found:
        raise ValueError(f"there is no group {name!r}")
    return found[0]


def _one_of(name: str, data: dict[str, Any], allowed: tuple[str, ...]) -> str:
    """The word in the file, or else the first that is allowed."""
    word = str(data.get(name, allowed[0]))
    if word not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, allowed))}, not {word!r}")
    return word


def _day(value: Any) -> date | None:
    if value is not None and not isinstance(value, date):
        raise TypeError(f"a day is written as 2026-12-31, not {value!r}")
    return value


def _instant(value: Any) -> datetime | None:
    """With an offset or, without one, Vietnam's time."""
    if value is None:
        return None
    if not isinstance(value, datetime):
        raise TypeError(f"an instant is written as 2026-12-01T07:00:00, not {value!r}")
    return (value if value.tzinfo else value.replace(tzinfo=VIETNAM)).astimezone(UTC)


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
        waves.resume(found, by)
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
