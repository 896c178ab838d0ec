"""A name in the other script, for a person to accept or mend.

Rules of letters, no list of names: Arabic leaves short vowels unwritten, so that which vowel is long is a guess, and so
is ح for ه. What people wrote instead is learned elsewhere and comes first; this is for the name nobody has written yet.
"""

import re
import unicodedata

from hajar.lib.names import spelling
from hajar.lib.names.matching import similarity
from hajar.lib.names.spelling import clean, is_arabic

MOST = 3  # spellings answered

# ---------------------------------------------------------------------------------------------- Latin to Arabic

_WORDS = {
    "ben": "بن", "bin": "بن", "ibn": "ابن", "bent": "بنت", "bou": "بو", "abou": "أبو", "ait": "أيت", "ayt": "أيت",
    "oulad": "أولاد", "ouled": "أولاد", "ould": "ولد", "moulay": "مولاي", "my": "مولاي", "sidi": "سيدي", "si": "سي",
    "lalla": "للا", "hajj": "الحاج", "haj": "الحاج", "hajja": "الحاجة", "eddine": "الدين", "dine": "الدين",
    "abd": "عبد", "oum": "أم",
}  # fmt: skip
_ARTICLES = ("el", "al")
_SERVANT = re.compile("abd(?:[aeou]?(l|s(?=s)|r(?=r)|n(?=n)|d(?=d)|z(?=z)|t(?=t)|ch(?=ch)))(?=.{3})")
_FAITH = re.compile("(?<=..)(?:e?d)?dine?$")
_DIGRAPHS = {"tch": "تش", "ch": "ش", "sh": "ش", "kh": "خ", "gh": "غ", "th": "ث", "dh": "ض", "dj": "ج", "ph": "ف"}
_LETTERS = dict(zip("bdfjklmnpqrstvxz", "بدفجكلمنبقرستفكز", strict=True)) | {"x": "كس"}
_SOUND = re.compile("tch|ch|sh|kh|gh|th|dh|dj|ph|ou|oo|aou|aï|ai|ay|ei|ey|ia|[a-z]")
_VOWELS = "aeiouy"


def to_arabic(name: str) -> list[str]:
    """A Latin name in Arabic letters, the likeliest spelling first; [] for what is not Latin."""
    words = spelling.words(name)
    if not words or not all(word.isascii() for word in words):
        return []
    written = _with_particles(words, _arabic_word)
    forms = [written, _exchanged(written, "ه", "ح"), written.replace("س", "ص", 1), written.replace("ت", "ط", 1)]
    return _best(name, forms)


def _with_particles(words: list[str], spell) -> str:
    written: list[str] = []
    article = ""
    for place, word in enumerate(words):
        is_last = place == len(words) - 1
        if word in _ARTICLES and not is_last:
            article = "ال"
        elif word in _WORDS and (not is_last or word in ("eddine", "dine")):
            written.append(article + _WORDS[word])
            article = ""
        else:
            written.append(article + spell(word) if not article else "ال" + spell(word).removeprefix("ال"))
            article = ""
    return " ".join(written)


def _arabic_word(word: str) -> str:
    if servant := _SERVANT.match(word):
        return "عبد ال" + _arabic_letters(word[servant.end() :])
    if (faith := _FAITH.search(word)) and len(word) > 6:
        return f"{_arabic_letters(word[: faith.start()])} الدين"
    for article in _ARTICLES:
        if word.startswith(article) and len(word) > 4 and word[2] not in _VOWELS:
            return "ال" + _arabic_letters(word[2:])
    return _arabic_letters(word)


def _arabic_letters(word: str) -> str:
    """Letter by letter: the last vowel before a closing consonant is long, a first one is short."""
    word = re.sub(r"(ch|kh|gh|sh|th)\1", r"\1", word)
    word = re.sub(r"([b-df-hj-np-tv-z])\1", r"\1", word)
    word = re.sub("gu(?=[eiy])", "g", re.sub("c(?=[eiy])", "s", word))
    word = re.sub("c(?!h)", "k", word)
    ending = ""
    if found := re.search("(?<=..)a[ae]$", word):  # Chaimae, Wafaa
        word, ending = word[: found.start()], "اء"
    elif re.search("[^aeiou]e$", word):
        word = word[:-1]
    sounds = _SOUND.findall(word)
    written = ""
    for place, sound in enumerate(sounds):
        first, last = place == 0, place == len(sounds) - 1
        if sound in _DIGRAPHS:
            written += _DIGRAPHS[sound]
        elif sound == "h":
            written += "ه" if not last and sounds[place + 1] in ("i", "ou", "u") else "ح"
        elif sound == "g":
            written += "ج" if not last and sounds[place + 1][0] in "eiy" else "ك"
        elif sound in _LETTERS:
            written += _LETTERS[sound]
        elif sound == "w" or (sound in ("ou", "u") and not last and sounds[place + 1][0] in "ae"):
            written += "و"
        elif sound == "y" and (first or (not last and sounds[place + 1][0] in _VOWELS)):
            written += "ي"
        else:
            written += _arabic_vowel(sound, first, last, _is_long(sounds, place))
    return written + ending


def _is_long(sounds: list[str], place: int) -> bool:
    """The last vowel that a consonant closes: Karim, Jamal, Mahmoud."""
    rest = sounds[place + 1 :]
    return len(rest) == 1 and rest[0][0] not in _VOWELS


