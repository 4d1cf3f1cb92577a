"""Everything kept about a person: no table may be forgotten."""

from __future__ import annotations

import json

from sqlalchemy import Table

from service.rights import dossier
from service.rights.dossier import SOURCES
from service.tables import metadata
from service.web import rights_words
from tests.rights.conftest import NAME, NUMBER, Village

PERSONAL = {"person_id", "phone_id", "kept_id", "gone_id", "first_id", "second_id"}


def _about_people() -> set[str]:
    """Tables that refer to a person or a phone, and those that refer to such rows in turn."""
    found = {"person", "phone"}
    while True:
        more = {table.name for table in metadata.sorted_tables if _refers(table, found)} - found
        if not more:
            return found
        found |= more


def _refers(table: Table, others: set[str]) -> bool:
    named = any(column.name in PERSONAL for column in table.columns)
    return named or any(key.column.table.name in others for key in table.foreign_keys)


def test_no_table_about_people_is_forgotten() -> None:
    assert _about_people() - set(SOURCES) == set()
    assert set(SOURCES) <= set(metadata.tables)


def test_every_table_and_column_has_a_name_on_the_page() -> None:
    for table in SOURCES:
        assert table in rights_words.TABLES, table
        for column in metadata.tables[table].columns:
            large = {attribute.key for attribute in dossier.LARGE.get(table, ())}
            if column.name not in large | dossier.KEYS and column.name in dossier.SHOWN_OF.get(
                table, [column.name]
            ):
                assert column.name in rights_words.COLUMNS, (table, column.name)


def test_a_whole_history_is_shown_with_that_of_the_double(village: Village) -> None:
    found = json.loads(json.dumps(dossier.as_json(village.pao.id), ensure_ascii=False))
    missing = {table for table in SOURCES if table not in found} - {"two_people"}
    assert missing == set()
    assert {row["name"] for row in found["person"]} == {NAME, "Sung Mi Pao"}
    assert NUMBER in {row["e164"] for row in found["phone"]}
    assert any("muon di" in row["text"] for row in found["reply"])
    assert any("muon di" in str(row["fields"]) for row in found["carrier_event"])
    assert {row["filename"] for row in found["import_batch"]} == {"list.csv"}
    assert "problems" not in found["import_batch"][0]  # other people's rows


def test_nothing_of_others_stands_in_it(village: Village) -> None:
    text = json.dumps(dossier.as_json(village.my.id), ensure_ascii=False)
    assert "Vàng Thị Mỷ" in text
    assert NAME not in text
    assert NUMBER not in text
