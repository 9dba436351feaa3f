"""Names of a package that load their module when they are first asked for (PEP 562)."""

from __future__ import annotations

import sys
from importlib import import_module

TYPE_CHECKING = False  # assigned, not imported: the typing module would be the costliest import of the front door
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def lazy_names(package: str, modules: Mapping[str, str]) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """``__getattr__`` and ``__dir__`` of a package: under each of its modules the names that come from it.

    Type checkers read a block of ordinary imports under ``TYPE_CHECKING``; a test of the house compares the two. A name
    that a module of the package bears, too, cannot be lazy: importing the module would put it in the place of the name.

    >>> ask, names = lazy_names("servicekit.document", {"hint": "did_you_mean nearest"})
    >>> ask("nearest")("emae", ["emea"])
    'emea'
    """
    homes = {name: module for module, names in modules.items() for name in names.split()}

    def ask(name: str) -> object:
        if name in homes:
            value = getattr(import_module(f"{package}.{homes[name]}"), name)
        elif name in modules:
            value = import_module(f"{package}.{name}")
        else:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        setattr(sys.modules[package], name, value)  # so that the next look is an ordinary one
        return value

    return ask, lambda: sorted({*vars(sys.modules[package]), *homes})
