"""Curves as a picture: small charts side by side, the number of passages growing to the right by powers of ten."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

Curve = Sequence[tuple[float, float]]  # (passages, value), by passages
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 820, 360, 80, 40, 56, 44  # pixels; of one chart and its margins
COLUMNS = 2
COLOURS = ("#1b5e9b", "#b4441b", "#3b7a2a", "#6b4a9b", "#7a6a10")
INK, GRID = "#222222", "#dddddd"


def draw(path: Path, charts: Mapping[str, Mapping[str, Curve]]) -> None:
    """Each chart by its title, with its curves by their names; values from zero on."""
    shown = {title: curves for title, curves in charts.items() if any(curves.values())}
    rows = -(-len(shown) // COLUMNS)
    picture = Image.new("RGB", (COLUMNS * WIDTH, rows * HEIGHT), "white")
    for number, (title, curves) in enumerate(shown.items()):
        chart = Image.new("RGB", (WIDTH, HEIGHT), "white")
        _chart(ImageDraw.Draw(chart), title, curves)
        picture.paste(chart, (number % COLUMNS * WIDTH, number // COLUMNS * HEIGHT))
    picture.save(path)


def _chart(pen: ImageDraw.ImageDraw, title: str, curves: Mapping[str, Curve]) -> None:
    points = [point for curve in curves.values() for point in curve]
    least, most = math.floor(math.log10(min(x for x, _ in points))), math.ceil(math.log10(max(x for x, _ in points)))
    most = max(most, least + 1)
    step = _step(max(y for _, y in points))
    top = step * max(1, math.ceil(max(y for _, y in points) / step))

    def place(x: float, y: float) -> tuple[float, float]:
        across = (math.log10(x) - least) / (most - least)
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - y / top * (HEIGHT - TOP - BOTTOM)

    pen.text((LEFT, 10), title, INK, _font(16))
    for tick in range(round(top / step) + 1):
        y = place(10**least, tick * step)[1]
        pen.line([(LEFT, y), (WIDTH - RIGHT, y)], GRID)
        pen.text((LEFT - 8, y), f"{tick * step:g}", INK, _font(12), anchor="rm")
    for power in range(least, most + 1):
        x = place(10**power, 0)[0]
        pen.line([(x, TOP), (x, HEIGHT - BOTTOM)], GRID)
        pen.text((x, HEIGHT - BOTTOM + 8), f"{10**power:,}", INK, _font(12), anchor="mt")
    at = float(LEFT)
    for colour, (name, curve) in zip(COLOURS, curves.items(), strict=False):
        places = [place(*point) for point in curve]
        pen.line(places, colour, 2)
        for x, y in places:
            pen.ellipse([x - 3, y - 3, x + 3, y + 3], colour)
        pen.text((at, 34), name, colour, _font(12))
        at += pen.textlength(name, _font(12)) + 16


def _step(most: float) -> float:
    """A round step that makes four to ten lines."""
    power = 10.0 ** math.floor(math.log10(most or 1))
    return next(power * part for part in (0.1, 0.2, 0.25, 0.5, 1, 2) if most / (power * part) <= 8)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
