import { MantineProvider } from "@mantine/core";
import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { sumMoney } from "../lib/money";
import { BulkBar } from "./BulkBar";
import { type LedgerColumn, LedgerTable } from "./LedgerTable";
import { Money } from "./Money";

type Row = { id: string; amount: string };

const ROWS: Row[] = Array.from({ length: 300 }, (_, index) => ({
  id: `row-${index}`,
  amount: `${index}.10`,
}));

const COLUMNS: LedgerColumn<Row>[] = [
  { id: "id", header: "Id", width: 120, sortable: true, cell: (row) => row.id },
  {
    id: "amount",
    header: "Amount",
    width: 120,
    align: "right",
    cell: (row) => <Money amount={row.amount} currency="USD" showCurrency={false} />,
  },
  { id: "extra", header: "Extra", width: 120, hidden: true, cell: () => "extra" },
];

type Options = { onOpen?: (row: Row) => void; loadMore?: () => void; rows?: Row[] };

function Table({ onOpen, loadMore, rows = ROWS }: Options) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const chosen = rows.filter((row) => selected.has(row.id));
  return (
    <MantineProvider env="test">
      <LedgerTable
        name="Test rows"
        columns={COLUMNS}
        rows={rows}
        rowId={(row) => row.id}
        totalRows={rows.length}
        loading={false}
        hasMore={loadMore !== undefined}
        loadMore={loadMore}
        selected={selected}
        onSelect={setSelected}
        onOpen={onOpen}
        onSort={() => {}}
        toolbar={
          selected.size > 0 ? (
            <BulkBar
              count={selected.size}
              one="row"
              totals={sumMoney(chosen.map((row) => ({ amount: row.amount, currency: "USD" })))}
              onClear={() => setSelected(new Set())}
            >
              <button type="button">Act</button>
            </BulkBar>
          ) : null
        }
        footer={{ label: "All: 300 rows" }}
        empty={<p>Nothing yet</p>}
      />
    </MantineProvider>
  );
}

function activeRow(): HTMLElement {
  const id = screen.getByRole("grid").getAttribute("aria-activedescendant");
  const row = id ? document.getElementById(id) : null;
  if (!row) {
    throw new Error("no active row on the screen");
  }
  return row;
}

beforeEach(() => localStorage.clear());

describe("the table", () => {
  it("draws only what is seen, and says how many rows there are", () => {
    render(<Table />);
    const grid = screen.getByRole("grid", { name: "Test rows" });
    expect(grid.getAttribute("aria-rowcount")).toBe("301");
    expect(within(grid).getAllByRole("row").length).toBeLessThan(60);
    expect(screen.getByText("All: 300 rows")).toBeTruthy();
  });

  it("is walked with j and k, from the first row on", async () => {
    const user = userEvent.setup();
    render(<Table />);
    act(() => screen.getByRole("grid").focus());
    expect(activeRow().textContent).toContain("row-0");
    await user.keyboard("jjk");
    expect(activeRow().textContent).toContain("row-1");
  });

  it("selects with Space, tells count and exact sum, and clears with Escape", async () => {
    const user = userEvent.setup();
    render(<Table />);
    act(() => screen.getByRole("grid").focus());
    await user.keyboard("j j ");
    expect(screen.getByRole("status").textContent).toBe("2 rows selected, 3.20 USD");
    expect(activeRow().getAttribute("aria-selected")).toBe("true");
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("status")).toBeNull();
  });

  it("selects a range with Shift", async () => {
    const user = userEvent.setup();
    render(<Table />);
    act(() => screen.getByRole("grid").focus());
    await user.keyboard("{Shift>}jjj{/Shift}");
    expect(screen.getByRole("status").textContent).toBe("4 rows selected, 6.40 USD");
  });

  it("selects everything loaded", async () => {
    const user = userEvent.setup();
    render(<Table />);
    await user.click(screen.getByRole("button", { name: "Select all 300 rows loaded" }));
    expect(screen.getByRole("status").textContent).toContain("300 rows selected, 44,880.00 USD");
  });

  it("opens the active row with Enter and a row with a click", async () => {
    const user = userEvent.setup();
    const onOpen = vi.fn();
    render(<Table onOpen={onOpen} />);
    act(() => screen.getByRole("grid").focus());
    await user.keyboard("jj{Enter}");
    expect(onOpen).toHaveBeenLastCalledWith(ROWS[2]);
    await user.click(screen.getByText("row-4"));
    expect(onOpen).toHaveBeenLastCalledWith(ROWS[4]);
  });

  it("does not take keys from a button inside it", async () => {
    const user = userEvent.setup();
    const onOpen = vi.fn();
    render(<Table onOpen={onOpen} />);
    screen.getByRole("button", { name: "Id" }).focus();
    await user.keyboard("{Enter}");
    expect(onOpen).not.toHaveBeenCalled();
  });

  it("asks for more before the end is reached, and not before", () => {
    const loadMore = vi.fn();
    const { unmount } = render(<Table loadMore={loadMore} />);
    expect(loadMore).not.toHaveBeenCalled();
    unmount();
    render(<Table loadMore={loadMore} rows={ROWS.slice(0, 40)} />);
    expect(loadMore).toHaveBeenCalled();
  });

  it("remembers the columns a person chose", async () => {
    const user = userEvent.setup();
    const first = render(<Table />);
    expect(screen.queryByRole("columnheader", { name: "Extra" })).toBeNull();
    await user.click(screen.getByRole("button", { name: "Columns" }));
    await user.click(await screen.findByRole("checkbox", { name: "Extra" }));
    expect(screen.getByRole("columnheader", { name: "Extra" })).toBeTruthy();
    first.unmount();
    render(<Table />);
    expect(screen.getByRole("columnheader", { name: "Extra" })).toBeTruthy();
  });

  it("teaches the first action when it is empty", () => {
    render(<Table rows={[]} />);
    expect(screen.getByText("Nothing yet")).toBeTruthy();
    expect(screen.queryByRole("grid")).toBeNull();
  });
});
