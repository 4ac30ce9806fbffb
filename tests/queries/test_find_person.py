"""Finding somebody by a name that is not quite right, against brute force, on both kinds of store."""

from __future__ import annotations

import json
import random
import unicodedata
from datetime import date

import pyarrow as pa
import pytest
from filled_server import FIXTURES
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from ocgnet.audit.chain import key_of
from ocgnet.audit.given import keyed_mark
from ocgnet.audit.read import acts
from ocgnet.checks.check import check
from ocgnet.cli.app import app
from ocgnet.dataset import Dataset
from ocgnet.errors import UsageError
from ocgnet.queries import bind, find, pack
from ocgnet.queries.ask import ask
from ocgnet.queries.find_person import answer_from_records
from ocgnet.store import LoadManifest, open_store

QUESTION = find("find-person")
COUNTY = check(FIXTURES / "county").dataset
TINY = check(FIXTURES / "tiny").dataset
HOSTILE = [*r"""*~":!\^'’-ß""", "AND", "NOT OR", "name:x", "(((", "a*b~2", "\\'", "[a TO z]", "/.*/", "&& || !"]
HOSTILE += ["a' OR 1=1 //", "') RETURN 1 //", "$name", "{x: 1}", "\u202e\u0000", "ﬀ", "--", "~2", "a~", "a^5"]


def answer(dataset: Dataset, name: str, *given: str):
    return answer_from_records(dataset, bind(QUESTION, [f"name={name}", *given]))


def found(dataset: Dataset, name: str, *given: str) -> list[str]:
    return [row[0] for row in answer(dataset, name, *given).rows]


# Brute force: every word against every word, distances by the textbook's table, names folded letter by letter.


STRUCK = {"ł": "l", "đ": "d", "ð": "d", "ø": "o", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th", "ŋ": "n"}


def folded(text: str) -> list[str]:
    out = ""
    for letter in unicodedata.normalize("NFKD", text.casefold()):
        plain = STRUCK.get(letter, letter)
        if plain.isalnum():
            out += plain
        elif not unicodedata.combining(letter) and letter not in "'’`.":
            out += " "
    return out.split()


def changes(a: str, b: str) -> int:
    table = {(i, -1): i + 1 for i in range(-1, len(a))} | {(-1, j): j + 1 for j in range(-1, len(b))}
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (x != y))
            if i and j and a[i - 1 : i + 1] == y + b[j - 1]:
                table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return table[len(a) - 1, len(b) - 1]


def fits(asked: list[str], name: list[str]) -> bool:
    runs = ["".join(name[i:j]) for i in range(len(name)) for j in range(i + 2, min(i + 3, len(name)) + 1)]
    together = name + runs

    def one(word: str) -> bool:
        most = 0 if len(word) < 3 else 1 if len(word) < 6 else 2
        return any(
            w.startswith(word)
            or (len(word) >= 3 and word in w)
            or (abs(len(w) - len(word)) <= most and changes(word, w) <= most)
            for w in together
        )

    ends = one(asked[0]) and one(asked[-1])
    return (ends and sum(not one(w) for w in asked) <= 1) or one("".join(asked))


def brute(dataset: Dataset, name: str, day: date) -> set[str]:
    asked = folded(name)
    out = set()
    for table, key in (("nominals", "nominal_id"), ("children", "child_id"), ("people", "person_id")):
        for row in dataset[table].to_pylist():
            names = [n for n in (row["name"], *(row.get("aliases") or "").split("|")) if n]
            if any(fits(asked, folded(n)) for n in names) or "".join(folded(row[key])) == "".join(asked):
                out.add(row[key])
    due = {r["nominal_id"] for r in dataset["nominals"].to_pylist() if r["review_due"] and r["review_due"] < day}
    return out - due


