"""Which function decides on which command."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from servicekit.loyalty.command import (
    Activate,
    Adjust,
    Capture,
    Close,
    Earn,
    EarnPurchase,
    Freeze,
    Hold,
    Merge,
    Redeem,
    RefundPurchase,
    Release,
    Reschedule,
    Reverse,
    Transfer,
    Unfreeze,
)
from servicekit.loyalty.decisions.credit import activate, adjust, earn, reschedule
from servicekit.loyalty.decisions.purchase import earn_purchase, refund_purchase
from servicekit.loyalty.decisions.reverse import reverse
from servicekit.loyalty.decisions.spend import capture, hold, redeem, release
from servicekit.loyalty.decisions.status import close, freeze, unfreeze
from servicekit.loyalty.decisions.transfer import merge, transfer
from servicekit.loyalty.rejected import Rejected

ON_ONE_ACCOUNT: Mapping[type, Callable[..., Rejected | None]] = {
    Earn: earn,
    EarnPurchase: earn_purchase,
    Redeem: redeem,
    Hold: hold,
    Adjust: adjust,
    Freeze: freeze,
    Unfreeze: unfreeze,
    Close: close,
}
"""Commands that name an account: the draft, its state, the command, and the currency."""

ON_AN_EARLIER_ONE: Mapping[type, Callable[..., Rejected | None]] = {
    Capture: capture,
    Release: release,
    Reverse: reverse,
    RefundPurchase: refund_purchase,
    Activate: activate,
    Reschedule: reschedule,
}
"""Commands that name an earlier command, and so the account of it."""

ON_TWO_ACCOUNTS: Mapping[type, Callable[..., Rejected | None]] = {
    Transfer: transfer,
    Merge: merge,
}
"""Commands that name two accounts: the first gives, the second takes."""
