"""An account as JSON text and back, with a digest that tells whether it was changed since."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal
from hashlib import sha256
from typing import Any

from servicekit.errors import ServiceKitError
from servicekit.tiers.account.account import Account, Grant, Met, NetChange, Number, Order
from servicekit.tiers.account.compiled_program import CompiledProgram, Versions
from servicekit.tiers.account.days import version_on
from servicekit.tiers.account.window_days import FIRST_DAY

FORMAT = "tier-state/1"

_WRONG = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What reading a text that is not a state may come to."""


class TierStateError(ServiceKitError, ValueError):
    """A stored state cannot be read under this programme; fold the events of the customer again."""

    code = "tiers.state"


def account_to_json(account: Account | None, metrics: Sequence[str]) -> str:
    """The account as JSON text; ``None`` as well. Days are numbers, amounts are texts, metrics stand by name."""
    record: dict[str, object] = {"format": FORMAT, "metrics": list(metrics), "account": None}
    if account is not None:
        values = {each.name: getattr(account, each.name) for each in fields(account) if each.name != "version"}
        record["account"] = {**values, "earned": account.version.names[account.level]}
    text = _text(record)
    return _text({**json.loads(text), "digest": _digest(text)})


def _text(record: object) -> str:
    return json.dumps(record, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{value!r} cannot be stored")


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]


def account_from_json(text: str, versions: Versions, metrics: Sequence[str]) -> Account | None:
    """The account that :func:`account_to_json` wrote; a programme may have got metrics and versions since.

    Raises:
        TierStateError: the text holds none, was changed, or names what the programme does not have.
    """
    try:
        record = json.loads(text)
        if not isinstance(record, dict) or record.get("format") != FORMAT:
            raise TierStateError(f"a state of a tier programme has the format {FORMAT!r}, this text has not")
        if record.pop("digest", None) != _digest(_text(record)):
            raise TierStateError("the text was changed since it was written as a state; fold the events again")
        stored = record["account"]
        return None if stored is None else _account(stored, record["metrics"], versions, metrics)
    except TierStateError:
        raise
    except _WRONG as error:
        raise TierStateError(f"the text holds no whole state of a tier programme: {error!r}") from error


def _account(stored: dict[str, Any], known: list[str], versions: Versions, metrics: Sequence[str]) -> Account:
    if lost := [name for name in known if name not in metrics]:
        raise TierStateError(f"the state counts {', '.join(lost)}, which the programme does not have")
    version = version_on(versions, stored["day"])
    _check_days(stored, [each.window.start(stored["day"], stored["enrolled"]) for each in versions])
    for tier in (stored["earned"], stored["tier"], *(grant[0] for grant in stored["grants"])):
        if tier not in version.level_of:
            raise TierStateError(f"the state has the tier {tier!r}; name the tier that it became: formerly: [{tier}]")
    return Account(**_fields(stored, [known.index(name) if name in known else None for name in metrics], version))


def _check_days(stored: dict[str, Any], starts: Sequence[int]) -> None:
    """Refuse a state that has dropped or merged days on which a window of the programme begins."""
    is_dropped = max(min(starts), stored["enrolled"]) < stored["kept_from"]
    if is_dropped or any(FIRST_DAY < start < stored["merged_before"] for start in starts):
        raise TierStateError("a window reaches back to days that the state has dropped; fold the events again")


def _fields(stored: dict[str, Any], places: Sequence[int | None], version: CompiledProgram) -> dict[str, Any]:
    made: dict[str, Any] = {name: value for name, value in stored.items() if name != "earned"}
    return made | {
        "version": version,
        "level": version.level_of[stored["earned"]],
        "tier": version.names[version.level_of[stored["tier"]]],
        "sums": _sums(stored["sums"], places),
        "day_sums": _columns(stored["day_sums"], places, len(stored["days"])),
        "orders": {name: _order(order) for name, order in stored["orders"].items()},
        "grants": [Grant(*grant) for grant in stored["grants"]],
        "changes": [_change(each, places) for each in stored["changes"]],
        "reasons": [_reason(reason, places) for reason in stored["reasons"]],
    }


def _sums(stored: Sequence[object], places: Sequence[int | None]) -> list[Number]:
    return [0 if place is None else _number(stored[place]) for place in places]


def _columns(stored: Sequence[Sequence[object]], places: Sequence[int | None], days: int) -> list[list[Number]]:
    return [[0] * days if place is None else [_number(each) for each in stored[place]] for place in places]


def _number(value: object) -> Number:
    return Decimal(value) if isinstance(value, str) else int(str(value))


def _order(stored: Sequence[Any]) -> Order:
    day, *amounts, metric = stored
    counted, net, counted_left, net_left, returned = map(Decimal, amounts)
    return day, counted, net, counted_left, net_left, returned, metric


def _change(stored: Sequence[Any], places: Sequence[int | None]) -> NetChange:
    day, old, new, kind, reasons = stored
    return NetChange(day, old, new, kind, tuple(_reason(reason, places) for reason in reasons))


def _reason(stored: Any, places: Sequence[int | None]) -> Met | str:
    if isinstance(stored, str):
        return stored
    criterion, tier, sums, start, last = stored
    return Met(criterion, tier, tuple(_sums(sums, places)), start, last)
