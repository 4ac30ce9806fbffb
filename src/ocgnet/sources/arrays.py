"""Between Python, NumPy and Arrow by their buffers.

pyarrow's own converters (``pa.array`` of a list, ``to_numpy``, scalars) import pandas whenever it is
installed, which takes half a second: as long as reading a million rows. These few do not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from ocgnet.errors import SourceError

_LARGEST = 2**31 - 1
_MARK = "\x1f"


def strings(cells: Sequence[str]) -> pa.Array:
    """Return texts as an Arrow array."""
    if not cells:
        return pa.nulls(0, pa.string())
    # One join and one pass over its bytes; the separator hardly ever occurs in a cell.
    data = np.frombuffer(_MARK.join(cells).encode(), np.uint8)
    gaps = np.flatnonzero(data == ord(_MARK))
    if len(gaps) == len(cells) - 1:
        ends = np.concatenate(([0], gaps - np.arange(len(gaps)), [len(data) - len(gaps)]))
        data = data[data != ord(_MARK)]
    else:
        data = np.frombuffer("".join(cells).encode(), np.uint8)
        ends = np.cumsum([0, *(len(c.encode()) for c in cells)])
    if len(data) > _LARGEST:
        raise SourceError("A few thousand rows hold over 2 GB of text. Split the file.")
    return pa.StringArray.from_buffers(len(cells), pa.py_buffer(ends.astype(np.int32)), pa.py_buffer(data))


def text_bytes(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Return where each text begins (and the last ends), and the UTF-8 bytes of all.

    >>> ends, data = text_bytes(strings(["a", "bc"]))
    >>> ends.tolist(), bytes(data)
    ([0, 1, 3], b'abc')
    """
    if not len(texts):
        return np.zeros(1, np.int32), np.zeros(0, np.uint8)
    _, ends, data = texts.buffers()
    ends = np.frombuffer(ends, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    begin, end = int(ends[0]), int(ends[-1])
    held = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(0, np.uint8)
    return ends - begin, held[begin:end]


def byte_screen(*signs: int) -> np.ndarray:
    """Return, by the value of a byte, whether it is one of ``signs``; shape ``(256,)``."""
    return np.isin(np.arange(256), signs)


def fixed(values: np.ndarray, kind: pa.DataType, missing: np.ndarray | None = None) -> pa.Array:
    """Return numbers, dates or flags as an Arrow array; entries marked in ``missing`` are null.

    >>> fixed(np.array([1, 2]), pa.int64(), np.array([False, True])).to_pylist()
    [1, None]
    """
    data = np.packbits(values, bitorder="little") if values.dtype == bool else np.ascontiguousarray(values)
    return pa.Array.from_buffers(kind, len(values), [_validity(missing), pa.py_buffer(data)])


def without(texts: pa.Array, missing: np.ndarray) -> pa.Array:
    """Return texts that have no nulls with the entries marked in ``missing`` made null."""
    _, ends, data = texts.buffers()
    return pa.Array.from_buffers(texts.type, len(texts), [_validity(missing), ends, data], offset=texts.offset)


def numbers(array: pa.Array, dtype: type[np.generic] | str) -> np.ndarray:
    """Return the memory of an array of numbers or dates; null entries hold anything.

    >>> numbers(fixed(np.array([7, 8]), pa.int64()).slice(1), np.int64).tolist()
    [8]
    """
    return np.frombuffer(array.buffers()[1], dtype, len(array) + array.offset)[array.offset :]


def bools(array: pa.Array) -> np.ndarray:
    """Return an array of flags; null entries hold anything."""
    return _bits(array.buffers()[1], array.offset, len(array))


def missing(array: pa.Array) -> np.ndarray:
    """Return which entries are null."""
    if not array.null_count:
        return np.zeros(len(array), bool)
    return ~_bits(array.buffers()[0], array.offset, len(array))


def _bits(buffer: pa.Buffer | None, offset: int, length: int) -> np.ndarray:
    if buffer is None or not length:
        return np.zeros(0, bool)
    packed = np.frombuffer(buffer, np.uint8)
    return np.unpackbits(packed, count=offset + length, bitorder="little")[offset:].astype(bool)


def _validity(missing: np.ndarray | None) -> pa.Buffer | None:
    if missing is None or not missing.any():
        return None
    return pa.py_buffer(np.packbits(~missing, bitorder="little"))
