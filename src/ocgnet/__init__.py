"""Network analysis of organised crime groups.

>>> import ocgnet
>>> analysis = ocgnet.analyse(ocgnet.read("mydata"))  # doctest: +SKIP
>>> analysis.save("results")  # doctest: +SKIP

Ten names are offered; ``docs/python.md`` leads through them. Each is loaded when it is first asked for.
"""

# Nothing is imported here: until the commands have taken Ctrl-C in hand, it would end in lines of code.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ocgnet import errors
    from ocgnet.api import (
        Analysis,
        Profile,
        analyse,
        check,
        open_store,
        profile,
        read,
    )
    from ocgnet.dataset import Dataset
    from ocgnet.settings import Settings

__version__ = "0.1.0"

__all__ = [
    "Analysis",
    "Dataset",
    "Profile",
    "Settings",
    "analyse",
    "check",
    "errors",
    "open_store",
    "profile",
    "read",
]


def __getattr__(name: str) -> "Any":
    from importlib import import_module

    if name not in __all__:
        raise AttributeError(f"module 'ocgnet' has no attribute '{name}'")
    value = import_module("ocgnet.errors") if name == "errors" else getattr(import_module("ocgnet.api"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
