"""Money: exact amounts of one currency."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, Inexact
from fractions import Fraction
from functools import total_ordering
from typing import TYPE_CHECKING, Self

from servicekit.errors import ServiceKitError
from servicekit.quantity.exact import EXACT, MAX_DIGITS, Rounding, rounded, whole
from servicekit.quantity.field import text_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema


_CURRENCY = re.compile(r"[A-Z]{3}")
_AMOUNT = r"[-+]?[0-9]{1,400}(?:\.[0-9]{1,400})?"
_MONEY = re.compile(rf"(?P<amount>{_AMOUNT}) ?(?P<currency>[A-Z]{{3}})")

# ISO 4217, list one of 2024-06: the currencies whose minor unit is not a hundredth.
_NO_DIGITS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()  # noqa: SIM905
_MINOR_DIGITS = {
    **dict.fromkeys(_NO_DIGITS, 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


class CurrencyMismatchError(ServiceKitError, ValueError):
    """Amounts of two currencies were added or compared; convert one of them first."""

    code = "money.currency"

    def __init__(self, left: str, right: str) -> None:
        self.left, self.right = left, right
        super().__init__(f"{left} and {right} are in different currencies; convert one of them first")


def minor_digits(currency: str) -> int:
    """How many decimal places the smallest unit of a currency has, after ISO 4217; 2 for an unlisted code.

    >>> [minor_digits(currency) for currency in ("CNY", "JPY", "KWD")]
    [2, 0, 3]
    """
    return _MINOR_DIGITS.get(currency, 2)


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount of one currency, a code of three capital letters.

    Adding, subtracting and multiplying lose no digit; ``1.0 CNY`` equals ``1.00 CNY``. Amounts of different
    currencies are unequal, and cannot be added or ordered.

    >>> price = Money(Decimal("12.50"), "CNY")
    >>> print(price + Money.parse("0.25 CNY"), 3 * price, price > Money(12, "CNY"))
    12.75 CNY 37.50 CNY True

    Raises:
        TypeError: the amount is a float or no number.
        ValueError: it is not finite or has a digit more than 400 places from the point; no such currency code.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        amount = _number(self.amount, "an amount")
        if isinstance(amount, Fraction):
            raise TypeError("an amount is a Decimal; name a rounding with Money.times() where a fraction comes in")
        if not amount.is_finite() or max(abs(amount.adjusted()), -_exponent(amount), 0) > MAX_DIGITS:
            raise ValueError(f"{amount!s:.40} is not an amount of money")
        if not _CURRENCY.fullmatch(self.currency):
            raise ValueError(f"{self.currency!r} is not a currency code; expected three capital letters, such as 'CNY'")
        object.__setattr__(self, "amount", amount)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The money that a text such as ``12.50 CNY`` names.

        >>> Money.parse("12.50 CNY")
        Money(amount=Decimal('12.50'), currency='CNY')

        Raises:
            ValueError: the text is not an amount followed by a currency code.
        """
        match = _MONEY.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{text[:60]!r} is not money; write an amount and a currency code, such as '12.50 CNY'")
        return cls(Decimal(match["amount"]), match["currency"])

    @classmethod
    def from_minor(cls, units: int, currency: str) -> Self:
        """So many of the currency's smallest unit.

        >>> print(Money.from_minor(1250, "CNY"), Money.from_minor(1250, "JPY"))
        12.50 CNY 1250 JPY
        """
        return cls(Decimal(whole(units, "minor units")).scaleb(-minor_digits(currency), EXACT), currency)

    def to_minor(self) -> int:
        """How many of the currency's smallest unit this is.

        >>> Money.parse("12.5 CNY").to_minor()
        1250

        Raises:
            ValueError: it is not a whole number of them; call :meth:`rounded` first.
        """
        units = self.amount.scaleb(minor_digits(self.currency), EXACT)
        if units != units.to_integral_value():
            raise ValueError(f"{self} is not a whole number of minor units; say how to round it: rounded('half_even')")
        return int(units)

    def rounded(self, rounding: Rounding) -> Self:
        """This amount in whole minor units of its currency.

        >>> print(Money.parse("0.125 CNY").rounded("half_even"), Money.parse("0.125 CNY").rounded("half_up"))
        0.12 CNY 0.13 CNY
        """
        return type(self)(rounded(Fraction(self.amount), minor_digits(self.currency), rounding), self.currency)

    def times(self, factor: int | Decimal | Fraction, rounding: Rounding) -> Self:
        """The product, rounded once, to whole minor units.

        >>> print(Money.parse("10 CNY").times(Fraction(1, 3), "half_even"))
        3.33 CNY
        """
        product = Fraction(self.amount) * Fraction(_number(factor, "a factor"))
        return type(self)(rounded(product, minor_digits(self.currency), rounding), self.currency)

    def shares(self, weights: Sequence[int | Decimal | Fraction]) -> tuple[Self, ...]:
        """The amount divided by weights, in whole minor units that add up to it.

        Each part is rounded down, and the units left over go one each to the parts that lost most by that (largest
        remainder), of equal ones to the earlier. Of a negative amount the parts are those of the positive one, negated.

        >>> print(*Money.parse("1.03 CNY").shares([1, 1]), *Money.parse("10 CNY").shares([1, 0, 2]))
        0.52 CNY 0.51 CNY 3.33 CNY 0.00 CNY 6.67 CNY

        Raises:
            TypeError: a weight is a float or no number.
            ValueError: a weight is negative, all are zero or there is none; the amount is not whole minor units.
        """
        units, exact = self.to_minor(), [Fraction(_number(weight, "a weight")) for weight in weights]
        total = sum(exact, start=Fraction(0))
        if total <= 0 or min(exact) < 0:
            raise ValueError(f"weights are zero or more, and not all of them are zero: {list(map(str, exact))!s:.80}")
        parts = [divmod(abs(units) * weight, total) for weight in exact]
        left = abs(units) - sum(whole for whole, _ in parts)
        by_loss = sorted(range(len(parts)), key=lambda place: -parts[place][1])
        more = set(by_loss[:left])
        sign = -1 if units < 0 else 1
        return tuple(
            self.from_minor(sign * (int(whole) + (n in more)), self.currency) for n, (whole, _) in enumerate(parts)
        )

    def __add__(self, other: Money) -> Self:
        return type(self)(EXACT.add(self.amount, self._same(other)), self.currency)

    def __sub__(self, other: Money) -> Self:
        return type(self)(EXACT.subtract(self.amount, self._same(other)), self.currency)

    def __mul__(self, factor: int | Decimal | Fraction) -> Self:
        number = _number(factor, "a factor")
        if isinstance(number, Decimal):
            return type(self)(EXACT.multiply(self.amount, number), self.currency)
        product = Fraction(self.amount) * number
        try:
            return type(self)(EXACT.divide(Decimal(product.numerator), Decimal(product.denominator)), self.currency)
        except Inexact:
            raise ValueError(
                f"{self} times {factor} cannot be written exactly; give a rounding: times(factor, 'half_even')"
            ) from None

    __rmul__ = __mul__

    def __neg__(self) -> Self:
        return type(self)(EXACT.minus(self.amount), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def _same(self, other: object) -> Decimal:
        """The amount of ``other``, if it is money of this currency."""
        if not isinstance(other, Money):
            raise TypeError(f"{other!r} is not money")
        if other.currency != self.currency:
            raise CurrencyMismatchError(self.currency, other.currency)
        return other.amount

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return text_schema(cls._from_document, _MONEY.pattern)

    @classmethod
    def _from_document(cls, value: object) -> Self:
        if isinstance(value, cls):
            return value
        match value:
            case str():
                return cls.parse(value)
            case {"amount": int() | Decimal() | str() as amount, "currency": str(currency), **rest} if not rest:
                return cls.parse(f"{amount:f} {currency}" if isinstance(amount, Decimal) else f"{amount} {currency}")
            case _:
                raise ValueError("money is written as a text such as '12.50 CNY', or with its amount and currency")


def _number(value: object, what: str) -> Decimal | Fraction:
    """An exact number: what is whole or decimal as a Decimal."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | Fraction):
        raise TypeError(f"{value!r} is refused: {what} must be exact, a Decimal, an int or (as a factor) a Fraction")
    return Decimal(value) if isinstance(value, int) else value


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
