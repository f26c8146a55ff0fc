"""The hidden workings of the live board: lists of Settings, criteria, counts by stage.

Criteria count whole columns (``lead_stage`` …) with COUNTIFS and SUMIFS, which stop at the used
range. Every text that becomes a criterion is escaped and led by ``=``, so that ``*``, ``?``, ``~``
and leading operators count as themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from xlsxwriter.utility import xl_rowcol_to_cell

from xltrack.create.board_figures import BoardFigures
from xltrack.create.highlights import entry_day
from xltrack.create.layout import Layout
from xltrack.create.names import overdue_limit, word
from xltrack.template import Settings, StageKind

FIRST_COLUMN = 26  # AA: where the hidden columns start
_TOP = 4
_SYNONYMS = 5
_WON_KINDS = 2  # stages of the type won, and of the type lost, that the board can count
_NEVER = '"="&REPT("~?",9)'  # a criterion that nothing meets


@dataclass(frozen=True)
class Working:
    """A formula with the value it has now; ``array``: entered as an array formula."""

    row: int
    column: int
    formula: str
    value: str | float
    array: bool = False


def escaped(text: str) -> str:
    """Formula of a criterion that the text of a cell alone meets."""
    return f'"="&SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({text},"~","~~"),"*","~*"),"?","~?")'


class Workings:
    """Where the hidden cells stand, and what they hold."""

    def __init__(self, layout: Layout, figures: BoardFigures, day: str) -> None:
        self.layout = layout
        self.figures = figures
        self.day = day  # the cell of the as-of day
        self.room = layout.template.board

    @property
    def settings(self) -> Settings:
        """The team's settings as they are when the workbook is written."""
        return self.figures.settings

    # -------------------------------------------------------------- places

    _PLACES = (
        "mark",
        "stage", "kind", "crit", "leads", "reasoned", "index", "won", "lost", "open",
        "revenue", "priced", "pipeline", "active", "won_crit", "lost_crit",
        "priority", "days",
        "channel", "exact", "half", "full",
        "reason", "word0", "word1", "word2", "word3", "word4", "word5", "cases", "sum", "rank",
    )  # fmt: skip

    @cached_property
    def rows(self) -> dict[str, int]:
        """How many rows each block has, by its first column."""
        return {
            "mark": self.room.marks,
            "stage": self.room.stages,
            "priority": self.room.stages,
            "channel": self.room.channels,
            "reason": self.room.reasons,
        }

    def _block(self, name: str) -> str:
        place = self._PLACES.index(name)
        return next(entry for entry in reversed(self._PLACES[: place + 1]) if entry in self.rows)

    def at(self, name: str, number: int) -> str:
        """Address of a cell of a hidden column, by its number from 0."""
        column = FIRST_COLUMN + self._PLACES.index(name)
        return str(xl_rowcol_to_cell(_TOP + number, column, row_abs=True, col_abs=True))

    def all(self, name: str, rows: int | None = None) -> str:
        """Address of a hidden column."""
        rows = rows or self.rows[self._block(name)]
        return f"{self.at(name, 0)}:{self.at(name, rows - 1)}"

    def across(self, first: str, last: str, number: int) -> str:
        """Address of neighbours in one row."""
        return f"{self.at(first, number)}:{self.at(last, number)}"

    def _cell(self, name: str, number: int, formula: str, value: str | float) -> Working:
        column = FIRST_COLUMN + self._PLACES.index(name)
        return Working(_TOP + number, column, f"={formula}", value)

    # -------------------------------------------------------------- contents

    def heads(self) -> Iterator[tuple[int, str]]:
        """Column and head of each hidden column."""
        for place, name in enumerate(self._PLACES):
            yield FIRST_COLUMN + place, name

    def cells(self) -> Iterator[Working]:
        """All hidden cells."""
        yield from self._marks()
        yield from self._stages()
        yield from self._priorities()
        if self.layout.has("channel"):
            yield from self._channels()
        if self.layout.has("lost_reason"):
            yield from self._reasons()

    def _marks(self) -> Iterator[Working]:
        known = self.settings.parameters.no_loss_marks
        marks = [mark for mark in known.split("、") if mark]
        for number in range(self.room.marks):
            piece = _piece("param_no_loss_marks", number)
            formula = f'IF({piece}="",{_NEVER},{escaped(piece)})'
            value = f"={_escape(marks[number])}" if number < len(marks) else "=" + "~?" * 9
            yield self._cell("mark", number, formula, value)

    def _stages(self) -> Iterator[Working]:
        for number in range(self.room.stages):
            yield from self._stage(number)

    def _stage(self, number: int) -> Iterator[Working]:
        stages = self.settings.stages
        stage = stages[number] if number < len(stages) else None
        tally = self.figures.by_stage.get(stage.name if stage else "", None)
        name, kind, crit = (self.at(key, number) for key in ("stage", "kind", "crit"))
        words = {each: word(entry, self.layout.lang) for each, entry in self._kinds.items()}
        yield self._listed("stage", "stage_list", number, stage.name if stage else "")
        yield self._listed("kind", "stage_kind", number, words[stage.kind] if stage else "")
        value = f"={_escape(stage.name)}" if stage else "=" + "~?" * 9
        yield self._cell("crit", number, f'IF({name}="",{_NEVER},{escaped(name)})', value)
        count = f"COUNTIFS(lead_stage,{crit})"
        yield self._cell("leads", number, count, tally.leads if tally else 0)
        reasoned = self._with_reason(f"lead_stage,{crit}")
        yield self._cell("reasoned", number, reasoned, tally.reasoned if tally else 0)
        in_funnel = f'OR({kind}="{words["open"]}",{kind}="{words["won"]}")'
        above = f"MAX(0,{self.at('index', 0)}:{self.at('index', number - 1)})" if number else "0"
        index = [entry.name for entry in self.settings.funnel]
        position = index.index(stage.name) + 1 if stage and stage.name in index else ""
        yield self._cell("index", number, f'IF({in_funnel},1+{above},"")', position)
        yield from self._outcomes(number, words)

    @property
    def _kinds(self) -> dict[StageKind, tuple[str, ...]]:
        return self.layout.template.words.kinds

    def _outcomes(self, number: int, words: dict[StageKind, str]) -> Iterator[Working]:
        stages = self.settings.stages
        stage = stages[number] if number < len(stages) else None
        tally = self.figures.by_stage.get(stage.name if stage else "", None)
        kind, leads = self.at("kind", number), self.at("leads", number)
        reasoned, crit = self.at("reasoned", number), self.at("crit", number)
        won, lost = self.at("won", number), self.at("lost", number)
        is_won, is_lost = f'{kind}="{words["won"]}"', f'{kind}="{words["lost"]}"'
        yield self._cell("won", number, f"IF({is_won},{leads},0)", tally.won if tally else 0)
        formula = f"IF({is_won},0,IF({is_lost},{leads},{reasoned}))"
        yield self._cell("lost", number, formula, tally.lost if tally else 0)
        yield self._cell("open", number, f"{leads}-{won}-{lost}", tally.open if tally else 0)
        where = f"lead_stage,{crit}"
        revenue, priced, pipeline = self._amounts(where, is_won, is_lost)
        yield self._cell("revenue", number, revenue, tally.revenue if tally else 0)
        yield self._cell("priced", number, priced, tally.priced if tally else 0)
        yield self._cell("pipeline", number, pipeline, tally.pipeline if tally else 0)
        name = self.at("stage", number)
        is_open = f'AND({kind}="{words["open"]}",{name}<>"")'
        active = stage.name if stage and stage.kind == "open" else ""
        yield self._cell("active", number, f'IF({is_open},{name},"")', active)
        if number < _WON_KINDS:
            for key, wanted in (("won_crit", "won"), ("lost_crit", "lost")):
                yield self._nth_of_kind(key, number, wanted, words)  # type: ignore[arg-type]

    def _nth_of_kind(
        self, key: str, number: int, wanted: StageKind, words: dict[StageKind, str]
    ) -> Working:
        """The criterion of the nth stage of a kind: searched below the one before."""
        kinds, crits = self.all("kind"), self.all("crit")
        nth = f'MATCH("{words[wanted]}",{kinds},0)'
        if number:
            rows = self.room.stages
            start = f"INDEX({kinds},{nth}+1):{self.at('kind', rows)}"
            nth = f'{nth}+MATCH("{words[wanted]}",{start},0)'
        names = [stage.name for stage in self.settings.stages if stage.kind == wanted]
        value = f"={_escape(names[number])}" if number < len(names) else "=" + "~?" * 9
        return self._cell(key, number, f"IFERROR(INDEX({crits},{nth}),{_NEVER})", value)

    def _amounts(self, where: str, is_won: str, is_lost: str) -> tuple[str, str, str]:
        """Formulas of won amount, won leads with an amount, and amount of the open leads."""
        if not self.layout.has("amount"):
            return "0", "0", "0"
        revenue = f"IF({is_won},SUMIFS(lead_amount,{where}),0)"
        priced = f'IF({is_won},COUNTIFS({where},lead_amount,">=-9E+99"),0)'
        pipeline = self._value(f"SUMIFS(@,{where})")
        if self.layout.has("lost_reason"):
            filled = f'SUMIFS(@,{where},lead_lost_reason,"<>")'
            marked = f"SUMPRODUCT(SUMIFS(@,{where},lead_lost_reason,{self.all('mark')}))"
            pipeline = self._value(f"SUMIFS(@,{where})-{filled}+{marked}")
        return revenue, priced, f"IF(OR({is_won},{is_lost}),0,{pipeline})"

    def _value(self, formula: str) -> str:
        """The formula over the column of expected amounts: one of its own where it is used."""
        plain = formula.replace("@", "lead_amount")
        if not self.layout.has("expected_amount"):
            return plain
        apart = formula.replace("@", "lead_expected_amount")
        return f"IF(COUNT(lead_expected_amount)>0,{apart},{plain})"

    def _with_reason(self, where: str) -> str:
        """Formula: leads with a lost reason that is no mark."""
        if not self.layout.has("lost_reason"):
            return "0"
        filled = f'SUMPRODUCT(COUNTIFS({where},lead_lost_reason,"<>"))'
        marked = f"SUMPRODUCT(COUNTIFS({where},lead_lost_reason,{self.all('mark')}))"
        return f"{filled}-{marked}"

    def _priorities(self) -> Iterator[Working]:
        entries = self.settings.priorities
        for number in range(self.room.stages):
            entry = entries[number] if number < len(entries) else None
            yield self._listed("priority", "prio_list", number, entry.name if entry else "")
            days = entry.interval_days if entry else ""
            yield self._listed("days", "prio_days", number, days)

    def _channels(self) -> Iterator[Working]:
        entries = self.settings.channels
        for number in range(self.room.channels):
            name = entries[number].name if number < len(entries) else ""
            yield self._listed("channel", "channel_list", number, name)
            cell, text = self.at("channel", number), f"={_escape(name)}"
            never = "=" + "~?" * 9
            for key, tail in (("exact", ""), ("half", ":*"), ("full", "\uff1a*")):
                more = f'&"{tail}"' if tail else ""
                formula = f'IF({cell}="",{_NEVER},{escaped(cell)}{more})'
                yield self._cell(key, number, formula, text + tail if name else never)

    def _reasons(self) -> Iterator[Working]:
        entries = self.settings.lost_reasons
        for number in range(self.room.reasons):
            entry = entries[number] if number < len(entries) else None
            yield self._listed("reason", "reason_list", number, entry.name if entry else "")
            name = self.at("reason", number)
            synonyms = f'INDEX(reason_synonyms,{number + 1})&""'
            words = [entry.name, *entry.synonyms][: _SYNONYMS + 1] if entry else []
            for place in range(_SYNONYMS + 1):
                piece = name if place == 0 else _piece(synonyms, place - 1)
                formula = f'IF({name}="",{_NEVER},IF({piece}="",{_NEVER},{escaped(piece)}))'
                value = f"={_escape(words[place])}" if place < len(words) else "=" + "~?" * 9
                yield self._cell(f"word{place}", number, formula, value)
            yield from self._reason_counts(number, entry.name if entry else "")

    def _reason_counts(self, number: int, name: str) -> Iterator[Working]:
        words = self.across("word0", f"word{_SYNONYMS}", number)
        cell, cases, amount = (self.at(key, number) for key in ("reason", "cases", "sum"))
        value = self.figures.reasons.get(name, 0)
        total = self.figures.reason_amounts.get(name, 0.0)
        counted = f"SUMPRODUCT(COUNTIFS(lead_lost_reason,{words}))"
        yield self._cell("cases", number, f'IF({cell}="",0,{counted})', value)
        summed = "0"
        if self.layout.has("amount"):
            summed = self._value(f"SUMPRODUCT(SUMIFS(@,lead_lost_reason,{words}))")
        yield self._cell("sum", number, f'IF({cell}="",0,{summed})', total)
        # most leads first, then the larger amount, then the order of Settings
        rank = f"IF({cases}=0,0,{cases}+{amount}/1E+9-ROW()/1E+12)"
        row = _TOP + number + 1
        yield self._cell("rank", number, rank, value + total / 1e9 - row / 1e12 if value else 0)

    def _listed(self, key: str, name: str, number: int, value: str | float) -> Working:
        """An entry of a growing list, empty below its end."""
        place = number + 1
        formula = (
            f'IF({place}>ROWS({name}),"",IF(INDEX({name},{place})="","",INDEX({name},{place})))'
        )
        return self._cell(key, number, formula, value)

    # -------------------------------------------------------------- figures used above

    def channel_formulas(self, number: int) -> dict[str, str]:
        """Formulas of a channel's leads, won, lost, revenue and priced leads."""
        where = f"lead_channel,{self.across('exact', 'full', number)}"
        won_crits = self.all("won_crit", _WON_KINDS)
        lost = [self._with_reason(where)] if self.layout.has("lost_reason") else []
        for kind in range(_WON_KINDS):
            at_kind = f"{where},lead_stage,{self.at('lost_crit', kind)}"
            without = f"SUMPRODUCT(COUNTIFS({at_kind}))"
            if self.layout.has("lost_reason"):
                without += f"-({self._with_reason(at_kind)})"
            lost.append(f"IF({self.at('lost_crit', kind)}={_NEVER},0,{without})")
        has_amount = self.layout.has("amount")
        at_won = f"{where},lead_stage,{won_crits}"
        return {
            "leads": f"SUMPRODUCT(COUNTIFS({where}))",
            "won": f"SUMPRODUCT(COUNTIFS({at_won}))",
            "lost": "+".join(lost),
            "revenue": f"SUMPRODUCT(SUMIFS(lead_amount,{at_won}))" if has_amount else "0",
            "priced": f'SUMPRODUCT(COUNTIFS({at_won},lead_amount,">=-9E+99"))'
            if has_amount
            else "0",
        }

    def overdue_formula(self) -> str | None:
        """Array formula of the number of overdue leads; None where columns are missing.

        Arithmetic instead of IF: with IF over rows LibreOffice evaluates each branch once per
        row, which made 10,000 leads take 40 seconds.
        """
        if not self.layout.has("stage", "priority", "latest_follow_up"):
            return None
        counted = [
            f"ISNUMBER(MATCH(rows_stage,{self.all('active')},0))",
            f"ISNUMBER(MATCH(rows_priority,{self.all('priority')},0))",
        ]
        if self.layout.has("lost_reason"):
            no_mark = "ISERROR(FIND(TRIM(rows_lost_reason),param_no_loss_marks))"
            counted.append(f'(1-(rows_lost_reason<>"")*{no_mark})')
        counted.append(f"({self._late()})")
        return f"SUM({'*'.join(counted)})"

    def _late(self) -> str:
        """1 for each row whose due day has passed, 0 for the others.

        The last contact is the later of the first and the last entry; comparing it means
        comparing both, which is cheaper than building it.
        """
        limit = overdue_limit(self.layout, self.day)
        first, last = "rows_first_entry", "rows_last_entry"
        due = f"({limit}-SUMIF({self.all('priority')},rows_priority,{self.all('days')}))"
        in_time = f"({first}<={due})*({last}<={due})"
        none = f"({first}=0)*({last}=0)"
        never_late = "0"
        if self.layout.has("acquired_on"):
            acquired = _numbers("rows_acquired_on")
            start = f"({limit}-MAX(1,ROUND(param_first_contact_hours/24,0)))"
            never_late = f"({acquired}>0)*({acquired}<={start})"
        if not self.layout.has("next_follow_up"):
            return f"(1-{none})*{in_time}+{none}*{never_late}"
        agreed = _numbers("rows_next_follow_up")
        ahead = f"({agreed}>{first})*({agreed}>{last})"  # of the last contact, so it holds
        behind = f"({agreed}+({agreed}=0))"
        return (
            f"({agreed}>0)*({agreed}<={limit})*{ahead}"
            f"+(1-({first}<{behind})*({last}<{behind}))*{in_time}"
            f"+({agreed}=0)*{none}*{never_late}"
        )

    def names(self) -> Iterator[tuple[str, str]]:
        """Defined names of the columns' rows in use, and of the days of first and last entries."""
        sheet = self.layout.leads_sheet
        # as many rows as are filled, and room for empty rows between them
        end = f"MIN(1048576,COUNTA({sheet}!${self.layout.letter('stage')}:"
        end += f"${self.layout.letter('stage')})+500)"
        for field_id in ("stage", "priority", "lost_reason", "latest_follow_up", "acquired_on",
                         "next_follow_up"):  # fmt: skip
            if self.layout.has(field_id):
                letter = self.layout.letter(field_id)
                column = f"{sheet}!${letter}:${letter}"
                yield f"rows_{field_id}", f"={sheet}!${letter}$2:INDEX({column},{end})"
        if self.layout.has("latest_follow_up"):
            log = "rows_latest_follow_up"
            day = f"{self.layout.sheet('board')}!{self.day}"
            yield "rows_first_entry", f"={entry_day(log, day)}"
            line = f'TRIM(RIGHT(SUBSTITUTE({log},CHAR(10),REPT(" ",999)),999))'
            yield "rows_last_entry", f"={entry_day(line, day)}"


def _numbers(rows: str) -> str:
    """Formula: the rows where they hold numbers, 0 where they hold text or nothing."""
    return f"IFERROR({rows}*ISNUMBER({rows}),0)"


def _piece(text: str, number: int) -> str:
    """Formula of the nth entry of a cell that holds several."""
    one_mark = text
    for mark in (",", "\uff0c", ";", "\uff1b"):
        one_mark = f'SUBSTITUTE({one_mark},"{mark}","、")'
    spread = f'SUBSTITUTE({one_mark},"、",REPT(" ",99))'
    return f"TRIM(MID({spread},{number * 99 + 1},99))"


def _escape(text: str) -> str:
    return text.replace("~", "~~").replace("*", "~*").replace("?", "~?")
