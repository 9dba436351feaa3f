"""What no lifetime value can be told from."""

from __future__ import annotations

from collections.abc import Iterable

from servicekit.errors import Problem, ServiceKitError, shown


class ClvError(ServiceKitError, ValueError):
    """Histories cannot be read, or no model fits them; ``problems`` holds every reason.

    A problem's path is the column, with the row of its first fault, counted from 0: ``recency[17]``; or the model.
    """

    code = "clv.invalid"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(shown(self.problems)))


def not_converged(model: str, why: str) -> ClvError:
    """The refusal of a fit that found no peak of the likelihood.

    >>> not_converged("GammaGamma", "the likelihood rises without end").problems[0].code
    'clv.not-converged'
    """
    hint = "the customers do not tell these parameters apart: give more of them, or a longer time"
    return ClvError([Problem("clv.not-converged", model, why, hint)])
