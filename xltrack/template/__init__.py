"""The declared template, loaded into typed objects, and the settings of a team."""

from xltrack.template.declared import (
    Field,
    Prompt,
    SettingsTable,
    StageKind,
    Template,
    Text,
    Tint,
    load_template,
)
from xltrack.template.labels import ColumnLabel, Labels, load_labels
from xltrack.template.locate import template_dir
from xltrack.template.settings import Parameters, Settings, SettingsProblem, Stage, lookup
from xltrack.template.settings_tables import default_settings, read_settings, settings_of

__all__ = [
    "ColumnLabel",
    "Field",
    "Labels",
    "Parameters",
    "Prompt",
    "Settings",
    "SettingsProblem",
    "SettingsTable",
    "Stage",
    "StageKind",
    "Template",
    "Text",
    "Tint",
    "default_settings",
    "load_labels",
    "load_template",
    "lookup",
    "read_settings",
    "settings_of",
    "template_dir",
]
