"""Intake: forms are validated, graded by rule, taken once, and never merged by themselves."""

from __future__ import annotations

import hashlib
import json
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from filled_forms import CPI, GRADED, INTEL, TODAY, as_json, as_xlsx, checked, people, table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocgnet.casework.intake import take_in as take_in_module
from ocgnet.casework.intake.form_checks import NamedPerson
from ocgnet.casework.intake.form_files import read_forms
from ocgnet.casework.intake.forms import FORMS, GRADES, UNGRADED, empty_json, schema, write_forms
from ocgnet.casework.intake.take_in import Intake, take_in
from ocgnet.checks.check import check
from ocgnet.dataset import Dataset
from ocgnet.errors import OutputError, SourceError
from ocgnet.evidence.grades import SCHEMES
from ocgnet.sources.template import write_template


def taken(tmp_path: Path, *reports: dict[str, Any], kind: str = "cpi", records: Dataset | None = None) -> Intake:
    found = checked(kind, as_json(tmp_path / "f.json", kind, reports))
    assert not found.problems
    return take_in(FORMS[kind], found.forms, records or people())


def test_the_forms_stand_beside_the_tables_and_are_no_table(tmp_path: Path) -> None:
    write_template(tmp_path / "t")
    written = write_forms(tmp_path / "t")
    assert sorted(p.name for p in written) == sorted(
        f"{n}{e}" for n in ("cpi", "intelligence") for e in (".xlsx", ".json", ".schema.json")
    )
    (tmp_path / "t" / "nominals.csv").write_text("nominal_id\nN1\n", encoding="utf-8")
    assert check(tmp_path / "t").findings == ()
    with pytest.raises(OutputError, match="would be lost"):
        write_forms(tmp_path / "t")


def test_half_of_the_forms_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocgnet.casework.intake.forms.schema", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_forms(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", FORMS)
def test_the_workbook_offers_lists_and_says_what_to_write(tmp_path: Path, kind: str) -> None:
    write_forms(tmp_path)
    book = openpyxl.load_workbook(tmp_path / "forms" / f"{kind}.xlsx")
    assert book.sheetnames == ["instructions", "reports", "people"]
    assert book.properties.created == datetime(2020, 1, 1), "a set day: the same form gives the same bytes"
    words = " ".join(str(c.value) for row in book["instructions"].iter_rows() for c in row if c.value)
    for column in (*FORMS[kind].reports, *FORMS[kind].people):
        assert column.says in words
    assert "call 999" in words
    lists = {}
    for rule in book["reports"].data_validations.dataValidation:
        head = book["reports"].cell(1, next(iter(rule.sqref.ranges)).min_col).value.rstrip(" *")
        lists[head] = rule.formula1.strip('"').split(",") if rule.type == "list" else rule.type
    assert lists["submitted_on"] == "date"
    assert lists["child_at_risk"] == ["yes", "no"]
    assert lists["grading_scheme"] == ["3x5x2", "5x5x5"]
    assert set(lists["handling_code"]) == {g for s in SCHEMES.values() for g in s["handling_code"]}
    if kind == "cpi":
        assert "social care" in lists["sector"]
    for sheet in book:
        assert "OFFICIAL-SENSITIVE" in sheet.oddHeader.center.text
        assert "OFFICIAL-SENSITIVE" in sheet.oddFooter.center.text


@pytest.mark.parametrize("kind", FORMS)
def test_an_empty_form_is_no_form(tmp_path: Path, kind: str) -> None:
    write_forms(tmp_path)
    for ending in ("json", "xlsx"):
        found = checked(kind, tmp_path / "forms" / f"{kind}.{ending}")
        assert (found.forms, found.problems) == ((), ())


@pytest.mark.parametrize("kind", FORMS)
def test_template_and_schema_name_the_fields_that_intake_reads(kind: str) -> None:
    form = FORMS[kind]
    report = empty_json(form)["reports"][0]
    fields = {c.name for c in form.reports}
    assert set(report) == fields | {"people"}
    declared = schema(form)["properties"]["reports"]["items"]
    assert set(declared["properties"]) == fields | {"people"}
    assert set(declared["required"]) == {c.name for c in form.reports if c.never_blank}
    assert declared["additionalProperties"] is False
    assert json.loads(json.dumps(schema(form))) == schema(form)


