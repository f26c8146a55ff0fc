"""Where the declared data lies: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from xltrack.errors import TemplateError

_PACKAGE = Path(__file__).resolve().parent.parent


@cache
def template_dir() -> Path:
    """Folder of the declared data.

    Raises:
        TemplateError: the installation holds no ``templates`` folder.
    """
    for folder in (_PACKAGE / "templates", _PACKAGE.parent / "templates"):
        if (folder / "tracking.toml").is_file():
            return folder
    raise TemplateError(_PACKAGE / "templates", "tracking.toml", "the installation is incomplete")
