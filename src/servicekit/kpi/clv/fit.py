"""What a model learnt from customers: its parameters, and how well they are known."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import exp, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, Generic, TypeVar

from servicekit.errors import Problem

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

M = TypeVar("M", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class Fit(Generic[M]):
    """The parameters under which what happened is likeliest, and what is known of their accuracy.

    ``covariance`` is the inverse of the observed information (the Hessian of the log-likelihood, with its sign
    turned), rows and columns in the order of the model's parameters. ``customers`` is how many the model learnt from;
    ``problems`` holds warnings: the fit stands, and a person should look.

    >>> from servicekit.kpi.clv import ShiftedBetaGeometric
    >>> fit = ShiftedBetaGeometric.fit([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> {name: f"{value:.3f} +- {fit.standard_errors[name]:.3f}" for name, value in fit.parameters.items()}
    {'alpha': '0.668 +- 0.104', 'beta': '3.806 +- 0.786'}
    """

    model: M
    log_likelihood: float
    customers: int
    covariance: tuple[tuple[float, ...], ...]
    problems: tuple[Problem, ...] = ()

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters of the model by name."""
        return {field.name: getattr(self.model, field.name) for field in fields(self.model)}

    @property
    def standard_errors(self) -> dict[str, float]:
        """The standard error of each parameter."""
        return {name: sqrt(self.covariance[place][place]) for place, name in enumerate(self.parameters)}

    def limits(self, confidence: float = 0.95) -> dict[str, tuple[float, float]]:
        """The confidence limits of each parameter: Wald's on the logarithm, so that they are positive, too.

        Raises:
            ValueError: the confidence is not between 0 and 1.
        """
        if not 0 < confidence < 1:
            raise ValueError(f"a confidence lies between 0 and 1, such as 0.95; not {confidence!r}")
        z, errors = NormalDist().inv_cdf((1 + confidence) / 2), self.standard_errors
        widths = {name: exp(z * errors[name] / value) for name, value in self.parameters.items()}
        return {name: (value / widths[name], value * widths[name]) for name, value in self.parameters.items()}


def check_parameters(model: DataclassInstance) -> None:
    """Refuse parameters that are not positive numbers.

    Raises:
        ValueError: a parameter is zero, negative, infinite or not a number.
    """
    for field in fields(model):
        value = getattr(model, field.name)
        if not 0 < value < float("inf"):
            raise ValueError(f"{field.name} of a {type(model).__name__} is a positive number, not {value!r}")
