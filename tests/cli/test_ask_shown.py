"""What an answer looks like at the terminal."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from publius.cli.ask import _show
from publius.types import Answer, Checked, Claim, Reason, Receipt, Usage


def answer(model: str) -> Answer:
    claims = (Claim(text="About $70.", reason=Reason.FIGURE, detail="70 stands in no source."),)
    return Answer(
        id=uuid4(),
        created=datetime.now(UTC),
        model=model,
        checked=Checked(text="The fee is $60.", grounded=True, answered=True, withheld=claims),
        finish_reason="stop",
        usage=Usage(),
        receipt=Receipt(record=uuid4(), agency="education", leaf_hash="", position=0, tree_size=1),
        timing={"total": 1.0},
    )


@pytest.mark.parametrize(("model", "scraps"), [("library", True), ("mission:gardens", False)])
def test_what_llama_wrote_beside_a_missions_answer_is_said_in_one_line(
    model: str, scraps: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    _show(answer(model))
    shown = " ".join("".join(capsys.readouterr()).split())
    assert ("Withheld: About $70." in shown) is scraps
    assert ("no tool or source bears out, is left out; --json has it." in shown) is not scraps
