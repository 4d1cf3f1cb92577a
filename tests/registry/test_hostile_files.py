"""Files that are broken or meant to harm: refused with a reason, in little time, and nobody gets hurt."""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from service import apart
from service.refused import Refused
from service.registry import sheets, zip_guard
from service.web.sentences import SENTENCES
from tests.registry.conftest import HEADER, PAO, as_csv, as_xlsx

MOST_MEMORY_KIB = 1024**2  # what the reading process may have; Linux counts in KiB
GOOD = as_xlsx(HEADER, PAO)
SHEET = "xl/worksheets/sheet1.xml"
ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body><office:spreadsheet>
 <table:table table:name="A">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"""
ODS_ROW = (
    '<table:table-row{rows}><table:table-cell{cells} office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
    "</table:table-row>"
)
MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">
<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>"""
ROWS_OF_NOTHING = (
    '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
)


def changed(change: Callable[[str, bytes], bytes], more: dict[str, bytes] | None = None) -> bytes:
    """The good workbook with its parts changed and others added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, content in (more or {}).items():
            new.writestr(name, content)
    return out.getvalue()


def with_sheet(old: bytes, new: bytes) -> bytes:
    def change(name: str, content: bytes) -> bytes:
        if name == SHEET:
            assert old in content
            return content.replace(old, new)
        return content

    return changed(change)


def stray_cell() -> bytes:
    cell = b'<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row></sheetData>'
    return with_sheet(b"</sheetData>", cell)


def bomb() -> bytes:
    return changed(lambda _name, content: content, {"xl/media/x.xml": b"0" * (230 * 1024 * 1024)})


def lying_bomb() -> bytes:
    """The directory says that a part is small; it is not."""
    data = bytearray(changed(lambda _name, content: content, {"xl/sharedStrings2.xml": b"0" * 60_000_000}))
    for at in range(len(data) - 4):
        if data[at : at + 4] == (60_000_000).to_bytes(4, "little"):
            data[at : at + 4] = (4321).to_bytes(4, "little")
    return bytes(data)


def entity() -> bytes:
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><sst'
    return changed(
        lambda name, old: old.replace(b"<sst", doctype) if name.endswith("sharedStrings.xml") else old
    )


def hidden_entity() -> bytes:
    return changed(
        lambda name, old: old.decode().encode("utf-16") if name.endswith("sharedStrings.xml") else old
    )


def entity_on_an_edge() -> bytes:
    """The words that are looked for begin in one block that is read and end in the next."""
    before = b"<?xml version='1.0'?><!DOCTYPE x [<!-- "
    filling = b"x" * (zip_guard.CHUNK - len(before) - len(b" --><!ENT"))
    return changed(
        lambda name, old: (
            before + filling + b' --><!ENTITY a "b">]><sst/>' if name.endswith("sharedStrings.xml") else old
        )
    )


def many_rows() -> bytes:
    return as_csv(*[PAO[:1]] * 200_001)


def ods(rows: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("META-INF/manifest.xml", MANIFEST)
        file.writestr("content.xml", ODS.format(rows=rows))
    return out.getvalue()


def repeated() -> bytes:
    row = ODS_ROW.format(
        rows=' table:number-rows-repeated="1048569"', cells=' table:number-columns-repeated="16384"', text="x"
    )
    return ods(row)


def many_parts() -> bytes:
    return changed(lambda _name, content: content, {f"xl/x{number}.xml": b"" for number in range(1_001)})


CASES: list[tuple[str, str, Callable[[], bytes], str]] = [
    ("nothing at all", "a.xlsx", lambda: b"", "empty"),
    ("an empty workbook", "a.xlsx", lambda: as_xlsx(), "empty"),
    ("text that calls itself Excel", "a.xlsx", lambda: as_csv(PAO), "not_a_spreadsheet"),
    ("a zip of something else", "a.xlsx", lambda: _zip({"word/document.xml": b"<x/>"}), "not_a_spreadsheet"),
    ("a copy that broke off", "a.xlsx", lambda: GOOD[: len(GOOD) * 6 // 10], "damaged"),
    ("a cell at the far corner", "a.xlsx", stray_cell, "far_cell"),
    ("too much when unpacked", "a.xlsx", bomb, "unpacked"),
    ("too much when unpacked, and it lies", "a.xlsx", lying_bomb, "damaged"),
    ("too many parts", "a.xlsx", many_parts, "unpacked"),
    ("words that grow", "a.xlsx", entity, "damaged"),
    ("macros", "a.xlsm", lambda: changed(lambda _n, c: c, {"xl/vbaProject.bin": b"x"}), "macros"),
    ("links to other files", "a.xlsx", lambda: changed(lambda _n, c: c, {"xl/externalLinks/e1.xml": b"<x/>"}), "links"),
    ("a password", "a.xlsx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
    ("a broken old workbook", "a.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 2_000, "damaged"),
    ("too many rows", "a.csv", many_rows, "too_many_rows"),
    ("one row a million times", "a.ods", repeated, "far_cell"),
    ("a cell of a million letters", "a.csv", lambda: as_csv(["x" * 1_048_576, *PAO[1:]]), "huge_cell"),
    ("NUL in a name", "a.csv", lambda: as_csv(["Sùng\0Páo", *PAO[1:]]), "nul"),
    ("letters of another country", "a.csv", lambda: "電話番号,氏名\n0912000345,山田太郎\n".encode("shift_jis") * 9, "old_encoding"),
    ("UTF-16 that broke off", "a.csv", lambda: as_csv(PAO, encoding="utf-16")[:-1], "damaged"),
    ("XML in another encoding, to hide in", "a.xlsx", hidden_entity, "damaged"),
    ("an entity over the edge of a block", "a.xlsx", entity_on_an_edge, "damaged"),
    ("eleven megabytes", "a.csv", lambda: b"x," * 5_600_000, "too_large"),
]  # fmt: skip


def _zip(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(("why", "name", "make", "code"), CASES, ids=[case[0] for case in CASES])
def test_it_is_refused_with_its_reason(why: str, name: str, make: Callable[[], bytes], code: str) -> None:
    data = make()
    before = time.monotonic()
    with pytest.raises(Refused) as refused:
        sheets.read(data, name)
    assert refused.value.code == f"import.{code}", why
    assert time.monotonic() - before < sheets.WALL_S + 5
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < MOST_MEMORY_KIB
    assert f"import.{code}" in SENTENCES


def test_an_entity_that_names_a_file_never_shows_what_is_in_it(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.write_text("CANARY-7f3a")
    doctype = f'<!DOCTYPE x [<!ENTITY a SYSTEM "file://{canary}">]><sst'.encode()
    data = changed(
        lambda name, old: old.replace(b"<sst", doctype) if name.endswith("sharedStrings.xml") else old
    )
    with pytest.raises(Refused) as refused:
        sheets.read(data, "a.xlsx")
    assert "CANARY" not in str(refused.value.values)


def test_text_that_looks_like_a_formula_stays_text() -> None:
    sheet = sheets.read(as_xlsx(HEADER, ['=HYPERLINK("http://127.0.0.1/")', *PAO[1:]]), "a.xlsx")
    assert sheet.rows[1].cells[0] == '=HYPERLINK("http://127.0.0.1/")'


def test_rows_of_nothing_at_the_end_of_an_opendocument_are_nothing() -> None:
    rows = ODS_ROW.format(rows="", cells="", text="Họ và tên") + ROWS_OF_NOTHING
    assert [row.cells for row in sheets.read(ods(rows), "a.ods").rows] == [("Họ và tên",)]


def test_empty_rows_and_columns_before_the_list_keep_their_numbers() -> None:
    sheet = sheets.read(as_xlsx([], [], ["", "", "Họ và tên"]), "a.xlsx")
    assert [(row.number, row.cells) for row in sheet.rows] == [(3, ("", "", "Họ và tên"))]
    assert sheets.letters(2) == "C"
    assert (sheets.letters(25), sheets.letters(26), sheets.letters(701), sheets.letters(702)) == (
        "Z",
        "AA",
        "ZZ",
        "AAA",
    )


def test_the_process_that_opens_files_knows_nothing_worth_stealing() -> None:
    program = "import sys; from service.registry import sheet_reader; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=apart.ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "service.registry.workbooks" in loaded
    assert not loaded & {
        "sqlalchemy",
        "flask",
        "twilio",
        "redis",
        "service.db",
        "service.settings",
        "phonenumbers",
    }
