"""The questions on the bundled county: against sums done apart, the analysis itself, and the server's own plans."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
from response_sums import SUMS, Sums

from ocgnet.analysis.children.linked_children import linked_children
from ocgnet.analysis.children.peers import MISSING, STOPPED, peers_of
from ocgnet.analysis.concentration.concentration import concentrate
from ocgnet.evidence.evidence import evidence_of
from ocgnet.evidence.membership import memberships_on
from ocgnet.harm import harm_of
from ocgnet.queries import bind, find, pack
from ocgnet.queries.ask import ask, ask_store
from ocgnet.queries.local_view import ask_locally
from ocgnet.queries.pack import SCHEMA
from ocgnet.settings import Settings
from ocgnet.store import LoadManifest, open_store
from ocgnet.things_job import things_of

DAY, FIRST, LAST = date(2019, 3, 31), date(2018, 4, 1), date(2019, 3, 31)
ROLES = ["arrested", "suspect", "charged", "convicted"]
ALL = "limit=1000000"
PACK = pack()


class CountySums:
    """The county's tables with the common filters, done with pandas."""

    def __init__(self, dataset) -> None:
        self.t = {name: t.to_pandas() for name, t in dataset.tables.items()}
        nominals = self.t["nominals"]
        due = pd.to_datetime(nominals["review_due"])
        self.nominals = set(nominals.loc[~(due < pd.Timestamp(DAY)), "nominal_id"])
        self.names = dict(zip(nominals["nominal_id"], nominals["name"], strict=True))
        held = memberships_on(dataset, DAY, dataset["nominals"]["nominal_id"].combine_chunks())
        ids = nominals["nominal_id"].to_numpy()
        held = pd.DataFrame({"person_id": ids[held.person], "ocg_id": held.ocg, "role": held.role})
        self.members = held[held["person_id"].isin(self.nominals)]
        crimes = self.t["crimes"].assign(harm=harm_of(dataset["crimes"]["offence_code"]))
        crimes["on"] = pd.to_datetime(crimes["recorded_on"].fillna(crimes["occurred_on"]))
        self.crimes = crimes[crimes["on"].between(pd.Timestamp(FIRST), pd.Timestamp(LAST))]
        links = self.t["crime_links"]
        links = links[links["link_role"].isin(ROLES) & links["person_id"].isin(self.nominals)]
        self.links = links[["person_id", "crime_id"]].drop_duplicates().merge(self.crimes, on="crime_id")
        reports = self.t["intel_reports"]
        on, due = (pd.to_datetime(reports[c]) for c in ("reported_on", "review_due"))
        old, new = (reports["grading_scheme"] == s for s in ("5x5x5", "3x5x2"))
        source, content = reports["source_grade"], reports["intelligence_grade"]
        bad = (new & (source.eq("3") | content.eq("E"))) | (old & (source.eq("D") | content.eq("5")))
        overdue = due < pd.Timestamp(DAY)
        self.refused = set(reports.loc[bad | overdue, "report_id"])
        self.reports = reports[on.between(pd.Timestamp(FIRST), pd.Timestamp(LAST)) & ~overdue & ~bad]
        mentions = self.t["intel_links"]
        mentions = mentions[mentions["person_id"].isin(self.nominals)].drop_duplicates()
        self.mentions = mentions.merge(self.reports, on="report_id")


@pytest.fixture(scope="module")
def sums(county):
    return CountySums(county.dataset)


def test_members_and_groups(county, sums) -> None:
    found = {r[0]: r[4:7] for r in county.rows("groups-now")}
    live = sums.members.groupby("ocg_id")
    assert {k: v for k, v in found.items() if v[0]} == {
        ocg: (len(m), int((m["role"] == "principal").sum()), int((m["role"] == "").sum())) for ocg, m in live
    }
    for ocg, m in live:
        rows = county.rows("group-members", f"ocg_id={ocg}")
        assert {(r[0], r[2] or "") for r in rows} == set(zip(m["person_id"], m["role"], strict=True))
    blank = sums.members[sums.members["role"] == ""]
    assert {(r[0], r[2]) for r in county.rows("members-not-assessed")} == set(
        zip(blank["ocg_id"], blank["person_id"], strict=True)
    )


def test_groups_that_share_members(county, sums) -> None:
    shared: dict[tuple[str, str], list[str]] = {}
    several = {}
    for person, own in sums.members.groupby("person_id"):
        ocgs = sorted(own["ocg_id"])
        if len(ocgs) > 1:
            several[person] = len(ocgs)
        for pair in combinations(ocgs, 2):
            shared.setdefault(pair, []).append(person)
    assert len(shared) > 3
    rows = county.rows("groups-sharing-members")
    assert {(r[0], r[2]): r[5] for r in rows} == {pair: sorted(people) for pair, people in shared.items()}
    assert {r[0]: r[2] for r in county.rows("people-in-several-groups")} == several


