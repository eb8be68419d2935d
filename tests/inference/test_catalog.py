"""The catalog says what weights may be used, and says plainly what is wrong with it."""

from pathlib import Path

import pytest

from publius.errors import NotFound, SetupError
from publius.inference.catalog import read_catalog

GOOD = """
[[model]]
name = "mine"
kind = "chat"
licence = "MIT"
origin = "somewhere"
context = 2048
template = "llama3"
[[model.file]]
name = "model.gguf"
source = "file:/srv/model.gguf"
sha256 = "{sha}"
size = 10
""".format(sha="0" * 64)


def test_the_catalog_that_comes_with_publius_has_a_chat_and_an_embedding_model() -> None:
    kinds = {model.name: model.kind for model in read_catalog().models}
    assert kinds == {"smollm2-135m": "chat", "minilm-l6": "embedding"}
    assert all(model.licence == "Apache-2.0" for model in read_catalog().models)


def test_a_catalog_of_ones_own_replaces_it(tmp_path: Path) -> None:
    (tmp_path / "catalog.toml").write_text(GOOD)
    assert [model.name for model in read_catalog(str(tmp_path / "catalog.toml")).models] == ["mine"]


def test_an_unknown_model_is_named_with_those_that_exist() -> None:
    with pytest.raises(NotFound, match=r"no 'llama-9'.*smollm2-135m"):
        read_catalog().model("llama-9")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("0" * 64, "0" * 63), "64 lower-case hexadecimal"),
        (('name = "mine"', 'name = "../mine"'), "not a model name"),
        (('name = "model.gguf"', 'name = "../model.gguf"'), "not a plain file name"),
        (("file:/srv", "ftp:/srv"), "not pypi:"),
        (("size = 10", "size = 0"), "positive number of bytes"),
        (("size = 10", 'size = "ten"'), r"\$\.model\[0\]\.file\[0\]\.size"),
        (('template = "llama3"', ""), "needs a template"),
        (('template = "llama3"', 'template = "alpaca"'), "alpaca"),
        (('licence = "MIT"', ""), "licence"),
        (('licence = "MIT"', 'license = "MIT"'), "licen[cs]e"),
        (("[[model]]", "[[model]"), "not right"),
    ],
)
def test_a_catalog_with_a_mistake_is_refused_and_the_mistake_named(
    tmp_path: Path, change: tuple[str, str], complaint: str
) -> None:
    file = tmp_path / "catalog.toml"
    file.write_text(GOOD.replace(*change, 1))
    with pytest.raises(SetupError, match=complaint) as caught:
        read_catalog(str(file))
    assert str(file) in caught.value.message


def test_the_same_name_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "catalog.toml").write_text(GOOD * 2)
    with pytest.raises(SetupError, match="mine more than once"):
        read_catalog(str(tmp_path / "catalog.toml"))


def test_a_catalog_that_is_not_there_is_said() -> None:
    with pytest.raises(SetupError, match="cannot be read"):
        read_catalog("/nowhere/catalog.toml")
