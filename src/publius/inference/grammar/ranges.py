"""Grammars of the numbers between two bounds, in JSON's spelling."""

from publius.inference.grammar.ebnf import EMPTY, Chars, Node, Repeat, Word, one_of, optional, seq

_DIGITS = 15  # Enough for what a double holds; without a bound a small model writes one number until it is cut off.
_LARGEST = 10**_DIGITS - 1
DIGIT = Chars("0-9", wide=False)
_POSITIVE = seq(Chars("1-9", wide=False), Repeat(DIGIT, 0, _DIGITS - 1))
_WHOLE = one_of([Word("0"), _POSITIVE])
_FRACTION = seq(Word("."), Repeat(DIGIT, 1, _DIGITS))
_NOT_ZERO = seq(Word("."), Repeat(DIGIT, 0, _DIGITS - 1), Chars("1-9", wide=False))
_EXPONENT = seq(Chars("eE", wide=False), optional(Chars("+\\-", wide=False)), Repeat(DIGIT, 1, 2))

INTEGER = seq(optional(Word("-")), _WHOLE)
NUMBER = seq(INTEGER, optional(_FRACTION), optional(_EXPONENT))


def integers(least: int | None, most: int | None) -> Node | None:
    """Whole numbers from `least` to `most`, both included. None: there are none."""
    low, high = max(-_LARGEST, least if least is not None else -_LARGEST), min(_LARGEST, _or(most, _LARGEST))
    choices = []
    if low < 0:
        choices += [seq(Word("-"), each) for each in _natural(max(1, -high), -low)]
    choices += _natural(max(0, low), high)
    return one_of(choices) if choices else None


def numbers(least: int | None, most: int | None, *, above: bool, below: bool) -> Node | None:
    """Numbers between whole bounds, which are themselves excluded by `above` and `below`. None: there are none."""
    low, high = max(-_LARGEST, _or(least, -_LARGEST)), min(_LARGEST, _or(most, _LARGEST))
    choices: list[Node] = []
    if low < 0:
        negative = _positive(max(0, -high), -low, above=below or high >= 0, below=above)
        choices += [seq(Word("-"), each) for each in negative]
    if high > 0 or (high == 0 and not below):
        choices += _positive(max(0, low), high, above=above and low >= 0, below=below)
    return one_of(choices) if choices else None


def _positive(low: int, high: int, *, above: bool, below: bool) -> list[Node]:
    """Numbers from `low` to `high`, both at least 0."""
    if low > high or (low == high and (above or below)):
        return []
    choices: list[Node] = [] if below else [Word(str(high))]
    if above and low < high:
        choices.append(seq(Word(str(low)), _NOT_ZERO))
    choices += [seq(whole, optional(_FRACTION)) for whole in _natural(low + above, high - 1)]
    return choices


def _natural(low: int, high: int) -> list[Node]:
    """Whole numbers from `low` to `high`, both at least 0, a choice for each number of digits."""
    choices = []
    while low <= high:
        top = min(high, 10 ** len(str(low)) - 1)
        choices.append(_same_length(str(low), str(top)))
        low = top + 1
    return choices


def _same_length(low: str, high: str) -> Node:
    if not low:
        return EMPTY
    rest = len(low) - 1
    if set(low) == {"0"} and set(high) == {"9"}:
        return Repeat(DIGIT, len(low), len(low))
    if low[0] == high[0]:
        return seq(Word(low[0]), _same_length(low[1:], high[1:]))
    choices = [seq(Word(low[0]), _same_length(low[1:], "9" * rest))]
    if int(high[0]) - int(low[0]) > 1:
        middle = Chars(f"{int(low[0]) + 1}-{int(high[0]) - 1}", wide=False)
        choices.append(seq(middle, Repeat(DIGIT, rest, rest)) if rest else middle)
    choices.append(seq(Word(high[0]), _same_length("0" * rest, high[1:])))
    return one_of(choices)


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value
