"""A force's own weights and thresholds: read from a file, refused with every fault at once, written into the run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from ocgnet.check import read_dataset
from ocgnet.cli.app import app
from ocgnet.errors import SourceError, UsageError
from ocgnet.network_settings import WHOLE, read_network_settings, with_network_settings
from ocgnet.pipeline import analyse
from ocgnet.settings import Settings

TINY = Path(__file__).parent.parent / "fixtures" / "tiny"


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
    found, before = with_network_settings(given, Settings(), "f").to_dict(), Settings().to_dict()
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
    with pytest.raises(UsageError) as refused:
        with_network_settings(given, Settings(), "own.toml")
    assert words in str(refused.value)


@pytest.mark.parametrize("value", [1e308, 1e-308, -1.0, float("nan"), float("inf")])
def test_settings_made_in_a_program_refuse_what_a_file_may_not_hold(value):
    """No tie, distance or share could be worked out from such a weight; each is named with its limits."""
    with pytest.raises(UsageError) as refused:
        Settings(crime_weight=value, half_life_days=value, association_weights=(("phone", value),))
    for name in ("crime_weight", "half_life_days", "association_weights.phone"):
        assert f"{name}: {value!r} is neither 0 nor a number from" in str(refused.value)
    assert "report_weight" not in str(refused.value)


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
    with pytest.raises(UsageError) as refused:
        with_network_settings({"event_cap": 0, "stable_from": 2, "nonsense": 1}, Settings(), "own.toml")
    assert all(word in str(refused.value) for word in ("event_cap", "stable_from", "nonsense"))


def test_a_file_that_is_no_toml_or_not_there(tmp_path):
    with pytest.raises(SourceError, match="cannot be read"):
        read_network_settings(tmp_path / "none.toml", Settings())
    (tmp_path / "bad.toml").write_text("event_cap = ", encoding="utf-8")
    with pytest.raises(SourceError, match="no TOML"):
        read_network_settings(tmp_path / "bad.toml", Settings())


def test_the_command_takes_the_file_and_writes_it_into_the_run(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text("resamples = 10\n[association_weights]\nphone = 0.0\n", encoding="utf-8")
    told = CliRunner().invoke(app, ["analyse", str(TINY), "--settings", str(own), "--out", str(tmp_path / "out")])
    assert told.exit_code == 0, told.output
    run = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert run["parameters"]["resamples"] == 10
    assert dict(run["parameters"]["association_weights"])["phone"] == 0.0


@pytest.mark.parametrize("key", sorted(WHOLE.keys() - {"resamples", "community_seeds"}))
@pytest.mark.parametrize("end", [0, 1])
def test_the_command_bears_the_least_and_the_most(tmp_path, key, end):
    own = tmp_path / "own.toml"
    own.write_text(
        f"{key} = {WHOLE[key][end]}\n{'' if key == 'drop_sources' else 'resamples = 10'}\n", encoding="utf-8"
    )
    told = CliRunner().invoke(app, ["analyse", str(TINY), "--settings", str(own), "--out", str(tmp_path / "out")])
    assert told.exit_code == 0, told.output
