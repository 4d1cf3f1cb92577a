"""Every code that a verb may refuse with has a sentence, every deed in the history has one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from service import settings
from service.followup.outcomes import OUTCOMES
from service.staff.history import History
from service.web.deeds import DEEDS, sentence
from service.web.sentences import SENTENCES

SOURCES = [file for room in ("service", "workers") for file in sorted((settings.ROOT / room).rglob("*.py"))]
CODE = re.compile(r"[a-z_]+\.[a-z_]+")
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node


def literals(node: ast.AST) -> list[str]:
    found = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
    return [value for value in found if isinstance(value, str)]


def refusals(file: Path) -> Iterator[tuple[str, set[str]]]:
    """(code, names of its values) of every ``raise Refused("…", …)`` in a file; a code that is built ends in . or _"""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Raise) and node.exc is not None:
            for name, call in calls(node.exc):
                if name == "Refused":
                    codes = [text for text in literals(call.args[0]) if "." in text]
                    for code in codes:
                        yield code, {keyword.arg for keyword in call.keywords if keyword.arg}


def is_meant(code: str, text: str) -> bool:
    """Does this text in the source name the code, or begin it (``"import." + kind``)?"""
    return code == text or (text.endswith((".", "_")) and "." in text and code.startswith(text))


def deeds(file: Path) -> Iterator[str]:
    """Every deed that a file records: given to history.record, or to a function of the file that takes a ``deed``."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    takers = {
        node.name: [argument.arg for argument in node.args.args].index("deed")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and "deed" in [argument.arg for argument in node.args.args]
    }
    for name, call in calls(tree):
        recorded = name == "record" and "history" in ast.unparse(call.func)
        place = 0 if recorded else takers.get(name)
        if place is not None and len(call.args) > place:
            yield from literals(call.args[place])


def test_every_refusal_has_a_sentence_that_its_values_fill() -> None:
    seen = 0
    for file in SOURCES:
        for code, values in refusals(file):
            meant = [known for known in SENTENCES if is_meant(known, code)]
            assert meant, f"{file.name}: Refused({code!r}) needs a sentence in service/web/sentences.py"
            for known in meant:
                wanted = set(PLACEHOLDER.findall(SENTENCES[known]))
                assert code != known or wanted <= values | {"code"}, (
                    f"{file.name}: {code} gives only {values}"
                )
            seen += 1
    assert seen > 20


def test_no_sentence_is_left_that_nobody_says() -> None:
    """A code is given to Refused, or kept in a table of checks; it stands in some source besides the table of sentences."""
    others = [file for file in SOURCES if file.name != "sentences.py"]
    said = {text for file in others for text in literals(ast.parse(file.read_text(encoding="utf-8")))}
    assert [code for code in SENTENCES if not any(is_meant(code, text) for text in said)] == []


def test_every_deed_has_a_sentence() -> None:
    done = {deed for file in SOURCES for deed in deeds(file)}
    whole = {deed for deed in done if CODE.fullmatch(deed)}
    assert len(whole) > 10
    assert whole <= set(DEEDS), f"service/web/deeds.py lacks {sorted(whole - set(DEEDS))}"
    for beginning in done - whole:
        assert any(deed.startswith(beginning) for deed in DEEDS), beginning
    assert {f"followup.{outcome.code}" for outcome in OUTCOMES} <= set(DEEDS)


def test_deeds_are_read_as_sentences(app: Flask) -> None:
    rows = [
        (History(deed="staff.added", details={"staff": 7, "role": "officer"}), "Cấp tài khoản cho Lý Văn Dính, vai trò: Công chức xã"),
        (History(deed="consent.given", details={"channel": "meeting"}), "Ghi nhận đồng ý nhận tin (qua: cuộc họp)"),
        (History(deed="campaign.launched", details={"recipients": 412, "price_vnd": 344000}), "Gửi chiến dịch: 412 người nhận, dự tính 344.000 đ"),
        (History(deed="gate.closed", details={"carrier": "twilio"}), "Đóng kênh gửi twilio, lý do: …"),  # an old row without a reason
        (History(deed="from.the_future", details={}), "from.the_future"),
    ]  # fmt: skip
    with app.test_request_context("/"):
        for row, said in rows:
            assert sentence(row, {7: "Lý Văn Dính"}) == said
