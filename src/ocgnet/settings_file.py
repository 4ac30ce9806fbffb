"""Files of a force's own settings: read as TOML, judged key by key, refused whole with every fault named."""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeGuard

from ocgnet.errors import SourceError, UsageError


def read_settings_file(path: Path) -> dict[str, Any]:
    """Return what a TOML file sets.

    Raises
    ------
    SourceError
        When it cannot be read, is no TOML, or is nested beyond reason.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror or error}).") from error
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{path} is no TOML file in UTF-8: {error}.") from error


def refuse(name: str, problems: Iterable[str]) -> None:
    """Raise one error that names every problem; with none, do nothing.

    Raises
    ------
    UsageError
        When there is a problem.
    """
    if said := " ".join(problems):
        raise UsageError(f"{name} cannot be used. {said}")


def whole_numbers(given: Mapping[str, Any], limits: Mapping[str, tuple[int, int]]) -> Iterable[str]:
    """Say of each key that must hold a whole number, with the least and the most it may be, what is wrong with it."""
    for key, (least, most) in limits.items():
        if key in given and not (is_whole(given[key]) and least <= given[key] <= most):
            yield f"{key}: {given[key]!r} is no whole number from {least} to {most:,}."


def is_number(value: object) -> TypeGuard[float]:
    """Say whether a value is a finite number that fits into a double; a truth value is none.

    Examples
    --------
    >>> [is_number(v) for v in (1, .5, True, float("nan"), 10**400, "1")]
    [True, True, False, False, False, False]
    """
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:
        return False


def is_whole(value: object) -> TypeGuard[int]:
    """Say whether a value is a whole number; a truth value is none."""
    return isinstance(value, int) and is_number(value)


def near(word: str, known: Collection[str]) -> str:
    """Return the end of a sentence about an unknown word: the word that was perhaps meant, or all there are.

    Examples
    --------
    >>> "no such rule" + near("victm", ["victim", "parent"]), "no such rule" + near("x", ["victim", "parent"])
    ('no such rule; did you mean victim?', 'no such rule; there are parent, victim.')
    """
    found = difflib.get_close_matches(word, list(known), 1)
    return f"; did you mean {found[0]}?" if found else f"; there are {', '.join(sorted(known))}."