def _arabic_vowel(sound: str, first: bool, last: bool, is_long: bool) -> str:
    if sound in ("ai", "ay", "aï", "ei", "ey"):
        return "أي" if first else "ي"
    if sound == "ia":
        return "إيا" if first else "ية" if last else "يا"
    if sound in ("ou", "oo", "aou", "o", "u"):
        return "أ" if first else "و" if sound != "o" or last or is_long else ""
    if sound in ("i", "y"):
        return "إ" if first else "ي"
    if first:
        return "إ" if sound == "e" else "أ"
    if sound == "a":
        return "ة" if last else "ا" if is_long else ""
    return ""


# ---------------------------------------------------------------------------------------------- Arabic to Latin

_LATIN_WORDS = {
    "بن": "Ben", "ابن": "Ibn", "بنت": "Bent", "بو": "Bou", "أبو": "Abou", "أيت": "Ait", "ايت": "Ait", "آيت": "Ait",
    "أولاد": "Oulad", "اولاد": "Oulad", "ولد": "Ould", "مولاي": "Moulay", "سيدي": "Sidi", "للا": "Lalla",
    "لالة": "Lalla",    "الحاج": "Haj", "الحاجة": "Hajja", "الدين": "Eddine", "أم": "Oum",
}  # fmt: skip
_LATIN = dict(
    zip("بتثجحخدذرزسشصضطظغفقكلمنه", "b t t j h kh d d r z s ch s d t d gh f k k l m n h".split(), strict=True)
)
_SUN = "تثدذرزسشصضطظن"  # letters that swallow the l of the article


def to_latin(name: str) -> list[str]:
    """An Arabic name in Latin letters as French spells it in Morocco, the likeliest first; [] for what is none."""
    plain = spelling.words(name)
    if not plain or not all(is_arabic(word) for word in plain):
        return []
    written: list[str] = []
    servant = False
    for word in plain:
        if servant:
            written.append(_servant_of(word))
            servant = False
        elif word == "عبد" and word is not plain[-1]:
            servant = True
        elif word.startswith("عبد") and len(word) > 5:
            written.append(_servant_of(word[3:]))
        elif word in _LATIN_WORDS:
            written.append(_LATIN_WORDS[word])
        elif word.startswith("ال") and len(word) > 3:
            written.append("El " + _latin_letters(word[2:]).capitalize())
        else:
            written.append(_latin_letters(word).capitalize())
    form = " ".join(written)
    return _best(name, [form, re.sub("a$", "ae", form), form.replace("ss", "s")])


def _servant_of(master: str) -> str:
    bare = master.removeprefix("ال")
    latin = _latin_letters(bare)
    if bare and bare[0] in _SUN:
        return f"Abde{latin[0]}{latin}" if not latin.startswith("ch") else f"Abde{latin}"
    return f"Abdel{latin}"


def _latin_letters(word: str) -> str:
    """Written vowels as they are; between two consonants without one an a, as it is said most often."""
    written = ""
    for place, letter in enumerate(word):
        first, last = place == 0, place == len(word) - 1
        before, after = word[place - 1] if place else "", word[place + 1] if not last else ""
        if consonant := _LATIN.get(letter):
            if letter == "ه" and last and len(word) > 2:
                written += "a"
                continue
            if letter in "سص" and written[-1:] in ("a", "i", "o", "u") and after in ("ا", "ي", "و", "ة"):
                consonant = "ss"
            if _wants_vowel(word, place):
                written += "a"
            written += consonant
        elif letter in "اآىأإةعءؤئوي":
            written += _latin_vowel(letter, first, last, before, after)
    return re.sub("aa+", "aa" if word.endswith("اء") else "a", re.sub("([iu])\\1+", r"\1", written))


def _wants_vowel(word: str, place: int) -> bool:
    """Before this consonant, when another comes right before it: after the first of a word, or before the last."""
    if place == 0 or word[place - 1] not in _LATIN:
        return False
    rest = word[place + 1 :]
    if place == 1:
        return True
    return (not rest and word[place - 2] in "اوي") or (not rest and place >= 2)


def _latin_vowel(letter: str, first: bool, last: bool, before: str, after: str) -> str:
    if letter == "و":
        return "w" if first and after in "اي" else "ou"
    if letter == "ي":
        return "y" if first or after == "ا" else "i"
    if letter == "إ":
        return "i" if after != "ي" else ""
    if letter in "ةاىآ" or (letter in "أع" and first):
        return "a" if not (letter == "ا" and before == "أ") else ""
    return "a" if letter == "ع" and not last and after in _LATIN and before in _LATIN else ""


# ---------------------------------------------------------------------------------------------- both


def _exchanged(text: str, one: str, other: str) -> str:
    """The first of two letters that is met becomes the other."""
    found = re.search(f"[{one}{other}]", text)
    if found is None:
        return text
    return text[: found.start()] + (other if found[0] == one else one) + text[found.end() :]


def _best(name: str, forms: list[str]) -> list[str]:
    """These spellings without repetition, those most like the name first; at equal likeness as they come."""
    unique = list(dict.fromkeys(unicodedata.normalize("NFC", clean(form)) for form in forms if form.strip()))
    return sorted(unique, key=lambda form: -round(similarity(name, form)))[:MOST]
