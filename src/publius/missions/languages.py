"""English or Spanish: in which of the two a person speaks, which a single word or figure may not show."""

import re
from collections.abc import Sequence

from publius.verification.words import is_spanish

_ENGLISH = re.compile(
    r"(?i)\b(?:the|of|and|to|is|are|for|what|how|my|your|we|our|yes|i|i'm|do|does|can|would|will|not|have|family|year)\b"
)
_SPANISH = re.compile(
    r"(?i)[ñ¿¡]|\b(?:sí|mi|mis|soy|somos|tengo|tenemos|cuánto|cuanto|cuál|cual|qué|beca|ayuda|familia|padres|año"
    r"|puedo|quiero|necesito|yo|nos|ganaron|hola|gracias|calcular|calcula|esta|correcto|ingresos?|impuestos?)\b"
)


def language_of(said: Sequence[str]) -> str:
    """The language of the newest of these texts that shows one; English where none does."""
    for text in reversed(said):
        spanish = len(_SPANISH.findall(text)) + 2 * is_spanish(text)
        english = len(_ENGLISH.findall(text))
        if spanish != english:
            return "es" if spanish > english else "en"
    return "en"
