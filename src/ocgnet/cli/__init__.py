"""The command line: parse, call one function, print."""

import sys


def main() -> None:
    """Run the program; Ctrl-C at any moment, start-up included, ends it with one sentence, and so does any error."""
    tell = _without_details
    try:
        from ocgnet.cli import unforeseen

        tell = unforeseen.tell
        unforeseen.hook()
        from ocgnet.cli.app import run

        run()
    except (KeyboardInterrupt, SystemExit) as stop:
        if isinstance(stop, KeyboardInterrupt) or stop.code == 130:
            sys.stderr.write("Stopped. No file is half written; a load that was under way may be run again.\n")
            sys.exit(130)
        if not isinstance(stop.code, int | None):
            # Python would print what a library says on leaving, which may be a value.
            sys.exit(tell(stop))
        raise
    except BaseException as error:
        sys.exit(tell(error))


def _without_details(error: BaseException) -> int:
    """Say the least that can be said: the program is not whole."""
    sys.stderr.write(f"ocgnet cannot start ({type(error).__name__}): its files are not whole. Install it again.\n")
    return 1
