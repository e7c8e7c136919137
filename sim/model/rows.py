"""Rows of one table while a run lasts: tuples, then packed columns, then row groups of a Parquet file without a name.

What is read again comes in blocks of so many rows, wherever they lie: a run that spills gives the same blocks as one
that does not.
"""

from __future__ import annotations

import tempfile
import weakref
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyarrow.parquet import ParquetWriter

ROWS_A_CHUNK = 4096
"""Rows that are kept as tuples, of some 200 bytes each, and then packed together."""

CHUNKS_A_GROUP = 16
"""Chunks that make one row group of a file: 65,536 rows, some 2 MB."""

GROUPS_A_BLOCK = 4
"""Row groups that are read at a time: 262,144 rows, some 10 MB, and some 70 MB with all that is counted from them."""

MOST_BYTES = 64 * 2**20
"""Packed rows of a table that stay in memory: about two million spells of trains. Beyond it they go to a file."""

Columns = dict[str, npt.NDArray[Any]]
"""Values of some rows by column, all of one length."""


def rows_a_block() -> int:
    """Rows that are read at a time."""
    return GROUPS_A_BLOCK * CHUNKS_A_GROUP * ROWS_A_CHUNK


class Rows:
    """Rows of one table in the order of writing: the newest as tuples, those before packed, the oldest in a file."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype
        self.names = tuple(dtype.names or ())
        self.open: list[tuple[Any, ...]] = []
        self.full: list[Columns] = []
        self.spilled: RowGroups | None = None

    def __len__(self) -> int:
        rows_in_file = self.spilled.rows if self.spilled is not None else 0
        return rows_in_file + sum(length(chunk) for chunk in self.full) + len(self.open)

    def append(self, row: tuple[Any, ...]) -> None:
        """Add one row, its values in the order of the columns.

        Raises
        ------
        OSError
            If rows are to go to a file and cannot be written.
        """
        self.open.append(row)
        if len(self.open) == ROWS_A_CHUNK:
            self.keep(np.array(self.open, self.dtype))
            self.open = []
            self.spill()

    def take(self, records: npt.NDArray[Any]) -> int:
        """Add the first of some rows that are packed already, as many as make whole chunks: how many they are."""
        whole = len(records) - len(records) % ROWS_A_CHUNK
        # Chunk by chunk: one is read from the nearest cache for each of its columns.
        for first in range(0, whole, ROWS_A_CHUNK):
            self.keep(records[first : first + ROWS_A_CHUNK])
            self.spill()
        return whole

    def keep(self, records: npt.NDArray[Any]) -> None:
        """Keep a chunk of rows as columns of their own."""
        self.full.append({name: records[name].copy() for name in self.names})

    def spill(self) -> None:
        """Move packed chunks to a file, as many as make whole row groups, once they are more than may stay."""
        if len(self.full) * ROWS_A_CHUNK * self.dtype.itemsize <= MOST_BYTES:
            return
        while len(self.full) >= CHUNKS_A_GROUP:
            group = concatenate(self.full[:CHUNKS_A_GROUP])
            if self.spilled is None:
                self.spilled = RowGroups(group)
            self.spilled.write(group)
            del self.full[:CHUNKS_A_GROUP]

    def pieces(self, names: Sequence[str]) -> Iterator[Columns]:
        """Some columns of all rows, some rows at a time; nothing is written after this."""
        if self.open or not self.full:
            self.keep(np.array(self.open, self.dtype))
            self.open = []
        if self.spilled is not None:
            yield from self.spilled.read(names)
        yield from self.full

    def column(self, name: str) -> npt.NDArray[Any]:
        """All values of one column; those of a train are in the order of writing."""
        return np.concatenate([piece[name] for piece in self.pieces((name,))])

    def blocks(self) -> Iterator[Columns]:
        """All rows, block by block, at least one; within a block they are sorted by train, if the table has trains."""
        pieces: list[Columns] = []
        for piece in self.pieces(self.names):
            pieces.append(piece)
            if sum(map(length, pieces)) == rows_a_block():
                yield by_train(concatenate(pieces))
                pieces = []
        if pieces:
            yield by_train(concatenate(pieces))


def length(columns: Columns) -> int:
    """How many rows there are."""
    return len(next(iter(columns.values())))


def concatenate(pieces: Sequence[Columns]) -> Columns:
    """Rows one after the other."""
    return {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}


def by_train(columns: Columns) -> Columns:
    """Rows sorted by train, those of one train as they were; as they were altogether in a table without trains."""
    if "train" not in columns:
        return columns
    # Numbers of 16 bits are sorted by their digits, several times as fast as longer ones.
    low, high = (columns["train"] & 0xFFFF).astype(np.uint16), (columns["train"] >> 16).astype(np.int16)
    order = np.argsort(low, kind="stable")
    order = order[np.argsort(high[order], kind="stable")]
    return {name: values[order] for name, values in columns.items()}


class RowGroups:
    """Rows in a temporary file: nothing of it is left when the process ends, however it does."""

    def __init__(self, like: Columns) -> None:
        import pyarrow as pa
        from pyarrow.parquet import ParquetWriter

        self.rows = 0
        with disk_faults():
            self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
            schema = pa.table(like).schema
            self.writer = ParquetWriter(self.file, schema, compression="lz4", use_dictionary=False)
        weakref.finalize(self, let_go, self.writer, self.file)

    def write(self, group: Columns) -> None:
        """Add rows as one row group; not after the first reading."""
        import pyarrow as pa

        with disk_faults():
            self.writer.write_table(pa.table(group))
            self.file.flush()
        self.rows += length(group)

    def read(self, names: Sequence[str]) -> Iterator[Columns]:
        """Some columns of all rows, group by group, in the order of writing."""
        from pyarrow.parquet import ParquetFile

        with disk_faults():
            self.writer.close()
            self.file.flush()
            parquet = ParquetFile(self.file)
        for group in range(parquet.num_row_groups):
            with disk_faults():
                table = parquet.read_row_group(group, columns=list(names), use_threads=False)
            yield {name: table.column(name).to_numpy() for name in names}


def let_go(writer: ParquetWriter, file: IO[bytes]) -> None:
    """Give a temporary file back to the system, whole or not."""
    writer.is_open = False
    with suppress(OSError):
        file.close()


@contextmanager
def disk_faults() -> Iterator[None]:
    """Say what a fault of the disk in the block is about, in words alone: SimPy passes on nothing else.

    Raises
    ------
    OSError
        With the folder for temporary files.
    """
    try:
        yield
    except OSError as error:
        where = f"in {tempfile.gettempdir()}, where a run keeps what does not fit into memory"
        words = f"{error.strerror or error} {where}: TMPDIR can name another folder"
        raise OSError(error.errno, words) from error
