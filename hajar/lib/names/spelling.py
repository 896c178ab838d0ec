"""How a name is written: cleaning, refusing, folding and cutting into words, in Latin and Arabic letters.

Arabic letter facts are from the Unicode character database (blocks Arabic and Arabic Presentation Forms). The habits of
French-Moroccan spelling (ou, ch, kh, the digits 3 7 9 of text messages) are those of civil-status and school registers.
"""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

MAX_LENGTH = 300  # characters read of any text; a longer one is cut, so that work stays bounded
MAX_WORD_LENGTH = 40  # letters read of any word
_CACHED_TEXTS = 65_536

_LATIN_OR_ARABIC_OR_OTHER = re.compile("[a-z]+|[\u0621-\u063a\u0641-\u064a]+|[^\\W\\d_a-z\u0621-\u063a\u0641-\u064a]+")
_ARABIC_LETTER = re.compile("[\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u0750-\u077f\ufb50-\ufdfb\ufe70-\ufefc]")

# Invisible inside a name and without meaning in it: marks of direction, zero-width characters, the soft hyphen.
_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u2060\ufeff]")
_SPACES = re.compile("[\t\n\r\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")

# Vowel points, Koranic signs, tatweel and marks of direction: read over, they never tell two people apart.
_READ_OVER = re.compile(
    "[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)

# Letters of Persian, Urdu and Moroccan keyboards that stand for a letter of plain Arabic.
_PLAIN_ARABIC = str.maketrans(
    {
        "ٱ": "ا",
        "ک": "ك",
        "ڪ": "ك",
        "گ": "ك",
        "ڭ": "ك",
        "ݣ": "ك",
        "ی": "ي",
        "ې": "ي",
        "ے": "ي",
        "ہ": "ه",
        "ھ": "ه",
        "ە": "ه",
    }
    | {"ۃ": "ة", "ۀ": "ه", "ڤ": "ف", "ڥ": "ف", "ڢ": "ف", "ڧ": "ق", "ڨ": "ق", "پ": "ب", "چ": "ش", "ژ": "ج", "ٴ": "ء"}
)
# Latin letters that Unicode does not decompose, and the signs typed for ayn and hamza.
_PLAIN_LATIN = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "ð": "d", "þ": "th"}
    | {
        "ɣ": "gh",
        "γ": "gh",
        "ɛ": "a",
        "ε": "a",
        "č": "ch",
        "š": "ch",
        "ž": "j",
        "ǧ": "dj",
    }  # Tamazight
    | dict.fromkeys("'’‘`´ʼʿʾʻˈ", "")
)
# Digits that stand for a letter in text messages: 3omar, 7anane, 9assem. A 3 is ayn, heard only where no vowel follows.
_LETTER_OF_DIGIT = {"2": "", "3": "a", "5": "kh", "7": "h", "9": "q"}
_AYN_BEFORE_VOWEL = re.compile("3(?=[aeiouy])")
_DIGIT_IN_LATIN_WORD = re.compile(r"(?<=[a-z])[23579](?=[a-z]|$)|\b[23579](?=[a-z])")

# For typed comparison: letters that writers of Arabic exchange freely.
_FOLDED_ARABIC = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ئ": "ي", "ة": "ه", "ؤ": "و", "ء": None}
    | dict(zip("٠١٢٣٤٥٦٧٨٩", "0123456789", strict=True))
)

# A rough romanisation, good only for giving an Arabic name its place in a Latin alphabet.
_LATIN_FOR_SORTING = str.maketrans(
    {"ا": "a", "ب": "b", "ت": "t", "ث": "t", "ج": "j", "ح": "h", "خ": "kh", "د": "d", "ذ": "d", "ر": "r", "ز": "z"}
    | {"س": "s", "ش": "ch", "ص": "s", "ض": "d", "ط": "t", "ظ": "d", "ع": "a", "غ": "gh", "ف": "f", "ق": "k", "ك": "k"}
    | {"ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "ou", "ي": "y"}
)

_TURNS_THE_LINE = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})  # bidirectional classes
_ALLOWED_SIGNS = frozenset("'’‘`´ʼʿʾʻˈ-‐‑–.,،()/·")  # apostrophes, hyphens, abbreviations, "(née ...)"


