"""What cannot be true across rows: beyond fixtures/broken, the order of rows, the sentences, and laws."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocgnet.checks.check import check
from ocgnet.checks.lookalikes import _shape, fingerprints, skeleton
from ocgnet.evidence.ages import age_of, age_on, birthday
from ocgnet.evidence.spans import reaches
from ocgnet.sources.arrays import strings

FIXTURES = Path(__file__).parents[2] / "fixtures"
_BROKEN = FIXTURES / "broken"


@pytest.mark.parametrize("name", ["county", "force"])
def test_the_bundled_records_hold_nothing_impossible(name: str) -> None:
    checked = check(FIXTURES / name)
    # The force writes "unknown" as what a suspect is to the victim, and codes of the national bureau have no weight.
    assert checked.errors == 0
    assert {p.rule for p in checked.warnings} <= {"not known", "offence code without a weight"}


@given(
    st.lists(
        st.text(st.sampled_from("Nn01oOlI7 -_.EÉé\u0301\u041d\u0406\u00a0\u200d"), max_size=9)
        | st.from_regex(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]{1,3}", fullmatch=True)
        | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
        max_size=8,
    )
)
@settings(max_examples=400, deadline=None)
def test_fingerprints_are_equal_where_skeletons_are(texts: list[str]) -> None:
    marks, bones = fingerprints(strings(texts)).tolist(), [skeleton(t) for t in texts]
    assert [[a == b for b in marks] for a in marks] == [[a == b for b in bones] for a in bones]


@given(st.lists(st.from_regex(r"[Nneol]?[0-9]{3}[-e]?[0-9]", fullmatch=True), min_size=1, max_size=6, unique=True))
@settings(max_examples=400, deadline=None)
def test_ids_of_one_shape_look_like_none_of_their_own(texts: list[str]) -> None:
    if _shape(strings(texts)):
        assert len({skeleton(t) for t in texts}) == len(texts)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 20), st.integers(0, 8)), max_size=12))
@settings(max_examples=300, deadline=None)
def test_spans_that_begin_anew_are_as_many_as_merged_stretches(spans: list[tuple[int, int, int]]) -> None:
    rows = sorted({(o, b): (o, b, b + n) for o, b, n in spans}.values())
    merged: dict[int, list[list[int]]] = {}
    for owner, begun, ended in rows:
        own = merged.setdefault(owner, [])
        if own and begun < own[-1][1]:
            own[-1][1] = max(own[-1][1], ended)
        else:
            own.append([begun, ended])
    owner, begun, ended = (np.array([r[k] for r in rows], np.int64) for k in range(3))
    assert int((~reaches(owner, begun, ended)).sum()) == sum(map(len, merged.values()))


@given(st.dates(), st.integers(0, 110))
def test_an_age_begins_on_its_birthday(born: object, years: int) -> None:
    day = birthday(np.array([born], "datetime64[D]"), years)
    assert age_on(np.array([born], "datetime64[D]"), day).tolist() == [years]
    if years:
        assert age_on(np.array([born], "datetime64[D]"), day - 1).tolist() == [years - 1]


@pytest.mark.parametrize(
    ("born", "age"), [("1908-04-01", 110), ("1908-03-31", None), ("2019-03-31", 0), ("2019-04-01", None)]
)
def test_an_age_that_nobody_has_is_not_known(born: str, age: int | None) -> None:
    day = np.datetime64("2019-03-31").astype(object)
    assert age_of(np.datetime64(born).astype(object), day) == age


def test_a_row_is_told_once_and_says_what_to_do() -> None:
    checked = check(_BROKEN / "before_birth")
    crime = next(p for p in checked.problems if p.file == "crime_links.csv")
    assert crime.value == "X1"
    assert crime.remedy == (
        "The day of crime_id (1999-02-27) lies before the birth of N2, born 1999-02-28. "
        "Correct one of the two dates, or the id."
    )


def test_which_rows_look_alike_does_not_depend_on_their_order(tmp_path: Path) -> None:
    rows = (_BROKEN / "ids_look_alike" / "nominals.csv").read_text(encoding="utf-8").splitlines()
    for n, order in enumerate((rows[1:], rows[:0:-1])):
        folder = tmp_path / str(n)
        folder.mkdir()
        (folder / "nominals.csv").write_text("\n".join([rows[0], *order, ""]), encoding="utf-8")
    told = [sorted(p.value for p in check(tmp_path / n).warnings) for n in ("0", "1")]
    assert told[0] == told[1]
    assert len(told[0]) == 2


def test_an_id_written_otherwise_in_another_file_is_told_with_the_id_that_stands(tmp_path: Path) -> None:
    (tmp_path / "nominals.csv").write_text("nominal_id,name\nN1,Ada\nN2,Bob\n", encoding="utf-8")
    (tmp_path / "crimes.csv").write_text("crime_id\n007\n", encoding="utf-8")
    links = "person_id,crime_id,link_role\nN1,7,suspect\nn2,007,suspect\nX9,007,suspect\n"
    (tmp_path / "crime_links.csv").write_text(links, encoding="utf-8")
    told = {p.value: p.remedy for p in check(tmp_path).problems}
    assert told["7"] == "7 stands in no table, but 007 does and is only written otherwise. Write one id in both places."
    assert "N2 does" in told["n2"]
    assert told["X9"].startswith("Add X9")


def test_an_id_that_a_spreadsheet_shortened_is_told_where_it_is_named_too(tmp_path: Path) -> None:
    (tmp_path / "nominals.csv").write_text("nominal_id\n447000000012\n", encoding="utf-8")
    links = "person_id,crime_id,link_role\n4.47E+11,1.00E+05,suspect\n"
    (tmp_path / "crime_links.csv").write_text(links, encoding="utf-8")
    checked = check(tmp_path)
    assert [(p.column, p.rule, "shortened" in p.remedy) for p in checked.problems] == [("person_id", "reference", True)]
    assert ("crime_id", "id changed by a spreadsheet") in [(p.column, p.rule) for p in checked.warnings]
