"""Somebody who is erased is found nowhere, and everybody else is as before."""

from __future__ import annotations

import gzip
import html
import json
import re
import shutil
import zipfile
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from ocgnet.audit.chain import key_of
from ocgnet.audit.read import acts, keyed_id
from ocgnet.checks.check import check
from ocgnet.edit import open_place
from ocgnet.edit.change import texts_of
from ocgnet.errors import SourceError, UsageError
from ocgnet.model import PERSON_TABLES, TABLES
from ocgnet.retention.database import remove_rest, search_graph
from ocgnet.retention.erase import erase, erasure_in, person_erasure, report_erasure
from ocgnet.retention.mention_list import Decision
from ocgnet.retention.search import Words, files_in, look_at, naming_in_use
from ocgnet.store import LoadManifest, open_store
from ready import ocgnet
from whole_change import changed_dataset

ROOT = Path(__file__).parent.parent.parent
TINY = ROOT / "fixtures" / "tiny"
DATASET = check(TINY).dataset
EVERYBODY = sorted(i for name, key in PERSON_TABLES.items() for i in DATASET[name][key].to_pylist())
REPORTS = DATASET["intel_reports"]["report_id"].to_pylist()


def as_texts(dataset):
    return {name: texts_of(table) for name, table in dataset.tables.items()}


def texts(dataset) -> list[tuple[str, str]]:
    """Every text of a dataset with the name of its table."""
    return [
        (name, part)
        for name, t in dataset.tables.items()
        for c in t.column_names
        if pa.types.is_string(t[c].type)
        for cell in t[c].to_pylist()
        if cell
        for part in cell.split("|")
    ]


@pytest.mark.parametrize("person", EVERYBODY)
def test_nothing_of_a_person_stays_and_nothing_of_others_goes(person):
    erasure = person_erasure(as_texts(DATASET), person)
    after = changed_dataset(DATASET, erasure.change)
    assert person not in {t for _, t in texts(after)}
    others = set(EVERYBODY) - {person}
    assert others == {i for name, key in PERSON_TABLES.items() for i in after[name][key].to_pylist()}
    # Every row that does not name the person, and no report that goes with them, is as it was.
    gone = {person, *erasure.reports}
    for name in TABLES:
        before = [r for r in DATASET[name].to_pylist() if not gone & {p for v in r.values() for p in str(v).split("|")}]
        left = after[name].to_pylist()
        assert [r for r in before if r not in left] == []
        assert len(left) - len(before) == sum(
            name == "plan_actions" or person in str(r.get("companions")).split("|") for r in DATASET[name].to_pylist()
        )


def test_worked_example_of_who_and_what_goes_with_a_person():
    # N05: R8 also names N01, R3 and R4 others; the contact with N06 and the child link are N05's.
    erasure = person_erasure(as_texts(DATASET), "N05")
    counts = {name: (c.dropped, c.edited) for name, c in erasure.change.counted().items()}
    links = sum(r["person_id"] == "N05" for r in DATASET["crime_links"].to_pylist())
    assert counts == {
        "nominals": (1, 0), "memberships": (1, 0), "crime_links": (links, 0), "intel_links": (4, 0),
        "associations": (1, 0), "family_links": (1, 0),
    }  # fmt: skip
    assert erasure.reports == ()
    assert erasure.words == ("N05", "05/0000005E", "Émeric Nerrovar")


def test_a_report_that_names_nobody_else_goes_and_one_that_carries_others_contact_stays():
    tables = dict(DATASET.tables)
    links = DATASET["intel_links"].to_pylist()
    only = [r for r in links if r["report_id"] not in ("R7", "R4") or r["person_id"] == "N03"]
    tables["intel_links"] = pa.Table.from_pylist(only, DATASET["intel_links"].schema)
    dataset = type(DATASET).of(tables, DATASET.about)
    # R7 names only N03 now; so does R4, but the contact of N05 and N06 rests on it.
    erasure = person_erasure(as_texts(dataset), "N03")
    assert erasure.reports == ("R7",)
    after = changed_dataset(dataset, erasure.change)
    assert "R7" not in after["intel_reports"]["report_id"].to_pylist()
    assert "R4" in after["intel_reports"]["report_id"].to_pylist()


