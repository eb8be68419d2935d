"""A frame as it looks at a terminal, in whatever width and height there is."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from publius.cli.top.frame import Frame, Queue, Wait

CURVE = "▁▂▃▄▅▆▇█"
PLAIN_CURVE = ".:-=+*#@"  # for a terminal that has no such characters
LABEL = 12  # columns
NARROW = 60  # columns, below which curves and bars are left out

ORDERS: dict[str, Callable[[Queue], tuple[object, ...]]] = {
    "waiting": lambda queue: (-(queue.waiting or 0), -queue.running, queue.agency),
    "running": lambda queue: (-queue.running, -(queue.waiting or 0), queue.agency),
    "name": lambda queue: (queue.agency,),
}


class Curves(NamedTuple):
    """The last minute, oldest first."""

    requests: Sequence[float] = ()
    read: Sequence[float] = ()
    written: Sequence[float] = ()


class Screen:
    """One drawing; Rich asks for it again whenever it needs the lines.

    Args:
        notice: what stands at the right of the first line instead of the time, such as "paused".
        footer: the last line, or "" for none.
        fits: whether to fill the terminal's height, and no more than that; what is printed once is as long as it is.
    """

    def __init__(
        self, frame: Frame, curves: Curves, *, order: str, notice: str = "", footer: str = "", fits: bool = True
    ) -> None:
        self._frame = frame
        self._curves = curves
        self._order = order
        self._notice = notice
        self._footer = footer
        self._fits = fits

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = options.max_width
        head = [self._title(width), *self._numbers(width, CURVE if not options.ascii_only else PLAIN_CURVE)]
        tail = [Text(self._footer, style="dim")] if self._footer else []
        room = max(options.size.height - len(head) - len(tail) - 2, 1) if self._fits else None
        lines = [*head, Text(), *self._queues(room, width, options.ascii_only)]
        if self._fits:
            lines = lines[: options.size.height - len(tail)]
            lines += [Text()] * (options.size.height - len(lines) - len(tail))
        lines += tail
        for line in lines:
            line.truncate(width, overflow="crop" if options.ascii_only else "ellipsis")
            yield line

    def _title(self, width: int) -> Text:
        frame = self._frame
        state = Text("ready", style="green") if frame.ready else Text("engine not ready", style="bold red")
        title = Text("Publius  ", style="bold").append_text(state)
        if frame.restarts:
            title.append(f"  restarted {frame.restarts}×", style="yellow")
        right = self._notice or f"{frame.at.astimezone():%H:%M:%S}"
        title.append(" " * max(width - len(title.plain) - len(right), 2))
        return title.append(right, style="yellow" if self._notice else "dim")

    def _numbers(self, width: int, marks: str) -> Iterator[Text]:
        frame, curves = self._frame, self._curves
        room = 0 if width < NARROW else min(60, width - LABEL - 32)

        def curve(values: Sequence[float], known: float | None = 0) -> str:
            return "" if known is None else "  " + sparkline(values, room, marks)

        under = f"{frame.requests_underway} underway, {frame.streams} streams"
        yield _row("requests", f"{frame.requests_per_second:,.1f} a second", curve(curves.requests))
        yield _row("", under)
        cached = frame.cached_per_second
        spared = f", {cached / frame.read_per_second:.0%} cached" if cached and frame.read_per_second else ""
        yield _row("read", f"{_rate(frame.read_per_second)}{spared}", curve(curves.read, frame.read_per_second))
        yield _row("written", _rate(frame.written_per_second), curve(curves.written, frame.written_per_second))
        yield _row("first token", _wait(frame.first_token))
        yield _row("then each", _wait(frame.between_tokens))
        yield _row("in queue", _wait(frame.queue_wait))
        yield _row("cache", _cache(frame, width, marks))
        memory = "   ".join(f"{kind} {_size(size)}" for kind, size in frame.memory_bytes.items())
        yield _row("memory", memory or "not known")
        yield self._refusals()

    def _queues(self, room: int | None, width: int, ascii_only: bool) -> Iterator[Text]:
        if not self._frame.queues:
            nobody = "No agency waits for the engine, and none is being answered."
            yield Text("The engine does not say who asks." if self._frame.queues is None else nobody, style="dim")
            return
        queues = sorted(self._frame.queues, key=ORDERS[self._order])
        name = min(max(len("agency"), *(len(queue.agency) for queue in queues)), max(width - 20, 8))
        yield Text(f"{'agency':<{name}}  waiting  running", style="bold")
        shown = queues if room is None or len(queues) < room else queues[: max(room - 2, 1)]
        bar = width - name - 22
        for queue in shown:
            waiting = "-" if queue.waiting is None else str(queue.waiting)
            running = "#" * min(queue.running, bar)
            line = Text(f"{queue.agency[:name]:<{name}}  {waiting:>7}  {queue.running:>7}  ")
            if width >= NARROW:
                line.append(running, "green")
                line.append(("." if ascii_only else "·") * min(queue.waiting or 0, bar - len(running)), "yellow")
            yield line
        if len(shown) < len(queues):
            yield Text(f"and {len(queues) - len(shown)} more", style="dim")

    def _refusals(self) -> Text:
        frame = self._frame
        lately = sum(frame.refusals_per_minute.values())
        words = f"{lately} in the last minute, {sum(frame.refusals.values())} since start"
        codes = ", ".join(f"{code} {n}" for code, n in sorted(frame.refusals.items(), key=lambda each: -each[1]))
        return _row("refused", f"{words}: {codes}" if codes else "none", style="yellow" if lately else "")


def sparkline(values: Sequence[float], width: int, marks: str = CURVE) -> str:
    """The newest `width` values as columns, the highest of them at full height."""
    newest = list(values)[-width:] if width > 0 else []
    highest = max(newest, default=0.0) or 1.0
    return "".join(marks[min(int(value / highest * (len(marks) - 1) + 0.5), len(marks) - 1)] for value in newest)


def _row(label: str, words: str, curve: str = "", style: str = "") -> Text:
    words = f"{words:<28}" if curve.strip() else words
    return Text(f"{label:<{LABEL}}", style="bold").append(words, style=style or "none").append(curve.rstrip(), "cyan")


def _rate(tokens: float | None) -> str:
    return "not known" if tokens is None else f"{tokens:,.0f} tokens/s"


def _wait(wait: Wait | None) -> str:
    if wait is None:
        return "-"
    since = "  since start" if wait.since_start else ""
    return f"half {_time(wait.p50)}   95 % {_time(wait.p95)}{since}"


def _time(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def _cache(frame: Frame, width: int, marks: str) -> str:
    size = "" if frame.cache_bytes is None else f" of {_size(frame.cache_bytes)}"
    if frame.cache_used is None:
        return f"use not known{size}" if size else "not known"
    filled = round(frame.cache_used * 20)
    bar = f"  {'#' * filled}{'.' * (20 - filled)}" if width >= NARROW else ""
    return f"{frame.cache_used:.0%}{size}{bar}"


def _size(size: float) -> str:
    return f"{size / 2**30:.1f} GB" if size >= 2**30 else f"{size / 2**20:.0f} MB"
