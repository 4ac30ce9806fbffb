"""The command line: parse, call one function, print."""

import sys


def main() -> None:
    """Run the program; Ctrl-C at any moment, start-up included, ends it with one sentence, and so does any error."""
    try:
        from ocgnet.cli import unforeseen

        unforeseen.hook()
        from ocgnet.cli.app import run

        run()
    except (KeyboardInterrupt, SystemExit) as stop:
        if isinstance(stop, KeyboardInterrupt) or stop.code == 130:
            sys.stderr.write("Stopped. No file is half written; a load that was under way may be run again.\n")
            sys.exit(130)
        if not isinstance(stop.code, int | None):
            # Python would print what a library says on leaving, which may be a value.
            sys.exit(unforeseen.tell(stop))
        raise
    except BaseException as error:
        sys.exit(unforeseen.tell(error))
