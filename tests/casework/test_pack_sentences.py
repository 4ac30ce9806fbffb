"""Every text of a pack, on its page and in its receipt, is a cell that may leave or a sentence this file allows."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import planted_folder as planted
import pyarrow as pa
import pytest
from allowed_columns import ALLOWED

from ocgnet.casework.disclosure.disclose import Request, disclosure
from ocgnet.casework.disclosure.pack import Pack
from ocgnet.casework.disclosure.pack_files import pack_folder, write_pack
from ocgnet.casework.disclosure.pseudonyms import Pseudonyms
from ocgnet.casework.recipients import PACK_TABLES, RECIPIENTS, ROUTES, TITLES
from ocgnet.casework.referral.refer import Referral, referral_pack
from ocgnet.checks.check import read_dataset
from ocgnet.dataset import Dataset
from ocgnet.settings import Settings

DAY = date(2019, 3, 31)
REASON, AUTHOR = "Strategy meeting", "DC Example"

ABOUT_NOBODY = (
    r"OFFICIAL-SENSITIVE · SYNTHETIC DATA",
    r"OFFICIAL-SENSITIVE · SYNTHETIC DATA: .*",
    r"(Disclosure|Referral|Information) · Made-up force",
    "Made-up force",
    "To|From|Day|Route|First responder|Reason|Purpose|Duty or power|Records|Receipt|Before you use this",
    "How to read this|What this pack holds, and why this recipient needs it|table|columns|needed|assessment",
    "Nothing recorded:|Kept back, which is not nothing:|not recorded|In numbers|breakdown|category|children",
    r"[0-9a-f]{16}(; the sender's log holds the same number)?",
    r"31/03/2019|2019-03-31",
    r"What is dated: from (01/04/2018|2018-04-01) to (31/03/2019|2019-03-31)\. Ages: on (31/03/2019|2019-03-31)\.",
    REASON,
    AUTHOR,
    "Made-up Constabulary",
    "MASH: risk of harm|NRM: possible modern slavery, by a first responder|ICTG: a guardian beside the NRM",
    r"1 child to protect: information for .*",
    r"A child who is in danger now: call 999\.",
    r"A child who is in danger now: .* A child at risk of harm: call the MASH today; this pack is no referral\.",
    r"Use it for the purpose above only\. Do not pass it on; ask the sender, who keeps a record of where it went\.",
    r"Tell the sender of anything that is wrong\. Destroy the pack by the day above\.",
    r"Destroy this copy by the day above; what has become part of a case record is kept under your own rules\.",
    "Sharing agreement|none named: it rests on the duty or power above|Destroy by",
    "29/06/2019, or when the purpose is met before|2019-06-29",
    r"Tell the sender what you decide, and of anything that is wrong\.",
    r"This is about a child to protect\.",
    r"Nothing recorded does not mean that nothing happened: records see little of a child's life\.",
    r"Ids are pseudonyms; only the sender can tell who is meant\. These are still personal data: do not try .*",
)
"""Sentences that tell of the pack and of nobody in it; written by hand."""

TELLS_OF = {
    r"A child linked to a group is a child to protect\. Nothing a relative did makes a child a suspect\.": (
        "concerns.concern",
    ),
    r"CSE and CCE: the sexual and the criminal exploitation of children, as the local scheme rates it\.": (
        "children.cce_risk",
    ),
    r"Columns headed 'assessment' repeat what a person judged; all others repeat what was recorded\.": (
        "children.cce_risk",
    ),
    r"A child may be victim and suspect at once\. Look at the harm done to the child first\.": ("crimes.standing",),
    r"The child is also named as a suspect: .*": ("crimes.standing",),
    r"The child is missing now: .*": ("missing.return_interview",),
    r"\d reports? that names? them stayed behind: [a-z ]+\.": ("concerns.concern",),
    r"1 person's record stayed behind, with what rests on it: record overdue for review\.": ("concerns.concern",),
    "reports|people|graded as unreliable or suspected false|review overdue|its handling code is not known": (
        "concerns.concern",
    ),
    "handling condition not met|record overdue for review": ("concerns.concern",),
    r"A child aged 14: referral to .*": ("children.age",),
    r"why the child came to notice: .*\. Ask the sender\.": ("concerns.concern",),
    r"The sender confirmed the handling conditions of 1 report as met\.": ("concerns.concern",),
}
"""Every other sentence, with the columns that its reader has to see; written by hand."""


class Texts(HTMLParser):
    """The texts of a page, apart from its style, one a block."""

    INSIDE = frozenset(("span", "strong", "br"))

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._of_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._of_style = tag == "style"
        self.texts += [value or "" for name, value in attrs if name == "aria-label"]

    def handle_data(self, data: str) -> None:
        if not self._of_style and data.strip():
            self.texts.append(" ".join(data.split()))


def of_receipt(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from of_receipt(each)
    elif isinstance(value, list):
        for each in value:
            yield from of_receipt(each)
    elif isinstance(value, str):
        yield value


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The planted child, with all that other recipients must not learn.

    A sibling by the same parent, the child as a suspect and missing now, and a member whose record is overdue.
    """
    found = read_dataset(planted.write_planted(tmp_path_factory.mktemp("planted") / "data"))[0]

    def more(table: str, *rows: dict[str, object]) -> pa.Table:
        schema = found[table].schema
        blank = dict.fromkeys(schema.names)
        return pa.Table.from_pylist([*found[table].to_pylist(), *(blank | r for r in rows)], schema)

    link = {"adult_id": planted.PARENT, "child_id": planted.OTHER_CHILD, "relationship": "parent"}
    nominals = [
        r | ({"review_due": date(2019, 1, 1)} if r["nominal_id"] == planted.MEMBER else {})
        for r in found["nominals"].to_pylist()
    ]
    tables = dict(found.tables) | {
        "family_links": more("family_links", link),
        "crime_links": more(
            "crime_links", {"person_id": planted.CHILD, "crime_id": planted.OTHER_CRIME, "link_role": "suspect"}
        ),
        "missing_episodes": more(
            "missing_episodes", {"child_id": planted.CHILD, "missing_from": date_time("2019-03-30T20:00")}
        ),
        "referrals": more(
            "referrals", {"person_id": planted.CHILD, "kind": "nrm", "made_on": date(2019, 1, 2), "outcome": "Accepted"}
        ),
        "nominals": pa.Table.from_pylist(nominals, found["nominals"].schema),
    }
    return Dataset.of(tables, found.about)


