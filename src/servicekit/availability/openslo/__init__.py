"""OpenSLO v1: documents of ``kind: SLO``, and their conversion to an :class:`~servicekit.availability.Slo` and back.

``document.py`` holds the fields of the specification and their faults, ``from_openslo.py`` and ``to_openslo.py`` the
two conversions. Nothing is dropped in silence: a field that the other side cannot hold is a Problem with its path. To
support another field, convert it in both files and delete it from the losses in ``from_openslo.py``.
"""

from servicekit.availability.openslo.document import OpenSlo
from servicekit.availability.openslo.from_openslo import from_openslo
from servicekit.availability.openslo.to_openslo import to_openslo

__all__ = ["OpenSlo", "from_openslo", "to_openslo"]
