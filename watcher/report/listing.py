"""Rows and columns for a terminal of any width: nothing is cut, and no line ends in blanks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

# The least that the last column, the one with sentences, needs to be read.
SENTENCE = 30
# Blanks between two columns where a table has room, and where it has none.
GAP, NARROW_GAP = 3, 2
INDENT = 4


class Sheet:
    """Anything to print, its lines without the blanks that padding leaves at their ends."""

    def __init__(self, content: RenderableType) -> None:
        self.content = content

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines, cut."""
        for line in Segment.split_lines(console.render(self.content, options)):
            while line and not line[-1].text.strip():
                line.pop()
            if line:
                text, style, _ = line.pop()
                line.append(Segment(text.rstrip(), style))
            yield from line
            yield Segment.line()


class Listing:
    """A table whose last column holds sentences.

    Where the others leave too little room for it, a row goes on in a second, indented line with all the columns that
    did not fit: a long id or the reason of a failure is never cut off.
    """

    def __init__(self, *columns: str) -> None:
        self.columns = tuple(Text(name, "bold") for name in columns)
        self.rows: list[tuple[Text, ...]] = []

    def add_row(self, *cells: str | Text) -> None:
        """Add a row, one cell a column."""
        self.rows.append(tuple(Text(cell) if isinstance(cell, str) else cell for cell in cells))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield a table, or rows of two lines."""
        widths = [max(cell.cell_len for cell in column) for column in zip(self.columns, *self.rows, strict=True)]
        needed = sum(widths[:-1]) + min(widths[-1], SENTENCE) + GAP * (len(widths) - 1)
        yield Sheet(self._table() if needed <= options.max_width else _Folded(self.columns, self.rows, widths))

    def _table(self) -> Table:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for number, column in enumerate(self.columns, 1):
            table.add_column(column, overflow="fold", no_wrap=number < len(self.columns))
        for row in self.rows:
            table.add_row(*row)
        return table


class _Folded:
    """The rows of a listing that is wider than the terminal."""

    def __init__(self, columns: Sequence[Text], rows: Iterable[Sequence[Text]], widths: Sequence[int]) -> None:
        self.columns, self.rows, self.widths = columns, rows, widths

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """As many whole columns as fit stand in the first line, the rest below."""
        ends = accumulate(self.widths[:-1], lambda end, width: end + NARROW_GAP + width)
        fitting = max(sum(end <= options.max_width for end in ends), 1)
        yield from self._lines(self.columns, fitting)
        yield Text("─" * min(options.max_width, sum(self.widths)))
        for row in self.rows:
            yield from self._lines(row, fitting)

    def _lines(self, cells: Sequence[Text], fitting: int) -> Iterator[RenderableType]:
        first = Text()
        for cell, width in zip(cells[:fitting], self.widths, strict=False):
            first.append_text(cell).append(" " * (width - cell.cell_len + NARROW_GAP))
        yield first
        below = Text("  ").join(cell for cell in cells[fitting:] if cell.plain)
        if below.plain:
            yield Padding(below, (0, 0, 0, INDENT), expand=False)
