"""OpenSLO v1: its ``kind: SLO`` documents, read, written, and made into an :class:`~servicekit.sla.Slo` and back.

``document`` holds the specification's fields and faults, ``reading`` makes an SLO of a document, ``writing`` a document
of an SLO. Nothing is dropped in silence: what one side says and the other cannot hold is a Problem with its path. To
read another field, take it over in ``reading`` and ``writing``, and out of what ``reading`` says is left behind.
"""

from servicekit.availability.openslo.document import OpenSlo
from servicekit.availability.openslo.reading import from_openslo
from servicekit.availability.openslo.writing import to_openslo

__all__ = ["OpenSlo", "from_openslo", "to_openslo"]
