# SPDX-License-Identifier: MIT
"""What is to be closed after use, as a context manager."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Closing(ABC):
    """``with … as thing:`` closes the thing at its end."""

    @abstractmethod
    def close(self) -> None:
        """Ends it; once is enough, and more often does no harm."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
