"""What narrows the lists of children and families. The state of a list is its address: GET forms that never refuse."""

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.forms.families import under_regions
from beneficiaries.models import Child, Family, Need, Province
from beneficiaries.models.children import ChildQuerySet
from hajar.lib.selects import QuickSelect

ALL = "all"
AGES = {"0-2": (0, 2), "3-5": (3, 5), "6-11": (6, 11), "12-17": (12, 17), "18-": (18, None)}
AGE_WORDS = [
    ("0-2", _("0 to 2 years")),
    ("3-5", _("3 to 5 years")),
    ("6-11", _("6 to 11 years")),
    ("12-17", _("12 to 17 years")),
    ("18-", _("18 years and over")),
]


class FilterForm(forms.Form):
    """A list's filters: what is typed by hand into the address and means nothing is passed over, never refused."""

    q = forms.CharField(
        label=_("Name, reference or phone"),
        required=False,
        max_length=100,
        widget=forms.SearchInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    region = forms.ChoiceField(label=_("Region"), required=False)
    province = forms.ChoiceField(label=_("Province or prefecture"), required=False)
    default_sort = "name"
    FOLDED: tuple[str, ...] = ()
    WITHOUT_ORDER: tuple[str, ...] = ("region", "province")  # filters that no index holds together with the name
    ORDERS: dict[str, tuple[str, ...]] = {"name": ("sort_key", "pk")}

    def __init__(self, data, *, user):
        super().__init__(data)
        provinces = list(Province.objects.visible_to(user).select_related("region").by_name())
        regions = {str(province.region_id): province.region.name for province in provinces}
        self.fields["region"].choices = [("", _("All")), *sorted(regions.items(), key=lambda choice: choice[1])]
        self.fields["province"].choices = [("", _("All")), *under_regions(provinces)]
        for field in self.fields.values():
            if isinstance(field, forms.ChoiceField):
                field.widget = QuickSelect({"class": "form-select"}, choices=field.choices)
        self.is_valid()

    def value(self, name: str) -> str:
        """What this filter says, "" where it says nothing."""
        return self.cleaned_data.get(name, "") if self.is_bound else ""

    @property
    def order(self) -> str:
        return self.value("sort") or self.default_sort

    @property
    def walks(self) -> bool:
        """Whether very many rows are found sooner in the order of the list than through the index of a filter."""
        return self.order == "name" and any(self.value(name) for name in self.WITHOUT_ORDER)

    @property
    def in_force(self) -> int:
        """How many filters narrow the list."""
        return sum(bool(self.value(name)) for name in self.fields if name != "sort")

    @property
    def more_in_force(self) -> bool:
        """Whether one of the filters that are folded away says something."""
        return any(self.value(name) for name in self.FOLDED)


class ChildFilterForm(FilterForm):
    FOLDED = ("province", "commune", "status", "age", "sex", "sort")
    WITHOUT_ORDER = ("region", "province", "commune", "age", "need")
    commune = forms.CharField(
        label=_("Town or village"),
        required=False,
        max_length=120,
        widget=forms.SearchInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("followed or paused")), *Child.Status.choices, (ALL, _("all"))],
    )
    age = forms.ChoiceField(label=_("Age"), required=False, choices=[("", _("All")), *AGE_WORDS])
    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=[("", _("All")), *Child.Sex.choices])
    need = forms.ChoiceField(
        label=_("Need"),
        required=False,
        choices=[
            ("", _("All")),
            ("open", _("waits for a chair")),
            ("urgent", _("waits, urgent")),
            ("none", _("no open need")),
        ],
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("", _("name")),
            ("youngest", _("youngest first")),
            ("oldest", _("oldest first")),
            ("request", _("longest wait first")),
            ("status", _("status")),
        ],
    )
    ORDERS = {
        "name": ("sort_key", "pk"),
        "youngest": ("-born_on", "pk"),
        "oldest": ("born_on", "pk"),
        "request": ("requested_on", "pk"),
        "status": ("status", "sort_key", "pk"),
    }

    def apply(self, children: ChildQuerySet, *, one_by_one: bool = False) -> ChildQuerySet:
        """The children that the filters let through; the words of `q` are not looked at here.

        `one_by_one`: each is asked whether she belongs, as where the order of the list is followed.
        """
        if region := self.value("region"):
            children = children.filter(family__province__region=region)
        if province := self.value("province"):
            children = children.filter(family__province=province)
        if commune := self.value("commune"):
            children = children.filter(family__in=Family.objects.living_in(commune))
        status = self.value("status")
        if status and status != ALL:
            children = children.filter(status=status)
        elif not status and not self.value("q"):  # whoever looks for a name may look for a closed file
            children = children.followed()
        if age := self.value("age"):
            children = children.born_between_ages(*AGES[age], timezone.localdate())
        if sex := self.value("sex"):
            children = children.filter(sex=sex)
        if need := self.value("need"):
            open_needs = Need.objects.filter(closed_on=None)
            if need == "none":
                children = children.exclude(Exists(open_needs.filter(child=OuterRef("pk"))))
            else:
                needs = open_needs.filter(is_urgent=True) if need == "urgent" else open_needs
                hers = Exists(needs.filter(child=OuterRef("pk")))
                # They are fewer: begin with them, not with the children.
                children = children.filter(hers if one_by_one else Q(pk__in=needs.values("child")))
        return children


class FamilyFilterForm(FilterForm):
    sort = forms.ChoiceField(label=_("Order"), required=False, choices=[("", _("name")), ("newest", _("newest first"))])
    ORDERS = {"name": ("sort_key", "pk"), "newest": ("-number", "pk")}

    def apply(self, families: QuerySet) -> QuerySet:
        if region := self.value("region"):
            families = families.filter(province__region=region)
        if province := self.value("province"):
            families = families.filter(province=province)
        return families