class Problem(StrEnum):
    """Why a text cannot be a name; the face that shows it puts it into words."""

    BIDI = "bidi"  # characters that turn the direction of the line around
    CONTROL = "control"  # NUL, escape, half a surrogate pair, characters without a meaning
    MARKUP = "markup"  # < or >
    DIGIT = "digit"
    EMOJI = "emoji"  # pictures and other symbols
    SYMBOL = "symbol"  # signs that no name is written with: @ = _ " ...
    LETTERLESS = "letterless"  # signs only


def clean(text: str) -> str:
    """The name as it is kept: composed (NFC), without invisible marks, one space between words, none around."""
    composed = unicodedata.normalize("NFC", text)
    return _SPACES.sub(" ", _INVISIBLE.sub("", composed)).strip()


@lru_cache(maxsize=_CACHED_TEXTS)
def problem(text: str) -> Problem | None:
    """What forbids this text as a name, or None; an empty text is nobody's name but not forbidden.

    What `clean` takes away is no problem: a mark of direction comes along with much that is pasted.
    """
    text = clean(text)
    found = {_problem_of(character) for character in text} - {None}
    for kind in Problem:
        if kind in found:
            return kind
    if text and not any(character.isalpha() for character in text):
        return Problem.LETTERLESS
    return None


def _problem_of(character: str) -> Problem | None:
    if "a" <= character <= "z" or "A" <= character <= "Z" or character == " " or character in _ALLOWED_SIGNS:
        return None
    if character in "<>＜＞":
        return Problem.MARKUP
    if unicodedata.bidirectional(character) in _TURNS_THE_LINE:
        return Problem.BIDI
    if character in "\ufe0f\u20e3":  # they turn signs into pictures
        return Problem.EMOJI
    category = unicodedata.category(character)
    if category[0] == "C" and category != "Cf":
        return Problem.CONTROL
    if category[0] == "N":
        return Problem.DIGIT
    if category == "So" or "\U0001f000" <= character <= "\U0001faff":
        return Problem.EMOJI
    if category[0] in "SP":
        return Problem.SYMBOL
    return None


def is_arabic(text: str) -> bool:
    """True when the text holds an Arabic letter."""
    return _ARABIC_LETTER.search(text) is not None


@lru_cache(maxsize=_CACHED_TEXTS)
def fold(text: str) -> str:
    """The form for comparing what people type: no case, accent, vowel point, sign; exchangeable letters made one."""
    plain = _without_accents(_plain(text)).translate(_FOLDED_ARABIC)
    return " ".join(re.findall(r"[^\W_]+", plain))


def sort_key(latin: str, arabic: str) -> str:
    """One key under which names of both scripts share one alphabet: the Latin name, else the Arabic one romanised."""
    folded = fold(latin)
    if folded:
        return folded
    return " ".join(_romanised(word) for word in fold(arabic).split())


def _romanised(word: str) -> str:
    if word.startswith("ال") and len(word) > 3:
        return "el " + word[2:].translate(_LATIN_FOR_SORTING)
    return word.translate(_LATIN_FOR_SORTING)


def words(text: str) -> list[str]:
    """The words of a name, each in plain lower-case letters of one script."""
    plain = _plain(text)
    if not plain.isascii():
        plain = _without_accents(plain.replace("ç", "ss"))
    plain = _DIGIT_IN_LATIN_WORD.sub(lambda digit: _LETTER_OF_DIGIT[digit.group()], _AYN_BEFORE_VOWEL.sub("", plain))
    return [word[:MAX_WORD_LENGTH] for word in _LATIN_OR_ARABIC_OR_OTHER.findall(plain)]


def _plain(text: str) -> str:
    if text.isascii():
        return text[:MAX_LENGTH].lower().replace("'", "").replace("`", "")
    composed = unicodedata.normalize("NFKC", text[:MAX_LENGTH])[:MAX_LENGTH]
    return _READ_OVER.sub("", composed).translate(_PLAIN_ARABIC).lower().translate(_PLAIN_LATIN)


def _without_accents(text: str) -> str:
    """Take the accents off Latin letters; hamza and madda stay on the Arabic ones, where they tell names apart."""
    if text.isascii():
        return text
    return "".join(letter if is_arabic(letter) else _unaccented(letter) for letter in text)


def _unaccented(letter: str) -> str:
    if letter.isascii():
        return letter
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
