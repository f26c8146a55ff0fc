"""What the functions of several commands take for a path."""

from __future__ import annotations

from pathlib import Path

AnyPath = str | Path
