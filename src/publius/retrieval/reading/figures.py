"""How a spreadsheet shows a number: its number format applied, as in 0.075 shown as 7.5% or 45000 as 3/15/2023.

The formats are those of ECMA-376, part 1, 18.8.30 and 18.8.31. What a format asks beyond the usual (fractions,
conditions, fill characters) is shown as a plain number, which is never wrong though less pretty.
"""

import re
from datetime import datetime, timedelta

BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: "$#,##0", 6: "$#,##0", 7: "$#,##0.00", 8: "$#,##0.00",
    9: "0%", 10: "0.00%", 11: "0.00E+00", 14: "m/d/yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yyyy h:mm", 37: "#,##0;(#,##0)",
    38: "#,##0;(#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)", 41: "#,##0;(#,##0);-",
    42: "$#,##0;($#,##0);-", 43: "#,##0.00;(#,##0.00);-", 44: "$#,##0.00;($#,##0.00);-", 45: "mm:ss", 46: "[h]:mm:ss",
    47: "mm:ss", 48: "0.0E+0", 49: "@",
}  # fmt: skip

# Literals first, so that nothing inside of them is taken for a code.
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[\$(?P<currency>[^\]-]*)(?:-[^\]]*)?\]|\[(?P<elapsed>h+|m+|s+)\]|\[[^\]]*\]'
    r"|(?P<noon>AM/PM|A/P)|(?P<time>y+|m+|d+|h+|s+(?:\.0+)?)|(?P<number>[#0?,]*[#0?](?:\.[#0?]*)?,*(?:E[+-]0+)?|\.[0#?]+)"
    r"|(?P<text>@|General)|(?P<other>.)",
    re.I | re.S,
)
_DATED = re.compile(r"[ymdhs]", re.I)
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|General|E[+-]', re.I)
_EPOCHS = (datetime(1899, 12, 30), datetime(1904, 1, 1))
_LATEST = 2_958_465.0  # 31 December 9999


def shown(number: float, code: str, *, from_1904: bool = False) -> str:
    """The number as its format shows it."""
    sections = _sections(code)
    if len(sections) > 1 and number < 0:
        section, magnitude, sign = sections[1], -number, ""
    elif len(sections) > 2 and number == 0:
        section, magnitude, sign = sections[2], number, ""
    else:
        section, magnitude, sign = sections[0], abs(number), "-" if number < 0 else ""
    if _DATED.search(_LITERALS.sub("", section)) and 0 <= number < _LATEST:
        return _moment(number, section, from_1904)
    return _figure(magnitude, section, sign)


def moment(number: float, code: str, *, from_1904: bool = False) -> datetime | None:
    """The moment that the number is by its format, in full; None where it is none."""
    if not _DATED.search(_LITERALS.sub("", _sections(code)[0])) or not 0 <= number < _LATEST:
        return None
    return _EPOCHS[from_1904] + timedelta(days=number)


def general(number: float) -> str:
    """A number without a format: whole ones whole, others in at most eleven significant figures."""
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return f"{number:.11g}"


def _sections(code: str) -> list[str]:
    parts, begun = [], 0
    for token in _TOKEN.finditer(code):
        if token["other"] == ";":
            parts.append(code[begun : token.start()])
            begun = token.end()
    return [*parts, code[begun:]]


def _figure(number: float, section: str, sign: str) -> str:
    tokens = list(_TOKEN.finditer(section))
    percent = any(token["other"] == "%" for token in tokens)
    counts = [token for token in tokens if token["number"]]
    words = ""
    for token in tokens:
        if token["number"]:
            if token is counts[0]:
                words += sign + (
                    _count(number * 100 if percent else number, token["number"])
                    if len(counts) == 1
                    else general(number)
                )
        elif token["text"]:
            words += sign + general(number)
        else:
            words += _literal(token)
    plain = not counts and not any(token["text"] for token in tokens)
    # A section of words alone stands for the number; one that is empty shows nothing.
    return words.strip() if not plain or words.strip() or section else sign + general(number)


