"""Hidden columns of an .xls file, which the library does not tell: the records of its workbook stream.

An .xls file is a small file system of sectors (compound file) with one stream of records in it ([MS-CFB], [MS-XLS]).
Whatever is not as expected ends the search: nothing else depends on it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from service.registry.file_limits import MOST_COLUMNS
from service.registry.zip_guard import Inside

END_OF_CHAIN = 0xFFFFFFFE
ENTRY, STREAM, SMALL = (
    128,
    2,
    4096,
)  # a directory entry's size; its type for streams; below it lies among small sectors
BOF, END, BOUNDSHEET, COLUMN_INFO = 0x0809, 0x000A, 0x0085, 0x007D
NAMES = ("Workbook", "Book")
_HIDDEN = 1


def of_xls(data: bytes) -> Inside:
    try:
        return Inside(_hidden(_workbook(data)))
    except (struct.error, IndexError, ValueError, UnicodeDecodeError):
        return Inside()


def _workbook(data: bytes) -> bytes:
    """The stream with the records."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    (tables,), (directory,) = struct.unpack_from("<I", data, 44), struct.unpack_from("<I", data, 48)
    places = struct.unpack_from("<109I", data, 76)[: min(tables, 109)]
    chain = [
        number for place in places for number in struct.unpack(f"<{size // 4}I", _sector(data, place, size))
    ]
    entries = _stream(data, directory, chain, size)
    for at in range(0, len(entries) - ENTRY + 1, ENTRY):
        entry = entries[at : at + ENTRY]
        name = entry[: max(0, struct.unpack_from("<H", entry, 64)[0] - 2)].decode("utf-16-le")
        if entry[66] == STREAM and name in NAMES:
            start, length = struct.unpack_from("<II", entry, 116)
            return _stream(data, start, chain, size)[:length] if length >= SMALL else b""
    return b""


def _sector(data: bytes, number: int, size: int) -> bytes:
    return data[(number + 1) * size : (number + 2) * size]


def _stream(data: bytes, start: int, chain: list[int], size: int) -> bytes:
    parts: list[bytes] = []
    while start < END_OF_CHAIN and len(parts) <= len(chain):
        parts.append(_sector(data, start, size))
        start = chain[start]
    return b"".join(parts)


def _records(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records from here to the end of this part of the stream."""
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        yield kind, book[at + 4 : at + 4 + length]
        if kind == END:
            return
        at += 4 + length


def _hidden(book: bytes) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for kind, record in _records(book, 0):
        if kind == BOUNDSHEET:
            found[_name(record)] = _hidden_in(book, struct.unpack_from("<I", record, 0)[0])
    return found


def _name(record: bytes) -> str:
    length, wide = record[6], record[7] & 1
    return record[8 : 8 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1")


def _hidden_in(book: bytes, at: int) -> set[int]:
    hidden: set[int] = set()
    for kind, record in _records(book, at):
        if kind == COLUMN_INFO and len(record) >= 10:
            first, last, _width, _format, options = struct.unpack_from("<5H", record, 0)
            if options & _HIDDEN:
                hidden.update(range(first, min(last + 1, MOST_COLUMNS)))
    return hidden
