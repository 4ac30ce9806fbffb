"""Run the benchmarks, all or those that are named: python -m benchmarks check_million scale."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def main() -> None:
    every = sorted(p.stem for p in Path(__file__).parent.glob("*.py") if not p.stem.startswith("_"))
    for name in sys.argv[1:] or every:
        print(f"== {name}", flush=True)
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
