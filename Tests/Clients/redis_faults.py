"""What may happen to a Redis while servers use it: each fault begins and ends, and says what it does to the data."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from redis_server import RedisServer


@dataclass(frozen=True)
class Fault:
    """Something that keeps Redis from answering, or from answering well, as long as the context is open."""

    happens: Callable[[RedisServer], contextlib.AbstractContextManager]
    #: Whether Redis is out of reach, not only unwilling.
    is_outage: bool = True
    #: Whether it looks over in between, so that the log may say more than once that it begins and ends.
    is_steady: bool = True


@contextlib.contextmanager
def killed(redis: RedisServer) -> Iterator[None]:
    redis.kill()
    try:
        yield
    finally:
        redis.start()


@contextlib.contextmanager
def frozen(redis: RedisServer) -> Iterator[None]:
    redis.freeze()
    try:
        yield
    finally:
        redis.thaw()


@contextlib.contextmanager
def paused(redis: RedisServer) -> Iterator[None]:
    """Nothing ends it before its time, not even the command that is made for that."""
    redis.call("CLIENT", "PAUSE", 5000, "ALL")
    try:
        yield
    finally:
        redis.call("PING")


@contextlib.contextmanager
def paused_writes(redis: RedisServer) -> Iterator[None]:
    """As in a failover. Reads go on, so a new connection looks well until it is written on."""
    redis.call("CLIENT", "PAUSE", 60_000, "WRITE")
    try:
        yield
    finally:
        redis.call("CLIENT", "UNPAUSE")


@contextlib.contextmanager
def without_memory(redis: RedisServer) -> Iterator[None]:
    redis.call("CONFIG", "SET", "maxmemory-policy", "noeviction")
    redis.call("CONFIG", "SET", "maxmemory", 1)
    try:
        yield
    finally:
        redis.call("CONFIG", "SET", "maxmemory", 0)


@contextlib.contextmanager
def read_only(redis: RedisServer) -> Iterator[None]:
    """A replica of a master that is not there."""
    redis.call("REPLICAOF", "127.0.0.1", 1)
    try:
        yield
    finally:
        redis.call("REPLICAOF", "NO", "ONE")


@contextlib.contextmanager
def other_password(redis: RedisServer) -> Iterator[None]:
    redis.call("CONFIG", "SET", "requirepass", "another-secret")
    redis.login = ("another-secret",)
    redis.kill_clients()
    try:
        yield
    finally:
        redis.call("CONFIG", "SET", "requirepass", "")
        redis.login = ()


FAULTS = {
    "killed and started again": Fault(killed),
    "frozen": Fault(frozen),
    "paused": Fault(paused),
    "writes paused": Fault(paused_writes, is_steady=False),
    "out of memory": Fault(without_memory, is_outage=False),
    "a replica": Fault(read_only, is_outage=False),
    "another password": Fault(other_password),
}
