"""Fuzzy matching for the palette: letters in order, better at the start of words and in runs."""


def match(query: str, text: str) -> tuple[int, list[int]] | None:
    """Score (more is better) and matched positions of `query` in `text`; None where it does not fit."""
    wanted = [char for char in query.casefold() if not char.isspace()]
    if not wanted:
        return 0, []
    lowered = text.casefold()
    found = lowered.find(query.casefold().strip())
    if len(lowered) == len(text) and found >= 0:
        bonus = 40 if found == 0 else 25 if not lowered[found - 1].isalnum() else 0
        return 100 + bonus - len(text) // 4, list(range(found, found + len(query.strip())))
    positions: list[int] = []
    score, at = 0, 0
    for char in wanted:
        place = _best_place(lowered, char, at)
        if place < 0:
            return None
        score += 3 if positions and place == positions[-1] + 1 else 0
        score += 4 if _starts_word(lowered, place) else 0
        score -= min(place - at, 6)
        positions.append(place)
        at = place + 1
    return score - len(text) // 8, positions


def _best_place(text: str, char: str, start: int) -> int:
    """The next place of `char`; the start of a later word is preferred over the middle of this one."""
    first = text.find(char, start)
    if first < 0 or first == start or _starts_word(text, first):
        return first
    place = first
    while place >= 0:
        if _starts_word(text, place):
            return place
        place = text.find(char, place + 1)
    return first


def _starts_word(text: str, place: int) -> bool:
    return place == 0 or not text[place - 1].isalnum()