@pytest.mark.parametrize("report", REPORTS)
def test_nothing_of_a_report_stays(report):
    after = changed_dataset(DATASET, report_erasure(as_texts(DATASET), report).change)
    assert report not in {t for _, t in texts(after)}
    assert after["nominals"].equals(DATASET["nominals"])


def with_report(dataset, **cells):
    """The dataset with other cells in its first report, in which N02 stands."""
    rows = dataset["intel_reports"].to_pylist()
    rows[0] |= cells
    tables = {**dataset.tables, "intel_reports": pa.Table.from_pylist(rows, dataset["intel_reports"].schema)}
    return type(dataset).of(tables, dataset.about)


def decided(erasure, **how):
    """Decisions about every passage of an erasure: replace, but for those written in a way that ``how`` keeps."""
    return {p.key: Decision(p.how not in how.values(), "somebody else") for p in erasure.undecided}


def test_a_name_as_recorded_goes_by_itself_and_what_may_mean_somebody_else_is_decided():
    text = "Brenna O'Varrick (N02) and Aldric Fennick met N021; brenna o'varrick left."
    dataset = with_report(DATASET, text=text, title="On n02")
    erasure = person_erasure(as_texts(dataset), "N02")
    assert [(p.column, p.how, p.passage) for p in erasure.undecided] == [("title", "id", "n02"), ("text", "id", "N02")]
    made = person_erasure(as_texts(dataset), "N02", decided(erasure))
    report = changed_dataset(dataset, made.change)["intel_reports"].to_pylist()[0]
    assert report["text"] == "[erased] ([erased]) and Aldric Fennick met N021; [erased] left."
    assert report["title"] == "On [erased]"
    assert (made.undecided, made.kept, made.replaced) == ((), (), 4)
    # A second person of that name: which of them a text means only a person can say.
    people = DATASET["people"].to_pylist()
    people[0]["name"] = "Brenna O'Varrick"
    tables = {**dataset.tables, "people": pa.Table.from_pylist(people, DATASET["people"].schema)}
    dataset = type(DATASET).of(tables, DATASET.about)
    erasure = person_erasure(as_texts(dataset), "N02")
    assert (erasure.words, erasure.mentions.shared) == (("N02", "02/0000002B"), 1)
    assert [p.passage for p in erasure.undecided] == ["n02", "Brenna O'Varrick", "N02", "brenna o'varrick"]
    made = person_erasure(as_texts(dataset), "N02", decided(erasure, keep="name"))
    report = changed_dataset(dataset, made.change)["intel_reports"].to_pylist()[0]
    assert report["text"] == "Brenna O'Varrick ([erased]) and Aldric Fennick met N021; brenna o'varrick left."
    assert [why for _, why in made.kept] == ["somebody else"] * 2


def test_companions_and_plans_lose_the_person_and_stay():
    tables = dict(DATASET.tables)
    tables["plan_actions"] = pa.table(
        {"action_id": ["A1", "A2"], "ocg_id": ["G2", None], "nominal_id": ["N07", "N07"],
         "strand": ["pursue", "prevent"], "action": ["visit Garrin Pelladdle", "letter"]}
    )  # fmt: skip
    dataset = type(DATASET).of(tables, DATASET.about)
    after = changed_dataset(dataset, person_erasure(as_texts(dataset), "N07").change)
    assert after["missing_episodes"]["companions"].to_pylist() == [None]
    assert after["plan_actions"].select(["action_id", "ocg_id", "nominal_id", "action"]).to_pylist() == [
        {"action_id": "A1", "ocg_id": "G2", "nominal_id": None, "action": "visit [erased]"}
    ]


def test_nobody_of_that_id_is_an_error():
    with pytest.raises(UsageError, match="Nobody"):
        person_erasure(as_texts(DATASET), "N0")
    with pytest.raises(UsageError, match="no report"):
        report_erasure(as_texts(DATASET), "N01")


