"""The command line: parse, call one function, print."""

from ocgnet.cli.app import main

__all__ = ["main"]
