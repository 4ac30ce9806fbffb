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
        'many_aces = 3\nserious_harm = 150\nrisk_low = ["Low", " some  risk "]\n[points]\nvictim = 5\n'
        "[bands]\ngreen = 0\nred = 8\n",
        encoding="utf-8",
    )
    asked, before = read_rules(file, Settings()), Settings()
    assert (asked.many_aces, asked.serious_harm, asked.risk_low) == (3, 150.0, ("low", "some risk"))
    assert dict(asked.priority_points) == dict(before.priority_points) | {"victim": 5}
    assert asked.priority_bands == (("red", 8), ("green", 0))
    changed = {"many_aces", "serious_harm", "risk_low", "priority_points", "priority_bands"}
    assert {k for k, v in asked.to_dict().items() if v != before.to_dict()[k]} == changed


@pytest.mark.parametrize(
    ("given", "key", "says"),
    [
        ({"many_ace": 3}, "many_ace", "did you mean many_aces?"),
        ({"many_aces": 0}, "many_aces", "0 is no whole number from 1 to 1,000,000"),
        ({"many_aces": True}, "many_aces", "True is no whole number"),
        ({"pathway_days": 10**30}, "pathway_days", "is no whole number from 1 to 36,525"),
        ({"group_harm": 10**400}, "group_harm", "is no number above 0"),
        ({"points": {"victim": 10**30}}, "points.victim", "is no whole number from 0 to 1,000,000"),
        ({"interview_hours": "72"}, "interview_hours", "'72' is no whole number"),
        ({"group_harm": -1}, "group_harm", "-1 is no number above 0"),
        ({"group_harm": float("nan")}, "group_harm", "nan is no number above 0"),
        ({"risk_low": "low"}, "risk_low", "'low' is no list of words"),
        ({"violent_offences": ["rape", "robery"]}, "violent_offences", "no offence group 'robery'"),
        ({"points": {"victm": 1}}, "points.victm", "did you mean victim?"),
        ({"points": {"victim": -1}}, "points.victim", "-1 is no whole number from 0 to 1,000,000"),
        ({"points": {"victim": 1.5}}, "points.victim", "1.5 is no whole number"),
        ({"points": {"adult_principal": 0}}, "points.adult_principal", "0 is less than points.adult_significant (1)"),
        ({"points": 3}, "points", "is no table"),
        ({"bands": {}}, "bands", "give at least one band"),
        ({"bands": {"red": 5}}, "bands", "one band must begin at 0"),
        ({"bands": {"red": 0, "green": 0}}, "bands", "two bands begin at the same points"),
        ({"bands": {"red": "five", "green": 0}}, "bands.red", "'five' is no whole number"),
    ],
)
def test_a_wrong_key_is_named(given, key, says):
    message = told(given)
    assert f" {key}: " in message
    assert says in message


def test_every_wrong_key_is_named_at_once():
    message = told({"many_aces": 0, "colour": 1, "points": {"victm": 1}, "bands": {"red": -1}})
    assert all(f" {key}: " in message for key in ("many_aces", "colour", "points.victm", "bands.red"))


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
    assert asked.priority_bands == (("red", 8), ("amber", 4), ("green", 0))
    bands = ", ".join(f"{name} from {points}" for name, points in Settings().priority_bands)
    assert f"Bands: {bands}." in page
