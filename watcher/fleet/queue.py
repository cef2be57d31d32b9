"""The queue and its jobs: what is due is put into it once, done by one worker, and taken over when that one dies.

Every few seconds one worker puts the sources that are due into the queue: a job a source, which waits there only once
(`queueing_lock`), and of the jobs of one host one is done at a time (`lock`), in their order. Deliveries are one job at
a time. A job whose worker shows no sign of life is put back, and its leases end.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import procrastinate
from procrastinate import exceptions, jobs, retry, worker

from storage.errors import ClausewatchError, LeaseLost, StoreError
from watcher.fleet.crew import DELIVER, Crew

log = logging.getLogger("clausewatch.fleet")
T = TypeVar("T")

# Every worker sees to this queue too: what is due, and whose worker died.
PLAN = "plan"
# Seconds between two looks at what is due, and at who has died.
_TICK = 5
# Sources that are put into the queue by one look.
_BATCH = 2000
_WAITING = """
SELECT queueing_lock FROM procrastinate_jobs
WHERE queueing_lock = ANY(%(locks)s) AND status IN ('todo', 'doing')
"""
# Signs of life come so often, in seconds, and a worker that has given none for so many of these is dead.
HEARTBEAT = 10.0
_MISSED = 3
_TRIES = 8


class ByKind(retry.BaseRetryStrategy):
    """Whether a job that broke is tried again: soon where the database was away, else after a minute and then later.

    What a page or its host does is no reason to try a job again: that is a result, and the store says when it is due.
    """

    def get_retry_decision(self, *, exception: BaseException, job: jobs.Job) -> retry.RetryDecision | None:
        """Behind others of the same host, since a job that waits would hold them up. Given up, it is planned anew."""
        if isinstance(exception, LeaseLost) or job.attempts >= _TRIES:
            return None
        away = isinstance(exception, StoreError)
        wait = min(2**job.attempts, 60) if away else min(60 * 2**job.attempts, 3600)
        return retry.RetryDecision(retry_in={"seconds": wait}, priority=-10 * (job.attempts + 1))


class Fleet:
    """One worker: it plans with the others, and does the jobs of its queues."""

    def __init__(
        self, address: str, crew: Crew, *, queues: Sequence[str], concurrency: int, heartbeat: float = HEARTBEAT
    ) -> None:
        """`concurrency` jobs at a time. Nothing is connected yet."""
        self._crew, self._heartbeat = crew, heartbeat
        self._app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(conninfo=address, min_size=1, max_size=4)
        )
        self._pool = ThreadPoolExecutor(concurrency + 1, thread_name_prefix="job")
        self._register()
        self._worker = worker.Worker(
            self._app,
            queues=[*queues, PLAN],
            concurrency=concurrency + 1,
            fetch_job_polling_interval=1.0,
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=heartbeat,
            stalled_worker_timeout=heartbeat * _MISSED,
        )

    def run(self) -> None:
        """Work until `stop`."""
        logging.getLogger("procrastinate.worker").addFilter(_in_one_line)
        try:
            asyncio.run(self._run())
        except exceptions.ConnectorException as error:
            raise StoreError(f"the queue cannot be reached ({_first_line(error)}); is the server running?") from error
        finally:
            self._pool.shutdown(wait=True)
            logging.getLogger("procrastinate.worker").removeFilter(_in_one_line)

    def stop(self) -> None:
        """Take no more jobs, and end when those under way have ended. From any thread."""
        self._crew.stop()
        self._worker.stop()  # type: ignore[no-untyped-call] # of the library

    async def _run(self) -> None:
        asyncio.get_running_loop().set_exception_handler(_told)
        async with self._app.open_async():
            await self._worker.run()  # type: ignore[no-untyped-call] # of the library

    def _register(self) -> None:
        by_kind = ByKind()
        tick = f"* * * * * */{min(max(int(self._heartbeat), 1), _TICK)}"  # the sixth field holds seconds

        @self._app.task(name="check", pass_context=True, retry=by_kind)
        async def check(context: procrastinate.JobContext, source: str) -> None:
            name = _lease_of(context.job)
            if context.job.attempts:
                await self._thread(lambda: self._crew.take_over(name))
            try:
                alerts = await self._thread(lambda: self._crew.check(source, name))
            except Exception:  # whatever it was: the source must not wait for the end of a lease that nobody needs
                with contextlib.suppress(StoreError):
                    await self._thread(lambda: self._crew.take_over(name))
                raise
            if alerts:
                await self._defer([self._deliver_job()])

        @self._app.task(name="deliver", retry=by_kind)
        async def deliver() -> None:
            await self._thread(self._crew.deliver)

        @self._app.periodic(cron=tick)
        @self._app.task(name="plan", queue=PLAN, lock=PLAN, queueing_lock=PLAN)
        async def plan(timestamp: int) -> None:
            log.debug("looking for what is due (tick %d)", timestamp)
            await self._plan()

        @self._app.periodic(cron=tick)
        @self._app.task(name="rescue", queue=PLAN, queueing_lock="rescue")
        async def rescue(timestamp: int) -> None:
            log.debug("looking for workers that died (tick %d)", timestamp)
            await self._rescue()

    async def _plan(self) -> None:
        """Put what is due into the queue, once."""
        due = await self._thread(lambda: self._crew.due(_BATCH))
        waiting = await self._app.connector.execute_query_all_async(
            _WAITING, locks=[f"source:{one.source_id}" for one in due]
        )
        known = {row["queueing_lock"] for row in waiting}
        wanted = [
            jobs.Job(
                queue=one.queue,
                lock=f"host:{one.host}",
                queueing_lock=f"source:{one.source_id}",
                task_name="check",
                task_kwargs={"source": one.source_id},
            )
            for one in due
            if f"source:{one.source_id}" not in known
        ]
        if await self._thread(self._crew.undelivered):
            wanted.append(self._deliver_job())
        await self._defer(wanted)
        await self._thread(self._crew.tidy)

    async def _defer(self, wanted: list[jobs.Job]) -> None:
        """Put jobs into the queue; one that waits there already is left as it is."""
        if not wanted:
            return
        try:
            await self._app.job_manager.batch_defer_jobs_async(wanted)
        except exceptions.AlreadyEnqueued:
            if len(wanted) > 1:
                for one in wanted:
                    await self._defer([one])

    async def _rescue(self) -> None:
        """Put the jobs of workers that died back into the queue, and end what they had taken. One worker at a time."""
        with contextlib.ExitStack() as stack:
            rescuing = self._crew.rescuing()
            if not await self._thread(lambda: stack.enter_context(rescuing)):
                return
            try:
                for job in await self._app.job_manager.get_stalled_jobs(
                    seconds_since_heartbeat=self._heartbeat * _MISSED
                ):
                    await self._put_back(job)
            finally:
                await self._thread(stack.close)

    async def _put_back(self, job: jobs.Job) -> None:
        manager = self._app.job_manager
        if job.task_name == "check":
            await self._thread(partial(self._crew.take_over, _lease_of(job)))
        elif job.task_name == "deliver" and not await self._thread(self._crew.take_over_sending):
            return  # it is slow, not dead, and goes on sending
        log.warning("%s: its worker has died; it is taken over", job.call_string)
        try:
            await manager.retry_job(job)
        except exceptions.ConnectorException:  # the same waits in the queue already, or it has ended meanwhile
            with contextlib.suppress(exceptions.ConnectorException):
                assert job.id is not None
                await manager.finish_job_by_id_async(job.id, status=jobs.Status.ABORTED, delete_job=True)

    async def _thread(self, work: Callable[[], T]) -> T:
        """Do what blocks in a thread of ours."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def _deliver_job(self) -> jobs.Job:
        return jobs.Job(queue=DELIVER, lock=DELIVER, queueing_lock=DELIVER, task_name="deliver")


def _in_one_line(record: logging.LogRecord) -> bool:
    """What has a message for people (the database was away) is told by that alone, without where in the program."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, ClausewatchError):
        record.msg, record.args, record.exc_info = f"{record.getMessage()}: {error}", (), None
    return True


def _told(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What the queue refuses to write down is one line: a job was taken over from a worker that was only slow."""
    error = context.get("exception")
    if isinstance(error, exceptions.ConnectorException):
        log.warning("%s", _first_line(error))
    else:
        loop.default_exception_handler(context)


def _lease_of(job: jobs.Job) -> str:
    return f"job-{job.id}"


def _first_line(error: BaseException) -> str:
    cause: Any = error.__cause__ or error
    return " ".join((str(cause).strip().splitlines() or [type(cause).__name__])[0].split())
