"""Files appear whole or not at all, for their owner only."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ocgnet.errors import OutputError
from ocgnet.outputs import neutral, result_folder, write_csv, write_text


def ours(path: str) -> bool:
    return path in {"run.json", "tables/a.csv"}


def fill(folder: Path, text: str) -> None:
    write_text(folder / "run.json", text)
    (folder / "tables").mkdir()
    write_text(folder / "tables" / "a.csv", text)


def test_a_folder_appears_whole_and_private(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    for text in ("one", "two"):
        with result_folder(out, ours) as folder:
            fill(folder, text)
        assert (out / "tables" / "a.csv").read_text() == text
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert stat.S_IMODE((out / "tables" / "a.csv").stat().st_mode) == 0o600
    assert [p.name for p in out.parent.iterdir()] == ["out"]


def test_a_failure_leaves_the_old_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with result_folder(out, ours) as folder:
        fill(folder, "old")

    def broken() -> None:
        with result_folder(out, ours) as folder:
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
    with pytest.raises(OutputError, match=r"notes\.txt"), result_folder(out, ours):
        pass
    assert (out / "notes.txt").read_text() == "mine"


def test_links_and_files_are_no_folder_for_results(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "file").write_text("")
    for name in ("link", "file"):
        with pytest.raises(OutputError, match=name), result_folder(tmp_path / name, ours):
            pass


def test_a_full_or_missing_place_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="Nothing was changed"):
        write_text(tmp_path / "absent" / "x.csv", "x")


def test_csv_cells_are_no_formulas(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    write_csv(path, ["a"], [["=1+1"], ["@x"], ["-2"], ["-2+3"], ["Åsa, 'O\"Neil"], ["x\ny"]], for_excel=True)
    assert path.read_bytes().decode() == '\ufeffa\n\'=1+1\n\'@x\n-2\n\'-2+3\n"Åsa, \'O""Neil"\n"x\ny"\n'
    assert neutral("") == ""
