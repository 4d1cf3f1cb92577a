"""How many parts a text takes."""

from __future__ import annotations

import pytest
import smsutil
from hypothesis import given, settings
from hypothesis import strategies as st

from village import segments

CASES = [
    ("", 1),
    ("a" * 160, 1),
    ("a" * 161, 2),
    ("a" * 306, 2),
    ("a" * 307, 3),
    ("à è é ì ò ù É", 1),  # the only Vietnamese letters in GSM-7
    ("a" * 159 + "€", 2),  # an extension character costs two
    ("€" * 80, 1),
    ("a" * 152 + "€" * 5, 2),  # the escape pair is not cut: 152 and then 10
    ("a" * 152 + "€" + "b" * 151, 2),
    ("a" * 152 + "€" + "b" * 152, 3),
    ("ộ" * 70, 1),
    ("ộ" * 71, 2),
    ("ộ" * 134, 2),
    ("ộ" * 135, 3),
    ("😀" * 35, 1),  # two UTF-16 units each
    ("😀" * 36, 2),
    ("ộ" * 66 + "😀" * 34, 3),  # neither is a surrogate pair: 66, 66, 2
    ("a" * 159 + "\t", 3),  # a tab is not in GSM-7: 160 units of 67
    ("việc làm", 1),
]


@pytest.mark.parametrize(("text", "parts"), CASES)
def test_parts(text, parts):
    assert segments.count(text) == parts


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("abc €^à ôộđ😀\n"), max_size=400))
def test_parts_agree_with_an_independent_calculator(text):
    assert segments.count(text) == max(1, len(smsutil.split(text).parts))
