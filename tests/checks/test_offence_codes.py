"""Offence codes in the notations of the Home Office: what each means, what is refused, what is told."""

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocgnet.checks.check import check
from ocgnet.harm import in_words, look_up, normal_code, readings, weights
from ready import ocgnet


def folder(path: Path, *codes: str) -> Path:
    """Write one nominal and one crime a code; K1 is the first."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "nominals.csv").write_text("nominal_id,name\nN1,Ada\n", encoding="utf-8")
    with (path / "crimes.csv").open("w", newline="", encoding="utf-8") as file:
        rows = [[f"K{k}", code, "2019-01-02", "Easter"] for k, code in enumerate(codes, 1)]
        csv.writer(file).writerows([["crime_id", "offence_code", "recorded_on", "district"], *rows])
    links = "".join(f"N1,K{k},suspect\n" for k in range(1, len(codes) + 1))
    (path / "crime_links.csv").write_text(f"person_id,crime_id,link_role\n{links}", encoding="utf-8")
    (path / "about.toml").write_text("as_of = 2019-03-31\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("written", "normal", "weight"),
    [
        # Printed in the table of the ONS: homicide is 1 and 4.1/2/10, attempted murder 2, dangerous driving 802.
        ("4/1", "4.1", 7973.3934),
        ("004/01", "4.1", 7973.3934),
        ("4.1", "4.1", 7973.3934),
        ("4/10", "4.10", 7973.3934),
        ("4/4", "4.4", 1022.8145),
        ("004/04", "4.4", 1022.8145),
        ("00404", "4.4", 1022.8145),
        ("4/6", "4.6", 1512.0028),
        ("4 / 6", "4.6", 1512.0028),
        ("37/2", "37.2", 53.45),
        ("2/1", "2.1", 4654.2981),
        ("1/00", "1", 7973.3934),
        ("8N", "8N", 189.1539),
        ("008n", "8N", 189.1539),
        ("8 N", "8N", 189.1539),
        ("8N/2", "8N.2", 189.1539),
        ("28A", "28A", 465.3815),
        ("41", "41", 49.2998),
        ("041", "41", 49.2998),
        ("802", "802", 119.8773),
        ("80200", "802", 119.8773),
        # Five digits are class 008 and subclass 02, not 802 with zeros before it.
        ("00802", "8.2", None),
        # Class 10 has only subclasses with letters in the table; 106, modern slavery, is another class.
        ("10/6", "10.6", None),
        ("NFIB3A", "NFIB3A", None),
    ],
)
def test_a_code_means_its_class_and_subclass(written: str, normal: str, weight: float | None) -> None:
    assert normal_code(written) == normal
    assert look_up(weights(), written) == weight


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("0401", ("4.1", "40.1", "401")),
        ("1001", ("10.1", "100.1")),
        ("4 1", ("4.1", "41")),
        ("04-Jan", ("4.1", "1.4")),
        ("Jan-37", ("37.1", "1.37")),
        ("2025-01-04", ("4.1", "1.4")),
        ("2025-04-04", ("4.4",)),
    ],
)
def test_what_may_be_two_codes_has_two_readings(written: str, meant: tuple[str, ...]) -> None:
    assert readings(written) == meant


@given(st.integers(1, 999), st.integers(1, 99))
def test_every_way_to_write_class_and_subclass_means_the_same(of_class: int, subclass: int) -> None:
    ways = {f"{of_class}/{subclass}", f"{of_class:03}/{subclass:02}", f"{of_class:03}{subclass:02}"}
    ways |= {f" {of_class} / {subclass:02} ", f"{of_class}.{subclass}", f"{of_class}-{subclass:02}"}
    assert {normal_code(way) for way in ways} == {f"{of_class}.{subclass}"}


@given(st.text(max_size=40))
def test_any_text_is_read_the_same_twice_and_never_loses_a_sign(text: str) -> None:
    once = normal_code(text)
    assert normal_code(once) == once
    if not readings(text):
        assert once == "".join(text.upper().split())


@given(st.text("0123456789/", min_size=3, max_size=7))
def test_a_stroke_is_never_dropped(text: str) -> None:
    for code in readings(text) if "/" in text.strip("/") else ():
        assert code != text.replace("/", "").lstrip("0") or code == text.partition("/")[0].lstrip("0")


def test_an_ambiguous_code_is_refused_with_both_readings(tmp_path: Path) -> None:
    checked = check(folder(tmp_path, "4 1", "4/1"))
    (problem,) = checked.problems
    assert (problem.row, problem.column, problem.value) == (2, "offence_code", "4 1")
    assert in_words("4.1") in problem.remedy
    assert "class 41" in problem.remedy
    assert not checked.warnings


def test_a_code_without_a_weight_is_told_and_counted_by_code(tmp_path: Path) -> None:
    checked = check(folder(tmp_path, "NFIB3A", "8N", "NFIB3A", "", "999Z"))
    assert not checked.errors
    told = [(f.rule.value, len(f), next(f.problems()).value) for f in checked.findings]
    assert told == [("offence code without a weight", 2, "NFIB3A"), ("offence code without a weight", 1, "999Z")]
    assert checked.dataset["crimes"]["offence_code"].to_pylist() == ["NFIB3A", "8N", "NFIB3A", None, "999Z"]


def test_codes_of_hostile_number_cost_a_bounded_number_of_findings(tmp_path: Path) -> None:
    checked = check(folder(tmp_path, *(f"X{k}" for k in range(300))))
    assert len(checked.findings) == 21
    assert checked.warning_count == 300


def profile_of(path: Path, *more: str) -> tuple[str, dict[str, object]]:
    said = ocgnet("profile", path, "--out", path.parent / "p", *more)
    return said, json.loads((path.parent / "p" / "run.json").read_text(encoding="utf-8"))


def test_the_profile_counts_a_code_without_a_weight_and_never_as_zero(tmp_path: Path) -> None:
    said, run = profile_of(folder(tmp_path / "d", "34B", "NFIB3A", "NFIB3A", ""))
    assert "The harm of 3 of 4 crimes (75%) is not known" in said
    assert "1 crime without an offence code, and codes without a weight: NFIB3A (2)" in said
    assert run["codes_without_weight"] == {"NFIB3A": 2}
    # One robbery of personal property.
    assert run["figures"]["severity_total"] == 799.6289  # type: ignore[index]
    page = (tmp_path / "p" / "report.html").read_text(encoding="utf-8")
    assert "NFIB3A (2)" in page
    text = (tmp_path / "p" / "tables" / "offences.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    frauds = next(r for r in rows if r["offence_group"] == "fraud")
    assert (frauds["crimes"], frauds["severity"]) == ("2", "")


def test_a_file_of_further_weights_adds_them_in_check_and_profile(tmp_path: Path) -> None:
    path = folder(tmp_path / "d", "34B", "NFIB3A", "NFIB3A")
    (tmp_path / "own.csv").write_text("offence_code,weight\nNFIB3A,36.8099\n", encoding="utf-8")
    plain = ocgnet("check", str(path), cwd=tmp_path)
    assert "NFIB3A has no severity weight" in " ".join(plain.split())
    done = ocgnet("check", str(path), "--weights", "own.csv", cwd=tmp_path)
    assert "no errors, no warnings" in " ".join(done.split())
    said, run = profile_of(path, "--weights", str(tmp_path / "own.csv"))
    # 799.6289 + 2 * 36.8099
    assert run["figures"]["severity_total"] == 873.2487  # type: ignore[index]
    assert "not known" not in said.partition("\n\n")[0]


def test_a_finding_shows_what_stands_in_the_file(tmp_path) -> None:
    """Two notations of one code are told together, each as it is written, so that whoever corrects them finds them."""
    checked = check(folder(tmp_path, "00802", "8/2"))
    [finding] = [f for f in checked.findings if f.rule.value == "offence code without a weight"]
    assert [p.value for p in finding.problems()] == ["00802", "8/2"]
