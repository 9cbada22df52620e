"""Queue, worker, schedule and retry for slow or outside work."""

from pocketdesk.jobs.model import DeadJob, GiveUp, Job, Later, Leased, Retry
from pocketdesk.jobs.schedule import Cron, Every, Scheduled
from pocketdesk.jobs.upkeep import trim_ledger
from pocketdesk.jobs.worker import Worker

__all__ = [
    "Cron",
    "DeadJob",
    "Every",
    "GiveUp",
    "Job",
    "Later",
    "Leased",
    "Retry",
    "Scheduled",
    "Worker",
    "trim_ledger",
]
