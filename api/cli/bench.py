"""`hengfu bench`."""


def bench() -> None:
    """Measure."""
