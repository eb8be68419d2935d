"""llama.cpp's server as a peer: the one inside the `xllamacpp` wheel, in a process of its own on a loopback port."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.peers import python_of

# It prints its address once the model is loaded, and ends when its standard input does.
_PROGRAM = """
import os, sys
import xllamacpp
weights, template = sys.argv[1:3]
context, parallel, threads = map(int, sys.argv[3:])
params = xllamacpp.CommonParams()
params.model.path = weights
params.model_alias = {"small"}
if template:
    params.use_jinja, params.chat_template = True, template
params.hostnames = ["127.0.0.1"]
params.port = 0
params.n_parallel = parallel
params.n_ctx = context * parallel
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
params.verbosity = -1
params.ui = False
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
os._exit(0)
"""


NAME = "small"  # what it calls its model


class Serving(NamedTuple):
    """Where it listens, and its process, for whoever wants to end it without warning."""

    url: str
    process: "subprocess.Popen[str]"


@contextmanager
def llama_server(
    weights: Path, *, context: int, parallel: int, threads: int = 2, template: str = ""
) -> Iterator[Serving]:
    """A server that reads `parallel` requests of `context` tokens at once; `template` is Jinja, or the model's own.

    Raises:
        PeerMissing: the wheel is not installed and cannot be.
    """
    arguments = [str(weights), template, str(context), str(parallel), str(threads)]
    command = [str(python_of("xllamacpp")), "-c", _PROGRAM, *arguments]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin and process.stdout
        for line in process.stdout:
            if line.startswith("http"):
                yield Serving(line.strip(), process)
                break
        process.stdin.close()
        process.wait(30)
