"""The door and the engine refuse the same words of JSON Schema.

The rooms `policy` and `inference` may not import each other, so each has its list; here they are held together.
"""

from publius.inference.grammar import keywords
from publius.policy import schema


def test_the_door_and_the_engine_refuse_the_same_words() -> None:
    assert schema.REFUSED == keywords.REFUSED
    assert schema.TYPES == keywords.TYPES
