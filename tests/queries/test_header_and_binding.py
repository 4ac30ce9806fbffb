"""Reading a file and binding its values, without any server."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocgnet.dataset import About
from ocgnet.errors import UsageError
from ocgnet.model.columns import LINK_ROLES
from ocgnet.queries import bind, read_query
from ocgnet.queries.parameters import standing_values
from ocgnet.queries.query import literal
from ocgnet.settings import Settings

SOURCE = """\ufeff// Who is there
//
// People in one place,
// on one day.
//
// kind: table
// subject: groups
// scans: OCG, Nominal
// columns:
//   person_id: The person.
//   n: How often.
//
// place (text): Where.
:param place => 'It\\'s here; no: "there"';
// as_of (date): When.
:param as_of => date('2019-03-31');
// link_roles (roles): As what.
:param link_roles => ['arrested', 'suspect'];
// at_most (whole): How many.
:param at_most => 5;

// A comment that belongs to the query is kept out of the header.
MATCH (n) WHERE n.x = $place // and inside it
RETURN n;
"""


def test_a_header_is_read_in_full() -> None:
    query = read_query(
        "here", SOURCE.replace("// A comment that belongs to the query is kept out of the header.\n", "")
    )
    assert (query.title, query.purpose) == ("Who is there", "People in one place, on one day.")
    assert (query.kind, query.subject, query.scans) == ("table", "groups", ("OCG", "Nominal"))
    assert [(c.name, c.says) for c in query.columns] == [("person_id", "The person."), ("n", "How often.")]
    assert [(p.name, p.kind, p.default) for p in query.parameters] == [
        ("place", "text", 'It\'s here; no: "there"'),
        ("as_of", "date", date(2019, 3, 31)),
        ("link_roles", "roles", ["arrested", "suspect"]),
        ("at_most", "whole", 5),
    ]
    assert query.text == "MATCH (n) WHERE n.x = $place // and inside it\nRETURN n"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("kind: table", "kind: tabel", "kind: table or kind: picture"),
        ("subject: groups", "subject: gruops", "subject is none of"),
        ("// place (text): Where.\n", "", "does not say what place is"),
        ("(whole)", "(wohle)", "at_most is declared as 'wohle'"),
        ("=> 5", "=> 'five'", "the default of at_most in line 20 is not a whole number"),
        ("=> 5", "=> rand()", "line 20 is not understood"),
        (":param at_most => 5;", ":param at_most 5", "line 20 is not written as"),
        (":param at_most => 5;\n", "", "describes at_most without a :param line"),
        ("//   person_id: The person.\n//   n: How often.\n", "", "declares no columns"),
        ("// People in one place,\n// on one day.\n", "", "title and a purpose"),
        ("MATCH (n) WHERE n.x = $place // and inside it\nRETURN n;", "", "holds no query"),
    ],
)
def test_a_header_that_lacks_something_says_what(old: str, new: str, says: str) -> None:
    assert old in SOURCE
    with pytest.raises(UsageError, match=says):
        read_query("here", SOURCE.replace(old, new))


def test_a_query_of_ones_own_needs_no_header() -> None:
    query = read_query("mine", ":param n => 3;\nMATCH (x) RETURN x LIMIT $n;\n", own=True)
    assert (query.text, query.parameters[0].kind, query.columns) == ("MATCH (x) RETURN x LIMIT $n", "whole", ())
    assert bind(query, ["n=7"]) == {"n": 7}


HERE = read_query("here", SOURCE)


def test_values_are_typed_as_declared() -> None:
    assert bind(HERE, ["place= a=b ", "as_of=1/4/2018", "link_roles=charged, convicted", "$at_most=9"]) == {
        "place": " a=b ",
        "as_of": date(2018, 4, 1),
        "link_roles": ["charged", "convicted"],
        "at_most": 9,
    }
    # What is given comes before what the records suggest, and that before the file's own.
    assert bind(HERE, ["at_most=9"], {"as_of": date(2020, 1, 1), "at_most": 1, "other": 2}) == {
        "place": 'It\'s here; no: "there"',
        "as_of": date(2020, 1, 1),
        "link_roles": ["arrested", "suspect"],
        "at_most": 9,
    }


@pytest.mark.parametrize(
    ("pair", "says"),
    [
        ("at_mots=3", "no parameter 'at_mots'. Did you mean at_most"),
        ("zzz=3", "It has place, as_of, link_roles, at_most"),
        ("at_most", "has no ="),
        ("at_most=many", "takes a whole number; 'many' is none"),
        ("as_of=2019-02-30", "takes a date such as"),
        ("as_of=", "takes a date such as"),
    ],
)
def test_a_wrong_value_is_told_with_what_fits(pair: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        bind(HERE, [pair])


def test_a_value_is_given_once() -> None:
    with pytest.raises(UsageError, match="place is given twice"):
        bind(HERE, ["place=a", "place=b"])


@pytest.mark.parametrize("role", LINK_ROLES)
def test_no_victim_and_no_witness_ever_counts_as_offending(role: str) -> None:
    if role in {"victim", "witness"}:
        with pytest.raises(UsageError, match="never victim or witness"):
            bind(HERE, [f"link_roles=arrested,{role}"])
    else:
        assert bind(HERE, [f"link_roles={role}"])["link_roles"] == [role]


_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=8)
_NUMBERS = st.integers(-(10**9), 10**9) | st.floats(-1e6, 1e6).map(lambda x: round(x, 4))
_SIMPLE = st.booleans() | st.none() | _NUMBERS | _TEXT | st.dates(date(1900, 1, 1))


def _written(value: object) -> str:
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    if isinstance(value, date):
        return f"date('{value.isoformat()}')"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"`{k}`: {_written(v)}" for k, v in value.items()) + "}"
    return (
        {True: "true", False: "false", None: "null"}.get(value)
        if not isinstance(value, int | float) or isinstance(value, bool)
        else repr(value)
    )


@given(
    _SIMPLE | st.lists(_SIMPLE, max_size=4) | st.dictionaries(st.from_regex("[a-z0-9.]{1,4}", fullmatch=True), _NUMBERS)
)
def test_a_literal_is_read_as_it_was_written(value: object) -> None:
    assert literal(f" {_written(value)} ") == value
    assert literal(f"({_written(value)})") == value


@pytest.mark.parametrize(
    "text", ["", "[1", "{a 1}", "{a: }", "1 2", "name", "'open", "date('soon')", "[1,]", "[,1]", "(1"]
)
def test_what_is_no_literal_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"value|missing|colon|after"):
        literal(text)


def test_the_dates_are_those_of_the_records() -> None:
    assert standing_values(About(), None, Settings()) == {}
    asked = standing_values(About(as_of=date(2019, 3, 31)), None, Settings(as_of=date(2018, 6, 30)))
    assert (asked["period_from"], asked["period_to"]) == (date(2017, 7, 1), date(2018, 6, 30))
    assert (asked["as_of_before"], asked["before_from"], asked["before_to"]) == (
        date(2017, 6, 30),
        date(2016, 7, 1),
        date(2017, 6, 30),
    )
    assert asked["quarter_from"] == date(2018, 4, 1)
    # Without a day in the description the latest date of the records stands in.
    assert standing_values(About(), date(2020, 2, 29), Settings())["before_to"] == date(2019, 2, 28)
