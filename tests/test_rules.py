"""Rules of a partnership from a file: what they change, and that every wrong key is named."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from ocgnet.errors import SourceError, UsageError
from ocgnet.rules import NUMBERS, WHOLE, WORDS, read_rules, with_rules
from ocgnet.settings import Settings

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
        ({"many_aces": 0}, "many_aces", "0 is no whole number of 1 or more"),
        ({"many_aces": True}, "many_aces", "True is no whole number"),
        ({"interview_hours": "72"}, "interview_hours", "'72' is no whole number"),
        ({"group_harm": -1}, "group_harm", "-1 is no number above 0"),
        ({"group_harm": float("nan")}, "group_harm", "nan is no number above 0"),
        ({"risk_low": "low"}, "risk_low", "'low' is no list of words"),
        ({"violent_offences": ["rape", "robery"]}, "violent_offences", "no offence group 'robery'"),
        ({"points": {"victm": 1}}, "points.victm", "did you mean victim?"),
        ({"points": {"victim": -1}}, "points.victim", "-1 is no whole number of 0 or more"),
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


def test_the_page_names_every_threshold_and_what_stands_in_the_settings():
    page = DOCS.read_text(encoding="utf-8")
    assert not [key for key in (*WHOLE, *NUMBERS, *WORDS) if f"`{key}`" not in page]
    example = page.split("```toml\n")[1].split("```")[0]
    asked = with_rules(tomllib.loads(example), Settings(), "example")
    assert asked.priority_bands == (("red", 8), ("amber", 4), ("green", 0))
    bands = ", ".join(f"{name} from {points}" for name, points in Settings().priority_bands)
    assert f"Bands: {bands}." in page
