"""Faces of a report: a scratch workbook, the terminal, Markdown, JSON."""
