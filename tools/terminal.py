"""What set-up shows at the terminal: one progress line a step, and failures in one sentence with the cure."""

from __future__ import annotations

import re
import sys
import threading
import time
from types import TracebackType

WIDTH = 24
CAUSES = [
    (r"No space left on device", "The disk is full.", "Free about 1.5 GB, then run it again."),
    (
        r"Temporary failure in name resolution|Name or service not known|NewConnectionError|Network is unreachable"
        r"|ConnectTimeout|ReadTimeout|Max retries exceeded|ProxyError|ENOTFOUND|EAI_AGAIN|ECONNREFUSED",
        "The package index cannot be reached.",
        "Check the network or proxy, or name a mirror with PIP_INDEX_URL, then run it again.",
    ),
    (
        r"DO NOT MATCH THE HASHES",
        "A downloaded package is not the one that the lock names.",
        "Run it again; if it stays, do not use that mirror.",
    ),
    (
        r"No matching distribution found for (?P<what>\S+)",
        "There is no ready-made package of {what} for this Python and machine.",
        "Use Python 3.11 to 3.13 on Linux (x86-64, aarch64) or macOS (arm64).",
    ),
    (r"Permission denied", "A file here may not be written.", "Give yourself this folder (chown), then run it again."),
]


class Failure(Exception):
    """Set-up cannot go on. Reads as what happened, then what to do."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(f"{what} {cure}")


def explain(words: str) -> Failure:
    """The one sentence for what a failed command printed."""
    for pattern, what, cure in CAUSES:
        if found := re.search(pattern, words):
            return Failure(what.format(**found.groupdict()), cure)
    last = words.strip().splitlines()[-1:] or ["no message"]
    return Failure(f"A step failed: {last[0]}.", "The whole of it is in .setup/setup.log.")


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


class Progress:
    """One line a step: name, bar, what it is at, megabytes, seconds. Redrawn in place on a terminal."""

    def __init__(self, name: str, total: int = 0) -> None:
        self.name, self.total = name, total
        self.count, self.megabytes, self.at = 0, 0.0, ""
        self.live = sys.stderr.isatty()
        self.stopped = threading.Event()
        self.ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Progress:
        self.began = time.monotonic()
        self.ticker.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        self.stopped.set()
        self.ticker.join()
        if kind is None:
            self.count, self.at = self.total, ""
        self._draw(last=True)

    def hear(self, line: str) -> None:
        """Read one line of pip's talk: which package it is at, and how many megabytes it loaded."""
        if found := re.match(r"(?:Collecting|Processing|Requirement already satisfied:) (\S+)", line):
            self.count += 1
            self.at = found[1].rpartition("/")[2]
        elif line.startswith("Ignoring "):  # Another platform's: the lock names more than one machine needs.
            self.total -= 1
        elif found := re.match(r"\s+Downloading \S+ \(([\d.]+) (kB|MB)", line):
            self.megabytes += float(found[1]) / (1000 if found[2] == "kB" else 1)
        elif line.startswith("Installing collected packages"):
            self.at = "unpacking"

    def _tick(self) -> None:
        # Without a terminal a line every ten seconds is enough for a log.
        while not self.stopped.wait(0.2 if self.live else 10):
            self._draw()

    def _draw(self, last: bool = False) -> None:
        filled = WIDTH * self.count // self.total if self.total else (WIDTH if last else 0)
        parts = [f"  {self.name:<18} [{'#' * filled}{'.' * (WIDTH - filled)}]"]
        parts += [f"{self.count}/{self.total}"] if self.total else []
        parts += [f"{self.megabytes:.0f} MB"] if self.megabytes >= 1 else []
        parts += [f"{time.monotonic() - self.began:.0f} s", self.at]
        line = " ".join(parts)
        if self.live:
            print(f"\r\033[K{line[:100]}", end="\n" if last else "", file=sys.stderr, flush=True)
        else:
            say(line.rstrip())
