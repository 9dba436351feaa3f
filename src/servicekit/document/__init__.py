"""Documents."""

from servicekit.document.hint import did_you_mean, nearest
from servicekit.document.model import Document, DocumentValueError, Format

__all__ = ["Document", "DocumentValueError", "Format", "did_you_mean", "nearest"]
