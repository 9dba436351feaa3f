"""The policy as one document: every room's part, put together and checked against each other.

What lives here: :class:`ServicePolicy`, which composes the vocabulary, the calendars and the SLA part and resolves the
names between them, and :class:`PolicyEngine`, what it compiles to (``document.py``).

It may import every subject below it and computes nothing itself. To add a subject, add a field to ``ServicePolicy``,
its cross-references to ``own_problems``, and its engine to ``PolicyEngine``.
"""

from servicekit.policy.document import PolicyEngine, ServicePolicy, declared_fields
from servicekit.policy.versions import compile_versions

__all__ = ["PolicyEngine", "ServicePolicy", "compile_versions", "declared_fields"]
