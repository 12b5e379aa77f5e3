"""The span of years that a fit takes."""

import pytest

from api.calibration import Span


@pytest.mark.parametrize(
    ("text", "held", "left_out"),
    [("2010:2013", 2013, 2014), ("2012", 2012, 2013), ("2012:", 2030, 2011), ("", 1900, None)],
)
def test_a_span_holds_its_years_alone(text: str, held: int, left_out: int | None) -> None:
    span = Span.parse(text)
    assert span.holds(held)
    assert left_out is None or not span.holds(left_out)


@pytest.mark.parametrize("text", ["last year", "2013:2010", "2010:x"])
def test_a_bad_span_names_itself(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        Span.parse(text)