def test_co_offending_pairs(county, sums) -> None:
    pairs: dict[tuple[str, str], int] = {}
    for _, people in sums.links.groupby("crime_id")["person_id"]:
        for pair in combinations(sorted(people), 2):
            pairs[pair] = pairs.get(pair, 0) + 1
    assert len(pairs) > 100
    rows = county.rows("co-offending-pairs", "min_crimes=1", ALL)
    assert {(r[0], r[2]): r[4] for r in rows} == pairs
    keys = [(-r[4], r[0], r[2]) for r in rows]
    assert keys == sorted(keys)


def test_crimes_harm_and_reports_of_each_nominal(county, sums) -> None:
    crimes = sums.links.groupby("person_id")["harm"].agg(["size", "sum", "count"])
    rows = county.rows("nominals-by-crimes", ALL)
    assert {r[0]: r[2] for r in rows} == crimes["size"].to_dict()
    groups = sums.members.groupby("person_id")["ocg_id"].agg(sorted).to_dict()
    assert {r[0]: r[5] for r in rows if r[5]} == {p: g for p, g in groups.items() if p in crimes.index}
    for person, _, n, harm, unknown, scheme in county.rows("nominals-by-harm", ALL):
        known = crimes.loc[person]
        assert (n, unknown) == (known["size"], known["size"] - known["count"])
        assert harm == (pytest.approx(known["sum"]) if known["count"] else None)
        assert scheme == ("ONS Crime Severity Score, 2019-20" if known["count"] else None)
    reports = sums.mentions.groupby("person_id").agg(n=("report_id", "size"), origins=("source_ref", "nunique"))
    found = {r[0]: (r[2], r[3]) for r in county.rows("nominals-by-reports", ALL)}
    assert found == {p: (r.n, r.origins) for p, r in zip(reports.index, reports.itertuples(), strict=True)}
    known = sums.mentions.groupby("person_id")["source_ref"].count()
    lone = reports[(reports["origins"] == 1) & (known == reports["n"])]
    assert {r[0] for r in county.rows("reports-from-one-origin-only", "min_reports=1")} == set(lone.index)


def test_districts_and_wards(county, sums) -> None:
    found = {r[0]: (r[1], r[3]) for r in county.rows("harm-by-district")}
    by = sums.crimes.groupby("district", dropna=False)["harm"]
    assert found == {(None if pd.isna(d) else d): (len(h), int(h.isna().sum())) for d, h in by}
    assert None in found
    assert sum(r[2] for r in county.rows("harm-by-district") if r[2]) == pytest.approx(sums.crimes["harm"].sum())
    placeless = sums.crimes[sums.crimes["district"].isna() | sums.crimes["ward"].isna()]
    rows = county.rows("crimes-without-a-place", ALL)
    assert sum(r[1] for r in rows) == placeless["district"].isna().sum()
    assert sum(r[2] for r in rows) == (placeless["district"].notna()).sum()
    (district, ward), there = max(sums.crimes.groupby(["district", "ward"]), key=lambda x: (len(x[1]), x[0]))
    worst = there.dropna(subset="harm").sort_values(["harm", "crime_id"], ascending=[False, True]).head(10)
    rows = county.rows("worst-offences-of-a-ward", f"district={district}", f"ward={ward}")
    assert list(dict.fromkeys(r[0] for r in rows)) == worst["crime_id"].tolist()
    linked = sums.t["crime_links"]
    linked = linked[linked["link_role"].isin(ROLES) & linked["crime_id"].isin(worst["crime_id"])]
    linked = linked[linked["person_id"].isin(sums.nominals)]
    assert {(r[0], r[4], r[6]) for r in rows if r[4]} == set(
        linked[["crime_id", "person_id", "link_role"]].itertuples(index=False, name=None)
    )


