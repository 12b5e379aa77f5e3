"""One-minute sound levels."""

from api.realism.readers.defects import masked, stuck
from api.realism.readers.table import TextTable
from twin.arrays import Array, Ints

NEEDS = ("datetime", "LEQ dB -A")
STUCK_MIN = 30


def read(table: TextTable) -> tuple[Ints, dict[str, Array]]:
    """LAeq of each minute; a level that does not move for half an hour is masked."""
    level = table.numbers("LEQ dB -A")
    return table.minutes("datetime"), {
        "laeq_db": masked(level, stuck(level, STUCK_MIN), level <= 0)
    }
