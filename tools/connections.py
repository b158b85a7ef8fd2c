"""How to speak to database and broker; each setting says what breaks without it."""

from __future__ import annotations

from typing import Any

STATEMENTS = 2_000  # of some 30 KiB each


def engine_options(database_url: str, worker: bool) -> dict[str, Any]:
    """How to hold connections; each line says what breaks without it."""
    # Without it (500) the statements of all pages push each other out and are
    # compiled over and over.
    compiled: dict[str, Any] = {"query_cache_size": STATEMENTS}
    if not database_url.startswith("postgresql"):
        # A full pool answers 503 in seconds instead of hanging for half a minute.
        waits = {"pool_timeout": 5} if ":///" in database_url else {}
        return compiled | waits
    return compiled | {
        # Without it the first query after a database restart fails.
        "pool_pre_ping": True,
        # Without bounds a burst opens more connections than PostgreSQL grants.
        "pool_size": 5,
        "max_overflow": 5,
        # Without it an exhausted pool hangs requests for 30 s.
        "pool_timeout": 5,
        # Without it connections that a firewall forgot are used again.
        "pool_recycle": 300,
        "connect_args": {
            # Without it a dead host holds a request for minutes.
            "connect_timeout": 5,
            # Without it a cut cable is noticed after a quarter of an hour.
            "tcp_user_timeout": 5000,
            "options": _session_options(worker),
        },
    }


def _session_options(worker: bool) -> str:
    limits = {
        # Without it one slow query holds its locks and a web thread for ever.
        "statement_timeout": "300s" if worker else "15s",
        # Without it a queue behind one lock takes all connections.
        "lock_timeout": "3s",
        # Without it a process that stopped in mid-transaction blocks everybody.
        "idle_in_transaction_session_timeout": "300s" if worker else "30s",
        "timezone": "UTC",
    }
    if worker:
        # Without it the matcher reads whole tables where an index names the few rows
        # wanted: the default is for discs that turn. The sums of boards like it.
        limits["random_page_cost"] = "1.1"
    else:
        # Without it a small question of a page waits for helpers to be started, and
        # pages asked for at the same time take the processors from each other.
        limits["max_parallel_workers_per_gather"] = "0"
    return " ".join(f"-c {name}={value}" for name, value in limits.items())


def celery_options(redis_url: str, worker: bool) -> dict[str, Any]:
    """Celery as a bell: the job table is the truth, a message only wakes."""
    return {
        "broker_url": redis_url or "memory://",
        "broker_transport_options": _transport(redis_url, worker),
        # Pickle would run what anyone writes into Redis.
        "task_serializer": "json",
        "accept_content": ["json"],
        # Nobody reads results; without it Redis fills up with them.
        "task_ignore_result": True,
        # Local time skips or repeats an hour where clocks change.
        "timezone": "UTC",
        "enable_utc": True,
        # Late acknowledgement loses messages all the same and doubles others.
        "task_acks_late": False,
        # A task that kills its worker would come back for ever.
        "task_reject_on_worker_lost": False,
        # A busy process would sit on wake-ups that an idle one could serve.
        "worker_prefetch_multiplier": 1,
        # Without limits one endless job stops all others.
        "task_soft_time_limit": 240,
        "task_time_limit": 300,
        # Solver and PDF libraries keep memory; a fresh process gives it back.
        "worker_max_tasks_per_child": 500,
        "worker_max_memory_per_child": 400_000,  # KiB
        # A stop waits this long for the job in hand, then its lease is released.
        "worker_soft_shutdown_timeout": 20,
        # Without it a request waits for a broker that is away.
        "task_publish_retry": False,
        # Without it a worker that starts before Redis gives up.
        "broker_connection_retry_on_startup": True,
        # A message must not be stuck behind a queue nobody reads.
        "task_default_queue": "jobs",
        "worker_send_task_events": False,
        # Our own logging stays in place.
        "worker_hijack_root_logger": False,
    }


def _transport(redis_url: str, worker: bool) -> dict[str, Any]:
    if not redis_url:
        return {}
    patience = (
        {"socket_timeout": 5, "socket_connect_timeout": 3}
        if worker
        # A web thread waits at most a second for a broker that never answers.
        else {"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "max_retries": 0}
    )
    return {
        **patience,
        # Longer than any task may run, or Redis hands it out a second time.
        "visibility_timeout": 1800,
        "socket_keepalive": True,
        # Without it a connection that died in silence is found by a failed task.
        "health_check_interval": 25,
        # Two installations may share a server without eating each other's work.
        "global_keyprefix": "lienket:",
    }
