"""Forms of the sign-in package with a word that it left in English."""

from allauth.mfa.webauthn import forms as packaged
from django.utils.translation import gettext_lazy as _


class AddKeyForm(packaged.AddWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")


class EditKeyForm(packaged.EditWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
