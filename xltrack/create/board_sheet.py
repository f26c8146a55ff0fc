"""The live board: key figures, funnel, channels and lost reasons as pure Excel formulas.

Every formula is written with the value it has now, so that the numbers show in viewers that do
not calculate. The sheet is locked against slips, without a password; the as-of day may be changed.
"""

from __future__ import annotations

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from xltrack.create.board_figures import BoardFigures, Tally
from xltrack.create.board_workings import FIRST_COLUMN, Workings, escaped
from xltrack.create.layout import Layout
from xltrack.create.leads_sheet import serial
from xltrack.create.palette import Palette
from xltrack.template import load_labels

_DAY_CELL = "$B$2"
_CARDS, _FUNNEL = 3, 6  # rows from 0
_CHART_COLUMN = 10
_CHART_SPAN = 10  # columns of default width that a chart covers
_WIDTHS = (18, *(12,) * 9)
_A4 = 9
_FORMATS = {"count": "0", "rate": "0.0%", "amount": "#,##0.0"}


class _Board:
    """Writes the sheet block by block, from top to bottom."""

    def __init__(
        self, book: Workbook, palette: Palette, layout: Layout, figures: BoardFigures
    ) -> None:
        self.book = book
        self.palette = palette
        self.layout = layout
        self.figures = figures
        self.words = layout.template.board
        self.labels = load_labels()
        self.workings = Workings(layout, figures, _DAY_CELL)
        self.sheet = book.add_worksheet(layout.sheet("board"))

    # -------------------------------------------------------------- small parts

    def label(self, column: str) -> str:
        """How a column is headed everywhere in the workbook."""
        parameters = self.figures.settings.parameters
        lang = self.layout.lang
        key = "unit_wan" if parameters.amount_unit in ("万", "万元") else "unit_other"
        unit = self.labels.phrase(
            key, lang, unit=parameters.amount_unit, currency=parameters.currency
        )
        return self.labels.columns[column].label.of(lang).format(unit=unit)

    def number(self, row: int, column: int, key: str, formula: str, value: float | str) -> None:
        """A figure with its cached value."""
        kind = self.labels.columns[key].format
        code = _FORMATS.get(kind, "0")
        form = self.palette.of(num_format=code, align="right", valign="vcenter")
        self.sheet.write_formula(row, column, f"={formula}", form, value)

    def lines(self, first: int, rows: int, columns: int) -> None:
        """A line below each row that is in use."""
        name = xl_rowcol_to_cell(first, 0, col_abs=True)
        form = self.palette.of(bottom=1, bottom_color="#D9D9D9")
        rule = {"type": "formula", "criteria": f'={name}<>""', "format": form}
        self.sheet.conditional_format(first, 0, first + rows - 1, columns - 1, rule)

    def text(self, row: int, column: int, formula: str, value: str) -> None:
        """A name with its cached value."""
        form = self.palette.of(valign="vcenter")
        self.sheet.write_formula(row, column, f"={formula}", form, value)

    def heads(self, row: int, title: str, columns: tuple[str, ...]) -> None:
        """A heading and the header row below it."""
        self.sheet.write_string(row, 0, title, self.palette.heading())
        for column, key in enumerate(columns):
            self.sheet.write_string(row + 1, column, self.label(key), self.palette.header())
        self.sheet.set_row(row + 1, 44)

    # -------------------------------------------------------------- blocks

    def write(self) -> None:
        """Everything, from the title down."""
        sheet, lang = self.sheet, self.layout.lang
        for column, width in enumerate(_WIDTHS):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, self.words.title.of(lang), self.palette.title())
        sheet.set_row(0, 30)
        self.head_line()
        self.cards()
        row = self.funnel()
        row = self.channels(row) if self.layout.has("channel") else row
        row = self.reasons(row) if self.layout.has("lost_reason") else row
        sheet.write_string(row + 1, 0, self.words.note.of(lang), self.palette.small())
        self.hidden_workings()
        self.set_up()
        for name, formula in self.workings.names():
            self.book.define_name(name, formula)

    def head_line(self) -> None:
        """The as-of day, the next free id, and leads whose stage is not known."""
        sheet, lang, figures = self.sheet, self.layout.lang, self.figures
        small = self.palette.small()
        sheet.write_string(1, 0, self.words.as_of.of(lang), small)
        code = self.layout.template.look.date_format
        day = self.palette.of(num_format=code, align="center", locked=False, bg_color="#FFF9DB")
        sheet.write_formula(_DAY_CELL.replace("$", ""), "=TODAY()", day, serial(figures.as_of))
        if self.layout.has("lead_id"):
            sheet.write_string(1, 3, self.words.next_id.of(lang), small)
            bold = self.palette.of(bold=True)
            sheet.write_array_formula("F2:F2", f"{{={self._next_id()}}}", bold, figures.next_id)
        unplaced = f"COUNTA(lead_stage)-1-SUM({self.workings.all('leads')})"
        text = self.words.unplaced.of(lang)
        shown = f"{text}{figures.unplaced}" if figures.unplaced else ""
        warning = self.palette.of(bold=True, font_color="#9C0006")
        formula = f'=IF({unplaced}>0,"{text}"&({unplaced}),"")'
        sheet.write_formula(1, 7, formula, warning, shown)

    def _next_id(self) -> str:
        """The first free number above the number of ids of the month."""
        month = f"param_id_prefix&(YEAR({_DAY_CELL})*100+MONTH({_DAY_CELL}))"
        digits = "0" * self.layout.template.workbook.id_digits
        used = f'COUNTIF(lead_lead_id,{escaped(month)}&"*")'
        tried = f'COUNTIF(lead_lead_id,{month}&TEXT({used}+ROW($1:$50),"{digits}"))'
        return f'{month}&TEXT({used}+MATCH(0,{tried},0),"{digits}")'

    def cards(self) -> None:
        """The key figures in one line."""
        work, total = self.workings, self.figures.total
        sums = {
            key: f"SUM({work.all(key)})"
            for key in ("leads", "open", "won", "lost", "revenue", "priced", "pipeline")
        }
        closed = f"{sums['won']}+{sums['lost']}"
        cards: list[tuple[str, str, float | str]] = [
            ("leads", sums["leads"], total.leads),
            ("open", sums["open"], total.open),
            ("won", sums["won"], total.won),
            ("lost", sums["lost"], total.lost),
            ("revenue", sums["revenue"], total.revenue),
            ("average_deal", *_share(sums["revenue"], sums["priced"], total.revenue, total.priced)),
            ("pipeline", sums["pipeline"], total.pipeline),
            ("conversion", *_share(sums["won"], sums["leads"], total.won, total.leads)),
            ("win_rate", *_share(sums["won"], closed, total.won, total.won + total.lost)),
        ]
        overdue = work.overdue_formula()
        if overdue:
            cards.insert(2, ("overdue", overdue, self.figures.overdue))
        for column, (key, formula, value) in enumerate(cards):
            self.sheet.write_string(_CARDS, column, self.label(key), self.palette.card_label())
            form = self.palette.card(_FORMATS.get(self.labels.columns[key].format, "0"))
            if key == "overdue":
                cell = xl_rowcol_to_cell(_CARDS + 1, column)
                self.sheet.write_array_formula(f"{cell}:{cell}", f"{{={formula}}}", form, value)
            else:
                self.sheet.write_formula(_CARDS + 1, column, f"={formula}", form, value)
        self.sheet.set_row(_CARDS, 34)
        self.sheet.set_row(_CARDS + 1, 30)

    def funnel(self) -> int:
        """The funnel with its chart; returns the row below."""
        columns = ("stage", "current", "open", "lost", "reached", "step_conversion", "from_start")
        self.heads(_FUNNEL, self.labels.tables["funnel"].of(self.layout.lang), columns)
        work, first = self.workings, _FUNNEL + 2
        funnel = [stage.name for stage in self.figures.settings.funnel]
        tallies = [self.figures.by_stage.get(name, Tally()) for name in funnel]
        reached = [sum(tally.leads for tally in tallies[place:]) for place in range(len(funnel))]
        rows = self.words.stages
        for number in range(rows):
            row, known = first + number, number < len(funnel)
            place = f"MATCH({number + 1},{work.all('index')},0)"
            self.text(row, 0, f'IFERROR(INDEX({work.all("stage")},{place}),"")',
                      funnel[number] if known else "")  # fmt: skip
            name, here = xl_rowcol_to_cell(row, 0), xl_rowcol_to_cell(row, 4)
            for column, key in ((1, "leads"), (2, "open"), (3, "lost")):
                value = getattr(tallies[number], key) if known else ""
                formula = f'IF({name}="","",INDEX({work.all(key)},{place}))'
                self.number(row, column, columns[column], formula, value)
            sums = f'SUMIF({work.all("index")},">={number + 1}",{work.all("leads")})'
            value = reached[number] if known else ""
            self.number(row, 4, "reached", f'IF({name}="","",{sums})', value)
            below, next_name = xl_rowcol_to_cell(row + 1, 4), xl_rowcol_to_cell(row + 1, 0)
            following = reached[number + 1] if number + 1 < len(funnel) else None
            step = f'IF(OR({name}="",{next_name}="",N({here})=0),"",{below}/{here})'
            value = _ratio(following, reached[number]) if known else ""
            if number + 1 == rows:
                step, value = '""', ""
            self.number(row, 5, "step_conversion", step, value)
            top = xl_rowcol_to_cell(first, 4, row_abs=True, col_abs=True)
            start = f'IF(OR({name}="",N({top})=0),"",{here}/{top})'
            value = _ratio(reached[number], reached[0]) if known else ""
            self.number(row, 6, "from_start", start, value)
        self.lines(first, rows, len(columns))
        self._chart("bar", self.words.funnel_chart.of(self.layout.lang), first, rows, (4,), _FUNNEL)
        return first + rows + 1

    def channels(self, top: int) -> int:
        """The channels with their chart; returns the row below."""
        columns = ("channel", "leads", "open", "won", "lost", "conversion", "average_deal",
                   "revenue", "revenue_per_lead")  # fmt: skip
        self.heads(top, self.labels.tables["channels"].of(self.layout.lang), columns)
        names = [entry.name for entry in self.figures.settings.channels]
        first, rows = top + 2, self.words.channels
        listed = Tally()
        for number in range(rows):
            name = names[number] if number < len(names) else ""
            tally = self.figures.by_channel.get(name, Tally())
            for key in ("leads", "won", "lost", "revenue", "priced"):
                setattr(listed, key, getattr(listed, key) + getattr(tally, key))
            formulas = self.workings.channel_formulas(number)
            self._channel_row(first + number, self.workings.at("channel", number), name, tally,
                              formulas)  # fmt: skip
        self._unlisted_channels(first + rows, first, listed)
        self.lines(first, rows + 1, len(columns))
        title = self.words.channel_chart.of(self.layout.lang)
        self._chart("column", title, first, rows, (1, 3), top)
        return first + rows + 2

    def _channel_row(
        self, row: int, cell: str, name: str, tally: Tally, formulas: dict[str, str]
    ) -> None:
        def shown(formula: str) -> str:
            return f'IF({cell}="","",{formula})'

        leads, won, lost, revenue = (xl_rowcol_to_cell(row, column) for column in (1, 3, 4, 7))
        priced = formulas["priced"]
        figures: list[tuple[int, str, str, float | str]] = [
            (1, "leads", formulas["leads"], tally.leads),
            (2, "open", f"{leads}-{won}-{lost}", tally.open),
            (3, "won", formulas["won"], tally.won),
            (4, "lost", formulas["lost"], tally.lost),
            (5, "conversion", *_share(won, leads, tally.won, tally.leads)),
            (6, "average_deal", *_share(revenue, priced, tally.revenue, tally.priced)),
            (7, "revenue", formulas["revenue"], tally.revenue),
            (8, "revenue_per_lead", *_share(revenue, leads, tally.revenue, tally.leads)),
        ]
        self.text(row, 0, cell, name)
        for column, key, formula, value in figures:
            self.number(row, column, key, shown(formula), value if name else "")

    def _unlisted_channels(self, row: int, first: int, listed: Tally) -> None:
        """What no channel of Settings accounts for, so that sums equal totals."""
        form = self.palette.of(italic=True, font_color="#595959", valign="vcenter")
        self.sheet.write_string(row, 0, self.words.unlisted.of(self.layout.lang), form)
        total, work = self.figures.total, self.workings
        for column, key in ((1, "leads"), (3, "won"), (4, "lost"), (7, "revenue")):
            area = f"{xl_rowcol_to_cell(first, column)}:{xl_rowcol_to_cell(row - 1, column)}"
            rest = f"SUM({work.all(key)})-SUM({area})"
            value = round(getattr(total, key) - getattr(listed, key), 9)
            self.number(row, column, key, f"ROUND({rest},9)", value)
        leads, won, lost = (xl_rowcol_to_cell(row, column) for column in (1, 3, 4))
        value = total.open - (listed.leads - listed.won - listed.lost)
        self.number(row, 2, "open", f"{leads}-{won}-{lost}", value)

    def reasons(self, top: int) -> int:
        """The most frequent lost reasons; returns the row below."""
        columns = ("reason", "leads", "share", "amount")
        self.heads(top, self.words.top.of(self.layout.lang), columns)
        work, figures, lost = self.workings, self.figures, self.figures.total.lost
        names = [entry.name for entry in figures.settings.lost_reasons]
        order = sorted(
            (name for name in names if figures.reasons[name]),
            key=lambda name: (-figures.reasons[name], -figures.reason_amounts[name]),
        )
        for number in range(self.words.top_reasons):
            row, name = top + 2 + number, order[number] if number < len(order) else ""
            largest = f"LARGE({work.all('rank')},{number + 1})"
            place = f"MATCH({largest},{work.all('rank')},0)"
            self.text(row, 0, f'IF({largest}<=0,"",INDEX({work.all("reason")},{place}))', name)
            cell = xl_rowcol_to_cell(row, 0)
            count, leads = xl_rowcol_to_cell(row, 1), figures.reasons[name]
            shown = f'IF({cell}="","",INDEX({work.all("cases")},{place}))'
            self.number(row, 1, "leads", shown, leads if name else "")
            formula, value = _share(count, f"SUM({work.all('lost')})", leads, lost)
            self.number(row, 2, "share", f'IF({cell}="","",{formula})', value if name else "")
            shown = f'IF({cell}="","",INDEX({work.all("sum")},{place}))'
            amount = figures.reason_amounts[name] if name else ""
            self.number(row, 3, "amount", shown, amount)
        self.lines(top + 2, self.words.top_reasons, len(columns))
        return top + 2 + self.words.top_reasons

    def hidden_workings(self) -> None:
        """The columns that the visible formulas build on."""
        small = self.palette.small()
        last = FIRST_COLUMN
        for column, head in self.workings.heads():
            self.sheet.write_string(3, column, head, small)
            last = column
        for cell in self.workings.cells():
            self.sheet.write_formula(cell.row, cell.column, cell.formula, None, cell.value)
        self.sheet.set_column(FIRST_COLUMN, last, 9, None, {"hidden": True})

    # -------------------------------------------------------------- charts, page

    def _chart(
        self, kind: str, title: str, first: int, rows: int, columns: tuple[int, ...], top: int
    ) -> None:
        look, name = self.layout.template.look, self.layout.sheet("board")
        chart = self.book.add_chart({"type": kind})
        fills = [look.header.fill, look.won.text]
        height = 255 if kind == "bar" else 300
        for column, fill in zip(columns, fills, strict=False):
            chart.add_series(
                {
                    "name": [name, first - 1, column],
                    "categories": [name, first, 0, first + rows - 1, 0],
                    "values": [name, first, column, first + rows - 1, column],
                    "fill": {"color": f"#{fill}"},
                    "gap": 60,
                    "data_labels": {"value": True, "num_format": "0;;"},
                }
            )
        font = {"name": look.font.of(self.layout.lang), "size": 9}
        chart.set_title({"name": title, "name_font": {**font, "size": 11}, "overlay": False})
        axis = {"num_font": font, "major_gridlines": {"visible": False}}
        if kind == "bar":  # the first stage on top
            chart.set_x_axis({**axis, "visible": False})
            chart.set_y_axis({**axis, "reverse": True})
        else:
            chart.set_x_axis(axis)
            chart.set_y_axis({**axis, "visible": False})
        chart.set_legend({"none": True} if len(columns) == 1 else {"position": "bottom"})
        chart.set_size({"width": 620, "height": height})
        self.sheet.insert_chart(
            top, _CHART_COLUMN, chart, {"description": title, "object_position": 2}
        )

    def set_up(self) -> None:
        """Protection without a password, print on one page."""
        sheet = self.sheet
        sheet.protect("", {"format_columns": True, "format_rows": True, "objects": False})
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 1)
        sheet.print_area(0, 0, 50, _CHART_COLUMN + _CHART_SPAN)
        sheet.set_footer("&L&A&R&P / &N")
        sheet.set_tab_color(f"#{self.layout.template.look.won.text}")


def write_board(book: Workbook, palette: Palette, layout: Layout, figures: BoardFigures) -> None:
    """Adds the board; a workbook without stages has none."""
    _Board(book, palette, layout, figures).write()


def _share(part: str, whole: str, part_now: float, whole_now: float) -> tuple[str, float | str]:
    """Formula and value of a quotient, empty where there is nothing to divide by."""
    value = part_now / whole_now if whole_now else ""
    return f'IF(({whole})=0,"",({part})/({whole}))', value


def _ratio(part: float | None, whole: float) -> float | str:
    return "" if part is None or not whole else part / whole
