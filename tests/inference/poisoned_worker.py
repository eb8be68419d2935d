"""The engine process of these tests: the real one, which certain words kill, hang or break."""

import os
import signal
import time

from publius.inference import worker
from publius.inference.batch import Batch, Prompt
from publius.inference.engine import Request


class Poisoned(Batch):
    """Dies, hangs or breaks in the step after a request with the word for it came."""

    _due = ""

    def prepare(self, request: Request) -> Prompt:
        said = " ".join(message.content for message in request.messages)
        self._due = next((word for word in ("DEADLY", "HANGING", "BREAKING") if word in said), self._due)
        return super().prepare(request)

    def step(self) -> None:
        super().step()
        match self._due:
            case "DEADLY":
                os.kill(os.getpid(), signal.SIGKILL)
            case "HANGING":
                time.sleep(3600)
            case "BREAKING":
                raise RuntimeError("somebody wrote: confidential")


worker.Batch = Poisoned  # type: ignore[misc]

if __name__ == "__main__":
    worker.main()
