"""Weights of a repository come whole over a bad network, and the token goes to the hub alone."""

import email.utils
import hashlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.inference.repository import DATA, PATH, Front, Storage

from publius.errors import DigestMismatch, SetupError
from publius.inference import weights
from publius.inference.catalog import CatalogModel, WeightsFile
from publius.inference.hub import Hub


def model(path: str = "a/model.gguf", data: bytes = DATA) -> CatalogModel:
    file = WeightsFile("model.gguf", f"hf:meta/llama@main!{path}", hashlib.sha256(data).hexdigest(), len(data))
    return CatalogModel(name="mine", kind="chat", licence="MIT", origin="", context=9, template="chatml", files=(file,))


def fetch(models: Path, front: Front, **given: object) -> Path:
    hub = Hub(endpoint=front.url, token="hf_secret", pause=0.01, silence=0.5)
    return weights.fetch(models, given.get("wanted") or model(), hub=hub) / "model.gguf"  # type: ignore[arg-type]


def parts(models: Path) -> list[Path]:
    return [path for path in (models / "mine").iterdir() if ".part" in path.name]


def test_a_file_comes_through_the_redirect_and_the_token_stays_with_the_hub(
    tmp_path: Path, front: Front, storage: Storage
) -> None:
    assert fetch(tmp_path, front).read_bytes() == DATA
    assert front.asked == ["Bearer hf_secret"]
    assert "authorization" not in storage.asked[0]
    assert parts(tmp_path) == []


@pytest.mark.parametrize("fault", ["reset", "stall"])
def test_a_broken_connection_goes_on_from_where_it_was(
    tmp_path: Path, front: Front, storage: Storage, fault: str
) -> None:
    storage.faults = [fault]
    assert fetch(tmp_path, front).read_bytes() == DATA
    assert storage.asked[1]["if-range"] == '"one"'
    assert re.fullmatch(r"bytes=[1-9]\d*-", storage.asked[1]["range"])


def broken_off(tmp_path: Path, front: Front, storage: Storage) -> None:
    """Leave a part behind, as a fetch does that has given up."""
    storage.faults = ["reset", 503, 503, 503, 503]
    with pytest.raises(SetupError, match=r"could not be fetched: .* answered 503"):
        fetch(tmp_path, front)
    assert max(path.stat().st_size for path in parts(tmp_path)) > 1000
    storage.faults = []
    storage.asked.clear()


def test_a_later_fetch_goes_on_with_the_part(tmp_path: Path, front: Front, storage: Storage) -> None:
    broken_off(tmp_path, front, storage)
    assert fetch(tmp_path, front).read_bytes() == DATA
    assert "range" in storage.asked[0]


def test_a_server_without_ranges_starts_anew(tmp_path: Path, front: Front, storage: Storage) -> None:
    broken_off(tmp_path, front, storage)
    storage.ranges = False
    assert fetch(tmp_path, front).read_bytes() == DATA


def test_another_etag_starts_anew(tmp_path: Path, front: Front, storage: Storage) -> None:
    storage.data = bytes(len(DATA))
    broken_off(tmp_path, front, storage)
    storage.data, storage.etag = DATA, '"two"'
    assert fetch(tmp_path, front).read_bytes() == DATA


def test_a_range_that_is_refused_starts_anew(tmp_path: Path, front: Front, storage: Storage) -> None:
    broken_off(tmp_path, front, storage)
    storage.faults = [416]
    assert fetch(tmp_path, front).read_bytes() == DATA
    assert "range" not in storage.asked[1]


def test_a_wrong_digest_leaves_no_part(tmp_path: Path, front: Front, storage: Storage) -> None:
    storage.data = DATA[:-1] + bytes([DATA[-1] ^ 1])
    with pytest.raises(DigestMismatch):
        fetch(tmp_path, front)
    assert parts(tmp_path) == []
    assert not (tmp_path / "mine" / "model.gguf").exists()


@pytest.mark.parametrize(("data", "word"), [(DATA + b"!", "larger"), (DATA[:-1], "smaller")])
def test_another_size_is_refused(tmp_path: Path, front: Front, storage: Storage, data: bytes, word: str) -> None:
    storage.data = data
    with pytest.raises(SetupError, match=f"is {word} than the catalog says"):
        fetch(tmp_path, front)
    assert parts(tmp_path) == []


