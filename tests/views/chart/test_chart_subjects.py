"""Victims and witnesses, when link roles bring them in, look and read like nobody who is suspected."""

import csv
import io
from dataclasses import replace

import pandas as pd
import pytest

from ocgnet.views.chart import chart_html, chart_payload

VICTIM, WITNESS = "N00006", "N00021"


def crimes_of(analysis, person):
    ties = analysis.ties.frame
    mine = ties[(ties["person_a"] == person) | (ties["person_b"] == person)]
    return {e for cell in mine["events"] for e in cell.split("|") if e[0] == "C"}


@pytest.fixture(scope="module")
def mixed(small):
    """The small network with one victim and one witness; everybody else in these crimes is a suspect."""
    ties = small.ties.frame
    rows = {
        (person, e): {VICTIM: "victim", WITNESS: "witness"}.get(person, "suspect")
        for a, b, cell in zip(ties["person_a"], ties["person_b"], ties["events"], strict=True)
        for e in cell.split("|")
        if e[0] == "C"
        for person in (a, b)
    }
    assert crimes_of(small, VICTIM)
    assert crimes_of(small, WITNESS)
    stands = pd.DataFrame([(*k, v) for k, v in sorted(rows.items())], columns=["nominal_id", "crime_id", "stands_as"])
    return replace(small, stands=stands)


@pytest.fixture(scope="module")
def page(mixed, tmp_path_factory):
    path = tmp_path_factory.mktemp("mixed") / "mixed.html"
    path.write_bytes(chart_html(chart_payload(mixed)).encode())
    return path


def test_only_who_is_suspected_of_nothing_is_set_apart(mixed, small):
    people = chart_payload(mixed)["people"]
    assert {i: s for i, s in zip(people["id"], people["stands"], strict=True) if s} == {
        VICTIM: "victim",
        WITNESS: "witness",
    }
    one = crimes_of(mixed, VICTIM).pop()
    both = mixed.stands.copy()
    both.loc[(both["nominal_id"] == VICTIM) & (both["crime_id"] == one), "stands_as"] = "suspect"
    people = chart_payload(replace(mixed, stands=both))["people"]
    assert people["stands"][people["id"].index(VICTIM)] == ""
    assert set(chart_payload(small)["people"]["stands"]) == {""}


def test_each_link_that_is_not_as_a_suspect_is_kept_with_its_event(mixed):
    payload = chart_payload(mixed)
    ids, events = payload["people"]["id"], payload["events"]
    found = {(ids[p], events["id"][e], word) for p, e, word in payload["links_as"]}
    assert found == {(VICTIM, c, "victim") for c in crimes_of(mixed, VICTIM)} | {
        (WITNESS, c, "witness") for c in crimes_of(mixed, WITNESS)
    }
    assert {events["kind"][e] for _, e, _ in payload["links_as"]} == {"crime"}


def fill_of(browser, person):
    """Colour of the canvas inside a person's mark, beside its letter."""
    browser.open(browser.page, f"view=ego&of=p:{person}&events=off")
    return browser.run(
        "const spot = ocgnetChart.where(arguments[0]), canvas = document.querySelector('#picture canvas');"
        "const box = canvas.getBoundingClientRect(), place = ocgnetChart.places().find((p) => p.key === arguments[0]);"
        "return [...canvas.getContext('2d').getImageData("
        "  Math.round(spot.x - box.left - place.r * 0.6), Math.round(spot.y - box.top + place.r * 0.3), 1, 1).data]",
        f"p:{person}",
    )


@pytest.mark.browser
def test_a_victim_is_hollow_and_a_suspect_has_the_colour_of_the_group(browser, page, mixed):
    browser.page = page
    suspect = next(
        i
        for i, ocg in zip(mixed.roles.frame["nominal_id"], mixed.roles.frame["ocg_id"], strict=True)
        if ocg and i not in (VICTIM, WITNESS) and crimes_of(mixed, i)
    )
    for person in (VICTIM, WITNESS):
        red, green, blue, _ = fill_of(browser, person)
        assert min(red, green, blue) > 235, person
    red, green, blue, _ = fill_of(browser, suspect)
    assert max(red, green, blue) - min(red, green, blue) > 60


@pytest.mark.browser
def test_no_role_is_suggested_of_a_victim_and_words_say_what_the_person_is(browser, page, mixed):
    browser.open(page, f"view=ego&of=p:{VICTIM}&sel=p:{VICTIM}")
    panel = browser.run("return document.getElementById('panel').innerText")
    assert "A victim in the crimes that count here, not a suspect" in panel
    because = mixed.roles.frame.set_index("nominal_id")["because"].get(VICTIM, "no row")
    assert because not in panel
    assert "suggested p" not in panel.split("Ties (")[0]
    assert "Hollow with V, W or O" in panel
    listed = browser.run("return document.getElementById('shown').innerText")
    assert "a victim in the crimes shown, not a suspect" in listed
    browser.run("document.getElementById('tab-table').click()")
    assert "a victim in the crimes shown, not a suspect" in browser.run(
        "return document.getElementById('table').innerText"
    )
    assert f"victim in {len(crimes_of(mixed, VICTIM))} crime" in panel
    browser.open(page, f"view=ego&of=p:{WITNESS}&sel=p:{WITNESS}")
    assert "A witness in the crimes that count here" in browser.run("return document.getElementById('panel').innerText")
    assert browser.complaints() == []