def test_workbook_and_json_of_the_same_form_give_the_same_report(tmp_path: Path) -> None:
    write_forms(tmp_path)
    person = {"name": "Ann Oak", "date_of_birth": "2004-02-29", "sex": "female"}
    filled = CPI | {"submitted_on": datetime(2019, 3, 20)}
    as_xlsx(
        tmp_path / "forms" / "cpi.xlsx", tmp_path / "f.xlsx", [filled],
        [{"form_ref": "1"} | person | {"date_of_birth": date(2004, 2, 29)}],
    )  # fmt: skip
    as_json(tmp_path / "f.json", "cpi", [CPI | {"people": [person]}])
    one, other = (take_in(FORMS["cpi"], checked("cpi", tmp_path / n).forms, people()) for n in ("f.xlsx", "f.json"))
    assert one.rows == other.rows
    assert one.new[0].people == other.new[0].people == (NamedPerson("Ann Oak", date(2004, 2, 29), "female"),)


def place(found: Any) -> list[tuple[str, int | None, str, str, str]]:
    return [(p.file, p.row, p.column, p.value, p.rule) for p in found.problems]


def test_every_problem_of_a_workbook_is_named_with_its_place(tmp_path: Path) -> None:
    write_forms(tmp_path)
    bad = CPI | {"sector": "Farming", "submitted_on": "20.3.19", "text": None, "form_ref": "2"}
    named = [{"form_ref": "1", "name": "Ann", "date_of_birth": "31/02/2004"}, {"form_ref": "9", "name": "Bob"}]
    path = as_xlsx(tmp_path / "forms" / "cpi.xlsx", tmp_path / "f.xlsx", [CPI, bad], named)
    found = checked("cpi", path)
    assert set(place(found)) == {
        ("f.xlsx, sheet reports", 3, "sector", "Farming", "allowed value"),
        ("f.xlsx, sheet reports", 3, "submitted_on", "20.3.19", "date"),
        ("f.xlsx, sheet reports", 3, "text", "", "required"),
        ("f.xlsx, sheet people", 2, "date_of_birth", "31/02/2004", "date"),
        ("f.xlsx, sheet people", 3, "form_ref", "9", "reference"),
    }
    assert all(p.remedy for p in found.problems)
    # The first form is refused with the person whom it names: nobody is left out of a form silently.
    assert (found.forms, found.refused) == ((), 2)


def test_every_problem_of_a_json_file_is_named_with_its_place(tmp_path: Path) -> None:
    bad = CPI | {"form_ref": "1", "colour": "red", "title": ["a"], "child_at_risk": "perhaps"}
    found = checked("cpi", as_json(tmp_path / "f.json", "cpi", [CPI, bad, "x", CPI | {"form_ref": "3", "people": {}}]))
    assert set(place(found)) == {
        ("f.json, reports", 2, "colour", "", "unknown column"),
        ("f.json, reports", 2, "title", "", "text"),
        ("f.json, reports", 2, "title", "", "required"),
        ("f.json, reports", 2, "child_at_risk", "perhaps", "yes or no"),
        ("f.json, reports", 1, "form_ref", "1", "duplicate"),
        ("f.json, reports", 2, "form_ref", "1", "duplicate"),
        ("f.json, reports", 3, "", "x", "text"),
        ("f.json, reports", 4, "people", "", "text"),
    }


@pytest.mark.parametrize(
    ("grades", "column", "tip"),
    [
        ({"source_grade": "1"}, "grading_scheme", "a grade means nothing without it"),
        ({"grading_scheme": "3x5x2"}, "source_grade", "or leave all grades and the scheme blank"),
        (GRADED | {"source_grade": "A"}, "source_grade", "It is a grade of 5x5x5"),
        (GRADED | {"handling_code": "X"}, "handling_code", "write one of P, C"),
        (GRADED | {"grading_scheme": "4x4"}, "grading_scheme", "3x5x2"),
    ],
)
def test_a_grade_is_read_under_its_own_scheme_only(
    tmp_path: Path, grades: dict[str, str], column: str, tip: str
) -> None:
    found = checked("cpi", as_json(tmp_path / "f.json", "cpi", [CPI | grades]))
    assert any(p.column == column and tip in p.remedy for p in found.problems), found.problems
    assert found.forms == ()


def test_a_form_from_the_future_and_a_birth_in_it_are_refused(tmp_path: Path) -> None:
    late = CPI | {"submitted_on": "2019-04-01", "people": [{"name": "A", "date_of_birth": "2019-04-01"}]}
    found = checked("cpi", as_json(tmp_path / "f.json", "cpi", [late]))
    assert {p.rule for p in found.problems} == {"after the analysis date", "impossible date"}


