"""What the command line says, as declared in ``templates/messages.toml``."""

from __future__ import annotations

from functools import cache

from xltrack.template.declared import Declared, Text
from xltrack.template.layers import read_toml, typed
from xltrack.template.locate import template_dir


class Messages(Declared, frozen=True, kw_only=True):
    """Sentences by group and id."""

    errors: dict[str, Text]
    usage: dict[str, Text]
    done: dict[str, Text]
    help: dict[str, Text]


@cache
def load_messages() -> Messages:
    """The shipped messages, loaded once.

    Raises:
        TemplateError: names the file and the path of the offending key.
    """
    path = template_dir() / "messages.toml"
    return typed(read_toml(path), Messages, path)
