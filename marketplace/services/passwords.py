"""Passwords: Argon2id, never kept in plain, never a hint whether somebody exists."""

from __future__ import annotations

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from marketplace.domain.passwords import refuse_weak_password
from models.organisations import User

_hasher = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1)
# Each hash takes 19 MiB: without a bound a flood of sign-ins eats the memory.
_at_once = BoundedSemaphore(4)
# What an unknown account is compared with, so that it takes as long as a known one.
_DUMMY = (
    "$argon2id$v=19$m=19456,t=2,p=1$/2UIoqVKHv3zbcu9IKrfOw"
    "$3dMJ99DvPDakEodpfHLPN4+otTcJDXo1C90E2dbOa5I"
)


def hash_password(password: str) -> str:
    """The Argon2id hash of a password that was found good enough."""
    with _at_once:
        return _hasher.hash(password)


def check_password(user: User | None, password: str) -> bool:
    """Whether this is the person's password; as slow for nobody as for somebody."""
    kept = user.password_hash if user is not None else _DUMMY
    try:
        with _at_once:
            _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
    if user is not None and _hasher.check_needs_rehash(kept):
        user.password_hash = hash_password(password)
    return user is not None


def set_password(user: User, password: str, *, field: str = "password") -> None:
    """Give a new password; refuses a weak one. Open sessions end by its version."""
    about = (user.name, user.email or "", user.phone or "")
    refuse_weak_password(password, about, field=field)
    user.password_hash = hash_password(password)
    user.password_version += 1