@pytest.mark.browser
def test_a_tie_through_a_victim_confirms_nothing_and_says_who_was_what(browser, page, mixed):
    ties = mixed.ties.frame
    mine = ties[((ties["person_a"] == VICTIM) | (ties["person_b"] == VICTIM)) & (ties["kinds"] == "crime")]
    others = ties[
        ~ties["person_a"].isin([VICTIM, WITNESS])
        & ~ties["person_b"].isin([VICTIM, WITNESS])
        & (ties["kinds"] == "crime")
    ]
    assert len(mine)
    assert len(others)
    browser.open(page, "view=all")
    dashes = browser.run("return ocgnetChart.dashes()")
    key = "t:{}\x1f{}".format
    assert {dashes[key(a, b)] for a, b in zip(mine["person_a"], mine["person_b"], strict=True)} == {"beside"}
    # A crime is shared by chance in a made-up network; a tie with another crime between suspects stays solid.
    assert "solid" in {dashes[key(a, b)] for a, b in zip(others["person_a"], others["person_b"], strict=True)}
    tie = mine.iloc[0]
    browser.open(page, f"sel=t:{tie['person_a']}%1F{tie['person_b']}")
    panel = browser.run("return document.getElementById('panel').innerText")
    assert "dash and dot" in panel
    assert " as victim" in panel


@pytest.mark.browser
def test_the_table_for_excel_calls_a_victim_a_victim(browser, page):
    browser.open(page, "view=all")
    browser.run("document.querySelector('#bar .menu summary').click()")
    browser.run(
        "[...document.querySelectorAll('#bar .menu button')].find((b) => b.textContent.startsWith('People')).click()"
    )
    import time

    for _ in range(50):
        if found := [f for f in browser.downloads.glob("*people.csv") if f.stat().st_size]:
            break
        time.sleep(0.1)
    rows = list(csv.DictReader(io.StringIO(found[0].read_bytes().decode("utf-8-sig"), newline="")))
    found[0].unlink()
    by_id = {r["person_id"]: r for r in rows}
    assert (by_id[VICTIM]["kind"], by_id[VICTIM]["suggested_role"]) == ("victim", "not a suspect")
    assert by_id[WITNESS]["kind"] == "witness"
    assert sum(r["kind"] == "nominal" for r in rows) == len(rows) - 2


@pytest.mark.browser
def test_where_only_suspects_count_no_sign_of_victims_is_drawn(browser, small_page):
    browser.open(small_page, "view=all")
    assert {m["stands"] for m in browser.run("return ocgnetChart.shown()")} == {""}
    assert "Hollow" not in browser.run("return document.getElementById('panel').innerText")
    assert "beside" not in browser.run("return ocgnetChart.dashes()").values()


@pytest.mark.browser
@pytest.mark.parametrize("person", ["N00010", "N00033", "N00050"])
def test_no_tie_between_two_others_runs_through_the_person_in_the_middle(browser, large_page, person):
    browser.open(large_page, f"view=ego&of=p:{person}&events=off")
    middle = next(m for m in browser.run("return ocgnetChart.places()") if m["key"] == f"p:{person}")
    for trace in browser.run("return ocgnetChart.traces()"):
        if f"p:{person}" not in trace["ends"]:
            near = min(((x - middle["x"]) ** 2 + (y - middle["y"]) ** 2) ** 0.5 for x, y in trace["points"])
            assert near > middle["r"], trace["key"]


@pytest.mark.browser
def test_a_child_who_is_a_nominal_of_the_same_group_stands_there_once(browser, large, tmp_path):
    payload = chart_payload(large)
    box, ids = payload["people"]["box"], payload["people"]["id"]
    child, adult, other = next(
        (c, p, q) for c, p in payload["child_links"] for q in range(len(ids)) if q != p and box[q] == box[p]
    )
    payload["children"]["id"][child] = ids[other]
    path = tmp_path / "page.html"
    path.write_bytes(chart_html(payload).encode())
    for fragment in (
        f"view=box&of=b:{payload['boxes'][box[adult]]['id']}&events=off",
        f"view=ego&of=p:{ids[adult]}&steps=2&events=off",
    ):
        browser.open(path, fragment)
        keys = [m["key"] for m in browser.run("return ocgnetChart.shown()") if m["key"][2:] == ids[other]]
        assert len(keys) == 1
        assert browser.run("return ocgnetChart.dashes()")[f"f:{ids[other]}|{ids[adult]}"] == "dotted"
