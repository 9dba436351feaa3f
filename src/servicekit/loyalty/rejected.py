"""Why a command is refused; a refusal leaves no trace, and its key stays free."""

from __future__ import annotations

from servicekit.errors import ServiceKitError


class Rejected(ServiceKitError, ValueError):
    """A command that cannot be booked. ``decide`` returns it, the ledger raises it; ``code`` is stable."""

    code = "ledger.rejected"


class InvalidPointsError(Rejected):
    """Points that are not a whole number above zero, or more than the ledger can count (2 ** 53)."""

    code = "ledger.invalid-points"


class InsufficientPointsError(Rejected):
    """More points are asked for than are available."""

    code = "ledger.insufficient-points"

    def __init__(self, available: int, requested: int) -> None:
        self.available, self.requested = available, requested
        super().__init__(f"{requested:,} points are asked for, and {available:,} are available")


class RedemptionLimitError(Rejected):
    """A redemption below the minimum, no multiple of the step, or above the most of the programme."""

    code = "ledger.redemption-limit"


class UnknownAccountError(Rejected):
    """The account has not earned anything yet."""

    code = "ledger.unknown-account"


class UnknownEntryError(Rejected):
    """No command was booked under the key that this one refers to."""

    code = "ledger.unknown-entry"


class UnknownCurrencyError(Rejected):
    """The programme has no such currency of points, or has several and none was named."""

    code = "ledger.unknown-currency"


class NotReversibleError(Rejected):
    """The command that is to be undone has nothing to take back, such as a hold or another reversal."""

    code = "ledger.not-reversible"


class ExceedsOriginalError(Rejected):
    """More is to be undone, captured or refunded than the original had, or than is left of it."""

    code = "ledger.exceeds-original"


class HoldClosedError(Rejected):
    """The hold was captured, released or timed out before."""

    code = "ledger.hold-closed"


class IdempotencyConflictError(Rejected):
    """The key belongs to another command."""

    code = "ledger.idempotency-conflict"


class InvalidKeyError(Rejected):
    """A key or name that is empty, longer than 255 bytes, holds a NUL, or begins with ``#``, which is ours."""

    code = "ledger.invalid-key"


class ReasonRequiredError(Rejected):
    """An adjustment without a reason."""

    code = "ledger.reason-required"


class SameAccountError(Rejected):
    """A transfer from an account to itself."""

    code = "ledger.same-account"


class NameTakenError(Rejected):
    """Another account has the name that an account is to be given."""

    code = "ledger.name-taken"


class AccountClosedError(Rejected):
    """The account is closed, or is frozen and the command takes points from it."""

    code = "ledger.account-closed"


class InvalidDayError(Rejected):
    """The day lies ahead of the command, in a closed period, or before the points that it would take."""

    code = "ledger.invalid-day"


class VersionConflictError(Rejected):
    """The account has changed since the version that was expected."""

    code = "ledger.version-conflict"

    def __init__(self, version: int, expected: int) -> None:
        self.version, self.expected = version, expected
        super().__init__(f"the account is at version {version}, and {expected} was expected")
