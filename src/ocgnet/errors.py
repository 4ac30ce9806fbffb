"""Every error ocgnet raises on purpose.

::

    OcgnetError                what an analyst can act on; the command prints it and exits
    ├── UsageError             the command was asked for something that cannot be done (exit 2)
    ├── SourceError            a file cannot be read at all (exit 1)
    ├── RecordError            the records break rules of the model (exit 1)
    ├── StoreError             a store is absent, locked, or not ours (exit 1)
    ├── LogError               the log cannot be written, so nothing is done (exit 1)
    └── OutputError            results cannot be written where they were wanted (exit 1)

Each message is a sentence that names the place and what to do next.
"""

from __future__ import annotations


class OcgnetError(Exception):
    """Base of all errors that an analyst can act on."""

    exit_code = 1


class UsageError(OcgnetError):
    """The request contradicts itself or names something that does not exist."""

    exit_code = 2


class SourceError(OcgnetError):
    """A folder, file or sheet cannot be read; nothing was changed."""


class RecordError(OcgnetError):
    """Records break the model's rules; nothing was loaded."""


class StoreError(OcgnetError):
    """A store cannot be opened, read or written; its content is as before."""


class LogError(OcgnetError):
    """The log cannot be read or written; nothing that has to be logged is done without it."""


class OutputError(OcgnetError):
    """Results cannot be written; nothing half-written was left behind."""


class OpenLineWarning(UserWarning):
    """Records and passwords go to another machine where whoever sits in between can read them."""
