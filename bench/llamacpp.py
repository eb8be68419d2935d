"""llama.cpp's server as a peer: the one inside the `xllamacpp` wheel, in a process of its own on a loopback port."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.peers import python_of

# It prints its address once the model is loaded, and ends when its standard input does.
_PROGRAM = """
import os, sys
import xllamacpp
weights, context, parallel, threads = sys.argv[1], *map(int, sys.argv[2:])
params = xllamacpp.CommonParams()
params.model.path = weights
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


@contextmanager
def llama_server(weights: Path, *, context: int, parallel: int, threads: int = 2) -> Iterator[str]:
    """The address of a server that reads `parallel` requests of `context` tokens at once.

    Raises:
        PeerMissing: the wheel is not installed and cannot be.
    """
    arguments = [str(weights), str(context), str(parallel), str(threads)]
    command = [str(python_of("xllamacpp")), "-c", _PROGRAM, *arguments]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin and process.stdout
        for line in process.stdout:
            if line.startswith("http"):
                yield line.strip()
                break
        process.stdin.close()
        process.wait(30)
