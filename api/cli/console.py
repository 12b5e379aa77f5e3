"""Where the commands write: results to stdout, complaints to stderr."""

from rich.console import Console


def out() -> Console:
    """A console on stdout."""
    return Console(highlight=False, soft_wrap=True)


def note(line: str) -> None:
    """A remark on stderr, so that stdout holds the result alone."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(_plain(line))


def complain(line: str) -> None:
    """One line on stderr."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(f"[red]error:[/] {_plain(line)}")


def _plain(text: str) -> str:
    return text.replace("[", r"\[")
