"""The chain of the log: whatever is changed, removed, moved or put in is found, and what crashed is no fault."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ocgnet.audit.chain as chain_module
from ocgnet.audit import log_of
from ocgnet.audit.chain import BEGINNING, append, read_head, read_line, written
from ocgnet.audit.read import LARGEST, acts, packed, unpacked
from ocgnet.audit.verify import verify
from ocgnet.errors import LogError

LINES = 12


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A whole log of twelve lines and its anchor, as bytes."""
    path = tmp_path_factory.mktemp("template") / "log.jsonl"
    for k in range(LINES // 2):
        with log_of(path).act("read", people=[f"N{k}"], what=f"command {k}", reason='é \n {quotes: ""}'):
            pass
    return path.read_bytes(), path.with_name("log.jsonl.head").read_bytes()


def anchor_of(head: dict[str, object]) -> bytes:
    return json.dumps(head).encode("ascii").ljust(255) + b"\n"


def laid(folder: Path, data: bytes, head: bytes | None) -> Path:
    path = folder / "log.jsonl"
    path.write_bytes(data)
    anchor = folder / "log.jsonl.head"
    anchor.unlink(missing_ok=True)
    if head is not None:
        anchor.write_bytes(head)
    return path


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("place")


def test_a_whole_log_has_no_faults_and_its_head_is_the_last_line(template, place):
    path = laid(place, *template)
    verdict = verify(path)
    last = template[0].splitlines()[-1]
    assert (verdict.faults, verdict.notes, verdict.lines) == ((), (), LINES)
    assert verdict.head == f"{LINES}:{json.loads(last)['hash']}"
    assert verify(path, [verdict.head]).faults == ()


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_any_changed_byte_is_found_on_its_line(template, place, data):
    text = bytearray(template[0])
    k = data.draw(st.integers(0, len(text) - 1))
    new = data.draw(st.integers(0, 255).filter(lambda b: b != text[k]))
    line = bytes(text[:k]).count(b"\n") + 1
    text[k] = new
    faults = verify(laid(place, bytes(text), template[1])).faults
    assert faults
    # A line end that was overwritten joins two lines; one that was put in makes two of one.
    assert min(f.line for f in faults if f.line) in (line, line + 1)


def test_every_flipped_bit_of_a_line_and_of_the_anchor_is_noticed(template, place, tally):
    data, anchor = template
    begin = data.index(b"\n", len(data) // 2) + 1
    line = slice(begin, data.index(b"\n", begin) + 1)
    for k in range(8 * (line.stop - line.start)):
        flipped = bytearray(data)
        flipped[line.start + k // 8] ^= 1 << k % 8
        assert verify(laid(place, bytes(flipped), anchor)).faults, f"bit {k} of a line"
    for k in range(8 * len(anchor)):
        flipped = bytearray(anchor)
        flipped[k // 8] ^= 1 << k % 8
        assert verify(laid(place, data, bytes(flipped))).faults, f"bit {k} of the anchor"
    tally["flipped bits of the log noticed"] += 8 * (line.stop - line.start + len(anchor))


def test_an_anchor_of_other_bytes_or_a_byte_off_is_noticed(template, place):
    data, anchor = template
    head = json.loads(anchor)
    assert anchor == anchor_of(head)
    assert verify(laid(place, data, anchor)).faults == ()
    for other in (-1, 1):
        assert verify(laid(place, data, anchor_of(head | {"end": head["end"] + other}))).faults
    for alike in (
        anchor.replace(b": ", b":", 1),
        anchor.rstrip(),
        anchor.replace(b'"at"', b'"\\u0061t"'),
        anchor[::-1],
    ):
        assert verify(laid(place, data, alike)).faults


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_any_removed_run_of_lines_is_found(template, place, data):
    lines = template[0].splitlines(keepends=True)
    begin = data.draw(st.integers(0, LINES - 1))
    stop = data.draw(st.integers(begin + 1, LINES))
    verdict = verify(laid(place, b"".join(lines[:begin] + lines[stop:]), template[1]))
    (fault,) = verdict.faults
    if stop == LINES:
        assert "end was cut off" in fault.what
        assert f"number {begin}," in fault.what
    else:
        assert (fault.line, f"{begin + 1}" in fault.what) == (begin + 1, True)
        assert "removed before it" in fault.what


@settings(max_examples=200, deadline=None)
@given(order=st.permutations(range(LINES)).filter(lambda p: list(p) != sorted(p)))
def test_any_other_order_is_found(template, place, order):
    lines = template[0].splitlines(keepends=True)
    faults = verify(laid(place, b"".join(lines[k] for k in order), template[1])).faults
    # The lines that stand behind a later one, and no others, are said to be moved.
    moved = {n + 1 for n, k in enumerate(order) if any(other > k for other in order[:n])}
    assert {f.line for f in faults if "it was moved" in f.what} == moved


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_any_line_put_in_is_found(template, place, data):
    lines = template[0].splitlines(keepends=True)
    at = data.draw(st.integers(0, LINES))
    seq = data.draw(st.integers(1, LINES + 2))
    before = data.draw(st.sampled_from([BEGINNING, *(json.loads(x)["hash"] for x in lines)]))
    forged = data.draw(
        st.one_of(
            st.just(written(seq, before, {"kind": "read", "act": "x", "state": "done"})[0]),
            st.sampled_from(lines),
            st.binary(min_size=1).filter(lambda b: b"\n" not in b).map(lambda b: b + b"\n"),
        )
    )
    text = b"".join([*lines[:at], forged, *lines[at:]])
    verdict = verify(laid(place, text, template[1]))
    if at == LINES and seq == LINES + 1 and forged not in lines and before == json.loads(lines[-1])["hash"]:
        return  # A line that goes on from the last one is what the log itself would have written.
    assert verdict.faults


@settings(max_examples=100, deadline=None)
@given(k=st.integers(0, LINES - 1), word=st.text(max_size=5))
def test_a_line_written_anew_with_a_right_hash_is_found(template, place, k, word):
    lines = template[0].splitlines(keepends=True)
    old = json.loads(lines[k])
    entry = {n: v for n, v in old.items() if n not in ("seq", "before", "hash")} | {"by": f"other {word}"}
    lines[k] = written(old["seq"], old["before"], entry)[0]
    faults = verify(laid(place, b"".join(lines), template[1])).faults
    assert [f.line for f in faults] == [k + 2 if k + 1 < LINES else k + 1]


def test_a_chain_written_anew_with_its_anchor_is_found_only_by_a_head_noted_elsewhere(tmp_path):
    path = tmp_path / "log.jsonl"
    for k in range(4):
        append(path, {"n": k})
    noted = verify(path).head
    for name in ("log.jsonl", "log.jsonl.head"):
        (tmp_path / name).unlink()
    for k in range(5):
        append(path, {"n": -k})
    assert verify(path).faults == ()
    (fault,) = verify(path, [noted]).faults
    assert (fault.line, "noted elsewhere" in fault.what) == (4, True)


@settings(max_examples=100, deadline=None)
@given(cut=st.integers(1, 400), more=st.integers(0, 3))
def test_a_tail_cut_off_stays_visible_however_much_is_written_after_it(template, place, cut, more):
    data = template[0]
    path = laid(place, data[: len(data) - cut], template[1])
    assert any("cut off" in f.what or "changed" in f.what for f in verify(path).faults)
    for _ in range(more):
        append(path, {"kind": "read"})
    assert verify(path).faults


@settings(max_examples=100, deadline=None)
@given(cut=st.integers(2, 300), more=st.integers(0, 3))
def test_a_line_cut_short_by_a_crash_is_told_and_not_hidden_and_no_fault(template, place, cut, more):
    # The process died while it wrote the last line: the anchor still stands at the line before.
    lines = template[0].splitlines(keepends=True)
    path = laid(place, b"".join(lines[:-1]), None)
    for line in lines[:-1]:
        read = read_line(line.rstrip(b"\n"))
    head = {"seq": read.seq, "hash": read.hash, "end": sum(map(len, lines[:-1])), "at": read.entry["at"]}
    path.with_name("log.jsonl.head").write_bytes(anchor_of(head))
    torn = lines[-1][: -min(cut, len(lines[-1]) - 1)]
    path.write_bytes(path.read_bytes() + torn)
    for _ in range(more):
        append(path, {"kind": "read"})
    verdict = verify(path)
    assert verdict.faults == ()
    assert any(n.line == LINES and "cut short" in n.what for n in verdict.notes) is True
    assert torn in path.read_bytes()
    assert verdict.lines == LINES - 1 + more


@pytest.mark.parametrize("more", [0, 1, 2])
def test_a_line_that_lacks_its_line_end_only_is_whole(template, place, more):
    lines = template[0].splitlines(keepends=True)
    path = laid(place, b"".join(lines[:-1]), None)
    read = read_line(lines[-2].rstrip(b"\n"))
    head = {"seq": read.seq, "hash": read.hash, "end": sum(map(len, lines[:-1])), "at": read.entry["at"]}
    path.with_name("log.jsonl.head").write_bytes(anchor_of(head))
    path.write_bytes(template[0][:-1])
    for _ in range(more):
        append(path, {"kind": "read"})
    assert (verify(path).faults, verify(path).lines) == ((), LINES + more)


def test_lines_of_a_process_that_ended_before_it_moved_the_anchor_are_taken_up(template, place):
    lines = template[0].splitlines(keepends=True)
    path = laid(place, template[0], None)
    first = read_line(lines[0].rstrip(b"\n"))
    head = {"seq": 1, "hash": first.hash, "end": len(lines[0]), "at": first.entry["at"]}
    path.with_name("log.jsonl.head").write_bytes(anchor_of(head))
    assert verify(path).faults == ()
    assert append(path, {"kind": "read"}) == LINES + 1
    assert verify(path).faults == ()


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_several_lines_cut_short_one_after_the_other_are_no_fault(template, place, data):
    # Each process found what the one before had left, closed it, and was killed itself.
    lines = template[0].splitlines(keepends=True)
    head = read_line(lines[-2].rstrip(b"\n"))
    end = sum(map(len, lines[:-1]))
    path = laid(
        place, b"".join(lines[:-1]), anchor_of({"seq": head.seq, "hash": head.hash, "end": end, "at": head.entry["at"]})
    )
    pieces = [lines[-1][: data.draw(st.integers(1, len(lines[-1]) - 2))] for _ in range(data.draw(st.integers(2, 4)))]
    torn = b"\n".join(pieces) + data.draw(st.sampled_from([b"", b"\n"]))
    path.write_bytes(path.read_bytes() + torn)
    for more in range(3):
        verdict = verify(path)
        assert (verdict.faults, verdict.lines) == ((), LINES - 1 + more)
        assert sum("cut short" in n.what for n in verdict.notes) == len(pieces)
        append(path, {"kind": "read"})
    assert torn in path.read_bytes()


@given(
    st.one_of(
        st.fixed_dictionaries({name: st.from_type(object) | st.none() for name in ("seq", "hash", "end", "at")}),
        st.recursive(st.none() | st.integers() | st.text(max_size=3), st.lists),
        st.just("deep"),
    )
)
@settings(max_examples=60, deadline=None)
def test_an_anchor_of_any_kind_is_one_sentence(template, place, anchor):
    text = "[" * 3000 if anchor == "deep" else json.dumps(anchor, default=repr)
    path = laid(place, template[0], text.encode())
    (fault,) = verify(path).faults
    assert str(fault) == "The anchor of the log is missing or damaged, so a tail that was cut off is not noticed."
    assert append(path, {"kind": "read"}) == LINES + 1


@pytest.mark.parametrize(
    "entry",
    [
        {"people": "N1"}, {"facts": ["x"]}, {"act": 5}, {"gap": "x"}, {"missing_bytes": "x"}, {"at": None},
        {"state": {}}, {"clock_back_from": 7, "at": "x"},
    ],
)  # fmt: skip
def test_a_line_of_another_shape_is_found_and_read_over(template, place, entry):
    lines = template[0].splitlines(keepends=True)
    last = read_line(lines[-1].rstrip(b"\n"))
    path = laid(place, template[0] + written(LINES + 1, last.hash, entry)[0], template[1])
    assert [f.line for f in verify(path).faults] == [LINES + 1]
    assert len(acts(path)) == LINES // 2


@pytest.mark.parametrize("people", [{"ids": 5}, {"ids": [1]}, {"keyed": "x"}, {"packed": "!"}, {"packed": "QUJD"}])
def test_people_in_a_form_never_written_here_are_told_and_break_nothing(log_file, people):
    append(log_file, {"act": "a", "kind": "read", "state": "begun", "people": people})
    (told,) = acts(log_file)
    assert told.people == set()
    assert "cannot be read" in told.row(ids=True)["facts"]


def test_a_line_that_unpacks_without_end_is_told(log_file):
    bomb = base64.b64encode(zlib.compress(b"[" + b" " * (LARGEST + 1), 9)).decode()
    append(log_file, {"act": "a", "kind": "read", "state": "begun", "people": {"packed": bomb}})
    assert "cannot be read" in acts(log_file)[0].row(ids=False)["facts"]


def test_a_kill_between_the_first_line_and_its_anchor_leaves_no_fault(log_file, monkeypatch):
    class KilledError(BaseException):
        pass

    def killed(path, head):
        if head.seq:
            raise KilledError
        real(path, head)

    real = chain_module._anchor
    monkeypatch.setattr(chain_module, "_anchor", killed)
    with pytest.raises(KilledError):
        append(log_file, {"kind": "read"})
    monkeypatch.undo()
    for lines in (1, 2, 3):
        assert (verify(log_file).lines, verify(log_file).faults) == (lines, ())
        assert append(log_file, {"kind": "read"}) == lines + 1


def test_a_lost_anchor_is_a_fault_even_after_it_was_made_anew(template, place):
    path = laid(place, template[0], None)
    assert ["anchor" in f.what for f in verify(path).faults] == [True]
    append(path, {"kind": "read"})
    (fault,) = verify(path).faults
    assert fault.line == LINES + 1


def test_a_clock_that_goes_back_is_visible_and_harmless(tmp_path, monkeypatch):
    path = tmp_path / "log.jsonl"
    real = datetime

    class Earlier(datetime):
        @classmethod
        def now(cls, tz=None):
            return real.now(tz) - timedelta(days=3)

    append(path, {"kind": "read"})
    monkeypatch.setattr(chain_module, "datetime", Earlier)
    assert append(path, {"kind": "read"}) == 2
    monkeypatch.undo()
    append(path, {"kind": "read"})
    verdict = verify(path)
    assert verdict.faults == ()
    assert [n.line for n in verdict.notes] == [2]
    assert "clock had gone back" in verdict.notes[0].what


WRITER = """
import sys
from ocgnet.audit import log_of
for k in range(int(sys.argv[1])):
    with log_of().act("read", people=[f"{sys.argv[2]}{k}"], what="x" * (k % 300)):
        pass
"""


def test_two_processes_lose_no_line(log_file):
    runs = [subprocess.Popen([sys.executable, "-c", WRITER, "500", name]) for name in ("A", "B")]
    assert [run.wait() for run in runs] == [0, 0]
    verdict = verify(log_file)
    assert (verdict.lines, verdict.faults, verdict.notes) == (2000, (), ())
    told = [p for act in acts(log_file) for p in act.people]
    assert sorted(told) == sorted(f"{name}{k}" for name in "AB" for k in range(500))


SLOW = """
import sys, time
from ocgnet.audit import log_of
while True:
    with log_of().act("read", people=["N1"], what="x" * 3000):
        print("acting", flush=True)
"""


def test_killed_at_random_moments_the_log_stays_whole(log_file):
    for k in range(8):
        run = subprocess.Popen([sys.executable, "-c", SLOW], stdout=subprocess.PIPE)
        run.stdout.readline()
        time.sleep(0.003 * k)
        run.kill()
        run.wait()
        run.stdout.close()
        assert verify(log_file).faults == ()
    assert sum(not act.end for act in acts(log_file)) <= 8
    told = [n.what for n in verify(log_file).notes]
    assert len([n for n in told if "no end" in n]) == sum(not act.end for act in acts(log_file))


def test_an_act_that_was_killed_is_told_as_begun(log_file):
    body = (
        "import os, signal\nfrom ocgnet.audit import log_of\n"
        "with log_of().act('erase', people=['N1']): os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", body], check=False)
    (act,) = acts(log_file)
    assert (act.kind, act.end) == ("erase", "")
    assert ["no end" in n.what for n in verify(log_file).notes] == [True]


def test_a_full_disk_stops_the_act_and_leaves_the_log_whole(log_file, monkeypatch):
    log = log_of()
    with log.act("read"):
        pass
    real, room = os.write, [600]

    def full(handle, data):
        # As a disk does that has some bytes left: it takes a part, then none.
        take = min(len(data), room[0])
        room[0] -= take
        if not take:
            raise OSError(28, "No space left on device")
        return real(handle, bytes(data)[:take])

    before = log_file.read_bytes()
    monkeypatch.setattr(chain_module.os, "write", full)
    ran = []
    with pytest.raises(LogError, match="No space left"), log.act("read", what="x" * 1000):
        ran.append(1)
    monkeypatch.undo()
    assert not ran
    assert log_file.read_bytes() == before
    assert verify(log_file).faults == ()


def test_a_disk_that_fills_up_during_the_act_is_told(log_file, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    log = log_of()
    with pytest.raises(LogError, match="is done"), log.act("read"):
        monkeypatch.setattr(chain_module.os, "write", full)
    monkeypatch.undo()
    assert [act.end for act in acts(log_file)] == [""]
    assert verify(log_file).faults == ()


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting a small disk needs root on Linux")
def test_on_a_really_full_disk_nothing_runs_unlogged(tmp_path, monkeypatch):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], check=False).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    try:
        path = disk / "log.jsonl"
        ran, refused = 0, 0
        for _ in range(400):
            try:
                with log_of(path).act("read", what="y" * 500):
                    ran += 1
            except LogError:
                refused += 1
        assert refused
        assert verify(path).faults == ()
        # Every body that ran has its line; a refused one has none, or no end where only the end found no room.
        assert len(acts(path)) == ran
    finally:
        subprocess.run(["umount", disk], check=True)


@given(ids=st.lists(st.text(max_size=20), max_size=300))
def test_all_ids_come_back(ids):
    line = packed(ids)
    assert unpacked(json.loads(json.dumps(line))) == sorted(set(ids))
    assert line["count"] == len(set(ids))


def test_a_hundred_thousand_people_cost_little(log_file):
    ids = [f"N{k * 7919 % 10**7:07}" for k in range(100_000)]
    begin = time.perf_counter()
    with log_of().act("read", people=ids):
        pass
    assert time.perf_counter() - begin < 2
    assert acts(log_file)[0].people == set(ids)
    assert log_file.stat().st_size < 600_000


def test_times_are_utc_and_files_are_the_owners_only(log_file):
    with log_of().act("read"):
        pass
    (act,) = acts(log_file)
    told = datetime.fromisoformat(act.at)
    assert told.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - told) < timedelta(minutes=1)
    if sys.platform != "win32":
        modes = {p.name: p.stat().st_mode & 0o777 for p in log_file.parent.iterdir()}
        assert modes == dict.fromkeys(modes, 0o600)
    assert read_head(log_file).seq == 2
