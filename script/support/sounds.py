"""Write question_bank/sounds.txt anew from pypinyin: `python -m script.support.sounds`.

The product reads that small table alone. pypinyin itself takes 57 MB and a third of a second in each
process, and ten microseconds a character, which an import of thousands of questions cannot pay.
"""

import sys
from collections import defaultdict
from pathlib import Path

from pypinyin.constants import PHRASES_DICT, PINYIN_DICT
from pypinyin.contrib.tone_convert import to_normal

TABLE = Path(__file__).parents[2] / "question_bank" / "sounds.txt"
FIRST, LAST = 0x4E00, 0x9FFF  # the common block of Chinese characters
VOWELS = set("aeiouv")
LONGEST = 5  # characters of a word that is worth an entry
HEAD = """\
# How Chinese characters sound, without tones, for searching in pinyin. Read by sounds.py.
# Made by `python -m script.support.sounds` from the tables of pypinyin (MIT License).
# First each syllable with its characters, then words in which a character sounds otherwise.
"""


def readings() -> dict[str, str]:
    """Return each character's usual syllable."""
    found = {}
    for number, said in PINYIN_DICT.items():
        syllable = to_normal(said.split(",")[0])
        if FIRST <= number <= LAST and syllable.isascii() and VOWELS & set(syllable):
            found[chr(number)] = syllable
    return found


def exceptions(usual: dict[str, str]) -> dict[str, list[str]]:
    """Return the words whose characters do not all sound as usual, those inside others left out."""
    found: dict[str, list[str]] = {}
    for word, said in sorted(PHRASES_DICT.items(), key=lambda item: (len(item[0]), item[0])):
        syllables = [to_normal(one[0]) for one in said]
        known = len(word) <= LONGEST and all(sign in usual for sign in word)
        if known and len(word) == len(syllables) and all(s.isascii() for s in syllables):
            expected = [usual[sign] for sign in word]
            for start in range(len(word)):
                for end in range(start + 2, len(word) + 1):
                    if inner := found.get(word[start:end]):
                        expected[start:end] = inner
            if expected != syllables:
                found[word] = syllables
    return found


def text() -> str:
    """Return the whole table."""
    usual = readings()
    having = defaultdict(list)
    for sign, syllable in sorted(usual.items()):
        having[syllable].append(sign)
    lines = [f"{syllable} {''.join(signs)}\n" for syllable, signs in sorted(having.items())]
    words = sorted(exceptions(usual).items())
    lines += [f"{word} {' '.join(syllables)}\n" for word, syllables in words]
    return HEAD + "".join(lines)


if __name__ == "__main__":
    TABLE.write_text(text(), "utf-8")
    sys.stdout.write(f"{TABLE.name}: {TABLE.stat().st_size} bytes\n")