def test_brokers_and_people_outside(county, sums) -> None:
    near: dict[str, set[str]] = {p: set() for p in sums.nominals}
    for events, key in ((sums.links, "crime_id"), (sums.mentions, "report_id")):
        for _, people in events.groupby(key)["person_id"]:
            for a, b in combinations(set(people), 2):
                near[a].add(b)
                near[b].add(a)
    # A contact stands on its report: where the filters take the report away, the contact goes with it.
    contacts = sums.t["associations"]
    contacts = contacts[~contacts["report_id"].isin(sums.refused)]
    first, last = (pd.to_datetime(contacts[c]) for c in ("first_seen", "last_seen"))
    inside = ~(last.fillna(first) < pd.Timestamp(FIRST)) & ~(first.fillna(last) > pd.Timestamp(LAST))
    for a, b in contacts.loc[inside, ["person_a", "person_b"]].itertuples(index=False):
        if a in near and b in near:
            near[a].add(b)
            near[b].add(a)
    groups = sums.members.groupby("person_id")["ocg_id"].agg(set).to_dict()
    reached = {}
    for person, others in near.items():
        own = groups.get(person, set())
        hits = [(q, g) for q in others for g in groups.get(q, set()) - own]
        if len({g for _, g in hits}) >= 2:
            reached[person] = (len({g for _, g in hits}), len({q for q, _ in hits}))
    inner = {p: n for p, n in reached.items() if p in groups}
    assert {r[0]: (r[3], r[4]) for r in county.rows("brokers-between-groups", ALL)} == inner
    outer = {p: n for p, n in reached.items() if p not in groups}
    assert {r[0]: (r[2], r[3]) for r in county.rows("no-group-but-many-group-ties", ALL)} == outer
    assert len(inner) > 5
    assert len(outer) > 5


def test_missing_together(county, sums) -> None:
    pairs: dict[tuple[str, str], int] = {}
    for row in sums.t["missing_episodes"].itertuples():
        if FIRST <= row.missing_from.date() <= LAST and isinstance(row.companions, str):
            for pair in combinations(sorted({row.child_id, *row.companions.split("|")}), 2):
                pairs[pair] = pairs.get(pair, 0) + 1
    assert {(r[0], r[2]): r[4] for r in county.rows("missing-together")} == pairs
    assert len(pairs) > 10


def test_the_concentration_is_that_of_the_analysis(county) -> None:
    settings = Settings(null_draws=100, bootstrap_draws=100)
    table = concentrate(evidence_of(county.dataset, settings), {}, settings).table.to_frame().head(13)
    rows = county.rows("high-concentration-nominals")
    columns = ["rank", "nominal_id", "crimes", "reports", "crimes_covered", "reports_covered"]
    places = [0, 1, 3, 4, 8, 10]
    assert [tuple(r[i] for i in places) for r in rows] == list(table[columns].itertuples(index=False, name=None))
    for at, name in ((5, "harm"), (6, "crime_share"), (7, "report_share"), (9, "crimes_covered_share")):
        assert [r[at] for r in rows] == pytest.approx(table[name].tolist())


def test_the_linked_children_are_those_of_the_analysis(county) -> None:
    settings = Settings()
    found = linked_children(county.dataset, evidence_of(county.dataset, settings), {}, settings)
    expected = {
        (x.child_id, x.how, x.nominal_id, x.role or None, x.ocg_id) for x in found.family.itertuples(index=False)
    }
    rows = county.rows("linked-children")
    assert {(r[0], r[3], r[5], r[7], r[8]) for r in rows} == expected
    roles = pd.DataFrame(expected, columns=["child", "how", "adult", "role", "ocg"]).groupby("child")["role"]
    only = {child for child, r in roles if (r == "peripheral").all()}
    assert {r[0] for r in county.rows("children-only-through-peripheral-members")} == only
    assert only
    table = found.table.to_frame().set_index("child_id")
    for child, _, at_least, _, unknown, experiences in county.rows("known-experiences-of-linked-children"):
        assert (at_least, unknown) == (table.loc[child, "known_aces"], table.loc[child, "unknown_aces"])
        assert len(experiences) == at_least
    referrals = county.dataset["referrals"].to_pandas()
    referred = set(referrals.loc[referrals["made_on"] <= DAY, "person_id"])
    family = {r[0] for r in rows}
    assert {r[0] for r in county.rows("linked-children-without-referral")} == family - referred


