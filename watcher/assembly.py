"""Puts the parts together as the configuration wants them: the only place that knows settings and parts alike."""

from __future__ import annotations

import socket
from zoneinfo import ZoneInfo

from notifier.deliver import DeliverSettings
from notifier.mail import MailSettings
from watcher.config import Settings, expand
from watcher.stages import HERE, Stages
from watcher.worker import RunSettings


def run_settings(
    settings: Settings, *, threads: int = 16, force: bool = False, dry_run: bool = False, stages: Stages = HERE
) -> RunSettings:
    """What a run of the worker needs; `stages` judges the pages."""
    return RunSettings(
        sources={source.id: source for source in settings.sources},
        subscribers=settings.subscribers,
        worker=socket.gethostname(),
        threads=threads,
        force=force,
        dry_run=dry_run,
        zone=ZoneInfo(settings.zone),
        interests=settings.interests,
        stages=stages,
    )


def deliver_settings(settings: Settings) -> DeliverSettings:
    """What deliveries need, secrets expanded. Raises ConfigError when one is missing."""
    base = settings.path.parent
    mail = None
    if settings.mail_url and settings.mail_from:
        mail = MailSettings(url=expand(settings.mail_url, base), sender=expand(settings.mail_from, base))
    routes = frozenset(
        (subscriber.name, target.template) for subscriber in settings.subscribers for target in subscriber.targets
    )
    return DeliverSettings(
        mail=mail,
        targets={template: expand(template, base) for template in sorted({template for _, template in routes})},
        routes=routes,
        instance=socket.gethostname(),
        zone=settings.zone,
    )
