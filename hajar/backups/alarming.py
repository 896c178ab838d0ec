"""Tell people when a backup failed: a timer's messages on a server are read by nobody."""

from collections.abc import Sequence
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import Error as DatabaseFault
from django.utils import translation
from django.utils.translation import gettext as _

from hajar.accounts import roles
from hajar.accounts.models import User


def recipients() -> list[str]:
    """HAJAR_ALARM_EMAIL, else the administrators, as far as the database can name them."""
    if settings.HAJAR_ALARM_EMAIL:
        return list(settings.HAJAR_ALARM_EMAIL)
    try:
        people = User.objects.filter(is_active=True, groups__name=roles.ADMINISTRATOR).exclude(email="")
        return list(people.order_by("email").values_list("email", flat=True).distinct())
    except DatabaseFault:  # it may be the database that fails
        return []


def tell(what: Sequence[str]) -> str:
    """Mail what went wrong, in the association's language; returns why nobody was told, "" where somebody was.

    The mail names kinds of faults and files of backups, never what is in them. It does not raise: the exit of the
    command has the last word.
    """
    if not (to := recipients()):
        return "nobody was told by mail: set HAJAR_ALARM_EMAIL"
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Hajar: the backup needs a look")
        text = "\n\n".join(
            [
                _("The backup of Hajar did not end well. What people enter is not safe until this is mended."),
                "\n".join(what),
                _("The messages on the server say more; the status page shows which backups there are."),
            ]
        )
    try:
        send_mail(subject, text, None, to)
    except (SMTPException, OSError) as fault:
        return f"nobody was told by mail: {type(fault).__name__}"
    return ""
