"""Several answers of one list in one column: their codes, in the list's order."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _


class SeveralField(models.JSONField):
    """The codes that were chosen among `options`; [] where none applies or nobody asked.

    Raises ValidationError for a code that is not among the options. `options` are not part of a migration.
    """

    default_error_messages = {"unknown": _("“%(code)s” is not one of the answers.")}

    def __init__(self, *args: Any, options: Iterable[tuple[str, Any]] = (), **kwargs: Any) -> None:
        self.options = list(options)
        super().__init__(*args, **{"default": list, "blank": True, **kwargs})

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        known = dict(self.options)
        for code in value or ():
            if code not in known:
                raise ValidationError(self.error_messages["unknown"], code="unknown", params={"code": code})

    def formfield(self, **kwargs: Any) -> Any:
        return forms.MultipleChoiceField(
            choices=self.options,
            label=kwargs.get("label", capfirst(self.verbose_name)),
            help_text=kwargs.get("help_text", self.help_text),
            required=False,
            widget=kwargs.get("widget", forms.CheckboxSelectMultiple),
        )

    def words(self, codes: Iterable[str] | None) -> list[str]:
        """The answers in the reader's language, in the list's order; a code that no option knows any more stays."""
        chosen = list(codes or ())
        known = dict(self.options)
        ordered = [code for code in known if code in chosen] + [code for code in chosen if code not in known]
        return [str(known.get(code, code)) for code in ordered]