AWKWARD = st.sampled_from(["N1", "HANTS:N1", "O'Neil Example", "Émeric <b> & Co", 'say "hi" 1', "a\\b 1", "名前 一"])


@settings(max_examples=60, deadline=None)
@given(
    word=AWKWARD, form=st.sampled_from(["csv", "html", "json", "js", "xlsx", "zip", "gz", "duckdb", "parquet", "utf16"])
)
def test_a_word_is_found_in_every_kind_of_file(tmp_path_factory, word, form):
    folder = tmp_path_factory.mktemp("found")
    file = written(folder, form, word)
    words = Words([word])
    assert look_at(file, words).found
    longer = written(folder, form, f"{word}7")
    assert not look_at(longer, words).found


def written(folder: Path, form: str, word: str) -> Path:
    file = folder / f"file.{'txt' if form in ('utf16', 'js') else form}"
    if form == "csv":
        file.write_text(f'id,name\nx,"{word.replace(chr(34), chr(34) * 2)}"\n', encoding="utf-8")
    elif form == "html":
        file.write_text(f"<td>{html.escape(word)}</td>", encoding="utf-8")
    elif form == "json":
        file.write_text(json.dumps({"because": f"ties\n{word}, and"}), encoding="utf-8")
    elif form == "js":
        data = json.dumps([f"\t{word}"]).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
        file.write_text(f"const data = {data};", encoding="utf-8")
    elif form == "xlsx":
        with xlsxwriter.Workbook(file) as book:
            book.add_worksheet().write_string("A1", word)
    elif form == "zip":
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as outer:
            inner = folder / "inner.zip"
            with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as packed:
                packed.writestr("a.txt", word)
            outer.write(inner, "inner.zip")
        inner.unlink()
    elif form == "gz":
        file.write_bytes(gzip.compress(word.encode()))
    elif form == "parquet":
        pq.write_table(pa.table({"a": ["x", f"by {word}, later"]}), file)
    elif form == "duckdb":
        import duckdb

        file.unlink(missing_ok=True)
        with duckdb.connect(str(file)) as db:
            db.execute("CREATE TABLE t (a VARCHAR)")
            db.execute("INSERT INTO t VALUES (?)", [f"by {word}, later"])
    else:
        file.write_bytes(word.encode("utf-16-le") + ("\n" if not word.endswith("7") else "x").encode("utf-16-le"))
        if word.endswith("7"):
            file.write_bytes(b"nothing")
    return file


