"""Text comes out in whole characters and stops at a stop string, wherever the pieces are cut."""

from hypothesis import given
from hypothesis import strategies as st

from publius.inference.assembly import Assembly


def release(text: str, stop: tuple[str, ...], size: int) -> str:
    data, assembly = text.encode(), Assembly(stop)
    out = [assembly.feed(data[i : i + size]) for i in range(0, len(data), size)]
    return "".join(out) + assembly.feed(b"", final=True)


@given(st.text(), st.integers(1, 7))
def test_characters_are_whole_however_the_bytes_are_cut(text: str, size: int) -> None:
    assert release(text, (), size) == text


@given(st.text("abc\n"), st.lists(st.text("abc\n", min_size=1, max_size=4), min_size=1, max_size=3), st.integers(1, 5))
def test_nothing_from_a_stop_string_on_is_released(text: str, stop: list[str], size: int) -> None:
    released = release(text, tuple(stop), size)
    assert text.startswith(released)
    assert not any(word in released for word in stop)
    if not any(word in text for word in stop):
        assert released == text


def test_text_that_cannot_become_a_stop_string_does_not_wait() -> None:
    assembly = Assembly(("END",))
    assert assembly.feed(b"the E") == "the "
    assert assembly.feed(b"lephant") == "Elephant"
    assert assembly.feed(b" END of it") == " "
    assert assembly.stopped
    assert assembly.feed(b"more") == ""
