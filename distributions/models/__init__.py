from distributions.models.allocations import Allocation
from distributions.models.catalogue import ChairModel
from distributions.models.chairs import Chair, ChairEvent, Depot
from distributions.models.deliveries import Attachment, Delivery
from distributions.models.followups import FollowUp, Repair
from distributions.models.initiatives import Initiative, Partner, Round

__all__ = [
    "Allocation",
    "Attachment",
    "Chair",
    "ChairEvent",
    "ChairModel",
    "Delivery",
    "Depot",
    "FollowUp",
    "Initiative",
    "Partner",
    "Repair",
    "Round",
]