def misspelt(name: str, chance: random.Random) -> str:
    """The name with letters lost, doubled, changed or swapped, in some other order, or in part."""
    words = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).split()
    for _ in range(chance.randint(0, 2)):
        at = chance.randrange(len(words))
        word, place = words[at], chance.randrange(len(words[at]))
        change = chance.choice(("lost", "doubled", "changed", "swapped", "short"))
        words[at] = {
            "lost": word[:place] + word[place + 1 :] or word,
            "doubled": word[:place] + word[place] + word[place:],
            "changed": word[:place] + chance.choice("aeiouk") + word[place + 1 :],
            "swapped": word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
            "short": word[: max(1, place)],
        }[change]
    chance.shuffle(words)
    return " ".join(words[: chance.randint(1, len(words))])


def asks() -> list[str]:
    chance = random.Random(18)
    names = [r["name"] for t in ("nominals", "children", "people") for r in COUNTY[t].to_pylist()]
    names += [a for r in COUNTY["nominals"].to_pylist() for a in (r["aliases"] or "").split("|") if a]
    return [misspelt(n, chance) for n in chance.sample(names, 15)] + ["van der", "O Tolvander", "N0222", "x", "Sørenal"]


@pytest.mark.parametrize("name", asks())
def test_whom_an_answer_holds_is_what_brute_force_finds(name: str) -> None:
    ids = found(COUNTY, name, "as_of=2019-03-31")
    assert len(ids) == len(set(ids))
    assert set(ids) == brute(COUNTY, name, date(2019, 3, 31))


def test_a_server_gives_the_same_answer_as_records_do(county) -> None:
    for name in (*asks()[::3], *HOSTILE, "1984", "16/07/1967", "Tolvander 1967", "tolvandr 1980-03-19"):
        for more in ((), ("include_overdue=yes", "as_of=2022-06-01")):
            values = bind(QUESTION, [f"name={name}", *more])
            try:
                expected = answer_from_records(COUNTY, values)
            except UsageError as error:
                with pytest.raises(UsageError, match=str(error)[:30]):
                    ask(county.connection, QUESTION, values)
                continue
            assert ask(county.connection, QUESTION, values) == expected, (name, more)


def test_a_sign_is_a_sign_in_the_index_too(county) -> None:
    with county.connection.session() as session:
        for name in (*HOSTILE, "", "x" * 5000):
            session.run(QUESTION.text, bind(QUESTION, [f"name={name}"])).consume()
        for name, first in (
            ("soren otolvandr", "N0001"),
            ("Tolvander, Quil 1967", "N0292"),
            ("tolvander 1967-07-16", "N0292"),
        ):
            rows = session.run(QUESTION.text, bind(QUESTION, [f"name={name}"])).values()
            assert rows[0][0] == first
            by_id = {row[0]: row[1:6] for row in answer(COUNTY, name).rows}
            assert [v.to_native() if hasattr(v, "to_native") else v for v in rows[0][1:6]] == list(by_id[first])


