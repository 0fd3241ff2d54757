"""The jobs of a lane that wait for a thread; any thread may come for them."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class JobQueue(Generic[T]):
    """The jobs of a lane that wait for a thread."""

    def __init__(self) -> None:
        self._waiting: deque[T] = deque()
        self._closed = False
        self._condition = threading.Condition()

    def put(self, job: T) -> None:
        """Adds a job."""
        with self._condition:
            self._waiting.append(job)
            self._condition.notify()

    def withdraw(self, job: object) -> bool:
        """Takes a job back; False when a thread has it already."""
        with self._condition:
            for waiting in self._waiting:
                if waiting is job:
                    self._waiting.remove(waiting)
                    return True
        return False

    def take(self) -> T | None:
        """The next job, waiting for one; None when the lane is closed."""
        with self._condition:
            self._condition.wait_for(lambda: self._closed or self._waiting)
            return None if self._closed else self._waiting.popleft()

    def close(self) -> None:
        """Lets go of the jobs and of everybody who waits for one."""
        with self._condition:
            self._closed = True
            self._waiting.clear()
            self._condition.notify_all()
