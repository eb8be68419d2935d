"""What a mission must not help with is recognised however it is written, and nothing else is taken for it."""

import pytest

from publius.missions.refusals import Refusal, refused

RULES = (
    Refusal(
        id="hiding-assets",
        when=("hide|hiding|conceal assets|money|savings|income",),
        when_es=("esconder|ocultar bienes|dinero|ahorros",),
        says="I cannot help to hide income or assets.",
        says_es="No puedo ayudar a ocultar ingresos o bienes.",
    ),
    Refusal(id="immigration", when=("get|change visa", "change immigration status"), says="Ask an immigration lawyer."),
)


@pytest.mark.parametrize(
    "said",
    [
        "How can I hide my assets?",
        "where do we HIDE some of our savigns so the school does not see them",
        "Is concealing... I mean, how do people conceal their moeny",
        "¿Cómo puedo ocultar mis ahorros?",
        "quiero escondr el dinero de mi papá",
    ],
)
def test_a_rule_is_matched_in_any_wording_that_it_names(said: str) -> None:
    rule = refused(said, RULES)
    assert rule is not None and rule.id == "hiding-assets"
    assert rule.sentence("es") == "No puedo ayudar a ocultar ingresos o bienes."


@pytest.mark.parametrize(
    "said",
    [
        "Do I have to report my savings?",
        "Which assets count?",
        "My money is in a bank, and I do not want to hide anything from you about the house that we sold",
    ],
)
def test_other_questions_are_not_refused(said: str) -> None:
    assert refused(said, RULES) is None


def test_a_rule_without_spanish_says_its_sentence_in_english() -> None:
    rule = refused("How do I change my visa?", RULES)
    assert rule is not None and rule.sentence("es") == "Ask an immigration lawyer."
