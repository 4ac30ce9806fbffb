"""Laws of small counts and of pseudonyms."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from base64 import b32encode
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocgnet.casework.disclosure.pseudonyms import Pseudonyms, key_at, read_key
from ocgnet.errors import OutputError, SourceError, UsageError
from ocgnet.results.small_counts import suppress

COUNTS = st.dictionaries(st.text(min_size=1, max_size=4), st.integers(0, 40), max_size=8)


@given(COUNTS, st.integers(1, 10))
def test_no_small_count_is_printed_and_none_is_changed(counts: dict[str, int], threshold: int) -> None:
    printed = suppress(counts, threshold)
    assert list(printed) == list(counts)
    for name, shown in printed.items():
        assert shown is None or shown == counts[name]
        assert shown is None or shown == 0 or shown >= threshold


@given(COUNTS, st.integers(1, 10))
def test_one_count_alone_is_never_hidden(counts: dict[str, int], threshold: int) -> None:
    hidden = [n for n in suppress(counts, threshold).values() if n is None]
    assert len(hidden) != 1 or len(counts) == 1


@given(COUNTS, st.integers(3, 10))
def test_nothing_is_hidden_where_nothing_is_small(counts: dict[str, int], threshold: int) -> None:
    large = {k: n + threshold for k, n in counts.items()} | {"nobody": 0}
    if counts:
        assert suppress(large, threshold) == large


def fillings(cells: int, total: int) -> Iterator[tuple[int, ...]]:
    if cells == 0:
        yield ()
        return
    for first in range(total + 1):
        for rest in fillings(cells - 1, total - first):
            yield (first, *rest)


@pytest.mark.parametrize(("cells", "most", "threshold"), [(2, 30, 5), (3, 24, 5), (3, 22, 3), (4, 18, 3), (5, 14, 3)])
def test_who_knows_the_rule_and_the_total_cannot_work_out_a_hidden_count(cells: int, most: int, threshold: int) -> None:
    alike = defaultdict(list)
    for filling in fillings(cells, most):
        printed = suppress(dict(zip("abcde", filling, strict=False)), threshold)
        alike[sum(filling), tuple(printed.values())].append(filling)
    checked = 0
    for (total, printed), possible in alike.items():
        if total >= threshold:
            for i, shown in enumerate(printed):
                assert shown is not None or len({p[i] for p in possible}) > 1, (printed, possible)
                checked += shown is None
    assert checked > 50


def test_a_pseudonym_is_the_published_construction() -> None:
    key = bytes(range(32))
    for recipient, message in (("health", b"ocgnet:for:health\0C1"), ("", b"ocgnet:id:C1")):
        letters = b32encode(hmac.new(key, message, hashlib.sha256).digest())[:12].decode()
        assert Pseudonyms(key, recipient).of("C1") == f"P-{letters[:4]}-{letters[4:8]}-{letters[8:]}"


@given(st.sets(st.text(min_size=1, max_size=6).filter(lambda t: "|" not in t), min_size=2, max_size=30))
def test_the_same_key_and_recipient_give_the_same_names_and_another_of_either_others(people: set[str]) -> None:
    one, same = Pseudonyms(b"a" * 32, "health"), Pseudonyms(b"a" * 32, "health")
    others = Pseudonyms(b"b" * 32, "health"), Pseudonyms(b"a" * 32, "police"), Pseudonyms(b"a" * 32, "")
    names = {p: one.of(p) for p in people}
    assert names == {p: same.of(p) for p in people}
    assert len(set(names.values())) == len(people)
    for other in others:
        assert not set(names.values()) & {other.of(p) for p in people}
    assert one.whose([*names.values(), "P-AAAA-AAAA-AAAA"], sorted(people)) == {n: p for p, n in names.items()}


def test_several_ids_in_one_cell_keep_their_order() -> None:
    names = Pseudonyms(bytes(32), "health")
    assert names.of("A|B") == f"{names.of('A')}|{names.of('B')}"


def test_a_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "names.key"
    first = key_at(path, tmp_path / "pack")
    assert key_at(path, tmp_path / "pack") == first == read_key(path)
    assert key_at(tmp_path / "other.key", tmp_path / "pack") != first
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "C1" not in path.read_text()


@pytest.mark.parametrize("inside", ["pack/names.key", "pack/deep/names.key", "pack/../pack/names.key"])
def test_a_key_never_stands_in_the_pack(tmp_path: Path, inside: str) -> None:
    (tmp_path / "pack" / "deep").mkdir(parents=True)
    with pytest.raises(UsageError, match="would leave with the pack"):
        key_at(tmp_path / inside, tmp_path / "pack")
    assert not list(tmp_path.rglob("*.key"))


def test_a_key_behind_a_link_into_the_pack_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "pack", target_is_directory=True)
    with pytest.raises(UsageError, match="would leave with the pack"):
        key_at(tmp_path / "link" / "names.key", tmp_path / "pack")


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such permissions")
def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    key_at(tmp_path / "names.key", tmp_path / "pack")
    (tmp_path / "names.key").chmod(0o640)
    with pytest.raises(SourceError, match="chmod 600"):
        read_key(tmp_path / "names.key")


@pytest.mark.parametrize("content", [b"", b"00" * 32, b"\xff\xfe", b"ocgnet pseudonym key, version 1.\nabc\n"])
def test_what_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "names.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(SourceError):
        read_key(path)
    with pytest.raises(OutputError):
        key_at(tmp_path / "nowhere" / "names.key", tmp_path / "pack")