def _count(number: float, code: str) -> str:
    mantissa, _, exponent = code.upper().partition("E")
    scaled = mantissa.rstrip(",")
    number /= 1000 ** (len(mantissa) - len(scaled))
    whole, _, decimals = scaled.partition(".")
    most, least = len(decimals), decimals.count("0")
    if exponent:
        text = f"{number:.{most}E}"
        return re.sub(r"E([+-])0*(\d)", lambda found: f"E{found[1]}{found[2].zfill(exponent.count('0'))}", text)
    # Spreadsheets round half away from zero on the number as written; Python's format rounds what the bits say.
    text = f"{_rounded(number, most):{',' if ',' in whole else ''}.{most}f}"
    front, _, back = text.partition(".")
    back = back[:least] + back[least:].rstrip("0")
    front = front.zfill(whole.count("0")) if "," not in whole else front
    if front == "0" and "0" not in whole:
        front = ""
    return f"{front}.{back}" if back else front or "0"


def _rounded(number: float, places: int) -> float:
    nudged = float(f"{number:.15g}")
    step = 10.0**places
    return int(nudged * step + 0.5 + 1e-9) / step if nudged * step < 1e15 else number


def _literal(token: re.Match[str]) -> str:
    other = token["other"] or ""
    return (
        (token["quoted"] or "") + (token["escaped"] or "") + (token["currency"] or "") + (other if other != "?" else "")
    )


def _moment(number: float, section: str, from_1904: bool) -> str:
    # Excel believes that 1900 had a 29 February; before it, its days are one later.
    days = number + (1 if number < 60 and not from_1904 else 0)
    moment = _EPOCHS[from_1904] + timedelta(seconds=round(days * 86_400, 3))
    if not any(token["time"] and "." in token["time"] for token in _TOKEN.finditer(section)):
        moment += timedelta(microseconds=500_000)
    tokens = list(_TOKEN.finditer(section))
    noon = any(token["noon"] for token in tokens)
    words: list[str] = []
    last = ""  # the last part of a moment, which decides whether an "m" is of months or minutes
    for at, token in enumerate(tokens):
        if part := (token["time"] or "").lower():
            minutes = part[0] == "m" and (last == "h" or _seconds_follow(tokens[at + 1 :]))
            words.append(_part(moment, "n" * len(part) if minutes else part, noon))
            last = part[0]
        elif token["elapsed"]:
            unit = token["elapsed"][0].lower()
            words.append(str(int(number * {"h": 24, "m": 1440, "s": 86_400}[unit] + 1e-6)))
            last = unit
        elif token["noon"]:
            words.append("AM" if moment.hour < 12 else "PM")
        else:
            words.append(_literal(token))
    return "".join(words).strip()


def _seconds_follow(tokens: list[re.Match[str]]) -> bool:
    return next((token["time"][0].lower() == "s" for token in tokens if token["time"]), False)


def _part(moment: datetime, code: str, noon: bool) -> str:
    """One part of a moment; minutes come as "n"."""
    width = len(code)
    hour = (moment.hour % 12 or 12) if noon else moment.hour
    if code[0] == "y":
        return f"{moment.year:04}" if width > 2 else f"{moment.year % 100:02}"
    if code[0] == "s":
        return f"{moment.second:0{min(width, 2)}}" + (f"{moment.microsecond / 1e6:.1f}"[1:] if "." in code else "")
    if code[0] in "md" and width > 2:
        style = {("m", 3): "%b", ("m", 4): "%B", ("m", 5): "%b", ("d", 3): "%a"}.get(
            (code[0], width), "%A" if code[0] == "d" else "%B"
        )
        return f"{moment:{style}}"[: 1 if code == "mmmmm" else None]
    number = {"m": moment.month, "d": moment.day, "h": hour, "n": moment.minute}[code[0]]
    return f"{number:0{min(width, 2)}}"
