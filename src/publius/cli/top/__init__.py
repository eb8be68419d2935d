"""`publius top`: what happens in the engine room now. It shows numbers alone: no content and no person."""

import signal
import sys
import time
from functools import partial
from types import FrameType
from typing import Annotated, NoReturn

import msgspec
import typer
from rich.console import Console, ConsoleDimensions
from rich.live import Live

from publius.cli.terminal import AsJson, print_json
from publius.cli.top.frame import Window
from publius.cli.top.keyboard import listening
from publius.cli.top.reading import read_page
from publius.cli.top.screen import ORDERS, Curves, Screen
from publius.errors import InvalidRequest, SetupError
from publius.settings import read

SHORTEST = 0.2  # seconds between two looks: each one asks the engine, too


def top(
    once: Annotated[bool, typer.Option("--once", help="Print one frame and end.")] = False,
    json: AsJson = False,
    interval: Annotated[
        float | None, typer.Option(help="Seconds between frames; 1 if left out. With --json: a line each.")
    ] = None,
) -> None:
    """Watch queues by agency, streams, tokens a second, waits, cache and memory of the Publius that runs here.

    Keys: q quits, p pauses, s sorts. Where standard output is no terminal, it prints one frame and ends.

    Example: `publius top --json --interval 10 >> load.jsonl`
    """
    seconds = 1.0 if interval is None else interval
    if seconds < SHORTEST:
        raise InvalidRequest(f"--interval is at least {SHORTEST} seconds.", cure="Leave it out for one second.")
    port = read().metrics_port
    if json and interval is not None and not once:
        _lines(port, seconds)
    elif json or once or not sys.stdout.isatty():
        _once(port, seconds, as_json=json)
    else:
        _live(port, seconds)


def _once(port: int, seconds: float, *, as_json: bool) -> None:
    window = Window()
    window.add(read_page(port))
    time.sleep(seconds)
    window.add(read_page(port))
    if as_json:
        print_json(window.frame())
    else:
        width = None if sys.stdout.isatty() else 100
        Console(highlight=False, width=width).print(Screen(window.frame(), Curves(), order="waiting", fits=False))


def _lines(port: int, seconds: float) -> None:
    window = Window()
    window.add(read_page(port))
    while True:
        time.sleep(seconds)
        window.add(read_page(port))
        sys.stdout.write(msgspec.json.encode(window.frame()).decode() + "\n")
        sys.stdout.flush()


def _live(port: int, seconds: float) -> None:
    window, order, paused = Window(), "waiting", False
    window.add(read_page(port))  # before the screen is taken: an error stays readable
    signal.signal(signal.SIGTERM, _end)
    console = Console(highlight=False)
    with listening() as keyboard, Live(console=console, screen=True, auto_refresh=False) as live:
        key, trouble = "", ""
        while key != "q":
            if key == "p":
                paused = not paused
            if key == "s":
                order = _next(order)
            notice = trouble or ("paused" if paused else "")
            footer = f"q quit   p {'go on' if paused else 'pause'}   s sort (by {order})"
            screen = Screen(window.frame(), _curves(window), order=order, notice=notice, footer=footer)
            resized = partial(_differs, console, console.size)
            live.update(screen, refresh=True)
            key = keyboard.wait(seconds, resized)
            if not key and not paused and not resized():
                trouble = _look(window, port)


def _look(window: Window, port: int) -> str:
    """Take another reading in; what to say if there is none just now. It may come back, so this goes on."""
    try:
        window.add(read_page(port))
    except SetupError:
        return "Publius does not answer"
    return ""


def _curves(window: Window) -> Curves:
    tokens = "publius_engine_tokens_total"
    return Curves(
        window.curve("publius_requests_total"), window.curve(tokens, kind="read"), window.curve(tokens, kind="written")
    )


def _differs(console: Console, size: ConsoleDimensions) -> bool:
    return console.size != size


def _next(order: str) -> str:
    names = [*ORDERS]
    return names[(names.index(order) + 1) % len(names)]


def _end(number: int, _: FrameType | None) -> NoReturn:
    """Leave by way of everything that puts the terminal back."""
    raise SystemExit(128 + number)
