"""A reason that names whom the pseudonyms hide is refused, however it is written; one that names nobody passes."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import planted_folder as planted
import pytest
from filled_forms import table
from hypothesis import given, settings
from hypothesis import strategies as st

from ocgnet.casework.child_records import child_records
from ocgnet.casework.disclosure.disclose import Request, disclosure, hidden_names
from ocgnet.casework.disclosure.names_in_text import HiddenNames, people_around
from ocgnet.casework.disclosure.pack_files import pack_folder, write_pack
from ocgnet.casework.disclosure.pseudonyms import Pseudonyms
from ocgnet.casework.may_leave import may_leave
from ocgnet.dataset import About, Dataset
from ocgnet.errors import UsageError
from ocgnet.evidence.period import period_of
from ocgnet.settings import Settings

DAY = date(2019, 3, 31)
PEOPLE = {
    "children": [
        {"child_id": "CH-07", "name": "Renée Mary O'Varrick-Smith", "date_of_birth": date(2006, 4, 9)}
        | {"school": "Hill Academy", "social_worker": "Dana Quillfeather", "district": "Norther"},
        {"child_id": "CH-08", "name": "Tomás Underbrook", "date_of_birth": date(2008, 1, 2)},
        {"child_id": "CH-99", "name": "Wilma Farrowgate", "date_of_birth": date(2008, 1, 3)},
    ],
    "nominals": [
        {"nominal_id": "N1", "name": "Ida Underbrook", "aliases": "Idz|The Magpie"},
        {"nominal_id": "N2", "name": "Bo Ng"},
    ],
}


@pytest.fixture(scope="module")
def records() -> Dataset:
    """CH-07 and CH-08 have the parent N1; CH-07 went missing with N2; CH-99 has nothing to do with them."""
    links = [{"adult_id": "N1", "child_id": c, "relationship": "parent"} for c in ("CH-07", "CH-08")]
    episode = {"child_id": "CH-07", "companions": "N2", "found_where": "flat of Ida Underbrook"}
    tables = {name: table(name, *rows) for name, rows in PEOPLE.items()}
    tables["family_links"] = table("family_links", *links)
    tables["missing_episodes"] = table("missing_episodes", episode | {"missing_from": moment()})
    crime = {"crime_id": "K/2018/55", "offence": "Assault by Ida", "recorded_on": date(2019, 1, 1)}
    tables["crimes"] = table("crimes", crime)
    tables["crime_links"] = table("crime_links", {"person_id": "CH-07", "crime_id": "K/2018/55", "link_role": "victim"})
    return Dataset.of(tables, About(as_of=DAY))


def moment() -> object:
    from datetime import datetime

    return datetime(2019, 2, 3, 4, 5)


NAMING = {
    "the whole name": "About Renée Mary O'Varrick-Smith",
    "a forename": "Renée was seen again",
    "without accents": "Renee was seen again",
    "with accents taken apart": "Rene\u0301e was seen again",
    "in small letters": "renée o'varrick-smith",
    "in capitals": "RENEE OVARRICK SMITH",
    "a middle name": "Mary, as her family says",
    "a surname": "the O’Varrick-Smith case",
    "half a surname": "the Smith case",
    "a surname without its particle": "the Varrick case",
    "in police order": "O'VARRICK-SMITH, Renée",
    "of whom it is": "Renée's school called",
    "the family": "the Smiths moved",
    "run together": "reneesmith is back",
    "run together the other way": "SmithRenee is back",
    "with underscores": "renee_smith.docx",
    "an initial and the surname": "rsmith@school.example",
    "the surname and an initial": "SmithR",
    "with a year": "renee2006",
    "spelled out": "R e n é e is back",
    "across the end of a line": "the Var-\nrick case",
    "with a soft hyphen": "Var\u00adrick",
    "initials with dots": "R.S. was seen again",
    "initials with spaces": "R S was seen again",
    "initials": "RS was seen again",
    "initials in small letters": "rs was seen again",
    "initials, surname first": "SR was seen again",
    "all initials": "RMOS was seen again",
    "a sibling's forename": "Tomas too",
    "a sibling's surname": "UNDERBROOK children",
    "a sibling's initials": "T.U. too",
    "a parent's forename": "Ida is out",
    "a parent's alias": "Idz is out",
    "a part of an alias": "seen at Magpie's",
    "initials that are a word": "IU and T.U.",
    "a short surname": "with Ng again",
    "a companion": "BO NG again",
    "the id": "About CH-07",
    "the id, run together": "about ch07",
    "the id with a space": "about CH 07",
    "a sibling's id": "and ch-08",
    "the date of birth": "born 09/04/2006",
    "the date of birth, short": "dob 9.4.06",
    "the date of birth as data": "2006-04-09",
    "the date of birth in a run": "09042006",
    "the date of birth in letters": "born on the 9th of April",
    "the school": "pupil of Hill  ACADEMY",
    "the social worker": "ask Quillfeather",
    "the number of a crime": "see K/2018/55",
    "somebody else on record": "not Farrowgate, Wilma",
}

NAMING_NOBODY = (
    "Strategy meeting",
    "The child is at risk; she was missing for 3 days and it is urgent to us.",
    "Found in a flat in Norther, with adults.",
    "Review on 31/03/2019 of care that fits what happened, e.g. in school.",
    "A second episode in April",
    "Told by her teacher",
    "Wilma",
    "Academy on the hill",
)


@pytest.fixture(scope="module")
def hidden(records: Dataset) -> HiddenNames:
    settings = Settings()
    period = period_of(records, settings)
    return hidden_names(records, child_records(may_leave(records, "partner", DAY), period, settings, ("CH-07",)))


@pytest.mark.parametrize("how", NAMING)
def test_a_wording_that_names_somebody_is_seen(how: str, hidden: HiddenNames, tally: Counter[str]) -> None:
    tally["wordings of a reason tried"] += 1
    assert hidden.named_in(NAMING[how])


@pytest.mark.parametrize("reason", NAMING_NOBODY)
def test_a_wording_that_names_nobody_is_not(reason: str, hidden: HiddenNames) -> None:
    assert hidden.named_in(reason) == ""


def test_a_reason_that_names_somebody_is_refused_and_without_pseudonyms_is_the_sender_s(records: Dataset) -> None:
    request = Request("health", ("CH-07",), "RENEE is back", "DC Example", on=DAY)
    with pytest.raises(UsageError, match=r"--reason says 'RENEE', which names somebody or may be read so"):
        disclosure(records, request, Settings(), Pseudonyms(bytes(32), "health"))
    disclosure(records, request, Settings())


@pytest.mark.parametrize(("author", "refused"), [("PC Example", False), ("PC Smith", True), ("RS", True)])
def test_the_author_is_looked_at_without_the_rank(author: str, refused: bool, records: Dataset) -> None:
    who = {"child_id": "PER", "name": "Paula Cole", "date_of_birth": date(2008, 1, 1)}
    more = Dataset.of(dict(records.tables) | {"children": table("children", *PEOPLE["children"], who)}, records.about)
    asked = Request("health", ("CH-07", "PER"), "Care", author, on=DAY)
    if refused:
        with pytest.raises(UsageError, match="--by says"):
            disclosure(more, asked, Settings(), Pseudonyms(bytes(32), "health"))
    else:
        disclosure(more, asked, Settings(), Pseudonyms(bytes(32), "health"))


WORD = st.text("abcdefghijklmnopqrstuvwxyzáéñüčő", min_size=4, max_size=9)


@settings(deadline=None, max_examples=30)
@given(st.lists(WORD, min_size=2, max_size=3, unique=True), st.data())
def test_each_part_of_a_name_is_found_in_any_order_and_case(parts: list[str], data: st.DataObject) -> None:
    rows = table("children", {"child_id": "ID1", "name": " ".join(parts)})
    hidden = HiddenNames(Dataset.of({"children": rows}), ["ID1"])
    order = data.draw(st.permutations(parts))
    case = data.draw(st.sampled_from([str.upper, str.lower, str.title]))
    between = data.draw(st.sampled_from([" ", ", ", "-", "\n", ""]))
    assert hidden.named_in(f"about {case(between.join(order))} again")
    assert hidden.named_in(f"about {case(parts[0])}")


def test_who_is_around_a_child(records: Dataset) -> None:
    assert people_around(records, ["CH-07"]) == {"CH-07", "CH-08", "N1", "N2"}
    for name, event in (("crime_links", "crime_id"), ("intel_links", "report_id")):
        links = [{"person_id": p, event: "E"} | ({"link_role": "suspect"} if event == "crime_id" else {}) for p in "AB"]
        assert people_around(Dataset.of({name: table(name, *links)}), ["A"]) == {"A", "B"}


def test_no_free_text_leaves_pseudonymised_and_no_other_cell_that_names_somebody(records: Dataset) -> None:
    """The place found names the parent, the offence too; a district that holds a name is left blank and counted."""
    named = [dict(PEOPLE["children"][0], district="Norther, with the Underbrooks"), *PEOPLE["children"][1:]]
    data = Dataset.of(dict(records.tables) | {"children": table("children", *named)}, records.about)
    asked = Request("childrens-services", ("CH-07",), "Care", "DC Example", on=DAY)
    pack, _ = disclosure(data, asked, Settings(), Pseudonyms(bytes(32), "childrens-services"))
    cells = str([t.rows for t in pack.tables])
    assert "Underbrook" not in cells
    assert "Ida" not in cells
    assert [(k.table, k.why, k.number) for k in pack.kept_back] == [("children", "the words name somebody", 1)]
    assert not {"found_where", "offence", "outcome"} & {c.name for t in pack.tables for c in t.columns}
    plain, _ = disclosure(records, asked, Settings(), Pseudonyms(bytes(32), "childrens-services"))
    assert "Norther" in str([t.rows for t in plain.tables])


@pytest.mark.parametrize(
    ("to", "reason", "places"),
    [
        ("childrens-services", "Care", ""),
        ("childrens-services", "Tomás too", "the reason (1)"),
        ("youth-justice", "Renée and her mother", "crimes that name the child, offence (1)"),
        ("health", "Ida is out", "the reason (1)"),
    ],
)
def test_the_sender_is_told_which_words_name_somebody_of_whom_the_recipient_gets_no_name(
    to: str, reason: str, places: str, records: Dataset, tmp_path: Path
) -> None:
    """The place found and the offence name the parent, whom children's services are told of, youth justice not."""
    pack, _ = disclosure(records, Request(to, ("CH-07",), reason, "DC Example", on=DAY), Settings())
    assert (places in pack.before_it_leaves) if places else not pack.before_it_leaves
    with pack_folder(tmp_path / "pack") as partial:
        write_pack(partial, pack, page="disclosure")
    assert "Read before it leaves" not in planted.all_bytes(tmp_path / "pack")
