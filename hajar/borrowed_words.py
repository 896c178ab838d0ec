"""Words of other packages that our catalogues say in their own way. Nothing imports this: `make messages` reads it.

Django's Arabic has the months of the Levant and Egypt; Morocco says ماي, يوليوز, غشت, شتنبر, نونبر, دجنبر.
Django's French says courriel, Morocco's e-mail.
"""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

MONTHS = [
    _("January"),
    _("February"),
    _("March"),
    _("April"),
    _("May"),
    _("June"),
    _("July"),
    _("August"),
    _("September"),
    _("October"),
    _("November"),
    _("December"),
]

MONTHS_IN_LETTERS = [
    _("jan"),
    _("feb"),
    _("mar"),
    _("apr"),
    _("may"),
    _("jun"),
    _("jul"),
    _("aug"),
    _("sep"),
    _("oct"),
    _("nov"),
    _("dec"),
]

MONTHS_AFTER_A_DAY = [
    pgettext("alt. month", "January"),
    pgettext("alt. month", "February"),
    pgettext("alt. month", "March"),
    pgettext("alt. month", "April"),
    pgettext("alt. month", "May"),
    pgettext("alt. month", "June"),
    pgettext("alt. month", "July"),
    pgettext("alt. month", "August"),
    pgettext("alt. month", "September"),
    pgettext("alt. month", "October"),
    pgettext("alt. month", "November"),
    pgettext("alt. month", "December"),
]

MONTHS_ABBREVIATED = [
    pgettext("abbrev. month", "Jan."),
    pgettext("abbrev. month", "Feb."),
    pgettext("abbrev. month", "March"),
    pgettext("abbrev. month", "April"),
    pgettext("abbrev. month", "May"),
    pgettext("abbrev. month", "June"),
    pgettext("abbrev. month", "July"),
    pgettext("abbrev. month", "Aug."),
    pgettext("abbrev. month", "Sept."),
    pgettext("abbrev. month", "Oct."),
    pgettext("abbrev. month", "Nov."),
    pgettext("abbrev. month", "Dec."),
]

WORDS = [_("Email")]
