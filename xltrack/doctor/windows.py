"""What only Windows has: Excel's macro policy and Defender's rules, read from the registry.

Source: Microsoft's administrative templates for Office 2016 and later (``VBAWarnings``,
``blockcontentexecutionfrominternet``, ``vbaoff``) and for Defender (attack surface reduction).
"""

from __future__ import annotations

from collections.abc import Iterator

from xltrack.doctor.computer import Computer
from xltrack.doctor.examination import Examined, fault, good, unknown, warning

_POLICY = r"Software\Policies\Microsoft\Office\16.0\Excel\Security"
_CHOSEN = r"Software\Microsoft\Office\16.0\Excel\Security"
_COMMON_POLICY = r"Software\Policies\Microsoft\Office\16.0\Common"
_WARNINGS = "VBAWarnings"
_NO_MACROS, _SIGNED_ONLY = 4, 3
_RULES = (
    r"SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules",
    r"SOFTWARE\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules",
)
_MANAGED = r"SOFTWARE\Policies\Microsoft\Windows Defender\Policy Manager"
_CHILD_PROCESSES = "D4F940AB-401B-4EFC-AADC-AD5F3C50688A"
_SYSTEM_CALLS = "92E97FA1-2EDF-4476-BDD6-9DD0B4DDDC7B"
_BLOCKS, _AUDITS, _WARNS = 1, 2, 6
_EXCEL = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"


def examine_windows(computer: Computer) -> Iterator[Examined]:
    """Yield how Excel, its macro policy and Defender's rules were found."""
    place = computer.registry("HKLM", _EXCEL, "") or computer.registry("HKCU", _EXCEL, "")
    yield good("excel", place=place) if place else fault("excel", "missing")
    yield good("pywin32") if computer.installed("win32com") else fault("pywin32", "missing")
    yield _macro_policy(computer)
    yield _internet_policy(computer)
    yield _rule(computer, _CHILD_PROCESSES, "defender_processes")
    yield _rule(computer, _SYSTEM_CALLS, "defender_calls")


def _macro_policy(computer: Computer) -> Examined:
    if _number(computer.registry("HKCU", _COMMON_POLICY, "vbaoff")) == 1:
        return fault("macro_policy", "vba_off")
    for key, state in ((_POLICY, "policy"), (_CHOSEN, "chosen")):
        value = _number(computer.registry("HKCU", key, _WARNINGS))
        if value == _NO_MACROS:
            return fault("macro_policy", f"{state}_none")
        if value == _SIGNED_ONLY:
            return fault("macro_policy", f"{state}_signed")
        if value is not None:
            return good("macro_policy")
    return good("macro_policy")


def _internet_policy(computer: Computer) -> Examined:
    name = "blockcontentexecutionfrominternet"
    blocked = _number(computer.registry("HKCU", _POLICY, name)) == 1
    return warning("internet_policy", "blocked") if blocked else good("internet_policy")


def _rule(computer: Computer, rule: str, subject: str) -> Examined:
    action = _action(computer, rule)
    if action == _BLOCKS:
        return fault(subject, "blocks")
    if action == _WARNS:
        return warning(subject, "warns")
    if action == _AUDITS:
        return warning(subject, "audits")
    if action is None:
        return unknown(subject)
    return good(subject)


def _action(computer: Computer, rule: str) -> int | None:
    """What Defender does under a rule: None where nothing that may be read says so."""
    for key in _RULES:
        for spelled in (rule, rule.lower()):
            action = _number(computer.registry("HKLM", key, spelled))
            if action is not None:
                return action
    managed = computer.registry("HKLM", _MANAGED, "ASRRules")
    for entry in str(managed or "").split("|"):
        name, _, value = entry.partition("=")
        if name.strip().strip("{}").upper() == rule:
            return _number(value)
    return None


def _number(value: str | int | None) -> int | None:
    if isinstance(value, int):
        return value
    return int(value) if value is not None and value.strip().isdecimal() else None
