"""What every test may ask for: Hypothesis profiles, the shared data, and a strict answer to "it is not here"."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, Phase, settings

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

# A busy machine is not a finding, hence no deadlines. In CI the same examples are drawn every time, and a failure is
# shrunk but not explained, which takes longer than the rest of the run.
settings.register_profile("dev", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "ci",
    settings.get_profile("dev"),
    max_examples=100,
    derandomize=True,
    database=None,
    print_blob=True,
    phases=[phase for phase in Phase if phase is not Phase.explain],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if IN_CI else "dev"))


def _absent(reason: str) -> NoReturn:
    if IN_CI:
        pytest.fail(f"{reason}; CI must have it", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def absent() -> Callable[[str], NoReturn]:
    """Says that something outside the project is missing: a skip with its reason here, a failure in CI."""
    return _absent


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's own folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets beside the project; a user's clone has none, CI has."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        _absent("the real data sets (../shared/data) are not beside this clone")
    return folder
