"""Files appear whole or not at all, for their owner only."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest

from ocgnet.errors import OutputError
from ocgnet.files.writing import (
    FILES,
    is_own,
    neutral,
    result_folder,
    sealed,
    sealed_archive,
    write_csv,
    write_file,
    write_text,
)

A_RUN = "ocgnet analyse"


def fill(folder: Path, text: str) -> None:
    write_text(folder / "run.json", text)
    (folder / "tables").mkdir()
    write_text(folder / "tables" / "a.csv", text)


def test_a_folder_appears_whole_and_private(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    for text in ("one", "two"):
        with result_folder(out, A_RUN) as folder:
            fill(folder, text)
        assert (out / "tables" / "a.csv").read_text() == text
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert stat.S_IMODE((out / "tables" / "a.csv").stat().st_mode) == 0o600
    assert [p.name for p in out.parent.iterdir()] == ["out"]


def test_a_failure_leaves_the_old_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with result_folder(out, A_RUN) as folder:
        fill(folder, "old")

    def broken() -> None:
        with result_folder(out, A_RUN) as folder:
            fill(folder, "new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert (out / "run.json").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_somebody_elses_file_is_not_lost(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"notes\.txt"), result_folder(out, A_RUN):
        pass
    assert (out / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("name", ["run.json", "tables/a.csv", FILES])
def test_a_result_that_somebody_worked_on_is_not_lost(name: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with result_folder(out, A_RUN) as folder:
        fill(folder, "old")
    (out / name).write_text("mine")
    with pytest.raises(OutputError, match=r"run\.json|a\.csv|files\.json"), result_folder(out, A_RUN):
        pytest.fail("the folder was given")
    assert (out / name).read_text() == "mine"


def test_a_file_that_comes_while_results_are_made_is_not_lost(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with result_folder(out, A_RUN) as folder:
        fill(folder, "old")

    def beaten() -> None:
        with result_folder(out, A_RUN) as folder:
            fill(folder, "new")
            (out / "notes.txt").write_text("mine")

    with pytest.raises(OutputError, match=r"notes\.txt"):
        beaten()
    assert (out / "notes.txt").read_text() == "mine"
    assert (out / "run.json").read_text() == "old"


def test_one_command_does_not_replace_what_another_made(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with result_folder(out, A_RUN) as folder:
        fill(folder, "old")
    with pytest.raises(OutputError, match="ocgnet profile did not write"), result_folder(out, "ocgnet profile"):
        pytest.fail("the folder was given")


def test_files_of_ones_own_are_known_until_somebody_changes_them(tmp_path: Path) -> None:
    table, page, archive = tmp_path / "t.csv", tmp_path / "p.html", tmp_path / "a.zip"

    def write(text: str) -> None:
        write_csv(table, ["a"], [[text]], marking="SECRET")
        write_text(page, sealed(f"<p>{text}</p>"))
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as packed:
            packed.writestr("x", text)
        write_file(archive, lambda partial: partial.write_bytes(sealed_archive(data.getvalue())))

    for text in ("one", "two", "two", "three"):
        write(text)
    assert zipfile.ZipFile(archive).read("x") == b"three"
    for path in (table, page, archive):
        assert is_own(path)
        whole = path.read_bytes()
        for other in (b"", whole[:-1], whole + b" ", whole[:3] + b"!" + whole[3:], b"mine"):
            path.write_bytes(other)
            assert not is_own(path)
            with pytest.raises(OutputError, match="was not written by ocgnet"):
                write("four")
            assert path.read_bytes() == other
        path.write_bytes(whole)


def test_a_table_known_by_its_header_alone_is_foreign(tmp_path: Path) -> None:
    own, foreign = tmp_path / "own.csv", tmp_path / "foreign.csv"
    write_csv(own, ["a"], [], marking="SECRET")
    foreign.write_bytes(own.read_bytes())
    assert not is_own(foreign)
    (tmp_path / "x.csv.marking.txt").write_text("mine")
    with pytest.raises(OutputError, match="marking"):
        write_csv(tmp_path / "x.csv", ["a"], [], marking="SECRET")
    assert not (tmp_path / "x.csv").exists()


@pytest.mark.parametrize(
    "name", ["crimes.csv", "CRIMES.CSV", "crimes.parquet", "about.toml", "words.toml", "Words.TOML"]
)
def test_no_result_stands_where_a_table_of_records_would(name: str, tmp_path: Path) -> None:
    write_text(tmp_path / name, sealed("a result in a folder without records"))
    (tmp_path / "Nominals.csv").write_text("nominal_id\n")
    with pytest.raises(OutputError, match="of the records"):
        write_text(tmp_path / name, sealed("x"))
    (tmp_path / name).unlink()
    with pytest.raises(OutputError, match="of the records"):
        write_text(tmp_path / name, sealed("x"))
    assert not (tmp_path / name).exists()


def test_links_and_files_are_no_folder_for_results(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "file").write_text("")
    for name in ("link", "file"):
        with pytest.raises(OutputError, match=name), result_folder(tmp_path / name, A_RUN):
            pass


def test_a_full_or_missing_place_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="Nothing was changed"):
        write_text(tmp_path / "absent" / "x.csv", "x")


def test_csv_cells_are_no_formulas(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    write_csv(path, ["a"], [["=1+1"], ["@x"], ["-2"], ["-2+3"], ["Åsa, 'O\"Neil"], ["x\ny"]], for_excel=True)
    assert path.read_bytes().decode() == '\ufeffa\n\'=1+1\n\'@x\n-2\n\'-2+3\n"Åsa, \'O""Neil"\n"x\ny"\n'
    assert neutral("") == ""
