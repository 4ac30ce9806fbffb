"""What an offence code means to the profile: its severity weight and its group."""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ocgnet.errors import UsageError
from ocgnet.harm import VINTAGE, normal_code, weights

NO_GROUP = "not grouped"
"""Group of a code that the table of offence groups does not hold."""

NO_CODE = "offence not known"
"""Group of a crime without an offence code."""

RAPE = "rape"

_CODE_HEADS = ("offence_code", "ho_code", "code")


@dataclass(frozen=True)
class WeightSet:
    """Severity weights under which harm is counted.

    Parameters
    ----------
    by_code : mapping of str to float
        Weight by normal offence code (``harm.normal_code``).
    vintage : str
        What the weights are and where they come from, printed on every output.
    fingerprint : str
        Sha256 of the sorted weights, so that two runs can be told to have used the same.
    """

    by_code: Mapping[str, float]
    vintage: str
    fingerprint: str = ""

    @classmethod
    def of(cls, by_code: Mapping[str, float], vintage: str) -> WeightSet:
        """Return a weight set with its fingerprint."""
        text = "\n".join(f"{code},{weight!r}" for code, weight in sorted(by_code.items()))
        return cls(dict(by_code), vintage, hashlib.sha256(text.encode()).hexdigest()[:12])

    @classmethod
    def shipped(cls) -> WeightSet:
        """Return the weights of the Office for National Statistics that come with the program."""
        return cls.of(weights(), VINTAGE)


def weights_from(text: str, name: str) -> WeightSet:
    r"""Read another set of weights from the text of a CSV file.

    Parameters
    ----------
    text : str
        CSV with a header; a column ``offence_code`` (or ``ho_code``, ``code``) and a column ``weight``.
        Other columns are passed over.
    name : str
        Name of the file, for messages and as the vintage.

    Raises
    ------
    UsageError
        When a column is missing, a weight is no number or below 0, a code is blank or stands twice with
        different weights, or there is no row. The message names the line.

    Examples
    --------
    >>> weights_from("code,weight\n 08/N,10\n", "index.csv").by_code
    {'8N': 10.0}
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(c.strip() for c in row)]
    except csv.Error as error:
        raise UsageError(f"{name} cannot be read as CSV: {error}, near line {reader.line_num}.") from error
    heads = [h.strip().lower() for h in rows[0][1]] if rows else []
    code_at = next((heads.index(h) for h in _CODE_HEADS if h in heads), None)
    if code_at is None or "weight" not in heads:
        raise UsageError(f"{name} needs a header with the columns offence_code and weight.")
    weight_at = heads.index("weight")
    found: dict[str, float] = {}
    for line, row in rows[1:]:
        if len(row) != len(heads):
            raise UsageError(f"{name}, line {line}: the header has {len(heads)} cells and this row {len(row)}.")
        code, weight = normal_code(row[code_at].strip()), _weight(row[weight_at], name, line)
        if not code:
            raise UsageError(f"{name}, line {line}: the offence code is blank.")
        if found.setdefault(code, weight) != weight:
            raise UsageError(f"{name}, line {line}: the code {code} stands twice, with different weights.")
    if not found:
        raise UsageError(f"{name} holds no weight. Write one offence code and its weight in each row.")
    return WeightSet.of(found, f"weights of the file {name}")


def _weight(cell: str, name: str, line: int) -> float:
    try:
        weight = float(cell)
    except ValueError:
        weight = math.nan
    if not math.isfinite(weight) or weight < 0:
        raise UsageError(f"{name}, line {line}: the weight '{cell}' is no number of 0 or more.")
    return weight


@cache
def groups() -> dict[str, tuple[str, str]]:
    """Return offence group and family by normal offence code.

    The groups follow the offence groups under which the Home Office counts recorded crime; arson stands
    apart from criminal damage, and robbery and burglary are split by their target.
    """
    text = (files("ocgnet") / "data" / "offence_groups.csv").read_text(encoding="utf-8")
    return {normal_code(r["code"]): (r["group"], r["family"]) for r in csv.DictReader(text.splitlines())}


def group_of(code: str | None) -> tuple[str, str]:
    """Return group and family of an offence code as recorded.

    >>> group_of("008N"), group_of(None)
    (('violence with injury', 'violence against the person'), ('offence not known', 'offence not known'))
    """
    if not code:
        return NO_CODE, NO_CODE
    return groups().get(normal_code(code), (NO_GROUP, NO_GROUP))


def family_of(group: str) -> str:
    """Return the family of an offence group; the group itself where it has none."""
    return _families().get(group, group)


@cache
def _families() -> dict[str, str]:
    return dict(groups().values())
