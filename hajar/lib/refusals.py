"""Why an act cannot be done, said to whoever asked for it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """Something that cannot be done; `message` says why, in the language of whoever reads it.

    A subclass has its own `sentence`; words in it, such as %(state)s, are given by name. Without a subclass, the
    sentence is given itself.
    """

    sentence: str | Promise = _("This cannot be done.")

    def __init__(self, sentence: str | Promise | None = None, **words: object) -> None:
        super().__init__(type(self).__name__)
        if sentence is not None:
            self.sentence = sentence
        self.words = words

    def __str__(self) -> str:
        return self.message

    @property
    def message(self) -> str:
        sentence = str(self.sentence)
        return sentence % {name: str(word) for name, word in self.words.items()} if self.words else sentence