def test_the_place_of_a_cell_is_no_id(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        book.add_worksheet().write_string("N10", "nobody")
        book.add_worksheet().write_string("A1", "of N11")
    assert look_at(tmp_path / "book.xlsx", Words(["N10"])).found == ()
    assert look_at(tmp_path / "book.xlsx", Words(["N11"])).found == ("xl/sharedStrings.xml",)


def test_a_number_is_found_where_it_fills_a_cell():
    words = Words(["123"])
    for text in (b"a,123,b", b'{"id":"123"}', b"<td>123</td>", b"123\n"):
        assert words.in_bytes(text)
    for text in (b"#123abc", b"0.123", b"1234", b"12px 1123"):
        assert not words.in_bytes(text)


def test_what_cannot_be_searched_is_an_error(tmp_path):
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 and then nothing")
    with pytest.raises(SourceError, match="could not be searched"):
        look_at(tmp_path / "broken.zip", Words(["N1"]))


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    """Records, a run, a chart, a store, a list of rejects and two foreign files, all of them about N03 too."""
    home = tmp_path_factory.mktemp("job")
    shutil.copytree(TINY, home / "data", ignore=shutil.ignore_patterns("*.md"))
    return home


def test_erasing_takes_every_derived_file_and_proves_it(job, log_file):
    ocgnet("analyse", "data", "--out", "results", cwd=job)
    ocgnet("network", "data", "--out", "chart.html", cwd=job)
    ocgnet("load", "data", "--store", "ocg.duckdb", cwd=job)
    (job / "mine").mkdir()
    (job / "mine" / "letter.txt").write_text("About N031 only.", encoding="utf-8")
    shutil.copytree(job / "results", job / "mine" / "copied")
    shutil.copy(job / "ocg.duckdb", job / "mine" / "copied.duckdb")
    (job / "mine" / "copied" / "note.txt").write_text("my own words", encoding="utf-8")
    (job / "export.csv").write_text("nominal_id\nN03\n", encoding="utf-8")
    said = ocgnet("review", "erase", "N03", "--by", "DPO", "--reason", "N03 asked, Caddo Jarmingle agreed",
                  "--folder", "data", "--also", "mine", "--also", "export.csv", cwd=job)  # fmt: skip
    assert re.search(r"Found nowhere in \d+ files\.", said)
    left = {p.relative_to(job).as_posix() for p in files_in([job])}
    assert not {p for p in left if p.startswith("results/")}
    assert {"mine/letter.txt", "mine/copied/note.txt", "mine/copied.duckdb", "ocg.duckdb", "data/nominals.csv"} <= left
    assert not {"chart.html", "export.csv", "mine/copied/network.html"} & left
    words = Words(["N03", "Caddo Jarmingle"])
    for file in files_in([job]):
        assert look_at(file, words).found == (), file
        assert b"Jarmingle" not in file.read_bytes()
    for name in ("ocg.duckdb", "mine/copied.duckdb"):
        assert open_store(str(job / name)).read().tables == check(job / "data").dataset.tables
        # Every file that is left was looked at, and is named.
        assert f"{job / name} (DuckDB tables)" in said
    # Ocgnet can go on from here.
    ocgnet("analyse", "data", "--out", "results", cwd=job)
    # The log holds the erasure and nothing erased.
    key = key_of(log_file)
    erasures = [a for a in acts(log_file) if a.kind == "erase"]
    assert [a.erased for a in erasures] == [{keyed_id("N03", key)}] * 2
    lines = [line for line in log_file.read_text(encoding="utf-8").splitlines() if '"kind":"erase"' in line]
    assert len(lines) == 4
    assert not any("N03" in line or "Jarmingle" in line for line in lines)
    assert "[erased] asked, [erased] agreed" in lines[2]


def test_a_foreign_file_that_names_the_person_is_told_and_stays(tmp_path):
    shutil.copytree(TINY, tmp_path / "data", ignore=shutil.ignore_patterns("*.md"))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("Dear Caddo Jarmingle,", encoding="utf-8")
    said = ocgnet("review", "erase", "N03", "--by", "DPO", "--reason", "asked", "--folder", "data",
                  "--also", "mine", cwd=tmp_path, code=1)  # fmt: skip
    assert f"STILL FOUND {tmp_path / 'mine' / 'letter.txt'}: text" in said
    assert "Clear those by hand" in said
    assert (tmp_path / "mine" / "letter.txt").exists()


def test_an_erasure_that_was_interrupted_is_finished_by_the_same_command(tmp_path, monkeypatch):
    shutil.copytree(TINY, tmp_path / "data", ignore=shutil.ignore_patterns("*.md"))
    (tmp_path / "a.csv").write_text("who\nCaddo Jarmingle\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("who\nCaddo Jarmingle\n", encoding="utf-8")
    also = [tmp_path / "a.csv", tmp_path / "b.csv"]
    place = tmp_path / "data"
    real = Path.unlink

    def stopping(self, *given, **named):
        if self.name == "b.csv":
            raise KeyboardInterrupt
        real(self, *given, **named)

    monkeypatch.setattr(Path, "unlink", stopping)
    with pytest.raises(KeyboardInterrupt):
        erase(place, erasure_in(open_place(place).texts(), "person", "N03"), also, ())
    monkeypatch.undo()
    assert not also[0].exists()
    proof = erase(place, erasure_in(open_place(place).texts(), "person", "N03"), also[1:], ())
    assert (proof.removed, proof.remains) == ([also[1]], [])
    assert "N03" not in {t for _, t in texts(check(place).dataset)}


def test_somebody_whom_the_records_no_longer_hold_is_searched_for_by_id(tmp_path):
    (tmp_path / "old.csv").write_text("nominal_id\nX77\n", encoding="utf-8")
    erasure = erasure_in(DATASET, "person", "X77", lenient=True)
    place = shutil.copytree(TINY, tmp_path / "data")
    proof = erase(place, erasure, [tmp_path / "old.csv"], ())
    assert (proof.removed, proof.remains, proof.changed) == ([tmp_path / "old.csv"], [], {str(place): {}})


def test_a_trial_run_changes_nothing(tmp_path):
    shutil.copytree(TINY, tmp_path / "data", ignore=shutil.ignore_patterns("*.md"))
    said = ocgnet("review", "erase", "N03", "--by", "DPO", "--reason", "asked", "--folder", "data", "--dry-run",
                  cwd=tmp_path)  # fmt: skip
    assert "nominals: 1 removed" in said
    for file in TINY.glob("*.csv"):
        assert (tmp_path / "data" / file.name).read_bytes() == file.read_bytes()


@pytest.mark.parametrize("kind", ["parquet", "duckdb"])
def test_erasing_works_in_every_kind_of_place(tmp_path, kind):
    if kind == "duckdb":
        where: str | Path = str(tmp_path / "ocg.duckdb")
        open_store(str(where)).write(DATASET, LoadManifest((), "0"))
    else:
        where = tmp_path / "data"
        where.mkdir()
        for name in DATASET.given:
            pq.write_table(DATASET[name], where / f"{name}.parquet")
    erasure = erasure_in(open_place(where).texts(), "person", "N03")
    proof = erase(where, erasure, (), ())
    assert proof.remains == []
    assert proof.looked
    assert "N03" not in {t for _, t in texts(open_place(where).dataset())}
    if kind == "duckdb":
        assert b"Caddo Jarmingle" not in Path(where).read_bytes(), "not in free space of the file either"


def test_a_parquet_file_keeps_nothing_beside_its_rows(tmp_path):
    """Notes of the file, of a column, and words that no row uses any more: in a table that changes and in one that does
    not."""
    data = tmp_path / "data"
    data.mkdir()
    for name in DATASET.given:
        table = DATASET[name]
        coded = [c.dictionary_encode() if pa.types.is_string(c.type) else c for c in table.columns]
        noted = [f.with_metadata({"by": "Caddo Jarmingle"}) for f in pa.table(coded, table.column_names).schema]
        marked = pa.table(coded, pa.schema(noted, metadata={"note": "N03 Caddo Jarmingle", "other": "x"}))
        if name == "ocgs":
            # A slice keeps the words of the rows it left out.
            more = pa.array(["Caddo Jarmingle", *table["name"].to_pylist()], pa.string()).dictionary_encode()
            marked = marked.set_column(table.column_names.index("name"), "name", more.slice(1))
            marked = marked.replace_schema_metadata({"note": "Caddo Jarmingle"})
        pq.write_table(marked, data / f"{name}.parquet", compression="none")
    words = Words(["Caddo Jarmingle"])
    assert look_at(data / "ocgs.parquet", words).found == ("metadata",)
    assert b"Caddo Jarmingle" in (data / "ocgs.parquet").read_bytes()
    before = check(data).dataset
    erasure = erasure_in(open_place(data).texts(), "person", "N03")
    assert erase(data, erasure, (), ()).remains == []
    for file in data.iterdir():
        assert b"Jarmingle" not in file.read_bytes(), file.name
        pq.write_table(pq.read_table(file), tmp_path / "plain.parquet", compression="none")
        assert b"Jarmingle" not in (tmp_path / "plain.parquet").read_bytes(), file.name
    assert check(data).dataset.tables == changed_dataset(before, erasure.change).tables
    assert pq.read_schema(data / "nominals.parquet").field("name").type == pa.dictionary(pa.int32(), pa.string())


def test_a_workbook_is_refused_before_anything_is_removed(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        sheet = book.add_worksheet("nominals")
        for k, row in enumerate((("nominal_id", "name"), ("N03", "Caddo Jarmingle"))):
            sheet.write_row(k, 0, row)
    (tmp_path / "own.csv").write_text("N03", encoding="utf-8")
    erasure = erasure_in(open_place(tmp_path / "book.xlsx").texts(), "person", "N03")
    with pytest.raises(UsageError, match="a workbook is only read"):
        erase(tmp_path / "book.xlsx", erasure, [tmp_path / "own.csv"], ())
    assert (tmp_path / "own.csv").exists()


def test_a_broken_row_of_somebody_else_does_not_stand_in_the_way(tmp_path):
    data = shutil.copytree(TINY, tmp_path / "data", ignore=shutil.ignore_patterns("*.md"))
    file = data / "nominals.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    born = lines[0].split(",").index("date_of_birth")
    broken = [",".join("1980-02-31" if k == born else c for k, c in enumerate(lines[2].split(",")))]
    assert lines[2].startswith("N02,")
    twice = [line for line in lines if line.startswith("N03,")]
    file.write_text("\n".join([lines[0], lines[1], *broken, *lines[3:], *twice]) + "\n", encoding="utf-8")
    assert len(check(data).findings) > 1
    erasure = erasure_in(open_place(data).texts(), "person", "N03")
    assert erase(data, erasure, (), ()).remains == []
    after = file.read_text(encoding="utf-8").splitlines()
    assert after == [lines[0], lines[1], *broken, *(x for x in lines[3:] if not x.startswith("N03,"))]


MARK = "a text of many letters, which a store keeps as it is, of Caddo Jarmingle alone and nobody else"


def files_with(server, *texts: str) -> set[str]:
    """The parts of a server's folder in whose files, read as plain bytes, any of these stands."""
    parts: set[str] = set()
    for file in files_in([server.home / "data"]):
        # The server is at work: a file may go before it is opened.
        with suppress(FileNotFoundError):
            if any(text.encode() in file.read_bytes() for text in texts):
                parts.add(file.relative_to((server.home / "data").absolute()).parts[0])
    return parts


def test_a_file_that_goes_while_a_server_is_searched_holds_nothing_and_what_it_became_is_searched(tmp_path):
    for name in ("a", "b", "c", "d/e", "f"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("nothing" if name == "a" else MARK, encoding="utf-8")

    class AtWork(Words):
        """The server works on as soon as the first file is searched."""

        def in_bytes(self, data, *, loose=True):
            if (tmp_path / "d").exists():
                (tmp_path / "b").unlink()
                (tmp_path / "c").rename(tmp_path / "g")
                (tmp_path / "f").replace(tmp_path / "a")
                shutil.rmtree(tmp_path / "d")
            return super().in_bytes(data, loose=loose)

    assert naming_in_use([tmp_path], AtWork(["Caddo Jarmingle"])) == ([tmp_path / "a", tmp_path / "g"], 2)
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(SourceError, match="could not be searched"):
        naming_in_use([tmp_path], Words(["Caddo Jarmingle"]))


@pytest.mark.long
def test_erasing_from_neo4j_leaves_no_node_no_run_no_tie_of_others_and_no_byte(neo4j):
    store = open_store(neo4j.uri)
    dataset = with_report(DATASET, text=MARK)
    store.write(dataset, LoadManifest((), "0"))
    neo4j.query(
        "MATCH (p:Person {person_id: 'N03'}) CREATE (n:Mine {text: 'about him', refs: ['N03', 'x']})-[:ABOUT]->(p)"
    )
    neo4j.query(
        "MATCH (p:Person {person_id: 'N01'}) CREATE (run:AnalysisRun {run_id: 'first', load_id: 'x'}), "
        "(p)-[:HAS_SUGGESTION]->(:Suggestion {suggestion_id: 'first|N01|G1', because: 'ties with N03', load_id: 'x'})"
        "-[:OF_RUN]->(run)"
    )
    # One that says something of him and names him nowhere, and one of before him.
    neo4j.query(
        "MATCH (p:Person {person_id: 'N03'}), (q:Person {person_id: 'N01'}) "
        "CREATE (p)-[:HAS_MEASURES]->(:Measures {measures_id: 'second|N03', degree: 1, load_id: 'x'})-[:OF_RUN]->"
        "(:AnalysisRun {run_id: 'second', load_id: 'x'}), (q)-[:TIED_WITH {run_id: 'second', weight: 1.0}]->(p), "
        "(q)-[:HAS_MEASURES]->(:Measures {measures_id: 'third|N01', load_id: 'x'})-[:OF_RUN]->"
        "(:AnalysisRun {run_id: 'third', load_id: 'x'})"
    )
    # What somebody else keeps there, of every kind that an import reads.
    neo4j.query(
        "CREATE (a:Theirs:`Also this` {s: 'a \"b\", c\\n d', e: '', i: -1, f: 0.1, b: true, d: date('2019-03-31'), "
        "l: ['x', '', 'y;z'], n: [1, 2], o: [], t: localdatetime('2019-03-31T01:02:03.5'), "
        "z: datetime('2019-03-31T01:02:03Z'), g: point({latitude: -0.1276, longitude: 1e-7}), "
        "c: point({x: -1.5, y: 1e20, z: 0.1})}), "
        "(a)-[:`TIED TO` {p: duration('P1DT2H'), since: 2019, o: []}]->(:Theirs {s: ' blank '})"
    )
    neo4j.query("CREATE INDEX theirs IF NOT EXISTS FOR (n:Theirs) ON (n.s)")
    asked = "MATCH (a:Theirs)-[r]->(b) RETURN labels(a), properties(a), type(r), properties(r), properties(b)"
    theirs = neo4j.query(asked)
    schema = "SHOW INDEXES YIELD name, type, labelsOrTypes, properties, owningConstraint RETURN * ORDER BY name"
    indexes = [row["name"] for row in neo4j.query(schema)]
    named = "CALL db.index.fulltext.queryNodes('ocgnet_people', $word) YIELD node RETURN node.person_id AS id"
    assert neo4j.query(named, word="jarmingel~2") == [{"id": "N03"}]
    # A report goes; what it held stays in the files, as the server works.
    report = report_erasure(open_place(neo4j.uri).texts(), "R1")
    open_place(neo4j.uri).amend(report.change)
    remove_rest(neo4j.address, "report", "R1")
    assert search_graph(neo4j.address, report.sought()).found == ()
    assert files_with(neo4j.server, MARK) >= {"transactions"}
    erasure = erasure_in(open_place(neo4j.uri).texts(), "person", "N03")
    proof = erase(neo4j.uri, erasure, (), ())
    assert proof.runs == ["first", "second"]
    # A node of somebody else's is told, never removed; it stands in the files of the server too.
    arrays = neo4j.server.home / "data" / "databases" / "neo4j" / "neostore.propertystore.db.arrays"
    assert proof.remains == [f"{arrays}: a file of the server", f"{neo4j.uri}: Mine.refs"]
    assert proof.unsearched == []
    assert f"{neo4j.server.home}: " in proof.graph[0]
    assert files_with(neo4j.server, MARK, "Caddo Jarmingle", "ties with N03") == set()
    assert neo4j.query("MATCH (p:Person {person_id: 'N03'}) RETURN p") == []
    assert neo4j.query("MATCH (r:AnalysisRun) RETURN r.run_id AS id") == [{"id": "third"}]
    assert neo4j.query("MATCH (x:Suggestion|Measures) RETURN x.measures_id AS id") == [{"id": "third|N01"}]
    assert neo4j.query("MATCH ()-[r:TIED_WITH]->() RETURN r") == []
    neo4j.query("MATCH (x:AnalysisRun|Measures) DETACH DELETE x")
    assert neo4j.query(asked) == theirs
    assert [row["name"] for row in neo4j.query(schema)] == indexes
    assert neo4j.query(named, word="jarmingel~2") == []
    assert neo4j.query(named, word="aldric") == [{"id": "N01"}]
    neo4j.query("MATCH (n:Mine|Theirs) DETACH DELETE n")
    neo4j.query("DROP INDEX theirs")
    after = store.read()
    assert "N03" not in {t for _, t in texts(after)}
    assert after.tables == changed_dataset(changed_dataset(dataset, report.change), erasure.change).tables
