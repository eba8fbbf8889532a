"""What all rows share: ids that are written together, and the text of JSON columns."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from app.extensions import written_json
from app.models.base import ID_ALPHABET, TOGETHER, new_id, new_ids


def test_ids_made_together_stand_together_and_differ() -> None:
    made = new_ids(500)
    assert len(set(made)) == 500
    assert {one[:TOGETHER] for one in made} == {made[0][:TOGETHER]}
    assert all(len(one) == len(new_id()) and set(one) <= set(ID_ALPHABET) for one in made)
    assert new_ids(0) == []
    assert len({new_ids(1)[0][:TOGETHER] for _n in range(50)}) > 40


def test_chinese_is_stored_as_it_is() -> None:
    assert written_json({"stem": "扶稳"}) == '{"stem":"扶稳"}'


@given(st.recursive(st.text(st.characters()) | st.integers() | st.booleans(), st.lists))
def test_any_text_comes_back_half_pairs_included(value: object) -> None:
    text = written_json(value)
    text.encode()
    assert json.loads(text) == value
