"""How many lines the product has, beside what it had.

    python tools/size.py [REVISION [BASE]]

REVISION is any name git knows, or . for the files as they stand (default HEAD); BASE is 5ec9ca0 unless another is
named. The product is the Python of src/ocgnet without the made-up data (src/ocgnet/synthetic, later
src/ocgnet_demo), which is counted on a line of its own, as are the templates, styles and scripts of the pages: a
sentence that moves from Python to a template shows in both. Files are counted as they stand; `make lint` holds
them to `ruff format`. Lines of code are those that hold more than a comment, a blank or a docstring; their mean
length shows whether lines were saved or only packed.
"""

from __future__ import annotations

import ast
import io
import subprocess
import sys
import tarfile
import tokenize
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
BASE = "5ec9ca0"
MADE_UP = ("src/ocgnet/synthetic/", "src/ocgnet_demo/")
PAGES = (".jinja", ".j2", ".html", ".css", ".js")
BUNDLED = ("vis-network", ".min.")
NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}


@dataclass(frozen=True)
class Size:
    """What some files come to."""

    files: int = 0
    lines: int = 0
    code: int = 0
    characters: int = 0


def code_lines(text: str) -> list[str]:
    """Lines of a Python file that hold code: no blank line, no comment alone, no string that is only a docstring."""
    docs: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            docs.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    held: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in NO_CODE:
            held.update(range(token.start[0], token.end[0] + 1))
    lines = text.split("\n")
    return [lines[number - 1].strip() for number in sorted(held - docs)]


def size(texts: Iterable[str], *, python: bool = True) -> Size:
    """Count these files; lines of code only where they are Python."""
    kept = list(texts)
    code = [line for text in kept if python for line in code_lines(text)]
    return Size(len(kept), sum(len(text.splitlines()) for text in kept), len(code), sum(map(len, code)))


def sources(revision: str) -> dict[str, str]:
    """Every text file under src of one revision, by its path."""
    if revision == ".":
        listed = _git("ls-files", "--cached", "--others", "--exclude-standard", "src").decode().split("\n")
        paths = [ROOT / name for name in listed if name and (ROOT / name).is_file()]
        raw = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in paths}
    else:
        with tarfile.open(fileobj=io.BytesIO(_git("archive", revision, "src"))) as archive:
            raw = {e.name: member.read() for e in archive.getmembers() if (member := archive.extractfile(e))}
    return {name: held.decode() for name, held in raw.items() if name.endswith((".py", *PAGES))}


def parts(files: Mapping[str, str]) -> dict[str, Size]:
    """Size of the product, of the made-up data and of each kind of page source."""
    python = {name: text for name, text in files.items() if name.endswith(".py")}
    counted = {
        "product": size(text for name, text in python.items() if not name.startswith(MADE_UP)),
        "made-up data": size(text for name, text in python.items() if name.startswith(MADE_UP)),
    }
    for ending in PAGES:
        own = [t for n, t in files.items() if n.endswith(ending) and not any(mark in n for mark in BUNDLED)]
        if own:
            counted[f"*{ending}"] = size(own, python=False)
    return counted


def main() -> None:
    """Print both revisions side by side, their ratio, and where the lines are."""
    if {"-h", "--help"} & set(sys.argv) or len(sys.argv) > 3:
        print(__doc__)
        return
    revision, base = (*sys.argv[1:], *("HEAD", BASE)[len(sys.argv) - 1 :])
    files = sources(revision)
    now, then = parts(files), parts(sources(base))
    print(
        f"{'':14}{'lines':>8}{base:>9}{'ratio':>7}{'code':>8}{base:>9}{'ratio':>7}{'files':>7}{base:>9}  letters/line"
    )
    for part in sorted(now.keys() | then.keys(), key=lambda part: (part[0] == "*", part != "product", part)):
        new, old = now.get(part, Size()), then.get(part, Size())
        ratios = [f"{a / b:.3f}" if b else "-" for a, b in ((new.lines, old.lines), (new.code, old.code))]
        dense = [f"{s.characters / s.code:.1f}" if s.code else "-" for s in (new, old)]
        print(f"{part:14}{new.lines:8,}{old.lines:9,}{ratios[0]:>7}{new.code:8,}{old.code:9,}{ratios[1]:>7}"
              f"{new.files:7,}{old.files:9,}   {dense[0]} ({dense[1]})")  # fmt: skip
    product = {n: len(t.splitlines()) for n, t in files.items() if n.endswith(".py") and not n.startswith(MADE_UP)}
    rooms: dict[str, int] = {}
    for name, lines in product.items():
        room = PurePosixPath(name).parts[2]
        rooms[room] = rooms.get(room, 0) + lines
    for heading, counts in (("rooms", rooms), ("longest files", product)):
        print(f"\n{heading}")
        for name in sorted(counts, key=lambda name: (-counts[name], name))[:15]:
            print(f"{counts[name]:8,}  {name}")


def _git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    main()