def test_on_paper() -> None:
    people = {
        "nominals": {
            "nominal_id": ["N1", "N2", "N3", "N4", "N5"],
            "name": ["Jan van der Berg", "Ann Oak", "Ann Marie Oak", "Zoë Łukaś", None],
            "date_of_birth": [date(1984, 3, 5), None, date(1984, 5, 3), date(1990, 1, 1), date(1984, 7, 7)],
            "review_due": [None, None, None, date(2019, 3, 30), None],
            "aliases": ["Dutch|Big Jan", None, None, None, None],
        },
        "children": {
            "child_id": ["N2", "C1"],
            "name": ["Anna Oak", "Ann Oakes"],
            "date_of_birth": [date(1984, 3, 5), None],
        },
    }
    records = Dataset.of({n: pa.table(t) for n, t in people.items()})

    def told(name: str, *given: str) -> list[tuple[str, str]]:
        return [(row[0], row[6]) for row in answer(records, name, *given).rows]

    assert told("vanderberg") == [("N1", "part of name")]
    assert told("jan vanderbreg") == [("N1", "name, 1 letter differs")]
    assert told("big JAN") == [("N1", "alias Big Jan")]
    assert told("oak ann") == [
        ("N2", "name, other order"),
        ("N3", "part of name"),
        ("C1", "part of name"),
    ]
    # Somebody in two tables is one person, found by either name.
    assert told("anna oak")[0] == ("N2", "name Anna Oak")
    # A middle name that is not on record loses nobody.
    assert ("N2", "name, a middle word is not in it") in told("Ann Louise Oak")
    # A date decides the order beside a name, and who is shown alone; a day and a month may be swapped.
    assert told("ann oak 1984-03-05") == [
        ("N2", "name; date of birth"),
        ("N3", "part of name; day and month of birth swapped"),
        ("C1", "part of name; no date of birth recorded"),
    ]
    assert told("5/3/1984") == [
        ("N1", "date of birth"),
        ("N2", "date of birth"),
        ("N3", "day and month of birth swapped"),
    ]
    assert told("1984") == [(n, "born 1984") for n in ("N1", "N2", "N3", "N5")]
    assert told("n 5") == [("N5", "id")]
    overdue = answer(records, "zoe lukas", "as_of=2019-03-31")
    assert (overdue.rows, overdue.notes) == (
        (),
        ("Left out: 1 person who fits is overdue for review. With them: --param include_overdue=yes",),
    )
    assert told("zoe lukas", "as_of=2019-03-31", "include_overdue=yes") == [("N4", "name, accents or signs aside")]


PEOPLE = [(row["person_id"], row["name"]) for row in COUNTY["people"].to_pylist()]


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(PEOPLE), st.data())
def test_one_wrong_letter_loses_nobody(person, data) -> None:
    person_id, name = person
    words = folded(name)
    at = data.draw(st.sampled_from([i for i, w in enumerate(words) if len(w) >= 4]))
    place = data.draw(st.integers(0, len(words[at]) - 1))
    before, after = words[at][:place], words[at][place:]
    words[at] = data.draw(st.sampled_from([f"{before}q{after[1:]}", f"{before}{after[1:]}", f"{before}q{after}"]))
    assert person_id in found(COUNTY, " ".join(data.draw(st.permutations(words))), "include_overdue=yes")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "holds nothing to look for"),
        (" *~: ", "holds nothing to look for"),
        ("x" * 201, "up to 200 letters"),
        ("a " * 11, "and 10 words"),
        ("oak 1984 1985", "more than one date"),
        ("oak 31/02/1984", "no day of the calendar"),
        ("oak 5/3/84", "write all four"),
    ],
)
def test_what_cannot_be_looked_for_is_told_without_repeating_it(name: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as error:
        answer(TINY, name)
    assert "oak" not in str(error.value)


def test_it_is_the_first_question() -> None:
    assert pack()[0].name == "find-person"


@pytest.mark.parametrize("words", [("--param", "name=Émeric  Nerovar"), ("--param=name=emeric nerovar",)])
def test_the_log_keeps_whom_it_showed_and_a_hash_of_what_was_asked(tmp_path, log_file, monkeypatch, words) -> None:
    store = str(tmp_path / "ocg.duckdb")
    open_store(store).write(TINY, LoadManifest((), "0"))
    typed = ["query", store, "find-person", *words, "--format", "json"]
    monkeypatch.setattr("sys.argv", ["ocgnet", *typed])
    done = CliRunner().invoke(app, typed, catch_exceptions=False)
    assert [row["person_id"] for row in json.loads(done.stdout)] == ["N05"]
    (act,) = acts(log_file)
    assert act.people == {"N05"}
    mark = keyed_mark("asked", "emeric nerovar", key_of(log_file))
    assert f"name=#{mark}" in act.what
    assert "erovar" not in log_file.read_text(encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["ocgnet", "query", store, "find-person", "--param", "name=Nerrovar 31/02/1984"])
    CliRunner().invoke(app, ["query", store, "find-person", "--param", "name=Nerrovar 31/02/1984"])
    assert "errovar" not in log_file.read_text(encoding="utf-8")