def test_what_is_planted_among_the_things_of_the_county_is_found(county) -> None:
    # fixtures/county_answers.md; what looks alike and is a decoy may stand beside it.
    shared = {r[0]: r for r in county.rows("things-across-groups", "limit=1000")}
    assert shared["PL6937"][4] == ["OCG02", "OCG39"]
    houses = {r[0]: r for r in county.rows("addresses-of-several-nominals", "limit=1000")}
    assert set(houses["PL7710"][6]) == {"N0374", "N0190", "N0341", "N0152"}
    assert houses["PL7710"][9] == ["P0303"]
    [together, *_] = county.rows("vehicles-seen-together")
    assert together[0:3:2] == ("VH4855", "VH5124")
    for line, users in (("TL9374", ["N0289", "N0374", "N0292"]), ("TL6962", ["N0342", "N0577", "N0077"])):
        rows = county.rows("users-of-a-line", f"line_id={line}")
        assert [r[0] for r in rows if r[2] == "user"] == users
    touched = county.rows("juveniles-in-touch-with-a-line", "line_id=TL9374")
    assert "CH057" in {r[0] for r in touched if r[3] == "in touch"}
    # A switchboard, voicemail and three other services are in touch with more members, and with everybody else.
    assert county.rows("unattributed-numbers-of-a-group", "ocg_id=OCG03")[0][0] == "TL9735"
    accounts = {r[0]: r[3] for r in county.rows("accounts-of-several-people")}
    assert accounts["AC4308"] == ["N0034 controls", "N0382 controls", "N0568 controls"]
    passed = [(r[0], r[6]) for r in county.rows("money-passed-through", "limit=1000")]
    assert passed.count(("AC9789", "AC6343")) >= 3


def test_numbers_of_nobody_and_contacts_are_those_of_the_analysis(county) -> None:
    tables = things_of(county.dataset, Settings()).tables
    nobody, contacts = tables["unattributed"].frame, tables["top_contacts"].frame
    for group in ("OCG03", "OCG04", "OCG22"):
        own = nobody[(nobody["ocg_id"] == group) & (nobody["by"] == "communications")]
        rows = county.rows("unattributed-numbers-of-a-group", f"ocg_id={group}", "limit=1000")
        asked = {r[0]: r[7] for r in rows}
        # Of the score of the analysis the share of members is a factor; here the order has it.
        shown = dict(zip(own["thing_id"], own["score"] * own["people"] / own["members"], strict=True))
        assert {thing: asked[thing] for thing in shown} == pytest.approx(shown, abs=1e-5)
    compared = 0
    for person in ("N0222", "N0292", "CH041", "N0004", "N0374"):
        own = contacts[contacts["subject"] == person]
        asked = Counter()
        for row in county.rows("contacts-of-a-person", f"person_id={person}", "limit=1000"):
            asked[row[3] or row[0]] += row[5]
        assert [asked[contact] for contact in own["contact"]] == own["times"].tolist()
        compared += len(own)
    assert compared > 30


def test_what_is_done_in_the_county_is_what_its_maker_wrote_down(county) -> None:
    """Against the list that the code wrote which drew the records, and against the rows themselves."""
    written = (Path(__file__).parents[2] / "fixtures" / "county_answers.md").read_text(encoding="utf-8")
    facts = {what: ids.split() for what, ids in re.findall(r"^\| ([^|]+) \| \d+ \| ([^|]*) \|$", written, re.MULTILINE)}

    def ids(question: str, at: int = 0, where=bool) -> list[str]:
        return sorted({row[at] for row in county.rows(question) if where(row)})

    assert ids("groups-without-plan", 1, lambda r: r[0] == "group") == facts["groups without a plan"]
    assert ids("groups-without-plan", 1, lambda r: r[0] == "threat") == facts["threats without a plan"]
    assert ids("plans-now", 0, lambda r: r[6]) == facts["plans past review"]
    assert ids("plans-without-lead-officer") == facts["plans without a lead"]
    assert ids("plans-all-pursue") == facts["plans that are all pursue, open and done"]
    assert ids("orders-in-force") == facts["orders in force"]
    assert ids("orders-breached") == facts["orders breached"]
    turned = ids("turning-18-with-a-case", 0, lambda r: r[8] == "turned 18 since the case began")
    assert turned == facts["turned eighteen while a case was open"]
    lacking = ids("cases-without-owner", 1, lambda r: r[0] == "no owner at the service")
    assert lacking == facts["people with an open case that has no owner"]
    assert ids("plan-actions-overdue") == facts["actions overdue"]
    assert ids("meetings-overdue") == facts["people whose next meeting is overdue"]
    for stage in ("conclusive_grounds", "reasonable_grounds", "negative"):
        at_stage = facts[f"referral mechanism: {stage.replace('_', ' ')}"]
        assert ids("nrm-stages", 0, lambda r, stage=stage: r[3] == stage) == at_stage
    waiting = facts["referral mechanism: reasonable grounds"] + facts["referral mechanism: no stage on record"]
    assert ids("nrm-waiting") == sorted(waiting)
    assert ids("cases-by-service", 0, lambda r: r[4] == 0) == facts["services that look after nobody"]
    sums = Sums(county.dataset)
    for question in SUMS:
        values = bind(find(question), ())
        assert county.rows(question) == sums.answer(question, values), question


