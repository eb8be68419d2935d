"""A GGUF file that no catalog names is fetched by its digest, and what a catalog needs of it is told."""

import hashlib
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.inference.repository import DATA, Front

from publius.cli.models import fetch as fetch_command
from publius.errors import InvalidRequest
from publius.inference.catalog import WeightsFile, read_catalog

SOURCE = "hf:meta/llama@main!a/model.gguf"


@pytest.fixture
def at_home(tmp_path: Path, front: Front, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PUBLIUS_HOME", str(tmp_path))
    monkeypatch.setenv("PUBLIUS_HF_ENDPOINT", front.url)
    return tmp_path


def test_a_file_that_no_catalog_names_is_fetched_and_its_entry_printed(
    at_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shape = SimpleNamespace(context=131072)  # The file that is served is no GGUF.
    monkeypatch.setattr("publius.cli.adopting.read_shape", lambda path: shape)
    file = WeightsFile("model.gguf", SOURCE, hashlib.sha256(DATA).hexdigest(), len(DATA))
    fetch_command([file.source], sha256=file.sha256.upper(), size=file.size)
    assert (at_home / "models" / "model" / "model.gguf").read_bytes() == DATA
    told = capsys.readouterr().out
    assert read_catalog(str(_kept(at_home, told))).model("model").files == (file,)
    assert "context = 131072" in told


def _kept(home: Path, told: str) -> Path:
    path = home / "catalog.toml"
    path.write_text(told[told.index("# Add this") :])
    return path


@pytest.mark.parametrize(
    ("sources", "sha256", "size"),
    [
        ([SOURCE], "", 0),
        ([SOURCE], "nonsense", 5),
        (["hf:meta/llama"], "a" * 64, 5),
        (["hf:meta/llama@main!a.gguf", "hf:meta/llama@main!b.gguf"], "a" * 64, 5),
    ],
)
def test_a_file_without_what_proves_it_is_not_fetched(
    at_home: Path, front: Front, sources: list[str], sha256: str, size: int
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        fetch_command(sources, sha256=sha256, size=size)
    assert "--sha256" in caught.value.next_step
    assert front.asked == []
