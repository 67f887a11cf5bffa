"""The history of old, one file of JSON Lines: it is read as before, and no run is added to it."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from checks.errors import HistoryError
from checks.history.record import Head, Record, decode, decode_head
from checks.text import display_path


def newest_lines(file: Path, most: int, environment: str | None) -> tuple[list[Record], list[int]]:
    """The newest `most` runs of an environment, or of each; none where there is no such file.

    Returns:
        The runs, and the numbers of the lines that could not be read.

    Raises:
        HistoryError: The file cannot be read.
    """
    heads: dict[str, list[tuple[Head, int, bytes]]] = defaultdict(list)
    records, damaged = [], []
    for number, line in _lines(file):
        head = decode_head(line)
        if head is None:
            damaged.append(number)
        elif environment in {None, head.environment}:
            heads[head.environment].append((head, number, line))
    for runs in heads.values():
        for _, number, line in sorted(runs, key=lambda run: run[0].order)[-most:]:
            record = decode(line)
            if record is None:
                damaged.append(number)
            else:
                records.append(record)
    return records, sorted(damaged)


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        raise HistoryError(f"{display_path(file)}: {error.strerror}") from error
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.strip():
            yield number, line