@pytest.mark.parametrize("query", PACK, ids=lambda q: q.name)
def test_the_columns_are_exactly_those_declared(county, query) -> None:
    answer = ask(county.connection, query, bind(query, ()))
    assert answer.columns == tuple(c.name for c in query.columns)
    if query.kind == "picture" and query.name != SCHEMA:
        assert all(set(row[0]) == {"path"} for row in answer.rows)
    again = ask(county.connection, query, bind(query, ()))
    if query.kind == "table":
        assert again == answer
        assert len(set(map(repr, answer.rows))) == len(answer.rows)


@pytest.mark.parametrize("query", PACK, ids=lambda q: q.name)
def test_the_plan_uses_the_index_or_says_what_it_scans(county, query) -> None:
    with county.connection.session() as session:
        plan = session.run(f"EXPLAIN {query.text}", bind(query, ())).consume().plan
    steps = list(_steps(plan))
    assert not [s for s, _ in steps if "AllNodes" in s or "AllRelationships" in s]
    scanned = {re.search(r":(\w+)", d)[1] for s, d in steps if "Scan" in s}
    assert scanned <= set(query.scans)
    if not query.scans:
        assert [s for s, _ in steps if s.startswith("NodeUniqueIndexSeek")], "an id is looked up by its index"


def _steps(plan):
    yield plan["operatorType"].split("@")[0], plan.get("args", {}).get("Details", "")
    for child in plan.get("children", []):
        yield from _steps(child)


@pytest.mark.parametrize("name", ["nominals-by-crimes", "picture-line"])
def test_a_limit_cuts_nothing_off_in_silence(county, monkeypatch, name: str) -> None:
    monkeypatch.setenv("OCGNET_NEO4J_PASSWORD_FILE", str(county.server.server.password_file))
    question = next(q for q in PACK if q.name == name)
    _, values, some = ask_store(county.server.uri, question, ())
    _, _, every = ask_store(county.server.uri, question, (), every_row=True)
    assert values["limit"] == 25
    assert some.total == len(every.rows) > len(some.rows)
    assert every.total is None
    assert sorted(every.rows, key=repr) == sorted(
        ask(county.connection, question, bind(question, [ALL])).rows, key=repr
    )
    _, _, given = ask_store(county.server.uri, question, ("limit=2",), every_row=True)
    assert given.total == len(every.rows) > len(given.rows)


def test_a_file_cuts_nothing_off_in_silence_either(county, tmp_path) -> None:
    path = tmp_path / "county.duckdb"
    open_store(str(path)).write(county.dataset, LoadManifest((), "test"))
    for name in ("nominals-by-crimes", "no-group-but-many-group-ties"):
        question = next(q for q in PACK if q.name == name)
        _, _, some = ask_store(str(path), question, ("limit=5",))
        _, _, every = ask_store(str(path), question, (), every_row=True)
        assert some.rows == every.rows[:5]
        assert some.total == len(every.rows) == len(county.rows(name, ALL))


SEEN_TOGETHER = "children-seen-together"


def test_server_view_and_page_know_the_same_children_together(county):
    query, settings = find(SEEN_TOGETHER), Settings(min_grade="all")
    rows = county.rows(SEEN_TOGETHER, "limit=100000")
    few = county.rows(SEEN_TOGETHER, "limit=100000", "max_users=3", "min_occasions=2")
    dataset = county.dataset
    assert rows == list(ask_locally(dataset, query, bind(query, ["limit=100000"])).rows)
    given = ["limit=100000", "max_users=3", "min_occasions=2"]
    assert few == list(ask_locally(dataset, query, bind(query, given)).rows)
    assert 0 < len(few) < len(rows)
    columns = [column.name for column in query.columns]
    asked = {(row[0], row[2]): dict(zip(columns, row, strict=True)) for row in rows}
    # Every child is looked at, so that the page knows of every pair.
    everybody = pd.DataFrame(
        [{"child_id": c, "ocg_id": g} for c in dataset["children"]["child_id"].to_pylist() for g in ("x", "y")]
    )
    found = peers_of(dataset, evidence_of(dataset, settings), everybody, settings)
    pairs = defaultdict(list)
    for tie in found.ties:
        named = {MISSING: f"missing {tie.first}", STOPPED: f"stopped {tie.place}"}.get(tie.how, tie.place)
        pairs[tie.one, tie.other].append((named, tie))
    assert set(asked) == set(pairs)
    for pair, own in pairs.items():
        assert asked[pair]["how"] == sorted({how for how, _ in own})
        assert asked[pair]["first_on"] == min(tie.first for _, tie in own)
        assert asked[pair]["last_on"] == max(tie.last for _, tie in own)
