"""A cursor comes back as it was given; anything else is refused."""

import pytest

from api.paging import from_cursor, to_cursor
from api.problems import Problem


def test_a_cursor_is_read_back() -> None:
    assert from_cursor(to_cursor(42)) == 42
    assert from_cursor(None) is None


@pytest.mark.parametrize("cursor", ["nonsense", "aGYyOjQy", "aGYxOi0x", "😀", to_cursor(2**63)])
def test_what_we_did_not_hand_out_is_refused(cursor: str) -> None:
    with pytest.raises(Problem) as refused:
        from_cursor(cursor)
    assert refused.value.status == 422
