"""A picture of results against one figure: a curve for each value, as points of an SVG, and the same as a table."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from publius.kit import dollars

STEPS = 24  # places along the figure at which the tool is asked
ROWS = 3  # of so many places one is a row of the table
LEAST = 150_000  # dollars that the picture reaches at least
WIDTH, HEIGHT = 360, 190
LEFT, RIGHT, TOP, BOTTOM = 58, 14, 14, 28  # room for the labels, in the picture's own units


class Tick(NamedTuple):
    """A mark on an axis: where, and what it says."""

    at: float
    label: str


class Panel(NamedTuple):
    """One curve, drawn: its points as SVG wants them, the person's own place, the marks, and where zero is."""

    title: str
    line: str
    own_x: float
    own_y: float
    own: int
    along: list[Tick]
    up: list[Tick]


class Picture(NamedTuple):
    """The panels, one below the other over the same axis, and some of the places as rows of a table."""

    panels: list[Panel]
    own: int
    rows: list[tuple[int, tuple[int, ...]]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def draw(own: int, titles: Sequence[str], ask: Callable[[int], tuple[int, ...]]) -> Picture:
    """The picture around `own`, the person's figure in dollars; `ask` gives a value for each title at any figure."""
    end = _round_up(max(LEAST, own * 3 // 2))
    places = sorted({own, *(end * step // STEPS for step in range(STEPS + 1))})
    values = [ask(place) for place in places]
    mine = values[places.index(own)]
    start = min(own, 0)
    across = _scale(start, end, LEFT, WIDTH - RIGHT)
    panels = []
    for number, title in enumerate(titles):
        heights = [value[number] for value in values]
        low, step = _span(heights)
        top = low + step * -(-(max(heights) - low) // step)
        up = _scale(low, max(top, low + step), HEIGHT - BOTTOM, TOP)
        line = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in zip(places, heights, strict=True))
        along = [Tick(across(x), _short(x)) for x in range(0, end + 1, end // 3)]
        marks = [Tick(up(y), f"{y:,}") for y in range(low, top + 1, step)]
        panels.append(Panel(title, line, across(own), up(mine[number]), mine[number], along, marks))
    both = enumerate(zip(places, values, strict=True))
    rows = [(place, value) for at, (place, value) in both if at % ROWS == 0 or place == own]
    return Picture(panels, own, rows)


def _scale(low: int, high: int, start: float, end: float) -> Callable[[int], float]:
    return lambda value: start + (value - low) * (end - start) / (high - low)


def _round_up(amount: int) -> int:
    """To a number that divides into three even parts, such as 150,000 or 240,000."""
    return -(-amount // 30_000) * 30_000


def _span(heights: Sequence[int]) -> tuple[int, int]:
    """Where the axis begins, and the step between two of its few marks: 1, 2 or 5 and zeros."""
    low, high = min(0, *heights), max(1, *heights)
    steps = (digit * 10**zeros for zeros in range(12) for digit in (1, 2, 5))
    step = next(step for step in steps if high - low <= 4 * step)
    return low // step * step, step


def _short(amount: int) -> str:
    return f"${amount // 1000:,}k" if amount else dollars(0)
