"""Words that count only when a list says what they mean: risks, kinds of crime, countries."""

import json
from pathlib import Path

import pandas as pd
import pytest

from ocgnet.checks.check import check
from ocgnet.model.columns import COUNTRIES
from ocgnet.settings import Settings
from ocgnet.words import built_in
from ready import ocgnet


def folder(path: Path, words: str = "", **tables: str) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    for name, text in {"nominals": "nominal_id,name / N1,Ada / N2,Bob", **tables}.items():
        (path / f"{name}.csv").write_text(text.replace(" / ", "\n") + "\n", encoding="utf-8")
    (path / "about.toml").write_text("as_of = 2019-03-31\n", encoding="utf-8")
    if words:
        (path / "words.toml").write_text(words, encoding="utf-8")
    return path


def told(path: Path, rule: str, **more: object) -> list[tuple[str, int]]:
    return [(next(f.problems()).value, len(f)) for f in check(path, **more).findings if f.rule.value == rule]


RISKS = ("N/A", "0", "No risk identified", "No current concerns", "Standard", "Unknown", "U", "low", "High")


def children(path: Path, words: str = "") -> pd.DataFrame:
    """Return the components of nine children, each of one recorded risk and otherwise alike."""
    rows = " / ".join(f"C{k},{risk}" for k, risk in enumerate(RISKS))
    path = folder(
        path / "d",
        words,
        children=f"child_id,cce_risk / {rows}",
        ocgs="ocg_id,status,mapped_on / G1,active,2017-01-01",
        memberships="nominal_id,ocg_id,from_date / N1,G1,2017-01-01",
        family_links="adult_id,child_id,relationship / " + " / ".join(f"N1,C{k},parent" for k in range(len(RISKS))),
    )
    ocgnet("analyse", path, "--out", path.parent / "r")
    parts = pd.read_csv(path.parent / "r" / "tables" / "child_components.csv")
    return parts[parts["component"] == "cce"].set_index("child_id")


def test_only_a_word_of_the_lists_is_a_risk(tmp_path: Path) -> None:
    parts = children(tmp_path)
    settings = dict(Settings().child_points)
    points = {risk: parts.loc[f"C{k}", "points"] for k, risk in enumerate(RISKS)}
    assert points == {**dict.fromkeys(RISKS, 0), "low": settings["cce_risk_low"], "High": settings["cce_risk"]}
    # What says nothing, and what nobody has said the meaning of, could be a risk; what says none could not.
    could = {risk for k, risk in enumerate(RISKS) if parts.loc[f"C{k}", "could_add"] > 0}
    assert could == {"N/A", "Standard", "Unknown", "U"}
    assert told(tmp_path / "d", "word of no risk list") == [("Standard", 1)]


def test_a_force_says_what_a_word_of_its_scheme_means(tmp_path: Path) -> None:
    parts = children(tmp_path, "[risk]\nraised = ['standard']\nnone = ['high']\n")
    settings = dict(Settings().child_points)
    assert parts.loc["C4", "points"] == settings["cce_risk"]
    assert parts.loc["C8", "points"] == 0
    assert told(tmp_path / "d", "word of no risk list") == []


def test_a_rules_file_says_it_too(tmp_path: Path) -> None:
    path = folder(tmp_path, children="child_id,cse_risk / C1,Standard / C2,Green / C3,Green")
    assert told(path, "word of no risk list") == [("Green", 2), ("Standard", 1)]
    assert told(path, "word of no risk list", settings=Settings(risk_low=("standard", "green"))) == []


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("Drugs - Class A supply", "drug trafficking"),
        ("DRUG SUPPLY (Class A)", "drug trafficking"),
        ("Supply of Class A drugs", "drug trafficking"),
        ("Drug_trafficking", "drug trafficking"),
        ("County Lines", "drug trafficking"),
        ("PWITS cocaine", "drug trafficking"),
        ("Drugs", "drug trafficking"),
        ("Possession of drugs", "drug possession"),
        ("MSHT", "modern slavery"),
        ("Organised acquisitive crime", "organised acquisitive crime"),
        ("Fraud", "fraud"),
        ("Class clown", None),
        ("Drugs and firearms", None),
        ("Jaywalking", None),
    ],
)
def test_kinds_of_crime(written: str, kind: str | None) -> None:
    found = built_in().crime_kind(written)
    assert (found[0] if len(found) == 1 else None) == kind


def test_groups_of_a_drugs_kind_count_as_drug_trafficking_and_others_are_told(tmp_path: Path) -> None:
    rows = "G1,Drugs - Class A supply / G2,drug trafficking / G3,Fraud / G4,Jaywalking / G5,Drugs and firearms"
    path = folder(
        tmp_path / "d",
        ocgs="ocg_id,primary_crime_type,status,mapped_on / "
        + " / ".join(f"{row},active,2017-01-01" for row in rows.split(" / ")),
        memberships="nominal_id,ocg_id,from_date / N1,G1,2017-01-01",
    )
    assert told(path, "crime type of no kind") == [("Drugs and firearms", 1), ("Jaywalking", 1)]
    ocgnet("analyse", path, "--out", tmp_path / "r")
    figures = json.loads((tmp_path / "r" / "run.json").read_text(encoding="utf-8"))["figures"]
    assert figures["ocgs_drug_trafficking"] == 2
    (path / "words.toml").write_text(
        "[ocgs.primary_crime_type]\n'drug trafficking' = ['drugs firearms']\nfraud = ['jaywalking']\n", encoding="utf-8"
    )
    assert told(path, "crime type of no kind") == []
    ocgnet("analyse", path, "--out", tmp_path / "s")
    figures = json.loads((tmp_path / "s" / "run.json").read_text(encoding="utf-8"))["figures"]
    assert figures["ocgs_drug_trafficking"] == 3


def test_one_country_has_one_code_and_reserved_codes_are_none(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        ocgs="ocg_id / G1 / G2",
        ocg_countries="ocg_id,country / G1,EL / G2,GR / G1,UK / G2,nl / G1,XK / G1,NA",
    )
    checked = check(path)
    assert not checked.errors
    assert sorted(checked.dataset["ocg_countries"]["country"].to_pylist()) == ["GB", "GR", "GR", "NA", "NL", "XK"]
    for code in ("XX", "ZZ", "AA", "QM", "XA", "EU", "AN", "SU"):
        assert code not in COUNTRIES
        (path / "ocg_countries.csv").write_text(f"ocg_id,country\nG1,{code}\n", encoding="utf-8")
        (problem,) = check(path).problems
        assert (problem.value, problem.rule) == (code, "country")
