"""The association before the first family: its accounts, its profile, its depots and what comes into them."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db.models import Count, Q
from django.utils import timezone

from beneficiaries import closing
from beneficiaries.models import Association, Child, Mandate, Province, Region
from distributions import cataloguing, counting, following_up, planning, recalling, stocktaking, transferring
from distributions.models import Allocation, Chair, ChairEvent, ChairModel, Depot, Initiative, Partner
from hajar.accounts import roles
from hajar.accounts.models import User
from hajar.demo import catalogue, people
from hajar.demo.clock import Story, moment, working_day

Kind = ChairEvent.Kind
FOUNDED_DAYS_AGO = 440
# How many of each model of the catalogue came in, before the first campaign and before the second
FIRST_GIFT = (6, 8, 8, 7, 7, 6, 5, 5, 6, 4, 4, 2)
SECOND_GIFT = (2, 4, 4, 3, 3, 3, 3, 2, 3, 2, 2, 1)
OF_THREE_TO_AGADIR = 1


@dataclass
class House:
    """Who acts, with what, and from which day the story is told."""

    today: date
    now: datetime
    users: dict[str, User] = field(default_factory=dict)
    provinces: dict[str, Province] = field(default_factory=dict)
    depots: dict[str, Depot] = field(default_factory=dict)
    models: list[ChairModel] = field(default_factory=list)
    partners: list[Partner] = field(default_factory=list)
    campaigns: dict[str, Initiative] = field(default_factory=dict)
    used_chairs: list[Chair] = field(default_factory=list)

    @classmethod
    def open(cls) -> "House":
        now = timezone.now()
        return cls(timezone.localdate(now), now)

    def day(self, days: int) -> date:
        """A working day so many days from today; yesterday stays yesterday, also on a Monday."""
        day = self.today + timedelta(days=days)
        return day if days == -1 else working_day(day)

    def when(self, days: int, hour: int = 10, minute: int = 0) -> datetime:
        return moment(self.day(days), hour, minute)

    def case_worker(self, region_iso: str, turn: int = 0) -> User:
        """Who looks after families of a region: its case worker, else a coordinator."""
        name = {"MA-06": "samira", "MA-09": "youssef"}.get(region_iso) or ("karim", "meriem")[turn % 2]
        return self.users[name]

    def depot_of(self, region_iso: str) -> Depot:
        southern = ("MA-07", "MA-09", "MA-10", "MA-11", "MA-12")
        return self.depots["Agadir" if region_iso in southern else "Casablanca"]


def some_id(rng: Random) -> UUID:
    """An id that is the same at every telling, so that addresses can be written down."""
    return UUID(int=rng.getrandbits(128), version=4)


def furnish(house: House) -> None:
    """Accounts, profile, catalogue, depots, partners."""
    joined = moment(house.today - timedelta(days=FOUNDED_DAYS_AGO), 9)
    password = make_password(people.PASSWORD)
    for account in people.ACCOUNTS:
        user = User(
            email=account.email,
            full_name=account.name,
            language=account.language,
            password=password,
            date_joined=joined,
        )
        user.save()
        roles.give(user, account.role)
        if account.region:
            region = None if account.region == "MA" else Region.objects.get(iso=account.region)
            Mandate.objects.create(user=user, region=region, starts_on=joined.date())
        house.users[account.first_name] = user
    Association(**catalogue.ASSOCIATION).save()
    house.provinces = {province.iso: province for province in Province.objects.select_related("region")}
    karim, omar = house.users["karim"], house.users["omar"]
    for key, iso, name, address in catalogue.DEPOTS:
        house.depots[key] = stocktaking.add_depot(by=omar, name=name, province=house.provinces[iso], address=address)
    house.models = [cataloguing.add_model(by=omar, **model) for model in catalogue.MODELS]
    by_name = {(model.manufacturer, model.name, model.size): model for model in house.models}
    for maker, name, size, change in catalogue.WORKSHOP_CHANGES:
        cataloguing.add_change(model=by_name[maker, name, size], by=omar, **change)
    house.partners = [
        planning.add_partner(by=karim, name_latin=latin, name_arabic=arabic) for latin, arabic in catalogue.PARTNERS
    ]


# --- what comes into the depots, and what goes wrong there -----------------------------------------------------------


def new_chairs(house: House, days: int, gift: tuple[int, ...], *, donor: str, series: str) -> Story:
    """A truck with new chairs: two thirds stay in Casablanca, one goes on to Agadir."""
    yield house.when(days, 9, 30)
    for place, (model, count) in enumerate(zip(house.models, gift, strict=True)):
        serials = [f"{model.manufacturer[:2].upper()}{series}-{place + 1:02d}{number:03d}" for number in range(count)]
        southern = round(count * OF_THREE_TO_AGADIR / 3)
        for depot, some in (("Casablanca", serials[southern:]), ("Agadir", serials[:southern])):
            if some:
                stocktaking.receive_chairs(
                    model=model,
                    depot=house.depots[depot],
                    by=house.users["omar"],
                    serials=some,
                    donor=donor,
                    grade=Chair.Grade.NEW,
                    batch=f"{series}{place + 1:02d}-{depot[0]}",
                    acquired_on=house.day(days - 12),
                    customs_reference=f"DUM {house.day(days - 9):%y%m}-{place + 1:03d}",
                    cost_mad=round((model.price_mad or 0) * 85 / 100),
                )


def used_chairs(house: House, days: int) -> Story:
    """Used chairs that families and hospitals gave: cleaned and checked one by one, one of them beyond repair."""
    omar = house.users["omar"]
    yield house.when(days, 11)
    grades = (Chair.Grade.REFURBISHED_A, Chair.Grade.REFURBISHED_B, Chair.Grade.AS_IS)
    for turn, (place, count) in enumerate(((2, 2), (3, 2), (4, 2), (8, 2), (10, 1), (0, 1))):
        house.used_chairs += stocktaking.receive_chairs(
            model=house.models[place],
            depot=house.depots["Casablanca"],
            by=omar,
            count=count,
            ownership=Chair.Ownership.LOAN,
            is_new=False,
            donor="Don de familles",
            grade=grades[turn % len(grades)],
        )
    yield house.when(days + 2, 10)
    for chair in house.used_chairs[:7]:  # the last three still wait for it
        stocktaking.record_chair_event(chair=chair, kind=Kind.DISINFECTED, by=omar)
    yield house.when(days + 3, 10)
    for chair in house.used_chairs[:4]:  # the next two still wait for it
        stocktaking.record_chair_event(chair=chair, kind=Kind.CHECKED, by=omar)
    stocktaking.record_chair_event(
        chair=house.used_chairs[6], kind=Kind.SCRAPPED, by=omar, note="Cadre fissuré sous l'assise, irréparable."
    )
    yield house.when(days + 5, 15)
    transfer = transferring.send_chairs(
        origin=house.depots["Casablanca"],
        destination=house.depots["Agadir"],
        chairs=house.used_chairs[:2],
        by=omar,
        carrier="Autocar de nuit, soute",
    )
    yield house.when(days + 7, 11)
    came, missed = (transfer.lines.get(chair=chair) for chair in house.used_chairs[:2])
    transferring.receive_transfer(transfer, by=house.users["meriem"], arrived=[came], missing=[missed])
    yield house.when(days + 9, 9)
    stocktaking.record_chair_event(
        chair=house.used_chairs[1], kind=Kind.LOST, by=omar, note="Jamais arrivé à Agadir : le transporteur cherche."
    )


def counts(house: House) -> Story:
    """Agadir is counted whole; the count of Casablanca was begun this week."""
    omar, meriem = house.users["omar"], house.users["meriem"]
    yield house.when(-28, 9)
    done = counting.begin_count(depot=house.depots["Agadir"], by=meriem, note="Inventaire du trimestre.")
    for chair in Chair.objects.filter(depot=done.depot).order_by("number"):
        counting.mark(count=done, chair=chair, found="seen", by=meriem)
    yield house.when(-27, 10)
    counting.finalise(done, by=omar)
    yield house.when(-1, 16)
    begun = counting.begin_count(depot=house.depots["Casablanca"], by=omar, note="Première salle seulement.")
    for chair in Chair.objects.filter(depot=begun.depot).order_by("number")[:9]:
        counting.mark(count=begun, chair=chair, found="seen", by=omar)
    for chair in Chair.objects.available().filter(depot=begun.depot).order_by("-number")[:1]:
        counting.mark(count=begun, chair=chair, found="missing", by=omar)
    for chair in Chair.objects.available().filter(depot=house.depots["Agadir"]).order_by("number")[:1]:
        counting.mark(count=begun, chair=chair, found="seen", by=omar)


def shipment(house: House) -> Story:
    """Two chairs are on their way to the south since yesterday."""
    yield house.when(-1, 17)
    depots = house.depots
    free = Chair.objects.available().not_recalled().filter(depot=depots["Casablanca"], is_new=True)
    transferring.send_chairs(
        origin=depots["Casablanca"],
        destination=depots["Agadir"],
        chairs=free.order_by("number")[:2],
        by=house.users["omar"],
        carrier="Coopérative de transport Essalam",
        note="Pour les familles de Tarfaya.",
    )


def recall(house: House) -> Story:
    """The maker warns of a batch of two chairs: the families are told, the first chair is made safe."""
    karim, omar = house.users["karim"], house.users["omar"]
    yield house.when(-8, 11)
    live = Chair.objects.filter(allocations__status__in=Allocation.LIVE).values("pk")
    batches = (
        Chair.objects.exclude(batch="")
        .values("model", "batch")
        .annotate(
            number=Count("pk"),
            with_children=Count("pk", filter=Q(state=Chair.State.HANDED_OVER)),
            promised=Count("pk", filter=Q(pk__in=live)),
        )
        .filter(number=2, promised=0, with_children__gte=1)
        .order_by("-with_children", "batch", "model")
    )
    found = batches.first()
    if found is None:
        return
    opened = recalling.open_recall(
        model=ChairModel.objects.get(pk=found["model"]),
        batch=found["batch"],
        by=karim,
        reason="Le fabricant signale que la vis du dossier peut céder lorsque le dossier est incliné.",
        what_to_do="Remplacer les deux vis par celles du kit, serrer à 12 Nm, noter la date.",
    )
    lines = list(opened.lines.select_related("chair").order_by("chair__number"))
    yield house.when(-7, 11)
    for line in lines:
        if line.chair.state == Chair.State.HANDED_OVER:
            recalling.record_contact(line, by=karim, note="La mère n’incline plus le dossier.")
            break
    yield house.when(-5, 15)
    recalling.record_safe(lines[0], by=omar, note="Vis remplacées à domicile.")


def breakdowns(house: House) -> Story:
    """Three chairs in use break, two are mended and for one another is lent; one breaks in the depot."""
    samira, omar = house.users["samira"], house.users["omar"]
    yield house.when(-19, 10)
    broken = list(Chair.objects.filter(state=Chair.State.HANDED_OVER).order_by("number")[:12:4])
    what = ("Pneu arrière gauche crevé.", "Frein droit bloqué.", "Repose-pied gauche dévissé, vis perdue.")
    repairs = []
    for chair, sentence in zip(broken, what, strict=True):
        repairs.append(following_up.report_breakdown(chair=chair, by=samira, what=sentence))
    yield house.when(-15, 16)
    following_up.finish_repair(repairs[0], by=omar, parts="Chambre à air 24 pouces", cost_mad=80)
    yield house.when(-11, 16)
    following_up.finish_repair(repairs[1], by=omar, parts="Câble et mâchoire de frein", cost_mad=150)
    yield house.when(-9, 10)
    lent = Chair.objects.available().order_by("number").first()
    if lent:
        following_up.lend_chair(repairs[2], by=omar, chair=lent)
    yield house.when(-6, 11)
    idle = Chair.objects.available().order_by("-number").first()
    if idle:
        following_up.report_breakdown(chair=idle, by=omar, what="Roulette avant tordue au déchargement.")


def move_with_chair(house: House) -> Story:
    """A family leaves the country; the chair that was lent comes home and waits to be disinfected."""
    yield house.when(-10, 14)
    omar, karim = house.users["omar"], house.users["karim"]
    depot = house.depots["Casablanca"]
    holder = Child.objects.filter(chairs__state=Chair.State.HANDED_OVER).order_by("-chairs__number")[0]
    chair = holder.chairs.get()
    stocktaking.record_chair_event(
        chair=chair, kind=Kind.RETURNED, by=omar, depot=depot, note="Rapporté par la famille avant son départ."
    )
    closing.close_child(holder, by=karim, status=Child.Status.MOVED, note="La famille s'installe en Espagne.")
