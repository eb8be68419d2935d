"""Keys as they are pressed, without Enter; the terminal is as it was afterwards, however this ends."""

import os
import re
import select
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_OTHERS = re.compile(r"\x1b(O.|\[[0-9;]*[~A-Za-z]|)")  # arrows and function keys, whose letters are no keys of ours
GLANCE = 0.2  # seconds after which a window that changed its size is noticed


class Keyboard:
    """Made by `listening`."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor
        self._typed = ""

    def wait(self, seconds: float, enough: Callable[[], bool]) -> str:
        """The next key, or "" after `seconds`, or as soon as `enough` says so."""
        end = time.monotonic() + seconds
        while not self._typed and (left := end - time.monotonic()) > 0 and not enough():
            watched = [] if self._descriptor is None else [self._descriptor]
            if select.select(watched, [], [], min(left, GLANCE))[0]:
                typed = os.read(watched[0], 256).decode(errors="ignore")
                if not typed:
                    self._descriptor = None  # the terminal is gone
                self._typed = _OTHERS.sub("", typed).lower()
        key, self._typed = self._typed[:1], self._typed[1:]
        return key


@contextmanager
def listening() -> Iterator[Keyboard]:
    """The keyboard of this terminal; one that never presses anything where standard input is none."""
    if not sys.stdin.isatty():
        yield Keyboard(None)
        return
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor)
        yield Keyboard(descriptor)
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
