"""Run as ``python -m ocgnet``."""

from ocgnet.cli import main

main()
