"""What was made of the weights is used only as it was made; whatever else is found there is made anew."""

import fcntl
from collections.abc import Callable
from pathlib import Path

import openvino_genai
import pytest

from publius.inference import prepared
from publius.inference.catalog import CatalogModel
from publius.inference.gguf import read_shape
from publius.inference.pipeline import open_pipeline

SHA256 = "b" * 64


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF")
    return path


@pytest.fixture
def home(weights: Path) -> Path:
    return prepared.folder(weights, SHA256)


def make(weights: Path) -> None:
    (weights.parent / "made.bin").write_bytes(b"made of " + weights.read_bytes())


def refuse(weights: Path) -> None:
    raise AssertionError("It was there already.")


def test_it_is_made_once_whole_and_for_these_weights_alone(weights: Path, home: Path) -> None:
    assert not prepared.usable(home)
    assert prepared.prepare(weights, home, make)
    assert prepared.usable(home)
    assert (home / "made.bin").read_bytes() == b"made of GGUF"
    assert prepared.prepare(weights, home, refuse)
    assert prepared.folder(weights, "c" * 64) != home


def alter(home: Path) -> None:
    (home / "made.bin").write_bytes(b"other")


def shorten(home: Path) -> None:
    (home / "made.bin").unlink()


def add(home: Path) -> None:
    (home / "openvino_config.json").write_text("{}")


def break_manifest(home: Path) -> None:
    (home / "manifest.json").write_bytes(b"[")


def open_to_all(home: Path) -> None:
    home.chmod(0o777)


def put_elsewhere(home: Path) -> None:
    other = home.with_name("other")
    home.rename(other)
    home.symlink_to(other)


@pytest.mark.parametrize("harm", [alter, shorten, add, break_manifest, open_to_all])
def test_what_was_changed_is_never_used_and_made_anew(weights: Path, home: Path, harm: Callable[[Path], None]) -> None:
    prepared.prepare(weights, home, make)
    harm(home)
    assert not prepared.usable(home)
    assert prepared.prepare(weights, home, make)
    assert prepared.usable(home)
    assert sorted(path.name for path in home.iterdir()) == ["made.bin", "manifest.json"]


def test_a_link_in_its_place_is_never_followed(weights: Path, home: Path) -> None:
    prepared.prepare(weights, home, make)
    put_elsewhere(home)
    assert not prepared.usable(home)
    assert prepared.prepare(weights, home, make)
    assert prepared.usable(home)
    assert (home.with_name("other") / "made.bin").exists()


def test_a_full_disk_leaves_nothing_behind(weights: Path, home: Path) -> None:
    def fill(weights: Path) -> None:
        make(weights)
        raise RuntimeError("No space left on device")

    assert not prepared.prepare(weights, home, fill)
    assert [path.name for path in weights.parent.iterdir() if path.is_dir()] == []
    assert prepared.prepare(weights, home, make)


def test_nobody_waits_for_another_that_prepares(weights: Path, home: Path) -> None:
    with (weights.parent / ".preparing").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert not prepared.prepare(weights, home, refuse)


def test_what_other_versions_and_broken_attempts_left_goes(weights: Path, home: Path) -> None:
    for name in ("prepared-0123456789abcdef", ".preparing-abc"):
        (weights.parent / name).mkdir()
        (weights.parent / name / "large.bin").write_bytes(b"x")
    assert prepared.prepare(weights, home, make)
    assert [path for path in weights.parent.iterdir() if path.is_dir()] == [home]


@pytest.mark.model
def test_the_real_model_reads_text_the_same_from_the_file_and_from_what_was_made(
    store: Path, small: CatalogModel, tmp_path: Path
) -> None:
    path = tmp_path / "model.gguf"
    path.symlink_to(store / "models" / small.name / "model.gguf")
    shape = read_shape(path)
    first, second = openvino_genai.Tokenizer(str(path)), open_pipeline(path, small.weights, shape, 0.01).get_tokenizer()
    assert prepared.usable(prepared.folder(path, small.weights))
    text = "Zwölf Boxkämpfer — 12,5 % of $7,395\n\n\t<|im_start|> \x16"
    one, two = (each.encode(text, add_special_tokens=False).input_ids.data.tolist() for each in (first, second))
    assert one == two
    assert first.get_vocab() == second.get_vocab()
