"""What a code means, why it matters and how to mend it."""

from __future__ import annotations

import re

from xltrack.errors import UsageError
from xltrack.findings import SEVERITIES
from xltrack.render.findings_rows import severity_word
from xltrack.template import load_labels
from xltrack.template.finding_texts import load_finding_texts
from xltrack.text import Lang

_BLANK = re.compile(r"\{\w+\}")


def explained(code: str, lang: Lang) -> str:
    """A code in a few lines.

    Raises: UsageError for one that there is not.
    """
    code = code.strip().upper()
    texts = load_finding_texts()
    if code not in texts:
        raise UsageError("unknown_code", code)
    text, labels = texts[code], load_labels()
    lines = [f"{code} · {severity_word(SEVERITIES[code], lang)}"]
    for key, content in (
        ("explain_what", text.message),
        ("explain_why", text.why),
        ("explain_how", text.suggestion),
    ):
        lines.append(f"{labels.phrase(key, lang)}{_BLANK.sub('…', content.of(lang))}")
    return "\n".join(lines)
