"""What the reject reasons of a record mean, as far as it was found; the others stay the codes that they are.

The Department's list of them was not at hand. These are in the lists that financial aid offices publish for the award
years from 2024-25 on (University of California, Davis; Southeastern Louisiana University), read in November 2026.
"""

REASONS = {
    "1": (
        "provisionally independent by unusual circumstances",
        "independiente provisional por circunstancias inusuales",
    ),
    "2": (
        "the student's Social Security number is not in the Social Security Administration's records",
        "el número de Seguro Social del estudiante no está en los registros de la Administración del Seguro Social",
    ),
    "3": (
        "the student's name does not match the Social Security number",
        "el nombre del estudiante no corresponde al número de Seguro Social",
    ),
    "4": (
        "the student's date of birth does not match the Social Security number",
        "la fecha de nacimiento del estudiante no corresponde al número de Seguro Social",
    ),
}


def named(code: str, language: int = 0) -> str:
    """A code with what it means in English, or with `language` 1 in Spanish, where that was found."""
    return f"{code} ({REASONS[code][language]})" if code in REASONS else code
