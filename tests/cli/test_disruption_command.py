"""ocgnet disruption show: what it prints, what it writes, and what it says where nothing can be said."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest

import ready
from ocgnet.audit.read import acts

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
pytestmark = pytest.mark.long
TINY, COUNTY = FIXTURES / "tiny", FIXTURES / "county"


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """What the county's overview prints, and its page."""
    page = tmp_path_factory.mktemp("page") / "disruptions.html"
    return ready.ocgnet("disruption", "show", COUNTY, "--out", page), page.read_text(encoding="utf-8")


def test_the_county_says_its_published_counts_with_the_interval(county):
    said, page = county
    plain = " ".join(said.split())
    assert "65 disruptions of groups from 01/04/2018 to 31/03/2019, against 42 from 01/04/2017 to 31/03/2018:" in plain
    assert "+55% (95% interval +3.4% to +134%)" in plain
    assert "recorded for 11 of 38 groups mapped and not archived on 31/03/2019" in plain
    assert "<h1>65 disruptions of groups, against 42 in the period before</h1>" in page


def test_the_page_carries_marking_cautions_and_no_script(county):
    _, page = county
    assert page.count("OFFICIAL-SENSITIVE · SYNTHETIC DATA</p>") == 2
    for words in (
        "Recorded activity is also attention",
        "regression to the mean",
        "Nothing here says that",
        "Run <code>",
    ):
        assert words in page
    assert "<script" not in page
    assert "default-src &#39;none&#39;" in page
    drawn = re.search(r"<svg.*?</svg>", page, re.DOTALL)[0]
    assert drawn.count("<title") == 1
    # A hollow and a filled dot for each first disruption that can be compared, beside two of the legend.
    assert drawn.count("<circle") == 2 + 2 * int(re.search(r"Crimes: of (\d+) compared", page)[1])


def test_one_group_beside_others_is_the_same_in_every_format(tmp_path):
    page = tmp_path / "one.html"
    asked = ("disruption", "show", COUNTY, "--group", "OCG48", "--days", "91")
    rows = json.loads(ready.run(*asked, "--format", "json").stdout)
    done = ready.run(*asked, "--format", "csv", "--out", page)
    table = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [r["disruption_id"] for r in table] == [r["disruption_id"] for r in rows]
    assert [r["before"] for r in table] == ["" if r["before"] is None else f"{r['before']:g}" for r in rows]
    # What has to be read with the table stands beside it.
    assert "Recorded activity is also attention" in done.stderr
    assert "further disruptions of the same group" in done.stderr
    (crimes,) = [r for r in rows if r["measure"] == "crimes" and r["disruption_id"] == rows[0]["disruption_id"]]
    assert f"{crimes['before']:g} to {crimes['after']:g}" in page.read_text(encoding="utf-8")


def test_without_the_table_nothing_is_nought(tmp_path, log_file):
    place = shutil.copytree(TINY, tmp_path / "tiny")
    (place / "disruptions.csv").unlink()
    said = ready.ocgnet("disruption", "show", place, "--out", tmp_path / "page.html")
    assert "Disruptions of groups are not known: these records have no table disruptions." in said
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<h1>Whether groups were disrupted is not known</h1>" in page
    assert "None in these records" not in page
    assert [(a.kind, a.end) for a in acts(log_file)] == [("export", "done")]


def test_few_groups_are_too_few_to_stand_beside():
    said = " ".join(ready.ocgnet("disruption", "show", TINY, "--group", "Group Alder").split())
    assert "--group: Group Alder is taken for G1 Group Alder." in said
    assert "Crimes rose by 1, from 1 to 2 (too few to say)" in said
    assert "Groups not disrupted in these days: 1, too few to say what they did." in said


def test_a_day_after_the_records_end_is_told_with_its_reason():
    said = ready.ocgnet("disruption", "show", TINY, "--group", "G2", "--days", "200")
    # 15/01/2019 with 75 days behind it: said once, since it holds for every measure.
    assert "within" not in said.split("D2:")[1].partition(": not compared")[0]
    assert said.count("125 days before the window after ends; --days 75 would fit.") == 1
    rows = json.loads(ready.run("disruption", "show", TINY, "--group", "G2", "--days", "75", "--format", "json").stdout)
    assert not any(row["why_not"].startswith("cut short") for row in rows)


def test_what_a_record_holds_cannot_act_on_the_page(tmp_path):
    place = shutil.copytree(TINY, tmp_path / "tiny")
    file = place / "disruptions.csv"
    file.write_text(file.read_text().replace("council", "<b>\u202ecouncil</b>"), encoding="utf-8")
    ready.ocgnet("disruption", "show", place, "--out", tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert "\u202e" not in page
