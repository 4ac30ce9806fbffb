"""What a command asks at the keyboard."""

from __future__ import annotations

import getpass
import sys


def ask_password(prompt: str) -> str:
    """Ask for a password without showing it; empty when nobody is at the keyboard."""
    return getpass.getpass(prompt) if sys.stdin.isatty() else ""
