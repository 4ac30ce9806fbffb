"""Run the benchmarks, all or those that are named: python -m benchmarks check_million scale 20000.

Each runs in a process of its own. Words that are no name of a benchmark are arguments of the one before them.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PLACE = Path(__file__).parent
EVERY = sorted(p.stem for p in PLACE.glob("*.py") if 'if __name__ == "__main__"' in p.read_text(encoding="utf-8"))
EVERY.remove("__main__")


def asked(words: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Return each benchmark that is to run, with its arguments, in the order of the words; all of them for none.

    >>> asked(["leaders", "recovery", "2"])
    [('leaders', []), ('recovery', ['2'])]
    """
    runs: list[tuple[str, list[str]]] = [] if words else [(name, []) for name in EVERY]
    for word in words:
        if word in EVERY:
            runs.append((word, []))
        elif runs:
            runs[-1][1].append(word)
        else:
            raise SystemExit(f"{word} is no benchmark. There are: {', '.join(EVERY)}.")
    return runs


def main() -> None:
    """Run them one after the other; end with 1 when one failed, which stops no other."""
    failed = []
    for name, arguments in asked(sys.argv[1:]):
        print(f"== {' '.join([name, *arguments])}", flush=True)
        if subprocess.run([sys.executable, PLACE / f"{name}.py", *arguments], check=False).returncode:
            failed.append(name)
    if failed:
        raise SystemExit(f"Failed: {', '.join(failed)}.")


if __name__ == "__main__":
    main()
