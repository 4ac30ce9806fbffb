"""Watches: questions that somebody wants asked at each load, as ``watches.toml`` beside the records says."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocgnet.english import close_to, did_you_mean
from ocgnet.errors import UsageError
from ocgnet.files.ordinary_files import read_small, small_text
from ocgnet.model.graph import NODE_ROWS, TIES
from ocgnet.notation import TomlError, parse_toml
from ocgnet.queries.ask import LIMIT
from ocgnet.queries.pack import find
from ocgnet.queries.parameters import bind
from ocgnet.queries.query import Query, read_query

FILE = "watches.toml"
"""Name of the file that declares watches."""

LARGEST = 1_000_000
"""Bytes of that file, and of a query of one's own."""

_KEYS = {"name", "question", "file", "parameters", "key", "evidence", "who", "why"}
_RUN = "run_id"
"""A new run is no new finding, so its id tells no rows apart."""

_ID = re.compile(r"(?:\w*_)?id|record|(?:person|ocg|thing|from|to)_(?:[ab]|person|thing|account)")
_NAME = re.compile(r"(?:\w+_)?(?:name|label)|name_\w+|title|because")


@dataclass(frozen=True)
class Watch:
    """One question that is asked at each load.

    ``given`` are its parameters as ``name=value``. ``key`` are the columns that tell its rows apart and ``evidence``
    those whose change makes a dismissed row be looked at again; both are empty where the file leaves them to the
    answer. ``who`` watches, and ``why``.
    """

    name: str
    query: Query
    given: tuple[str, ...]
    key: tuple[str, ...]
    evidence: tuple[str, ...]
    who: str
    why: str

    @property
    def asked(self) -> str:
        """What tells whether the same is asked as before: a hash of the question, its values and its columns."""
        parts = (self.query.text, sorted(self.given), self.key, self.evidence)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

    def key_of(self, columns: Sequence[str]) -> tuple[str, ...]:
        """Return the columns of an answer that tell its rows apart: those declared, else its ids.

        Raises
        ------
        UsageError
            When a declared column is not in the answer, or it has no id.
        """
        self._refuse_missing("key", self.key, columns)
        own = self.key or tuple(c for c in columns if _ID.fullmatch(c) and c != _RUN)
        if not own:
            raise UsageError(
                f"The answer to {self.query.name} has no column of ids, so nothing tells its rows apart. Say which "
                f'do in the watch "{self.name}": key = ["…"]. It has: {", ".join(columns)}.'
            )
        return own

    def evidence_of(self, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> tuple[str, ...]:
        """Return the columns that are a row's evidence: those declared, else all but its key, names and numbers.

        A count or an age that changes is no new evidence; a report, a day, a group or a role is.
        """
        self._refuse_missing("evidence", self.evidence, columns)
        if self.evidence:
            return self.evidence
        numbers = {
            columns[at]
            for row in rows
            for at, value in enumerate(row)
            if isinstance(value, int | float) and not isinstance(value, bool)
        }
        key = self.key_of(columns)
        return tuple(c for c in columns if c not in key and c not in numbers | {_RUN} and not _NAME.fullmatch(c))

    def _refuse_missing(self, what: str, named: Sequence[str], columns: Sequence[str]) -> None:
        for column in named:
            if column not in columns:
                hint = did_you_mean(close_to(column, columns, cutoff=0.5))
                raise UsageError(
                    f'The watch "{self.name}" names the column {column} as its {what}, and the answer to '
                    f"{self.query.name} has none.{hint} It has: {', '.join(columns)}."
                )


def read_watches(file: Path) -> tuple[Watch, ...]:
    """Return the watches that a file declares, in its order; none where there is no file.

    Raises
    ------
    UsageError
        When it is no TOML, names no such question, or a watch lacks what it needs; it names file and watch.
    SourceError
        When it is no ordinary file, or cannot be read.
    """
    if not file.exists() and not file.is_symlink():
        return ()
    try:
        document = parse_toml(read_small(file, LARGEST))
    except (TomlError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} is no TOML in UTF-8: {error}.") from error
    declared = document.pop("watch", [])
    if document or not isinstance(declared, list) or not all(isinstance(one, dict) for one in declared):
        odd = ", ".join(document) or "watch"
        raise UsageError(f"{file} holds watches, each under [[watch]], and nothing else. Mend or remove: {odd}.")
    watches = tuple(_watch(file, number, one) for number, one in enumerate(declared, 1))
    names = [watch.name.casefold() for watch in watches]
    for watch in watches:
        if names.count(watch.name.casefold()) > 1:
            raise UsageError(f'{file} holds two watches "{watch.name}". Give each a name of its own.')
    return watches


def _watch(file: Path, number: int, declared: dict[str, Any]) -> Watch:
    name = " ".join(str(declared.get("name") or "").split())
    where = f'{file}, watch "{name}"' if name else f"{file}, watch number {number}"
    if unknown := sorted(set(declared) - _KEYS):
        hint = did_you_mean(close_to(unknown[0], _KEYS))
        raise UsageError(f"{where}: it knows no {unknown[0]}.{hint} A watch has: {', '.join(sorted(_KEYS))}.")
    texts = {key: declared.get(key, "") for key in ("name", "question", "file", "who", "why")}
    lists = {key: declared.get(key, []) for key in ("key", "evidence")}
    if not all(isinstance(text, str) for text in texts.values()):
        raise UsageError(f"{where}: name, question, file, who and why are texts in quotes.")
    if not all(isinstance(own, list) and all(isinstance(c, str) for c in own) for own in lists.values()):
        raise UsageError(f'{where}: key and evidence are lists of columns, such as ["child_id", "ocg_id"].')
    if not (name and texts["who"].strip() and texts["why"].strip()):
        raise UsageError(f"{where}: say its name, who watches (who) and what for (why).")
    if bool(texts["question"]) == bool(texts["file"]):
        raise UsageError(f"{where}: say what is asked, once: question of ocgnet query --list, or file of your own.")
    try:
        query = find(texts["question"]) if texts["question"] else _own(file.parent / texts["file"])
        given = _given(declared.get("parameters", {}))
        bind(query, given)
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from error
    if query.kind == "picture":
        raise UsageError(f"{where}: {query.name} is a picture, and a watch needs rows. Ask a question that is a table.")
    return Watch(
        name,
        query,
        tuple(given),
        tuple(lists["key"]),
        tuple(lists["evidence"]),
        " ".join(texts["who"].split()),
        " ".join(texts["why"].split()),
    )


def _own(path: Path) -> Query:
    return read_query(path.stem, small_text(path, LARGEST), own=True)


def _given(parameters: Any) -> list[str]:
    """Return values as they are given on the command line."""
    if not isinstance(parameters, Mapping):
        raise UsageError('parameters are written as { force = "", min_people = 3 }.')
    if LIMIT in parameters:
        raise UsageError("leave limit out: a watch asks for every row, or rows would seem to be new or gone.")
    written = {True: "yes", False: "no"}
    given = []
    for name, value in parameters.items():
        if isinstance(value, dict):
            text = ",".join(f"{key}={number}" for key, number in value.items())
        elif isinstance(value, list):
            text = ",".join(map(str, value))
        else:
            text = written[value] if isinstance(value, bool) else str(value)
        given.append(f"{name}={text}")
    return given


def named(watches: Sequence[Watch], name: str) -> Watch:
    """Return the watch of a name, in any case of letters; UsageError without one, with those that come near."""
    by_name = {watch.name.casefold(): watch for watch in watches}
    if (wanted := " ".join(name.split()).casefold()) in by_name:
        return by_name[wanted]
    hint = did_you_mean(close_to(wanted, by_name, cutoff=0.5))
    raise UsageError(f"There is no watch {name}.{hint} See all of them with: ocgnet watch list")


# What records a question reads: an empty answer is no answer where the table it reads was never given.

_COMMENT = re.compile(r"//[^\n]*|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_MATCHED = re.compile(r"\bMATCH\b(.*?)(?=\b(?:OPTIONAL|MATCH|WHERE|WITH|RETURN|UNWIND|CALL|UNION)\b|\Z)", re.DOTALL)
_TYPES = re.compile(r"\[\w*:([\w|`]+)")
_LABELS = re.compile(r"\(\w*:(\w+)")


def tables_missing(query: Query, given: Iterable[str]) -> list[list[str]]:
    """Return for each pattern that a question has to match, and that no table of the records can: its tables.

    Parts that a question may do without (``OPTIONAL MATCH``, what stands in braces) are passed over. Of a question
    that is made of several (``UNION``) one that can be answered is enough.

    >>> tables_missing(find("missing-together"), {"nominals", "children"})
    [['missing_episodes']]
    >>> tables_missing(find("missing-together"), {"missing_episodes", "children"})
    []
    """
    present, tables = set(given), _tables_by_word()
    lacking = []
    for part in re.split(r"\bUNION(?:\s+ALL)?\b", _without_braces(_COMMENT.sub(" ", query.text))):
        needed = [
            set().union(*(tables[word] for word in words if word in tables))
            for match in _MATCHED.finditer(re.sub(r"\bOPTIONAL\s+MATCH\b", "OPTIONAL", part))
            for words in _alternatives(match[1])
            if all(word in tables for word in words)
        ]
        gone = [sorted(group) for group in needed if group and not group & present]
        if not gone:
            return []
        lacking += gone
    return [list(group) for group in dict.fromkeys(map(tuple, lacking))]


def tables_beside(query: Query, given: Iterable[str]) -> list[str]:
    """Return every table that a question reads somewhere and the records do not have, sorted.

    >>> from ocgnet.model import TABLES
    >>> tables_beside(find("linked-children-without-referral"), set(TABLES) - {"referrals"})
    ['referrals']
    """
    present, tables = set(given), _tables_by_word()
    text = _COMMENT.sub(" ", query.text)
    gone = [
        group
        for words in _alternatives(text)
        if (group := set().union(*(tables.get(word, set()) for word in words))) and not group & present
    ]
    return sorted(set().union(*gone))


def _tables_by_word() -> dict[str, set[str]]:
    """Return the tables behind each label and each type of relationship."""
    tables: dict[str, set[str]] = {}
    for rows in NODE_ROWS:
        for label in filter(None, (rows.node.label, rows.label)):
            tables.setdefault(label, set()).add(rows.table)
    for tie in TIES:
        tables.setdefault(tie.type, set()).add(tie.table)
    return tables


def _alternatives(pattern: str) -> Iterable[list[str]]:
    """Yield, of each part of a pattern, the labels or types of which one is enough."""
    for match in (*_TYPES.finditer(pattern), *_LABELS.finditer(pattern)):
        yield match[1].replace("`", "").split("|")


def _without_braces(text: str) -> str:
    depth, kept = 0, []
    for letter in text:
        depth += letter == "{"
        if not depth:
            kept.append(letter)
        depth -= letter == "}" and depth > 0
    return "".join(kept)
