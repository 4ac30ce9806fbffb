"""What the pages of a Parquet file say of themselves, read without unpacking one.

The description at the end of a file may say anything; the reader believes the head of each page when it makes room for
it. Heads are Thrift structures in its compact protocol (https://github.com/apache/thrift, thrift-compact-protocol.md);
their fields are those of ``PageHeader`` in parquet.thrift of https://github.com/apache/parquet-format.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

PREFIXED = 7
"""DELTA_BYTE_ARRAY: each text as what it adds to the one before."""

MOST_PAGES = 200_000
"""Pages of one column in one row group; writers make pages of a megabyte or of 20,000 rows."""

_HEADS = (1 << 12, 1 << 24)
"""Bytes within which a head ends: nearly always, and at most."""


@dataclass(frozen=True)
class Page:
    """One page; sizes are in bytes."""

    packed: int
    unpacked: int
    listed: int  # values, where they stand in lists: how many there are is else the number of rows
    encoding: int  # its number in parquet.thrift


def pages_of(file: BinaryIO, chunk: Any) -> Iterator[Page]:
    """Yield the pages of one column of one row group; ``ValueError`` when they are damaged.

    ``chunk`` is pyarrow's ``ColumnChunkMetaData``.
    """
    # As the reader does it: a dictionary at 0, or behind the values, is none.
    at = min(chunk.dictionary_page_offset or chunk.data_page_offset, chunk.data_page_offset)
    end = at + chunk.total_compressed_size if chunk.num_values else at
    for _ in range(MOST_PAGES):
        if at >= end:
            return
        head, size = _head(file, at)
        data = head.get(5) or head.get(8) or {}
        listed = data.get(1, 0) if "." in chunk.path_in_schema else 0
        page = Page(head.get(3, -1), head.get(2, -1), listed, data.get(2 if 5 in head else 4, 0))
        if min(page.packed, page.unpacked, page.listed) < 0:
            raise ValueError("a page has no size")
        yield page
        at += size + page.packed
    raise ValueError(f"a column has over {MOST_PAGES:,} pages")


def _head(file: BinaryIO, at: int) -> tuple[dict[int, Any], int]:
    """Return the head of the page that begins at a place, by number of field, and its length in bytes."""
    for most in _HEADS:
        file.seek(at)
        reading = _Compact(file.read(most))
        try:
            return reading.structure(), reading.at
        except IndexError:
            continue
        except RecursionError:
            break
    raise ValueError("the head of a page does not end")


class _Compact:
    """Values of the compact protocol, from a place in some bytes on; ``IndexError`` where they end too soon."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def structure(self) -> dict[int, Any]:
        fields: dict[int, Any] = {}
        number = 0
        while sign := self._byte():
            number = number + (sign >> 4) if sign >> 4 else self._whole()
            fields[number] = self._value(sign & 15)
        return fields

    def _value(self, kind: int) -> Any:
        if kind in (1, 2):
            return kind == 1
        if kind in (4, 5, 6):
            return self._whole()
        if kind == 12:
            return self.structure()
        if kind in (9, 10):
            sign = self._byte()
            count = sign >> 4 if sign >> 4 < 15 else self._varint()
            # A flag within a list takes a byte, as a field of its own it takes none.
            return [self._byte() if sign & 15 in (1, 2) else self._value(sign & 15) for _ in range(count)]
        widths = {3: 1, 7: 8, 8: self._varint() if kind == 8 else 0}
        if kind not in widths:
            raise ValueError("the head of a page is damaged")
        self.at += widths[kind]
        if self.at > len(self.data):
            raise IndexError
        return None

    def _byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def _varint(self) -> int:
        number = shift = 0
        while (byte := self._byte()) & 128:
            number |= (byte & 127) << shift
            shift += 7
            if shift > 63:
                raise ValueError("the head of a page is damaged")
        return number | byte << shift

    def _whole(self) -> int:
        number = self._varint()
        return number >> 1 ^ -(number & 1)