def test_a_partner_of_an_intelligence_report_names_its_sector(tmp_path: Path) -> None:
    found = checked("intelligence", as_json(tmp_path / "f.json", "intelligence", [INTEL | {"origin": "partner"}]))
    assert [(p.column, p.rule) for p in found.problems] == [("sector", "given together")]
    fine = INTEL | {"origin": "partner", "sector": "health"}
    assert len(checked("intelligence", as_json(tmp_path / "g.json", "intelligence", [fine])).forms) == 1


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("f.json", b"{", "is no JSON"),
        ("f.json", b"\xff\xfe{}", "not UTF-8"),
        ("f.json", b'{"reports": [' + b"[" * 100_000, "nested too deeply|is no JSON"),
        ("f.json", b'{"form": "cpi", "form": "cpi", "reports": []}', "stands twice"),
        ("f.json", b'{"reports": [{"form_ref": NaN}]}', "NaN is no number"),
        ("f.xlsx", b"no workbook", "no .xlsx workbook"),
        ("f.docx", b"", "neither .xlsx nor .json"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=says):
        read_forms(FORMS["cpi"], tmp_path / name)


def test_a_form_of_the_other_kind_is_refused(tmp_path: Path) -> None:
    found = checked("cpi", as_json(tmp_path / "f.json", "intelligence", [INTEL]))
    assert "ocgnet intake intelligence" in found.problems[0].remedy


def test_a_workbook_that_is_no_form_says_which_template(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Sheet1"
    book.save(tmp_path / "f.xlsx")
    assert "cpi.xlsx" in checked("cpi", tmp_path / "f.xlsx").problems[0].remedy
    book.active.title = "reports"
    book.active.append(["something", "else"])
    book.save(tmp_path / "g.xlsx")
    assert "form_ref" in checked("cpi", tmp_path / "g.xlsx").problems[0].remedy


SPACES = ("Cs", "Zs", "Zl", "Zp", "Cc")
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="|", exclude_categories=SPACES), min_size=1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(TEXTS, TEXTS, TEXTS, st.dates(date(1900, 1, 1), TODAY))
def test_what_a_form_says_arrives_as_it_was_written(
    tmp_path: Path, title: str, text: str, name: str, born: date
) -> None:
    said = CPI | {"title": title, "text": text, "people": [{"name": name, "date_of_birth": born.isoformat()}]}
    found = checked("cpi", as_json(tmp_path / "f.json", "cpi", [said]))
    broken = {p.value for p in found.problems}
    if broken:
        assert all(v.startswith("#") for v in broken), "only what a failed formula leaves behind is refused"
        return
    report = take_in(FORMS["cpi"], found.forms, people()).new[0]
    assert report.row["title"] == title
    assert report.row["text"].startswith(text)
    assert report.people == (NamedPerson(name, born),)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["reports", "people", "form", "form_ref", "text", "name"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=80)
@given(JSON)
def test_any_json_gives_forms_or_problems_and_never_breaks(tmp_path: Path, value: Any) -> None:
    (tmp_path / "f.json").write_text(json.dumps(value), encoding="utf-8")
    found = checked("cpi", tmp_path / "f.json")
    assert all(p.remedy and p.rule for p in found.problems)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.binary(max_size=200), st.sampled_from(["f.json", "f.xlsx"]))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(content)
    try:
        found = checked("cpi", tmp_path / name)
    except SourceError:
        return
    assert found.problems or not found.forms


def test_a_formula_in_a_form_is_a_text(tmp_path: Path) -> None:
    write_forms(tmp_path)
    path = as_xlsx(tmp_path / "forms" / "cpi.xlsx", tmp_path / "f.xlsx", [CPI | {"title": '=HYPERLINK("x","y")'}])
    with zipfile.ZipFile(path) as packed:
        assert b"HYPERLINK" in packed.read("xl/worksheets/sheet2.xml")
    # The formula has no saved value: it is a blank title, never run and never taken as text.
    assert [(p.column, p.rule) for p in checked("cpi", path).problems] == [("title", "required")]


def test_an_ungraded_form_is_untested_not_known_and_shared_with_nobody(tmp_path: Path) -> None:
    report = taken(tmp_path, CPI).new[0]
    assert not report.graded
    assert {n: report.row[n] for n in UNGRADED} == UNGRADED
    assert (report.row["source_grade"], report.row["intelligence_grade"], report.row["handling_code"]) == (
        "2",
        "D",
        "C",
    )
    assert (report.row["origin"], report.row["sector"]) == ("cpi_form", "housing")
    assert report.row["source_ref"] == "Harbour Homes, HO 12"


