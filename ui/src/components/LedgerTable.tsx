// biome-ignore-all lint/a11y/useSemanticElements: rows are drawn only where they are seen, which a <table> can't do; the roles say what a <table> would
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid itself holds the focus and names the active row (aria-activedescendant)
// biome-ignore-all lint/a11y/useKeyWithClickEvents: keys are handled by the grid
import {
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  createColumnHelper,
  metaHelper,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from "react";
import type { IpcError, Sort } from "../ipc";
import { ColumnChooser } from "./ColumnChooser";
import classes from "./LedgerTable.module.css";
import { ErrorNotice } from "./Notice";
import { BodyRow, FooterCells, SkeletonRows, type TableFooter } from "./TableParts";
import { rangeIds, tableMove } from "./table_keys";
import { useStoredColumns } from "./table_storage";

export type LedgerColumn<Row> = {
  id: string;
  header: string;
  width: number;
  /** Takes the room that is left. */
  grow?: boolean;
  align?: "right";
  /** The list can be asked for in this order. */
  sortable?: boolean;
  /** Off until chosen in the column chooser. */
  hidden?: boolean;
  cell: (row: Row) => ReactNode;
};

type Props<Row> = {
  /** For screen readers, and as the name the columns are remembered by. */
  name: string;
  columns: LedgerColumn<Row>[];
  rows: Row[];
  rowId: (row: Row) => string;
  totalRows: number | null;
  loading: boolean;
  stale?: boolean;
  error?: IpcError | null;
  hasMore?: boolean;
  loadMore?: () => void;
  sort?: Sort | null;
  onSort?: (sort: Sort) => void;
  selected?: ReadonlySet<string>;
  onSelect?: (ids: ReadonlySet<string>) => void;
  onOpen?: (row: Row) => void;
  /** Filters at the left; while rows are selected, what can be done with them. */
  toolbar?: ReactNode;
  footer?: TableFooter | null;
  empty: ReactNode;
};

const ROW_HEIGHT = 32;
const CHECK_WIDTH = 44;
const NOTHING_SELECTED: ReadonlySet<string> = new Set();

type Meta = { align?: "right"; grow?: boolean; sortable?: boolean };
const features = tableFeatures({
  columnSizingFeature,
  columnResizingFeature,
  columnVisibilityFeature,
  columnMeta: metaHelper<Meta>(),
});

/** The table of the whole window: virtual rows, sticky header and totals, all by keyboard. */
export function LedgerTable<Row extends object>(props: Props<Row>) {
  const { rows, rowId, selected = NOTHING_SELECTED, onSelect, onOpen, sort } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const baseId = useId();
  const [active, setActive] = useState(-1);
  const [anchor, setAnchor] = useState(-1);
  const stored = useStoredColumns(props.name, props.columns);

  const columns = useMemo(() => {
    const helper = createColumnHelper<typeof features, Row>();
    return props.columns.map((column) =>
      helper.display({
        id: column.id,
        header: column.header,
        size: column.width,
        minSize: 56,
        meta: { align: column.align, grow: column.grow, sortable: column.sortable },
      }),
    );
  }, [props.columns]);

  const table = useTable({
    features,
    columns,
    data: rows,
    getRowId: rowId,
    columnResizeMode: "onChange",
    state: { columnVisibility: stored.visibility, columnSizing: stored.sizing },
    onColumnVisibilityChange: stored.setVisibility,
    onColumnSizingChange: stored.setSizing,
  });

  const visibleColumns = useMemo(
    () => props.columns.filter((column) => stored.visibility[column.id] !== false),
    [props.columns, stored.visibility],
  );
  const tableRows = table.getRowModel().rows;
  const headers = table.getHeaderGroups()[0]?.headers ?? [];
  const template = [
    onSelect ? `${CHECK_WIDTH}px` : null,
    ...headers.map((header) =>
      header.column.columnDef.meta?.grow
        ? `minmax(${header.getSize()}px, 1fr)`
        : `${header.getSize()}px`,
    ),
  ]
    .filter((part) => part !== null)
    .join(" ");

  const minWidth =
    (onSelect ? CHECK_WIDTH : 0) + headers.reduce((sum, header) => sum + header.getSize(), 0);

  const virtualizer = useVirtualizer({
    count: tableRows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => tableRows[index]?.id ?? index,
    overscan: 12,
    scrollMargin: ROW_HEIGHT + 1,
    scrollPaddingStart: ROW_HEIGHT + 1,
    scrollPaddingEnd: ROW_HEIGHT + 1,
  });
  const items = virtualizer.getVirtualItems();

  const lastShown = items.at(-1)?.index ?? -1;
  const { hasMore, loadMore } = props;
  useEffect(() => {
    if (hasMore && lastShown >= tableRows.length - 60) {
      loadMore?.();
    }
  }, [hasMore, loadMore, lastShown, tableRows.length]);

  useEffect(() => {
    setActive((before) => Math.min(before, tableRows.length - 1));
  }, [tableRows.length]);

  const ids = () => tableRows.map((row) => row.id);
  const select = (next: Iterable<string>) => onSelect?.(new Set(next));
  const toggle = (id: string) => {
    const next = new Set(selected);
    if (!next.delete(id)) {
      next.add(id);
    }
    onSelect?.(next);
  };
  const goTo = (index: number) => {
    setActive(index);
    virtualizer.scrollToIndex(index);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroll.current) {
      return;
    }
    const pageRows = Math.max(1, Math.floor((scroll.current?.clientHeight ?? 0) / ROW_HEIGHT) - 3);
    const move = tableMove(
      { key: event.key, shift: event.shiftKey, command: event.ctrlKey || event.metaKey },
      { active, rows: tableRows.length, pageRows, selected: selected.size },
    );
    if (!move) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const activeRow = tableRows[active];
    if (move.do === "go") {
      setAnchor(-1);
      goTo(move.to);
    } else if (move.do === "extend") {
      const from = anchor < 0 ? Math.max(active, 0) : anchor;
      setAnchor(from);
      if (onSelect) {
        select([...selected, ...rangeIds(ids(), from, move.to)]);
      }
      goTo(move.to);
    } else if (move.do === "toggle" && activeRow) {
      toggle(activeRow.id);
    } else if (move.do === "open" && activeRow) {
      onOpen?.(activeRow.original);
    } else if (move.do === "select_all") {
      select(ids());
    } else if (move.do === "clear") {
      select([]);
    }
  };

  const onBodyClick = (event: MouseEvent) => {
    const line = (event.target as Element).closest("[data-index]");
    const index = Number(line?.getAttribute("data-index") ?? -1);
    const row = tableRows[index];
    if (!row || (event.target as Element).closest("a, button")) {
      return;
    }
    const onCheck = (event.target as Element).closest(`.${classes.checkCell}`) !== null;
    if (event.shiftKey && onSelect) {
      select([...selected, ...rangeIds(ids(), Math.max(active, 0), index)]);
    } else if (onCheck || event.ctrlKey || event.metaKey) {
      toggle(row.id);
    } else {
      onOpen?.(row.original);
    }
    setActive(index);
    if (!onOpen || onCheck) {
      scroll.current?.focus({ preventScroll: true });
    }
  };

  const footer = props.footer;
  const isEmpty = !props.loading && tableRows.length === 0 && !props.error;
  const allSelected = tableRows.length > 0 && tableRows.every((row) => selected.has(row.id));
  const frozen = (index: number) =>
    index === 0 ? `${classes.frozen} ${onSelect ? classes.afterCheck : ""}` : "";

  return (
    <div className={classes.frame}>
      <div className={classes.toolbar}>
        <div className={classes.toolbarMain}>{props.toolbar}</div>
        <ColumnChooser columns={props.columns} stored={stored} />
      </div>
      {props.error ? (
        <div className={classes.notice}>
          <ErrorNotice error={props.error} />
        </div>
      ) : null}
      {props.loading ? <SkeletonRows /> : null}
      {isEmpty ? <div className={classes.scroll}>{props.empty}</div> : null}
      {tableRows.length > 0 ? (
        <div
          ref={scroll}
          role="grid"
          className={`${classes.scroll} ${props.stale ? "dimmed" : ""}`}
          aria-label={props.name}
          aria-rowcount={(props.totalRows ?? tableRows.length) + 1}
          aria-multiselectable={onSelect ? true : undefined}
          aria-activedescendant={active >= 0 ? `${baseId}-${active}` : undefined}
          aria-busy={props.stale}
          data-ledger-table
          tabIndex={0}
          onKeyDown={onKeyDown}
          onFocus={(event) => {
            if (event.target === scroll.current && active < 0) {
              setActive(0);
            }
          }}
        >
          <div className={classes.inner} role="presentation" style={{ minWidth }}>
            <div className={classes.head} role="rowgroup">
              <div className={classes.row} role="row" style={{ gridTemplateColumns: template }}>
                {onSelect ? (
                  <div role="columnheader" className={`${classes.checkCell} ${classes.frozen}`}>
                    <button
                      type="button"
                      className={classes.check}
                      data-checked={allSelected}
                      aria-pressed={allSelected}
                      aria-label={`Select all ${tableRows.length} rows loaded`}
                      onClick={() => select(allSelected ? [] : ids())}
                    >
                      {allSelected ? "✓" : ""}
                    </button>
                  </div>
                ) : null}
                {headers.map((header, index) => {
                  const meta = header.column.columnDef.meta;
                  const sorted = sort?.column === header.id ? sort : null;
                  const title = header.column.columnDef.header as string;
                  return (
                    <div
                      key={header.id}
                      role="columnheader"
                      className={`${classes.headCell} ${meta?.align ? classes.right : ""} ${frozen(index)}`}
                      aria-sort={
                        sorted ? (sorted.descending ? "descending" : "ascending") : undefined
                      }
                    >
                      {meta?.sortable && props.onSort ? (
                        <button
                          type="button"
                          className={classes.sort}
                          onClick={() =>
                            props.onSort?.({
                              column: header.id,
                              descending: sorted ? !sorted.descending : false,
                            })
                          }
                        >
                          {title}
                          {sorted ? (
                            <span aria-hidden="true">{sorted.descending ? "↓" : "↑"}</span>
                          ) : null}
                        </button>
                      ) : (
                        <span className="truncate">{title}</span>
                      )}
                      <span
                        aria-hidden="true"
                        className={classes.resize}
                        onMouseDown={header.getResizeHandler()}
                        onTouchStart={header.getResizeHandler()}
                      />
                    </div>
                  );
                })}
              </div>
            </div>
            <div
              className={classes.body}
              role="rowgroup"
              style={{ height: virtualizer.getTotalSize() }}
              onClick={onBodyClick}
            >
              {items.map((item) => {
                const row = tableRows[item.index];
                if (!row) {
                  return null;
                }
                return (
                  <BodyRow
                    key={row.id}
                    id={`${baseId}-${item.index}`}
                    index={item.index}
                    row={row.original}
                    columns={visibleColumns}
                    template={template}
                    offset={item.start - ROW_HEIGHT - 1}
                    active={item.index === active}
                    selected={onSelect ? selected.has(row.id) : null}
                  />
                );
              })}
            </div>
            {footer ? (
              <div className={classes.foot} role="rowgroup">
                <div className={classes.row} role="row" style={{ gridTemplateColumns: template }}>
                  <FooterCells
                    footer={footer}
                    ids={headers.map((header) => header.id)}
                    hasCheck={onSelect !== undefined}
                  />
                </div>
              </div>
            ) : null}
          </div>
        </div>
      ) : null}
    </div>
  );
}
