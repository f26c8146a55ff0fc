"""The charts of a sheet of LibreOffice under the interface that xlwings has for its engines."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from com.sun.star.awt import Rectangle
from xlwings import base_classes

from tests.live.cells import Box, Range, _number, _rgb

BAR, LINE = "com.sun.star.chart.BarDiagram", "com.sun.star.chart.LineDiagram"
_PER_POINT = 2540 / 72
T = TypeVar("T")


class Charts(base_classes.Charts):
    """The charts of one sheet."""

    parent: Any = None

    def __init__(self, sheet: Any) -> None:
        self.parent = sheet
        self.all = sheet.uno.Charts

    def _list(self) -> list[Chart]:
        return [Chart(self.parent, self.all.getByName(name)) for name in self.all.ElementNames]

    def __iter__(self) -> Iterator[Chart]:
        return iter(self._list())

    def __len__(self) -> int:
        return int(self.all.Count)

    def __call__(self, key: int | str) -> Chart:
        if isinstance(key, int):
            return self._list()[key - 1]
        return _there(lambda: [chart for chart in self._list() if chart.name == key])

    def __contains__(self, key: str) -> bool:
        return any(chart.name == key for chart in self)

    def add(self, left: float, top: float, width: float, height: float, **rest: Any) -> Chart:
        place = Rectangle(*(round(each * _PER_POINT) for each in (left, top, width, height)))
        number = f"{self.parent.index}.{self.all.Count + 1}"  # unique in the whole workbook
        anywhere = (self.parent.at(Box(0, 0, 1, 1)).RangeAddress,)
        self.all.addNewByName(f"Chart {number}", place, anywhere, True, False)
        chart = Chart(self.parent, self.all.getByName(f"Chart {number}"))
        if rest["name"]:
            chart.name = rest["name"]
        return chart


def _there(found: Callable[[], list[T]]) -> T:
    """The first that is found; a busy LibreOffice is still loading what a file holds."""
    for _ in range(100):
        if there := found():
            return there[0]
        time.sleep(0.1)
    raise LookupError(found)


class Chart(base_classes.Chart):
    """One chart."""

    parent: Any = None

    def __init__(self, parent: Any, chart: Any) -> None:
        self.parent, self.uno = parent, chart

    @property
    def doc(self) -> Any:
        return self.uno.EmbeddedObject

    @property
    def shape(self) -> Any:
        page, kind = self.parent.uno.DrawPage, "com.sun.star.drawing.OLE2Shape"

        def shapes() -> list[Any]:
            drawn = [page.getByIndex(number) for number in range(page.Count)]
            return [s for s in drawn if s.supportsService(kind) and s.PersistName == self.uno.Name]

        return _there(shapes)

    @property
    def name(self) -> str:
        return str(self.shape.Name) or str(self.uno.Name)

    @name.setter
    def name(self, value: str) -> None:
        self.shape.Name = value

    @property
    def title(self) -> str | None:
        return str(self.doc.Title.String) if self.doc.HasMainTitle else None

    @title.setter
    def title(self, value: str) -> None:
        self.doc.HasMainTitle = True
        self.doc.Title.String = value

    @property
    def chart_type(self) -> str:
        diagram = self.doc.Diagram
        if diagram.DiagramType == LINE:
            return "line_markers"
        return "bar_clustered" if diagram.Vertical else "column_clustered"

    @chart_type.setter
    def chart_type(self, value: str) -> None:
        kind = LINE if value == "line_markers" else BAR
        if self.doc.Diagram.DiagramType != kind:
            self.doc.Diagram = self.doc.createInstance(kind)
        if kind == BAR:  # LibreOffice calls lying bars vertical
            self.doc.Diagram.Vertical = value == "bar_clustered"

    def set_source_data(self, cells: Range, plot_by: str | None) -> None:
        assert plot_by == "columns"
        places = tuple(cells.sheet.at(box).RangeAddress for box in cells.boxes)
        self.uno.setRanges(places)
        self.uno.HasColumnHeaders, self.uno.HasRowHeaders = True, False

    def set_x_axis_values(self, cells: Range) -> None:
        """Categories stand in front of the series here, and their header with them."""
        top, *rest = cells.box
        categories = cells.sheet.at(Box(top - 1, *rest)).RangeAddress
        known = [at for at in self.uno.getRanges() if at.StartColumn != categories.StartColumn]
        self.uno.setRanges((categories, *known))
        self.uno.HasRowHeaders = True

    @property
    def ranges(self) -> list[Box]:
        """What the chart shows."""
        return [
            Box(at.StartRow, at.StartColumn, at.EndRow, at.EndColumn) for at in self.uno.getRanges()
        ]

    @property
    def category_axis(self) -> Axis:
        return Axis(self.doc.Diagram, "X")

    @property
    def value_axis(self) -> Axis:
        return Axis(self.doc.Diagram, "Y")

    @property
    def legend(self) -> Legend:
        return Legend(self.doc)

    @property
    def series(self) -> SeriesCollection:
        return SeriesCollection(self.doc)

    def _get_place(self, side: str) -> float:
        return float(getattr(self.shape.Position, side)) / _PER_POINT

    def _move(self, side: str, value: float) -> None:
        place = self.shape.Position
        setattr(place, side, round(value * _PER_POINT))
        self.shape.Position = place

    left = property(lambda self: self._get_place("X"), lambda self, v: self._move("X", v))
    top = property(lambda self: self._get_place("Y"), lambda self, v: self._move("Y", v))


class Axis(base_classes.ChartAxis):
    """An axis of a diagram; the first letter is what LibreOffice calls it."""

    def __init__(self, diagram: Any, letter: str) -> None:
        self.diagram, self.letter = diagram, letter

    @property
    def uno(self) -> Any:
        return getattr(self.diagram, f"{self.letter}Axis")

    @property
    def title(self) -> str:
        return str(getattr(self.diagram, f"{self.letter}AxisTitle").String)

    def set(self, **changes: Any) -> None:
        unset = base_classes._UNSET
        for name, value in changes.items():
            if value is unset:
                continue
            if name == "title":
                setattr(self.diagram, f"Has{self.letter}AxisTitle", True)
                getattr(self.diagram, f"{self.letter}AxisTitle").String = value
            elif name == "minimum_scale":
                self.uno.Min = float(value)
            elif name == "reverse_order":
                self.uno.ReverseDirection = value
            else:
                assert (name, value) == ("crosses", "maximum")


class Legend(base_classes.ChartLegend):
    """The legend of a chart."""

    def __init__(self, doc: Any) -> None:
        self.doc = doc

    def _show(self, value: bool) -> None:
        self.doc.HasLegend = value

    def _place(self, value: str) -> None:
        assert value == "bottom"

    visible = property(lambda self: self.doc.HasLegend, _show)
    position = property(lambda self: "bottom" if self.doc.HasLegend else None, _place)


class SeriesCollection(base_classes.Collection):
    """The series of a chart."""

    def __init__(self, doc: Any) -> None:
        self.doc = doc

    def _all(self) -> list[Any]:
        diagram = self.doc.FirstDiagram.getCoordinateSystems()[0]
        return [each for kind in diagram.getChartTypes() for each in kind.getDataSeries()]

    def __len__(self) -> int:
        return len(self._all())

    def __call__(self, key: int) -> Series:
        return Series(self._all()[key - 1])


class Series(base_classes.ChartSeries):
    """One series."""

    def __init__(self, of: Any) -> None:
        self.of = of

    @property
    def fill_color(self) -> Any:
        return _rgb(self.of.Color)

    def set(self, **changes: Any) -> None:
        for name in ("fill_color", "line_color"):
            if changes.get(name, base_classes._UNSET) is not base_classes._UNSET:
                self.of.Color = _number(changes[name])