@pytest.mark.parametrize(
    "grades",
    [
        GRADED,
        {"grading_scheme": "5x5x5", "source_grade": "B", "intelligence_grade": "2", "handling_code": "5"},
        {"grading_scheme": "5x5x5", "source_grade": "E", "intelligence_grade": "4", "handling_code": "1"},
    ],
)
def test_a_grade_that_is_given_is_kept_under_its_own_scheme(tmp_path: Path, grades: dict[str, str]) -> None:
    report = taken(tmp_path, INTEL | grades, kind="intelligence").new[0]
    assert report.graded
    assert {n: report.row[n] for n in GRADES} == grades


def test_the_same_form_twice_is_taken_once(tmp_path: Path) -> None:
    shouted = CPI | {"form_ref": "2", "text": CPI["text"].upper().replace(" ", "  ")}
    both = taken(tmp_path, CPI, shouted)
    assert len(both.new) == 1
    assert [i for _, i in both.again] == [both.new[0].report_id]
    on_record = people(intel_reports=table("intel_reports", {"report_id": both.new[0].report_id}))
    again = taken(tmp_path, CPI, records=on_record)
    assert (again.new, len(again.again)) == ((), 1)


@pytest.mark.parametrize(
    ("change", "near"),
    [
        ({"text": "Many cars call at the flat by night."}, True),
        ({"text": "At night many cars call at the flat."}, True),
        ({"submitted_on": "2019-03-21"}, True),
        ({"text": "A boy carried a parcel into the shop."}, False),
        ({"text": "Many cars call at the flat by night.", "submitter": "HO 13"}, False),
        ({"text": "Many cars call at the flat by night.", "people": [{"name": "Ann Oak"}]}, True),
    ],
)
def test_a_near_copy_of_the_same_submitter_is_taken_and_flagged(
    tmp_path: Path, change: dict[str, Any], near: bool
) -> None:
    first = taken(tmp_path, CPI).new[0]
    on_record = people(
        intel_reports=table(
            "intel_reports",
            {"report_id": first.report_id, "source_ref": first.row["source_ref"], "text": first.row["text"]},
        )
    )
    later = taken(tmp_path, CPI | change, records=on_record)
    assert [r.near for r in later.new] == [first.report_id if near else ""]


def test_people_named_stay_in_the_text_whatever_is_decided(tmp_path: Path) -> None:
    named = CPI | {"people": [{"name": "Ann Oak", "date_of_birth": "2004-02-29"}, {"name": "Bob"}]}
    assert (
        taken(tmp_path, named).new[0].row["text"].endswith("People named on the form: Ann Oak, born 2004-02-29; Bob.")
    )


def test_many_forms_of_one_submitter_are_each_compared_with_the_latest_only(tmp_path: Path, monkeypatch) -> None:
    """A law on the work: of n forms each is compared with at most so many before it, and not with all of them."""
    compared = []
    likeness = take_in_module.likeness
    monkeypatch.setattr(take_in_module, "likeness", lambda *texts: compared.append(texts) or likeness(*texts))
    monkeypatch.setattr(take_in_module, "LATEST", 10)
    reports = [CPI | {"form_ref": str(k), "text": hashlib.sha256(str(k).encode()).hexdigest()} for k in range(60)]
    reports[59]["text"], reports[30]["text"] = reports[55]["text"] + "x", reports[2]["text"] + "x"
    taken = take_in(FORMS["cpi"], checked("cpi", as_json(tmp_path / "f.json", "cpi", reports)).forms, people())
    assert len(compared) <= 60 * 10
    assert [k for k, new in enumerate(taken.new) if new.near] == [59]
    assert taken.new[59].near == taken.new[55].report_id
    assert taken.in_part == 60 - 11


def test_texts_on_record_are_compared_from_the_latest_day_on_whatever_their_order(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(take_in_module, "LATEST", 1)
    form = checked("cpi", as_json(tmp_path / "f.json", "cpi", [CPI])).forms
    own = take_in(FORMS["cpi"], form, people()).new[0].row
    other = "Something else altogether was seen and heard on another evening."
    known = table(
        "intel_reports",
        {"report_id": "A", "reported_on": date(2001, 5, 1), "source_ref": own["source_ref"], "text": own["text"]},
        {"report_id": "Z", "reported_on": date(1999, 5, 1), "source_ref": own["source_ref"], "text": other},
    )
    again = take_in(FORMS["cpi"], form, people(intel_reports=known))
    assert [(new.near, again.in_part) for new in again.new] == [("A", 1)]
