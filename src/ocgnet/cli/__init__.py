"""The command line: parse, call one function, print."""

import _thread
import signal
import sys
import threading
from importlib.machinery import ExtensionFileLoader
from types import FrameType

_COMPILED = {ExtensionFileLoader.create_module.__code__, ExtensionFileLoader.exec_module.__code__}
"""What runs while a compiled module is being loaded."""


def main() -> None:
    """Run the program; Ctrl-C at any moment, start-up included, ends it with one sentence, and so does any error."""
    tell = _without_details
    try:
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, _stop)
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


def _stop(_signal: int, frame: FrameType | None) -> None:
    """Stop at once, but not within a compiled module that is being loaded: some end the whole program on an error."""
    while frame is not None:
        if frame.f_code in _COMPILED:
            again = threading.Timer(0.02, _thread.interrupt_main)
            again.daemon = True
            again.start()
            return
        frame = frame.f_back
    raise KeyboardInterrupt


def _without_details(error: BaseException) -> int:
    """Say the least that can be said: the program is not whole."""
    sys.stderr.write(f"ocgnet cannot start ({type(error).__name__}): its files are not whole. Install it again.\n")
    return 1
