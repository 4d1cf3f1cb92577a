"""The door for people at a shell: ``./loa COMMAND``. With --json, standard output is JSON alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from service import db, migrate, settings
from service.campaigns.commands import campaign, interests_command
from service.doctor import findings
from service.registry import areas
from service.registry.area_commands import areas as areas_command
from service.registry.commands import people
from service.replies import reader
from service.rights import commands as rights
from service.sending.commands import join
from service.staff.commands import staff
from service.text import phone_numbers, sms_text
from service.web.shell import BAD_USE, FAILED, as_json, fail, say


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Loa Bản: commands for administrators."""


@cli.command("migrate")
def migrate_command() -> None:
    """Bring the database to its newest shape."""
    migrate.upgrade()
    db.connect(settings.get().database_url)
    with db.transaction():
        areas.load_data()
    click.echo("The database is at its newest shape.")


@cli.command()
@as_json
def doctor(json_only: bool) -> None:
    """Look at what Loa Bản needs, and say how to mend what is missing."""
    db.connect(settings.get().database_url)
    found = []
    for finding in findings():
        found.append(finding)
        if not json_only:
            click.echo(f"{'well' if finding.well else 'NOT WELL':9}{finding.what}: {finding.says}")
    well = all(finding.well for finding in found)
    if json_only:
        say({"well": well, "findings": [finding.as_json() for finding in found]})
    sys.exit(0 if well else FAILED)


@cli.command("sms-check")
@as_json
def sms_check(json_only: bool) -> None:
    """Encoding, parts and price of the text on standard input, and of its accent-less twin."""
    report = sms_text.report(sys.stdin.read().rstrip("\n"), settings.get().sms_price_vnd)
    if json_only:
        say(report)
        return
    click.echo(
        f"{report['encoding']} {report['characters']} characters, {report['parts']} parts, {report['price_vnd']} đ"
    )
    click.echo(
        f"twin: {report['twin']['parts']} parts, {report['twin']['price_vnd']} đ: {report['twin']['text']}"
    )


@cli.command("phone-check")
@as_json
def phone_check(json_only: bool) -> None:
    """What each line on standard input is as a phone number."""
    for line in _lines():
        report = phone_numbers.as_json(phone_numbers.read(line))
        if json_only:
            say(report)
        else:
            numbers = [
                f"{number} ({owner})" if owner else number
                for number, owner in zip(report["e164"], report["owners"], strict=True)
            ]
            said = [*numbers, *([report["problem"]] if report["problem"] else [])]
            click.echo(f"{line} → {', '.join(said)} {'; '.join(report['changes'])}".rstrip())


@cli.command("read-reply")
@as_json
def read_reply(json_only: bool) -> None:
    """What each line on standard input means as a reply."""
    for line in _lines():
        read = reader.read(line)
        if json_only:
            say(reader.as_json(line, read))
        else:
            also = " + stop" if read.stops and read.meaning != reader.STOP else ""
            why = f"  [{read.evidence}]" if read.evidence else ""
            click.echo(f"{read.meaning + also:15}{read.confidence:.2f}  {line}{why}")


def _lines() -> Iterator[str]:
    return (line.rstrip("\r\n") for line in sys.stdin)


for room in (staff, people, areas_command, campaign, interests_command, join):
    cli.add_command(room)


for command in rights.COMMANDS:
    people.add_command(command)


def main() -> None:
    try:
        cli(prog_name="./loa", standalone_mode=False)
    except click.UsageError as problem:
        fail(problem.format_message(), BAD_USE)
    except click.Abort:
        fail("Interrupted.")
    except settings.SettingsError as problem:
        fail(str(problem), BAD_USE)


if __name__ == "__main__":
    main()
