"""Drives LibreOffice for the tests; runs under the Python that has its uno module.

Reads one task a line from standard input, ``{"path", "steps", "to"}``, and answers with one line,
``{"sheets": [[name, charts], …]}`` after the steps, or ``{"error": text}``.

Steps: ``["rename", old, new]``, ``["move", name, position]``, ``["copy", name, new, position]``,
``["delete", name]``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

FILTERS = {".xlsm": "Calc MS Excel 2007 VBA XML"}


def main() -> None:
    soffice, profile = sys.argv[1:3]
    pipe = f"xltrack{Path(profile).name}{time.time_ns()}"
    command = [
        soffice,
        "--headless",
        "--norestore",
        "--nologo",
        f"-env:UserInstallation={Path(profile).resolve().as_uri()}",
        f"--accept=pipe,name={pipe};urp;",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        desktop = connect(pipe)
        for line in sys.stdin:
            print(json.dumps(answer(desktop, json.loads(line))), flush=True)  # noqa: T201
        desktop.terminate()
        process.wait(timeout=30)
    finally:
        process.kill()


def connect(pipe: str) -> Any:
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", context
    )
    url = f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext"
    for _ in range(300):
        try:
            remote = resolver.resolve(url)
        except NoConnectException:
            time.sleep(0.2)
        else:
            return remote.ServiceManager.createInstanceWithContext(
                "com.sun.star.frame.Desktop", remote
            )
    raise SystemExit("LibreOffice does not answer")


def answer(desktop: Any, task: dict[str, Any]) -> dict[str, Any]:
    source = Path(task["path"])
    hidden = (value("Hidden", True), value("ReadOnly", task["to"] is None))
    document = desktop.loadComponentFromURL(source.resolve().as_uri(), "_blank", 0, hidden)
    if document is None:
        return {"error": "did not open"}
    try:
        for step in task["steps"]:
            take(document.Sheets, *step)
        if task["to"]:
            filter_name = FILTERS.get(source.suffix, "Calc MS Excel 2007 XML")
            target = Path(task["to"]).resolve().as_uri()
            document.storeToURL(target, (value("FilterName", filter_name),))
        names = document.Sheets.ElementNames
        return {"sheets": [[n, document.Sheets.getByName(n).Charts.Count] for n in names]}
    finally:
        document.close(True)


def take(sheets: Any, what: str, name: str, *rest: Any) -> None:
    if what == "rename":
        sheets.getByName(name).Name = rest[0]
    elif what == "move":
        sheets.moveByName(name, rest[0])
    elif what == "copy":
        sheets.copyByName(name, *rest)
    elif what == "delete":
        sheets.removeByName(name)
    else:
        raise ValueError(what)


def value(name: str, content: Any) -> Any:
    made = PropertyValue()
    made.Name, made.Value = name, content
    return made


if __name__ == "__main__":
    main()