def date_time(text: str) -> object:
    from datetime import datetime

    return datetime.fromisoformat(text)


def made(records: Dataset, to: str, *, pseudonymised: bool = False) -> Pack:
    if to in ROUTES:
        referral = Referral(planted.CHILD, to, DAY, AUTHOR, REASON, "Made-up Constabulary")
        return referral_pack(records, referral, Settings(as_of=DAY))
    names = Pseudonyms(bytes(32), to) if pseudonymised else None
    met = (planted.CLOSED,)
    return disclosure(records, Request(to, (planted.CHILD,), REASON, AUTHOR, met, DAY), Settings(as_of=DAY), names)[0]


def texts_of(pack: Pack, out: Path) -> tuple[list[str], list[str]]:
    page = "referral" if pack.audience.name in ROUTES else "disclosure"
    with pack_folder(out) as partial:
        write_pack(partial, pack, page=page)
    parser = Texts()
    parser.feed((out / f"{page}.html").read_text(encoding="utf-8"))
    receipt = json.loads((out / "receipt.json").read_text(encoding="utf-8"))
    files = receipt.pop("files")
    assert all(re.fullmatch(r"tables/\w+\.csv|\w+\.html", name) for name in files)
    return parser.texts, list(of_receipt(receipt))


def strange(pack: Pack, texts: list[str]) -> list[str]:
    """The texts that are no cell of a table of the pack, and no sentence that its recipient may read."""
    allowed = {f"{t}.{c}" for t, cs in ALLOWED[pack.audience.name].items() for c in cs.split()}
    cells = {plain(part) for t in pack.tables for row in t.rows for cell in row for part in (cell, *cell.split("|"))}
    cells |= {f"{t.rows[0][1]} ({t.rows[0][0]})" for t in pack.tables if t.rows and t.name == "children"}
    cells |= {" — ".join(row[1:]) for t in pack.tables if t.name == "unknown" for row in t.rows}
    own = [pack.audience.purpose, pack.audience.title, pack.audience.name]
    own += [pack.audience.basis, f"{pack.audience.basis} The sender confirms it for this pack."]
    own += [n.because for n in pack.audience.needs]
    tables = {t.name: t for t in pack.tables}
    own += [TITLES[t] for t in tables] + [c.name for t in tables.values() for c in t.columns]
    heads = {c.name.replace("_", " ") for t in tables.values() for c in t.columns}
    heads |= {"CSE scheme", "CSE risk", "CSE flagged on", "CCE risk", "CSE risk scheme", "adult", "group", "id"}
    sentences = [s for s, of in TELLS_OF.items() if set(of) <= allowed]
    titles = [re.escape(TITLES[t].lower()) for t in ALLOWED[pack.audience.name]]
    listed = rf"({'|'.join(titles)})(, ({'|'.join(titles)}))*\."
    patterns = [*ABOUT_NOBODY, *sentences, listed]

    def may(text: str) -> bool:
        if text in cells or text in own or text in heads or plain(text) in cells:
            return True
        if all(word in heads for word in text.split(", ")):
            return True
        return any(re.fullmatch(p, text) for p in patterns)

    return [t for t in texts if t and not may(t)]


