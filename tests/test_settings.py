"""Every setting: its limits, a force's own files of them, what they change, and that every wrong key is named."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from ocgnet.checks.check import read_dataset
from ocgnet.cli.app import app
from ocgnet.errors import SourceError, UsageError
from ocgnet.main_job import analyse
from ocgnet.settings import FILE, RULES, Settings, declared, read_settings, with_settings

pytestmark = pytest.mark.long

HOME = Path(__file__).parent.parent
TINY, SAFEGUARDING = HOME / "fixtures" / "tiny", HOME / "fixtures" / "safeguarding"


def whole_of(option: str) -> dict[str, tuple[int, int]]:
    """Return the least and the most of every whole number that a file may hold, as its error names them."""
    limits = {key: limit for key, (by, *rest) in declared().items() if by == option for limit in rest}
    said = {
        key: re.fullmatch("no whole number from ([0-9]+) to ([0-9,]+)", getattr(v, "says", ""))
        for key, v in limits.items()
    }
    return {key: (int(m[1]), int(m[2].replace(",", ""))) for key, m in said.items() if m}


def refused(given: dict[str, object], option: str, name: str) -> str:
    with pytest.raises(UsageError) as error:
        with_settings(given, Settings(), option, name)
    return str(error.value)


def test_only_what_the_file_names_changes():
    given = {
        "event_cap": 20,
        "half_life_days": 180,
        "drop_people": [0.01, 0.1],
        "community_resolutions": [1, 3],
        "one_origin_once": False,
        "principal_share": 0.25,
        "association_weights": {"phone": 0.1},
    }
    found, before = with_settings(given, Settings(), FILE, "f").to_dict(), Settings().to_dict()
    changed = {k for k in before if found[k] != before[k]}
    assert changed == set(given)
    assert dict(found["association_weights"]) == dict(before["association_weights"]) | {"phone": 0.1}
    assert found["drop_people"] == (0.01, 0.1)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"event_cap": 1}, "event_cap: 1 is no whole number from 2 to 100,000,000"),
        ({"event_cap": True}, "event_cap: True"),
        ({"event_cap": 10**30}, "is no whole number from 2 to 100,000,000"),
        ({"report_weight": 10**400}, "is neither 0 nor a number from 0.001 to 1,000,000"),
        ({"crime_weight": 1e308}, "crime_weight: 1e+308 is neither 0 nor a number from 0.001 to 1,000,000"),
        ({"report_weight": 1e-308}, "report_weight: 1e-308 is neither 0 nor a number from 0.001 to 1,000,000"),
        ({"association_weights": {"phone": 1e308}}, "association_weights.phone: 1e+308 is neither 0 nor a number"),
        ({"association_weights": {"phone": float("inf")}}, "association_weights.phone: inf is neither 0"),
        ({"association_weights": {"phone": True}}, "association_weights.phone: True is neither 0"),
        ({"half_life_days": -1}, "half_life_days: -1 is neither 0 nor a number from 1 to 36,525"),
        ({"half_life_days": 1e-308}, "half_life_days: 1e-308 is neither 0 nor a number from 1 to 36,525"),
        ({"half_life_days": float("nan")}, "half_life_days: nan is neither"),
        ({"community_resolution": 1e308}, "community_resolution: 1e+308 is no number from 0.001 to 1,000"),
        ({"community_resolutions": [1, 1e-308]}, "community_resolutions: [1, 1e-308] is no list"),
        ({"principal_share": 1.5}, "principal_share: 1.5 is no share"),
        ({"drop_people": [0.5, 0.1]}, "drop_people: [0.5, 0.1] is no pair"),
        ({"community_resolutions": []}, "community_resolutions"),
        ({"community_resolution": 0}, "community_resolution: 0 is no number from 0.001 to 1,000"),
        ({"one_origin_once": 1}, "one_origin_once: 1 is neither"),
        (
            {"association_weights": {"phon": 1}},
            "association_weights.phon: no such kind of contact; did you mean phone?",
        ),
        ({"association_weights": 3}, "association_weights: 3 is no table"),
        ({"significant_least": 0.6}, "significant_least: 0.6 is above principal_least (0.5)"),
        ({"principal_share": 0.7}, "together they are above 1"),
        ({"resample": 3}, "resample: no such setting; did you mean resamples?"),
    ],
)
def test_a_wrong_value_is_named(given, words):
    message = refused(given, FILE, "own.toml")
    assert message.startswith("own.toml cannot be used. ")
    assert words in message


@pytest.mark.parametrize("value", [1e308, 1e-308, -1.0, float("nan"), float("inf")])
def test_settings_made_in_a_program_refuse_what_a_file_may_not_hold(value):
    """No tie, distance or share could be worked out from such a weight; each is named with its limits."""
    with pytest.raises(UsageError) as error:
        Settings(crime_weight=value, half_life_days=value, association_weights=(("phone", value),))
    for name in ("crime_weight", "half_life_days", "association_weights.phone"):
        assert f"{name}: {value!r} is neither 0 nor a number from" in str(error.value)
    assert "report_weight" not in str(error.value)


@pytest.mark.parametrize("key", [key for key, (_, *limits) in declared().items() if limits])
def test_a_program_may_set_no_more_than_a_file(key):
    """Text is no value of any setting that has limits, nor is a list of nothing but None."""
    for value in ("nonsense", (None,)):
        with pytest.raises((UsageError, TypeError, ValueError)):
            replace(Settings(), **{key: value})


@pytest.mark.parametrize("scale", [0.002, 1e6])
def test_the_outermost_weights_change_no_order_and_make_no_figure_infinite(scale):
    """All weights times one number: every rank and every role is the same, and every cell a number."""
    records, plain = read_dataset(TINY)[0], Settings(resamples=10)
    kinds = tuple((kind, value * scale) for kind, value in plain.association_weights)
    scaled = replace(plain, crime_weight=scale, report_weight=scale, association_weights=kinds)
    columns = ["nominal_id", "suggested_role", "position_score", "betweenness_percentile", "effective_size_percentile"]
    first, second = analyse(records, plain), analyse(records, scaled)
    assert second.roles.frame[columns].equals(first.roles.frame[columns])
    for table in second.tables.values():
        assert not np.isinf(table.frame.select_dtypes("number").to_numpy(float, na_value=0)).any()


def test_every_fault_is_named_at_once():
    message = refused({"event_cap": 0, "stable_from": 2, "nonsense": 1}, FILE, "own.toml")
    assert all(word in message for word in ("event_cap", "stable_from", "nonsense"))
    message = refused(
        {"many_aces": 0, "colour": 1, "child_points": {"victm": 1}, "adult_bands": {"red": -1}}, RULES, "rules.toml"
    )
    assert all(f" {key}: " in message for key in ("many_aces", "colour", "child_points.victm", "adult_bands.red"))


@pytest.mark.parametrize("option", [FILE, RULES])
def test_a_file_that_is_no_toml_or_not_there(tmp_path, option):
    with pytest.raises(SourceError, match=r"none\.toml cannot be read"):
        read_settings(tmp_path / "none.toml", Settings(), option)
    for text in ("event_cap = ", "many_aces == 3", f"many_aces = {'[' * 5000}"):
        (tmp_path / "bad.toml").write_text(text, encoding="utf-8")
        with pytest.raises(SourceError, match="no TOML"):
            read_settings(tmp_path / "bad.toml", Settings(), option)


def test_the_command_takes_the_file_and_writes_it_into_the_run(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text("resamples = 10\n[association_weights]\nphone = 0.0\n", encoding="utf-8")
    told = CliRunner().invoke(app, ["analyse", str(TINY), "--settings", str(own), "--out", str(tmp_path / "out")])
    assert told.exit_code == 0, told.output
    run = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert run["parameters"]["resamples"] == 10
    assert dict(run["parameters"]["association_weights"])["phone"] == 0.0


@pytest.mark.parametrize("key", sorted(whole_of(FILE).keys() - {"resamples", "community_seeds"}))
@pytest.mark.parametrize("end", [0, 1])
def test_the_command_bears_the_least_and_the_most(tmp_path, key, end):
    own = tmp_path / "own.toml"
    own.write_text(
        f"{key} = {whole_of(FILE)[key][end]}\n{'' if key == 'drop_sources' else 'resamples = 10'}\n", encoding="utf-8"
    )
    told = CliRunner().invoke(app, ["analyse", str(TINY), "--settings", str(own), "--out", str(tmp_path / "out")])
    assert told.exit_code == 0, told.output


def test_a_file_of_rules_changes_what_it_names_and_nothing_else(tmp_path):
    file = tmp_path / "rules.toml"
    file.write_text(
        'many_aces = 3\nserious_harm = 150\nrisk_low = ["Low", " some  risk "]\n[child_points]\nvictim = 4\n'
        "[adult_bands]\ngreen = 0\nred = 8\n",
        encoding="utf-8",
    )
    asked, before = read_settings(file, Settings(), RULES), Settings()
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
def test_a_wrong_rule_is_named(given, key, says):
    message = refused(given, RULES, "rules.toml")
    assert f" {key}: " in message
    assert says in message


@pytest.mark.parametrize("key", sorted(whole_of(RULES)))
@pytest.mark.parametrize("end", [0, 1])
def test_children_bears_the_least_and_the_most(tmp_path, key, end):
    file = tmp_path / "rules.toml"
    file.write_text(f"{key} = {whole_of(RULES)[key][end]}\n", encoding="utf-8")
    told = CliRunner().invoke(app, ["children", str(SAFEGUARDING), "--rules", str(file), "--view", "components"])
    assert told.exit_code == 0, told.output


def test_the_page_names_every_threshold_and_what_stands_in_the_settings():
    page = (HOME / "docs" / "measures" / "children.md").read_text(encoding="utf-8")
    assert not [key for key, (by, *_) in declared().items() if by == RULES and not re.search(rf"[`[]{key}[]`]", page)]
    example = page.split("```toml\n")[1].split("```")[0]
    asked = with_settings(tomllib.loads(example), Settings(), RULES, "example")
    assert asked.child_bands == (("red", 8), ("amber", 4), ("green", 0))
    for whom, bands in (("child", Settings().child_bands), ("adults", Settings().adult_bands)):
        assert f"About the {whom}: {', '.join(f'{name} from {points}' for name, points in bands)}." in page
    # Every rule stands on the page with its points.
    rows = page.split("## Components")[1].split("## ")[0]
    for points in (Settings().child_points, Settings().adult_points):
        assert not [rule for rule, number in points if f"`{rule}` {number}" not in rows]


def test_the_page_of_settings_says_what_the_code_declares():
    """Every setting with its default, its limits, what it is for and the option that sets it."""
    made = subprocess.run(
        [sys.executable, HOME / "tools" / "settings_page.py"], capture_output=True, text=True, check=True
    )
    assert (HOME / "docs" / "settings.md").read_text(encoding="utf-8") == made.stdout, (
        "run: python tools/settings_page.py > docs/settings.md"
    )
    for key in Settings().to_dict():
        assert f"\n| `{key}` | " in made.stdout
    assert "| `event_cap` | 50 | whole number from 2 to 100,000,000 | `--settings` |" in made.stdout
