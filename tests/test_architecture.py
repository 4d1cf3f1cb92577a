"""The shape of the house: which room may know which, and what every part must have."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from service import bell

ROOT = Path(__file__).resolve().parent.parent

# A room may import from its own line and from lines above it, never from below.
ORDER = (
    ("service.text",),
    ("service.logs", "service.refused", "service.apart"),
    ("service.settings",),
    ("service.engines",),
    ("service.db",),
    ("service.schema", "service.bell"),
    ("service.staff",),
    ("service.registry",),
    ("service.carriers",),
    ("service.campaigns",),
    ("service.sending",),
    ("service.replies",),
    ("service.followup",),
    ("service.reports",),
    ("service.rights",),
    ("service.tables", "service.migrate"),
    ("service.web",),
    ("pages",),  # */pages.py and what stands beside them (*_pages, *_forms, *_commands): the doors for people
    ("service.intake",),
    ("service.hooks", "service.welcome"),
    ("service.doctor",),
    ("service.cli",),
    ("service.app", "workers"),
    ("wsgi",),
)
DOORS = {"forms", "typed", "door", "commands"}
FLASK_ROOMS = ("service.web", "pages", "service.app", "wsgi")


def modules(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def imported(name: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(module: str) -> str:
    """The line of ORDER's word for this module."""
    parts = module.split(".")
    if (
        parts[0] == "service"
        and len(parts) > 2
        and parts[1] != "web"
        and (parts[2] in DOORS or parts[2].endswith(("pages", "forms", "commands")))
    ):
        return "pages"
    names = [name for line in ORDER for name in line if module == name or module.startswith(name + ".")]
    return max(names, key=len, default="")


def line_of(name: str) -> int:
    return next(index for index, line in enumerate(ORDER) if name in line)


ALL = list(modules("service", "workers"))


@pytest.mark.parametrize(("name", "tree"), ALL, ids=[name for name, _ in ALL])
def test_left_does_not_import_right(name: str, tree: ast.Module) -> None:
    here = room(name)
    if name == "service":
        return
    assert here, f"{name} stands in no room of ORDER"
    wrong = []
    for target in imported(name, tree):
        there = room(target)
        if there and line_of(there) > line_of(here):
            wrong.append(target)
    assert wrong == []


@pytest.mark.parametrize(("name", "tree"), ALL, ids=[name for name, _ in ALL])
def test_no_import_hides_inside_a_function(name: str, tree: ast.Module) -> None:
    hidden = [
        node.lineno
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_flask_rq_and_twilio_stay_in_their_rooms() -> None:
    wrong = []
    for name, tree in ALL:
        for target in imported(name, tree):
            top = target.split(".")[0]
            if top.startswith("flask") and not (room(name) in FLASK_ROOMS or name in ("workers.web",)):
                wrong.append((name, target))
            if top == "rq" and not (name == "service.bell" or name.startswith("workers.")):
                wrong.append((name, target))
            if top == "twilio" and not name.startswith("service.carriers.twilio"):
                wrong.append((name, target))
    assert wrong == []


def test_web_and_workers_do_not_know_each_other() -> None:
    for name, tree in ALL:
        for target in imported(name, tree):
            assert not (name.startswith("workers") and target.startswith(("service.web", "service.app"))), (
                name
            )
            assert not (name.startswith("service") and target.startswith("workers")), name


def test_the_village_imports_nothing_of_the_house() -> None:
    for name, tree in modules("village"):
        for target in imported(name, tree):
            assert target.split(".")[0] not in ("service", "workers", "tests"), (name, target)


def test_every_job_name_can_be_resolved() -> None:
    module, function = bell.DRAIN.rsplit(".", 1)
    assert callable(getattr(importlib.import_module(module), function))
