"""Numbers written for people: thousands apart, few digits, never more precision than there is."""

import math

SPACE = "\u00a0"  # a number and its unit stay on one line
MINUS = "\u2212"
TIMES = "\u00d7"

_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def count(value: int) -> str:
    """Return a whole number with its thousands apart.

    >>> count(69126)
    '69,126'
    """
    return f"{value:,}".replace("-", MINUS)


def percent(share: float) -> str:
    """Return a share as a percentage with one decimal; `100` and `0` only where they are exact.

    >>> percent(0.0321).replace(SPACE, " ")
    '3.2 %'
    >>> percent(0.99999).replace(SPACE, " ")
    '> 99.9 %'
    """
    if not math.isfinite(share):
        return "unknown"
    if share < 0:
        return MINUS + percent(-share) if share <= -0.0005 else f"0{SPACE}%"  # noqa: PLR2004 (as below)
    if 0 < share < 0.0005:  # noqa: PLR2004 (half of the last decimal)
        return f"<{SPACE}0.1{SPACE}%"
    if 0.9995 <= share < 1:  # noqa: PLR2004 (half of the last decimal)
        return f">{SPACE}99.9{SPACE}%"
    text = f"{share * 100:.1f}".removesuffix(".0")
    return f"{text}{SPACE}%"


def number(value: float) -> str:
    """Return a number with about four digits, whatever its size.

    >>> [number(x) for x in (0.0123456, 0.93741, 12.5, 69126.0, 0.0)]
    ['0.0123', '0.9374', '12.5', '69,126', '0']
    >>> number(float("nan"))
    'not a number'
    """
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "infinite" if value > 0 else f"{MINUS}infinite"
    return _plain(value).replace("-", MINUS)


def compact(value: float) -> str:
    """Return a number short enough for the tick of an axis.

    >>> [compact(x) for x in (0.25, 2500.0, 300_000.0, 1_500_000.0)]
    ['0.25', '2,500', '300k', '1.5M']
    """
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{number(value / (1e3 if letter == 'k' else size))}{letter}"
    return number(value)


def points(share: float) -> str:
    """Return a difference of two shares, which is not a percentage of either.

    >>> points(0.025).replace(SPACE, " ")
    '2.5 percentage points'
    """
    return f"{number(share * 100)}{SPACE}percentage points"


def signed(value: float) -> str:
    """Return a number with its sign, for a change.

    >>> signed(0.25)
    '+0.25'
    """
    return f"+{number(value)}" if value > 0 else number(value)


def _plain(value: float) -> str:
    size = abs(value)
    if size == 0:
        return "0"
    if size < 1e-5 or size >= 1e12:  # noqa: PLR2004 (beyond these, zeros hide the number)
        digits, _, power = f"{value:.2e}".partition("e")
        raised = str(int(power)).translate(_SUPERSCRIPT)
        return f"{digits.rstrip('0').rstrip('.')}{SPACE}{TIMES}{SPACE}10{raised}"
    decimals = max(0, min(4, 3 - math.floor(math.log10(size)))) if size >= 1 else 4
    if size < 0.001:  # noqa: PLR2004 (four decimals would leave one digit)
        decimals = 2 - math.floor(math.log10(size))
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
