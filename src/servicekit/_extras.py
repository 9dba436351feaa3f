"""Optional packages: asked for by name, with the pip line where one is missing."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from servicekit.errors import MissingExtraError


def require(package: str, *, extra: str) -> ModuleType:
    """The module ``package``, or an error that says which extra brings it.

    >>> require("json", extra="none").__name__
    'json'

    Raises:
        MissingExtraError: the package is not installed.
    """
    try:
        return import_module(package)
    except ModuleNotFoundError as missing:
        if missing.name is None or not package.startswith(missing.name):
            raise
        raise MissingExtraError(package, extra) from None
