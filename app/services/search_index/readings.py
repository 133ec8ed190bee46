"""By which letters a name is found: its pinyin and its initials, with every reading of each character."""

from functools import lru_cache
from itertools import islice, product

#: A name of more characters is found by parts of this length.
LONGEST_PART = 6
#: A part with more readings than these is found by the commonest; one syllable always has all of them.
MOST_READINGS = 256


@lru_cache(maxsize=20_000)
def syllables_of(character: str) -> tuple[str, ...]:
    """Every reading of a character without tones, the commonest first; empty for what is no Chinese character.

    ü is read as v, u and yu: 吕 is written lv, lu and lyu.
    """
    # Its dictionary takes half a second to load, which no start should wait for.
    from pypinyin import Style, pinyin

    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    readings = [reading for group in found for reading in group]
    spelled = [other for reading in readings for other in _spellings(reading)]
    return tuple(dict.fromkeys(one for one in spelled if one.isascii() and one.isalpha()))


def _spellings(reading: str) -> tuple[str, ...]:
    if "v" not in reading and "ü" not in reading:
        return (reading,)
    plain = reading.replace("ü", "v")
    return plain, plain.replace("v", "u"), plain.replace("v", "yu")


@lru_cache(maxsize=20_000)
def readings_of(name: str) -> frozenset[str]:
    """The pinyin of each part of a name (单小明: shan, xiaoming, shanxiaoming, danxiaoming …), and initials (sxm)."""
    syllables = [known for character in name if (known := syllables_of(character))]
    found: set[str] = set()
    for start in range(len(syllables)):
        for end in range(start + 1, min(start + LONGEST_PART, len(syllables)) + 1):
            part = syllables[start:end]
            found.update(islice(map("".join, product(*part)), MOST_READINGS))
            if len(part) > 1:
                initials = [tuple(dict.fromkeys(reading[0] for reading in known)) for known in part]
                found.update(islice(map("".join, product(*initials)), MOST_READINGS))
    return frozenset(found)
