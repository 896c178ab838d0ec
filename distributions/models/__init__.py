from distributions.models.allocations import Allocation
from distributions.models.catalogue import Accessory, ChairModel, WorkshopChange
from distributions.models.chairs import Chair, ChairEvent, Depot
from distributions.models.deliveries import Attachment, Delivery
from distributions.models.depots import CountLine, Recall, RecallLine, StockCount, Transfer, TransferLine
from distributions.models.entries import Device, PhoneEntry, PhoneFile
from distributions.models.followups import FollowUp, Forecast, Repair
from distributions.models.initiatives import Initiative, Partner
from distributions.models.matters import KeptRound, Matter
from distributions.models.plans import PlanLock, PlanRule, RegionFloor
from distributions.models.preparations import Preparation
from distributions.models.prescriptions import Prescription
from distributions.models.returns import ReturnOffer
from distributions.models.rounds import Round, RoundChair, RoundScan, TownPosition

__all__ = [
    "Accessory",
    "Allocation",
    "Attachment",
    "Chair",
    "ChairEvent",
    "ChairModel",
    "CountLine",
    "Delivery",
    "Depot",
    "Device",
    "FollowUp",
    "Forecast",
    "Initiative",
    "KeptRound",
    "Matter",
    "Partner",
    "PhoneEntry",
    "PhoneFile",
    "PlanLock",
    "PlanRule",
    "Preparation",
    "Prescription",
    "Recall",
    "RecallLine",
    "RegionFloor",
    "Repair",
    "ReturnOffer",
    "Round",
    "RoundChair",
    "RoundScan",
    "StockCount",
    "TownPosition",
    "Transfer",
    "TransferLine",
    "WorkshopChange",
]
