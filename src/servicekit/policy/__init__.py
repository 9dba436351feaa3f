"""The policy as one document: every room's part, put together and checked against each other.

What lives here: :class:`ServicePolicy`, which composes the vocabulary, the calendars and the sections of the
subjects, and the :class:`PolicyEngine` that it compiles to (``document.py``); several versions as one engine
(``versions.py``). Each subject's section is a file of ``sections/``; its ``section.py`` says what a policy asks of a
section and what context it gives it. What the sections say of each other is checked where they meet
(``tier_promises.py``: a better tier with a worse promise); :class:`CaseTiers` gives the cases of customers their
tiers (``case_tiers.py``), and ``points_replay.py`` their purchases, which earn points by them and move them.

It may import every subject below it and computes nothing itself. To add a subject, write its section, name it in
``SECTIONS`` of ``document.py``, and give :class:`ServicePolicy` the field and :class:`PolicyEngine` the property.
"""

from typing import TYPE_CHECKING

from servicekit._lazy_names import lazy_names
from servicekit.policy.document import PolicyEngine, ServicePolicy, declared_fields
from servicekit.policy.tier_promises import TierPromise
from servicekit.policy.versions import compile_versions

if TYPE_CHECKING:
    from servicekit.policy.case_tiers import CaseTiers

__all__ = ["CaseTiers", "PolicyEngine", "ServicePolicy", "TierPromise", "compile_versions", "declared_fields"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(__name__, {"case_tiers": "CaseTiers"})
