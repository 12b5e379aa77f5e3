"""Files that a command writes at its end: whole or not at all, and tried before the work."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from api.cli.errors import UsageError


@contextmanager
def part_files(*targets: Path) -> Iterator[tuple[Path, ...]]:
    """A hidden file beside each target, to write into.

    When all went well they take the targets' places; otherwise they are removed, and so are
    folders made for them. Raises UsageError where no file can be written.
    """
    with ExitStack() as undo:
        real = [target.resolve() for target in targets]
        parts = tuple(_opened(target, undo) for target in real)
        yield parts
        for part, target in zip(parts, real, strict=True):
            part.replace(target)
        undo.pop_all()


def _opened(target: Path, undo: ExitStack) -> Path:
    if target.exists() and not target.is_file():
        raise UsageError(f"cannot write {target}: expected a file or nothing there")
    part = target.with_name(f".{target.name}.part")
    try:
        _make_folder(target.parent, undo)
        part.touch()
    except OSError as error:
        raise UsageError(f"cannot write {target}: {error.strerror}") from error
    undo.callback(part.unlink, missing_ok=True)
    return part


def _make_folder(folder: Path, undo: ExitStack) -> None:
    if not folder.exists():
        _make_folder(folder.parent, undo)
        folder.mkdir()
        undo.callback(folder.rmdir)
