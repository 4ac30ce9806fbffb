"""Rules of a partnership from a file: what they change, and that every wrong key is named."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ocgnet.cli.app import app
from ocgnet.errors import SourceError, UsageError
from ocgnet.rules import NUMBERS, WHOLE, WORDS, read_rules, with_rules
from ocgnet.settings import Settings

SAFEGUARDING = Path(__file__).parent.parent / "fixtures" / "safeguarding"
DOCS = Path(__file__).parent.parent / "docs" / "measures" / "children.md"


def told(given: dict[str, object]) -> str:
    with pytest.raises(UsageError) as error:
        with_rules(given, Settings(), "rules.toml")
    return str(error.value)


def test_a_file_changes_what_it_names_and_nothing_else(tmp_path):
    file = tmp_path / "rules.toml"
    file.write_text(
        'many_aces = 3\nserious_harm = 150\nrisk_low = ["Low", " some  risk "]\n[child_points]\nvictim = 4\n'
        "[adult_bands]\ngreen = 0\nred = 8\n",
        encoding="utf-8",
    )
    asked, before = read_rules(file, Settings()), Settings()
    assert (asked.many_aces, asked.serious_harm, asked.risk_low) == (3, 150.0, ("low", "some risk"))
    assert dict(asked.child_points) == dict(before.child_points) | {"victim": 4}
    assert asked.adult_bands == (("red", 8), ("green", 0))
    changed = {"many_aces", "serious_harm", "risk_low", "child_points", "adult_bands"}
    assert {k for k, v in asked.to_dict().items() if v != before.to_dict()[k]} == changed


@pytest.mark.parametrize(
    ("given", "key", "says"),
    [
        ({"many_ace": 3}, "many_ace", "did you mean many_aces?"),
        ({"many_aces": 0}, "many_aces", "0 is no whole number from 1 to 1,000,000"),
        ({"many_aces": True}, "many_aces", "True is no whole number"),
        ({"pathway_days": 10**30}, "pathway_days", "is no whole number from 1 to 36,525"),
        ({"group_harm": 10**400}, "group_harm", "is no number above 0"),
        ({"child_points": {"victim": 10**30}}, "child_points.victim", "is no whole number from 0 to 1,000,000"),
        ({"interview_hours": "72"}, "interview_hours", "'72' is no whole number"),
        ({"group_harm": -1}, "group_harm", "-1 is no number above 0"),
        ({"group_harm": float("nan")}, "group_harm", "nan is no number above 0"),
        ({"risk_low": "low"}, "risk_low", "'low' is no list of words"),
        ({"violent_offences": ["rape", "robery"]}, "violent_offences", "no offence group 'robery'"),
        ({"child_points": {"victm": 1}}, "child_points.victm", "did you mean victim?"),
        ({"child_points": {"victim": -1}}, "child_points.victim", "-1 is no whole number from 0 to 1,000,000"),
        ({"child_points": {"victim": 1.5}}, "child_points.victim", "1.5 is no whole number"),
        (
            {"adult_points": {"adult_principal": 0}},
            "adult_points.adult_principal",
            "0 is less than adult_points.adult_significant (1)",
        ),
        ({"child_points": {"victim": 9}}, "child_points.victim_exploited", "4 is less than child_points.victim (9)"),
        ({"child_points": {"adult_principal": 1}}, "child_points.adult_principal", "no such rule"),
        ({"adult_points": 3}, "adult_points", "is no table"),
        ({"points": {"victim": 1}}, "points", "write [child_points] and [adult_points]"),
        ({"bands": {"red": 0}}, "bands", "write [child_bands] and [adult_bands]"),
        ({"child_bands": {}}, "child_bands", "give at least one band"),
        ({"child_bands": {"red": 5}}, "child_bands", "one band must begin at 0"),
        ({"child_bands": {"red": 0, "green": 0}}, "child_bands", "two bands begin at the same points"),
        ({"adult_bands": {"red": "five", "green": 0}}, "adult_bands.red", "'five' is no whole number"),
    ],
)
def test_a_wrong_key_is_named(given, key, says):
    message = told(given)
    assert f" {key}: " in message
    assert says in message


def test_every_wrong_key_is_named_at_once():
    message = told({"many_aces": 0, "colour": 1, "child_points": {"victm": 1}, "adult_bands": {"red": -1}})
    assert all(f" {key}: " in message for key in ("many_aces", "colour", "child_points.victm", "adult_bands.red"))


def test_a_file_that_is_none(tmp_path):
    with pytest.raises(SourceError, match=r"absent\.toml cannot be read"):
        read_rules(tmp_path / "absent.toml", Settings())
    broken = tmp_path / "broken.toml"
    broken.write_text("many_aces == 3", encoding="utf-8")
    with pytest.raises(SourceError, match="no TOML"):
        read_rules(broken, Settings())
    broken.write_text(f"many_aces = {'[' * 5000}", encoding="utf-8")
    with pytest.raises(SourceError, match="no TOML"):
        read_rules(broken, Settings())


@pytest.mark.parametrize("key", sorted(WHOLE))
@pytest.mark.parametrize("end", [0, 1])
def test_the_command_bears_the_least_and_the_most(tmp_path, key, end):
    file = tmp_path / "rules.toml"
    file.write_text(f"{key} = {WHOLE[key][end]}\n", encoding="utf-8")
    told = CliRunner().invoke(app, ["children", str(SAFEGUARDING), "--rules", str(file), "--view", "components"])
    assert told.exit_code == 0, told.output


def test_the_page_names_every_threshold_and_what_stands_in_the_settings():
    page = DOCS.read_text(encoding="utf-8")
    assert not [key for key in (*WHOLE, *NUMBERS, *WORDS) if f"`{key}`" not in page]
    example = page.split("```toml\n")[1].split("```")[0]
    asked = with_rules(tomllib.loads(example), Settings(), "example")
    assert asked.child_bands == (("red", 8), ("amber", 4), ("green", 0))
    for whom, declared in (("child", Settings().child_bands), ("adults", Settings().adult_bands)):
        assert f"About the {whom}: {', '.join(f'{name} from {points}' for name, points in declared)}." in page
    # Every rule stands on the page with its points.
    rows = page.split("## Components")[1].split("## ")[0]
    for points in (Settings().child_points, Settings().adult_points):
        assert not [rule for rule, number in points if f"`{rule}` {number}" not in rows]
