"""Which links to a crime count: four roles by default, the published two as an option that names its figures.

Worked on paper. N1 and N2 are members of G1, N3 of no group. Links: N1 K1 arrested and charged, N1 K2 charged,
N2 K2 convicted, N2 K3 charged and convicted, N3 K4 convicted, V1 K5 victim, N2 K6 witness. Under the four roles the
crimes of members are K1, K2, K3, each once, and K2 ties N1 to N2. Under the published two there is K1 alone, and 6 of
the 7 links that speak of a suspect (3 charged, 3 convicted) are left out.
"""

from __future__ import annotations

import csv
import json

import pytest

from installed import ocgnet
from ocgnet.cli.options import _roles
from ocgnet.errors import UsageError
from ocgnet.model.columns import LINK_ROLES, PUBLISHED_ROLES, SUSPECT_ROLES
from ocgnet.queries import pack
from ocgnet.settings import Settings

LINKS = (
    ("N1", "K1", "arrested"), ("N1", "K1", "charged"), ("N1", "K2", "charged"), ("N2", "K2", "convicted"),
    ("N2", "K3", "charged"), ("N2", "K3", "convicted"), ("N3", "K4", "convicted"), ("V1", "K5", "victim"),
    ("N2", "K6", "witness"),
)  # fmt: skip


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """Run both definitions over the paper; what each printed, and its run.json."""
    place = tmp_path_factory.mktemp("roles")
    data = place / "data"
    data.mkdir()
    tables = {
        "nominals": ["nominal_id", "N1", "N2", "N3"],
        "people": ["person_id", "V1"],
        "ocgs": ["ocg_id,name,mapped_on", "G1,Heron,2017-01-01"],
        "memberships": ["nominal_id,ocg_id,from_date", "N1,G1,2017-01-01", "N2,G1,2017-01-01"],
        "crimes": ["crime_id,offence_code,recorded_on", *(f"K{k},8N,2019-01-0{k}" for k in range(1, 7))],
        "crime_links": ["person_id,crime_id,link_role", *(",".join(link) for link in LINKS)],
    }
    for name, lines in tables.items():
        (data / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (data / "about.toml").write_text(
        "as_of = 2019-03-31\nperiod_from = 2018-04-01\nperiod_to = 2019-03-31\n", encoding="utf-8"
    )
    found = {}
    for name, options in (("four", ()), ("published", ("--link-roles", "suspect,arrested"))):
        for command in ("analyse", "profile"):
            said = ocgnet(command, "data", *options, "--out", f"{command}-{name}", cwd=place)
            run = json.loads((place / f"{command}-{name}" / "run.json").read_text("utf-8"))
            found[command, name] = said, run
    return place, found


@pytest.mark.parametrize("command", ["analyse", "profile"])
def test_an_event_counts_once_under_either_definition(answers, command):
    _, found = answers
    assert found[command, "four"][1]["figures"]["linked_crimes"] == 3
    assert found[command, "published"][1]["figures"]["linked_crimes"] == 1


def test_people_and_ties_follow(answers):
    place, found = answers
    crimes = {}
    for name in ("four", "published"):
        rows = csv.DictReader((place / f"analyse-{name}/tables/people.csv").read_text("utf-8-sig").splitlines())
        crimes[name] = {r["nominal_id"]: r["crimes"] for r in rows}
    assert crimes == {
        "four": {"N1": "2", "N2": "2", "N3": "1"},
        "published": {"N1": "1", "N2": "0", "N3": "0"},
    }
    assert [found["analyse", n][1]["network"]["edges"] for n in ("four", "published")] == [1, 0]


def test_what_is_left_out_is_counted_role_by_role(answers):
    _, found = answers
    gone = {
        name: {x["why"]: x["count"] for x in found["analyse", name][1]["left_out"] if x["what"] == "crime_links"}
        for name in ("four", "published")
    }
    four, two = "not as arrested or suspect or charged or convicted", "not as arrested or suspect"
    assert gone["four"] == {f"linked as victim, {four}": 1, f"linked as witness, {four}": 1}
    assert gone["published"] == {
        f"linked as charged, {two}": 3,
        f"linked as convicted, {two}": 3,
        f"linked as victim, {two}": 1,
        f"linked as witness, {two}": 1,
    }


@pytest.mark.parametrize("command", ["analyse", "profile"])
def test_the_published_definition_names_its_figures(answers, command):
    _, found = answers
    named = "linked as arrested or suspect"
    details = {n: found[command, n][1]["figure_details"] for n in ("four", "published")}
    for figure in ("linked_crimes", "top_nominals_crime_share", "crime_gini"):
        assert f"({named})" in details["published"][figure]["says"]
        assert "(linked" not in details["four"][figure]["says"]
    assert "(linked" not in details["published"]["nominals"]["says"], "members are counted without links"
    assert "linked as arrested or suspect or charged or convicted" in details["four"]["linked_crimes"]["filter"]


def test_findings_under_the_published_definition_say_so(answers):
    place, found = answers
    assert "(linked to crimes as arrested or suspect)" in found["analyse", "published"][0]
    assert "(linked to crimes as" not in found["analyse", "four"][0]
    assert "(linked to crimes as arrested or suspect)" in (place / "analyse-published/report.html").read_text("utf-8")


@pytest.mark.parametrize("command", ["analyse", "profile"])
def test_a_definition_that_leaves_out_most_links_is_told_above_the_findings(answers, command):
    place, found = answers
    line = (
        "Most links are left out: 6 of 7 links to crimes other than as victim or witness (86%) are left out "
        "(3 as charged, 3 as convicted), and these answers count arrested or suspect. "
        "Ask again with --link-roles arrested,suspect,charged,convicted to count them."
    )
    said, run = found[command, "published"]
    lines = [text for text in said.splitlines() if text.startswith(("OFFICIAL", "Most links"))]
    assert lines[1] == line, "it is the first sentence under the marking"
    assert run["first"] == [line]
    assert line in (place / f"{command}-published/report.html").read_text("utf-8")
    said, run = found[command, "four"]
    assert "Most links" not in said
    assert run["first"] == []


def test_every_place_that_says_which_roles_count_says_the_same():
    assert SUSPECT_ROLES == ("arrested", "suspect", "charged", "convicted")
    assert Settings().link_roles == SUSPECT_ROLES == _roles("convicted,charged,suspect,arrested")
    assert _roles("suspect, arrested") == PUBLISHED_ROLES
    assert set(SUSPECT_ROLES) <= set(LINK_ROLES)
    with pytest.raises(UsageError, match="--link-roles knows no 'accused'"):
        _roles("arrested,accused")
    asked = [p.default for query in pack() for p in query.parameters if p.name == "link_roles"]
    assert len(asked) >= 15
    assert all(list(default) == list(SUSPECT_ROLES) for default in asked)
