"""The bytes of a decision are those of RFC 8785, whoever writes them."""

from __future__ import annotations

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from aiact_rules.core.canonical import canonical

TEXTS = st.text(
    st.characters(codec="utf-8") | st.sampled_from('\x00\x1f\x7f"\\/\b\f\n\r\t\u2028\ud7ff\ue000\uffff\U00010000')
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda parts: st.lists(parts) | st.dictionaries(TEXTS, parts),
    max_leaves=12,
)


@given(VALUES)
def test_every_value_has_the_bytes_of_rfc_8785(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


def test_names_sort_by_their_utf_16() -> None:
    value = {"\ue000": 1, "\U00010000": 2, "a": 3}
    assert canonical(value) == '{"a":3,"\U00010000":2,"\ue000":1}'.encode() == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [2**53, float("nan"), "\ud800", {1: 2}, {"a": object()}, [b""]])
def test_what_has_no_canonical_bytes_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        canonical(value)
