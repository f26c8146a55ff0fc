"""What the doctor says, as declared in ``templates/doctor.toml``."""

from __future__ import annotations

from functools import cache

import msgspec

from xltrack.template.declared import Declared, Text
from xltrack.template.layers import read_toml, typed
from xltrack.template.locate import template_dir


class Subject(Declared, frozen=True, kw_only=True):
    """A thing that is looked at: its title, the states it may be in, and what to do by state."""

    title: Text
    states: dict[str, Text]
    remedies: dict[str, Text] = msgspec.field(default_factory=dict)


class DoctorTexts(Declared, frozen=True, kw_only=True):
    """Everything ``templates/doctor.toml`` declares."""

    verdicts: dict[str, Text]
    subjects: dict[str, Subject]


@cache
def load_doctor_texts() -> DoctorTexts:
    """The shipped texts, loaded once.

    Raises:
        TemplateError: names the file and the path of the offending key.
    """
    path = template_dir() / "doctor.toml"
    return typed(read_toml(path), DoctorTexts, path)