@pytest.mark.parametrize("status", [401, 403])
def test_a_gated_repository_says_what_to_do(tmp_path: Path, front: Front, status: int) -> None:
    front.status = status
    with pytest.raises(SetupError) as caught:
        fetch(tmp_path, front)
    assert "Accept its licence" in caught.value.next_step
    assert "PUBLIUS_HF_TOKEN" in caught.value.next_step
    assert "hf_secret" not in str(caught.value)
    assert len(front.asked) == 1


def test_a_missing_file_is_said_at_once(tmp_path: Path, front: Front) -> None:
    with pytest.raises(SetupError, match="is not there"):
        fetch(tmp_path, front, wanted=model("other.gguf"))
    assert len(front.asked) == 1


@pytest.mark.parametrize("status", [429, 503, 403])
def test_a_busy_storage_is_asked_again(tmp_path: Path, front: Front, storage: Storage, status: int) -> None:
    storage.faults = [status]
    assert fetch(tmp_path, front).read_bytes() == DATA


def test_the_seconds_that_a_server_asks_for_are_waited(tmp_path: Path, front: Front, storage: Storage) -> None:
    storage.faults, storage.retry_after = [429], "1"
    begun = time.monotonic()
    fetch(tmp_path, front)
    assert time.monotonic() - begun >= 1


def test_a_long_wait_is_told_instead(tmp_path: Path, front: Front, storage: Storage) -> None:
    storage.faults, storage.retry_after = [429], email.utils.formatdate(time.time() + 3600, usegmt=True)
    with pytest.raises(SetupError, match=r"asks to wait 3[56]\d\d seconds"):
        fetch(tmp_path, front)


def test_a_circle_of_redirects_ends(tmp_path: Path, front: Front) -> None:
    front.target = PATH
    with pytest.raises(SetupError, match="circles"):
        fetch(tmp_path, front)
    assert len(front.asked) == 6


@pytest.mark.parametrize("target", ["http://example.org/blob", "file:///etc/passwd", "ftp://127.0.0.1/x"])
def test_a_redirect_off_https_is_not_followed(tmp_path: Path, front: Front, target: str) -> None:
    front.target = target
    with pytest.raises(SetupError, match="without https"):
        fetch(tmp_path, front)


@pytest.mark.parametrize("endpoint", ["http://example.org", "ftp://127.0.0.1", "huggingface.co"])
def test_an_endpoint_without_https_is_refused(endpoint: str) -> None:
    with pytest.raises(SetupError, match="PUBLIUS_HF_ENDPOINT"):
        Hub(endpoint=endpoint)


def test_a_token_that_cannot_be_sent_is_refused_without_being_shown() -> None:
    with pytest.raises(SetupError, match=r"^(?!.*hf_one)PUBLIUS_HF_TOKEN"):
        Hub(token="hf_one\nhf_two")


@pytest.mark.slow
def test_a_killed_command_goes_on_in_the_next(tmp_path: Path, front: Front, storage: Storage) -> None:
    file = model().files[0]
    (tmp_path / "catalog.toml").write_text(
        '[[model]]\nname = "mine"\nkind = "chat"\nlicence = "MIT"\norigin = ""\ncontext = 9\ntemplate = "chatml"\n'
        f'[[model.file]]\nname = "{file.name}"\nsource = "{file.source}"\n'
        f'sha256 = "{file.sha256}"\nsize = {file.size}\n'
    )
    given = {"PUBLIUS_HOME": tmp_path, "PUBLIUS_CATALOG": tmp_path / "catalog.toml"}
    given |= {"PUBLIUS_HF_ENDPOINT": front.url, "PUBLIUS_HF_TOKEN": "hf_mine"}  # type: ignore[dict-item]
    environment = os.environ | {name: str(value) for name, value in given.items()}
    command = [str(Path(sys.executable).with_name("publius")), "models", "fetch", "mine"]
    storage.faults = ["stall"]
    with subprocess.Popen(command, env=environment) as first:
        assert storage.stalled.wait(60)
        deadline = time.monotonic() + 20
        while not any(path.stat().st_size > 1 << 20 for path in parts(tmp_path / "models")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        first.send_signal(signal.SIGKILL)
    storage.go_on.set()
    subprocess.run(command, env=environment, check=True, timeout=60)
    assert (tmp_path / "models" / "mine" / "model.gguf").read_bytes() == DATA
    assert "range" in storage.asked[-1]
    assert set(front.asked) == {"Bearer hf_mine"}
