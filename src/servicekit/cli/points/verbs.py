"""``servicekit points VERB``: a policy and a store in, bookings and answers out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from servicekit.cli.documents import load
from servicekit.cli.points.answer import PrintedAnswer
from servicekit.cli.points.earning import earn
from servicekit.cli.points.opening import import_balances
from servicekit.cli.points.questions import balance, expire, expiring, liability, statement, verify
from servicekit.cli.points.simulation import simulate
from servicekit.cli.points.store import store_of
from servicekit.loyalty import Ledger
from servicekit.policy import PolicyEngine, ServicePolicy

if TYPE_CHECKING:
    from argparse import Namespace

_Verb: TypeAlias = Callable[[Ledger, PolicyEngine, "Namespace"], tuple[PrintedAnswer, int]]

_VERBS: Mapping[str, _Verb] = {
    "earn": earn,
    "import-balances": import_balances,
    "balance": balance,
    "expiring": expiring,
    "statement": statement,
    "expire": expire,
    "liability": liability,
    "verify": verify,
    "simulate": simulate,
}
_MAKING = ("earn", "import-balances")


def points(arguments: Namespace) -> int:
    """Run a verb, print its answer, and return the exit code."""
    engine = load(ServicePolicy, arguments.policy).compile()
    rules = engine.need_loyalty()
    with store_of(arguments.store, is_new_allowed=arguments.verb in _MAKING) as store:
        answer, code = _VERBS[arguments.verb](Ledger(rules, store), engine, arguments)
    answer.show(arguments.format)
    return code
