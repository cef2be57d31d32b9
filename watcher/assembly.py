"""Puts the parts together as the configuration wants them: the only place that knows settings and parts alike."""

from __future__ import annotations

import socket
from datetime import timedelta
from zoneinfo import ZoneInfo

from notifier.deliver import DeliverSettings
from notifier.mail import MailSettings
from storage.model import OPERATOR
from watcher.access import manners
from watcher.config import Settings, expand
from watcher.fetcher.politeness import Politeness
from watcher.spans import Spans, no_spans
from watcher.stages import HERE, Stages
from watcher.timestamps.stamping import Stamper
from watcher.worker import RunSettings


def run_settings(
    settings: Settings,
    *,
    threads: int = 16,
    force: bool = False,
    dry_run: bool = False,
    stages: Stages = HERE,
    gather: timedelta | None = None,
    politeness: Politeness | None = None,
    spans: Spans = no_spans,
) -> RunSettings:
    """What a run of the worker needs; `stages` judges the pages, `politeness` is that of the fetcher."""
    return RunSettings(
        sources={source.id: source for source in settings.sources},
        subscribers=settings.subscribers,
        worker=socket.gethostname(),
        threads=threads,
        force=force,
        dry_run=dry_run,
        zone=ZoneInfo(settings.zone),
        country=settings.country,
        moves_on=settings.next_working_day,
        interests=settings.interests,
        stages=stages,
        manner=manners(settings),
        operator=settings.operator,
        gather=gather,
        politeness=politeness or Politeness(settings.fetch),
        keep_all=settings.retention.every,
        spans=spans,
    )


def stamper(settings: Settings) -> Stamper:
    """Who has the chain stamped, with the login filled in. Close it. Raises ConfigError when a secret is missing."""
    authority = settings.timestamps
    login = expand(authority.auth, settings.path.parent) if authority and authority.auth is not None else None
    return Stamper(authority, settings.fetch, login)


def deliver_settings(settings: Settings) -> DeliverSettings:
    """What deliveries need, secrets expanded. Raises ConfigError when one is missing."""
    base = settings.path.parent
    mail = None
    if settings.mail_url and settings.mail_from:
        mail = MailSettings(
            url=expand(settings.mail_url, base),
            sender=expand(settings.mail_from, base),
            unsubscribe=settings.unsubscribe,
        )
    routes = frozenset(
        (subscriber.name, target.template) for subscriber in settings.subscribers for target in subscriber.targets
    )
    routes |= {(OPERATOR, target.template) for target in settings.operator.targets}
    return DeliverSettings(
        mail=mail,
        targets={template: expand(template, base) for template in sorted({template for _, template in routes})},
        routes=routes,
        operator=settings.operator,
        instance=socket.gethostname(),
        zone=settings.zone,
        subscribers=settings.subscribers,
        archive=settings.archive or "",
    )