def plain(cell: str) -> str:
    """A cell with dates as print shows them."""
    return re.sub(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d))?", lambda m: turned(*m.groups()), cell)


def turned(year: str, month: str, day: str, moment: str | None) -> str:
    return f"{day}/{month}/{year}" + (f" {moment}" if moment else "")


@pytest.mark.parametrize("to", [*(r for r in RECIPIENTS if r != "partnership"), "mash", "nrm", "ictg"])
def test_every_text_is_a_cell_or_a_sentence_for_this_recipient(
    to: str, records: Dataset, tmp_path: Path, tally: Counter[str]
) -> None:
    source = records
    if to == "nrm":
        kept = [r for r in records["referrals"].to_pylist() if r["kind"] != "nrm"]
        referrals = pa.Table.from_pylist(kept, records["referrals"].schema)
        source = replace(records, tables=dict(records.tables) | {"referrals": referrals})
    pack = made(source, to)
    page, receipt = texts_of(pack, tmp_path / "pack")
    tally["outputs searched"] += 2
    tally["leaks found"] += len([*strange(pack, page), *strange(pack, receipt)])
    assert strange(pack, page) == []
    assert strange(pack, receipt) == []


@pytest.mark.parametrize("to", [r for r in RECIPIENTS if r != "partnership"])
def test_every_text_of_a_pseudonymised_pack_too(to: str, records: Dataset, tmp_path: Path, tally: Counter[str]) -> None:
    pack = made(records, to, pseudonymised=True)
    page, receipt = texts_of(pack, tmp_path / "pack")
    tally["outputs searched"] += 2
    tally["leaks found"] += len([*strange(pack, page), *strange(pack, receipt)])
    assert strange(pack, page) == []
    assert strange(pack, receipt) == []
    gone = {"name", "date_of_birth", "school", "social_worker", "adult_name", "crime_id", "report_id"}
    gone |= {"found_where", "offence", "outcome"}
    assert not gone & {c.name for t in pack.tables for c in t.columns}


@pytest.mark.parametrize("to", ["mash", "nrm", "ictg", "cpi", "early_help"])
def test_what_the_sender_does_next_is_said_to_the_sender_alone(to: str, records: Dataset, tmp_path: Path) -> None:
    """The sibling, the suspect and the other routes are in the sender's steps, and in no file."""
    calm = replace(records, tables={n: t for n, t in records.tables.items() if n in ("children", "family_links")})
    if to in ("cpi", "early_help"):
        quiet = [dict.fromkeys(r, None) | {"child_id": r["child_id"]} for r in calm["children"].to_pylist()]
        source = Dataset.of({"children": pa.Table.from_pylist(quiet, calm["children"].schema)}, records.about)
    else:
        source = records
    if to == "nrm":
        source = replace(records, tables=dict(records.tables) | {"referrals": records["referrals"].slice(0, 2)})
    pack = made(source, to)
    page, receipt = texts_of(pack, tmp_path / "pack")
    assert pack.for_sender
    everything = "\n".join([*page, *receipt])
    said = [s for s in pack.for_sender if s in everything]
    assert said == [s for s in said if s in pack.steps]
    assert not re.search(r"other child|same adults|Tell the social worker|on record: make one", everything)
    if source is not records:
        return
    assert any("other child" in s for s in pack.for_sender)
    assert any("named as a suspect" in s for s in pack.for_sender)


def test_the_tables_of_a_pack_are_those_that_this_file_knows() -> None:
    assert set(TITLES) == set(PACK_TABLES)
