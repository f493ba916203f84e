// biome-ignore-all lint/a11y/useSemanticElements: rows are drawn only where they are seen, which a <table> can't do; the roles say what a <table> would
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid itself holds the focus and names the active row (aria-activedescendant)
import { memo, type ReactNode } from "react";
import type { LedgerColumn } from "./LedgerTable";
import classes from "./LedgerTable.module.css";

export type TableFooter = {
  /** "All 2,000 filtered" or "This page": always says what is summed. */
  label: ReactNode;
  /** Figures under their columns; what has no column stands in the label. */
  cells?: Record<string, ReactNode>;
};

type BodyRowProps<Row> = {
  id: string;
  index: number;
  row: Row;
  columns: LedgerColumn<Row>[];
  template: string;
  /** Pixels from the top of the body. */
  offset: number;
  active: boolean;
  /** null: this table has no selection. */
  selected: boolean | null;
};

function DrawnRow<Row>(props: BodyRowProps<Row>) {
  const { row, columns, selected } = props;
  return (
    <div
      id={props.id}
      role="row"
      className={classes.row}
      aria-rowindex={props.index + 2}
      aria-selected={selected ?? undefined}
      data-active={props.active}
      data-index={props.index}
      style={{
        gridTemplateColumns: props.template,
        transform: `translateY(${props.offset}px)`,
      }}
    >
      {selected === null ? null : (
        <div role="gridcell" className={`${classes.checkCell} ${classes.frozen}`}>
          <span className={classes.check} data-checked={selected} aria-hidden="true">
            {selected ? "✓" : ""}
          </span>
        </div>
      )}
      {columns.map((column, index) => (
        <div
          key={column.id}
          role="gridcell"
          className={[
            classes.cell,
            column.align ? classes.right : "",
            index === 0 ? classes.frozen : "",
            index === 0 && selected !== null ? classes.afterCheck : "",
          ].join(" ")}
        >
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
}

/** Drawn anew only when something in it changed: moving through a table touches two rows. */
export const BodyRow = memo(DrawnRow) as typeof DrawnRow;

/** The label takes the columns up to the first figure. */
export function FooterCells(props: { footer: TableFooter; ids: string[]; hasCheck: boolean }) {
  const { label, cells = {} } = props.footer;
  const firstFigure = props.ids.findIndex((id) => cells[id] !== undefined);
  const labelled = firstFigure < 0 ? props.ids.length : Math.max(firstFigure, 1);
  const offset = props.hasCheck ? 1 : 0;
  return (
    <>
      <div
        role="gridcell"
        className={`${classes.cell} ${classes.frozen}`}
        style={{ gridColumn: `1 / span ${labelled + offset}` }}
      >
        {label}
      </div>
      {props.ids.slice(labelled).map((id) => (
        <div key={id} role="gridcell" className={`${classes.cell} ${classes.right}`}>
          {cells[id]}
        </div>
      ))}
    </>
  );
}

export function SkeletonRows() {
  return (
    <div className={classes.scroll} aria-hidden="true">
      {[62, 48, 55, 70, 44, 58, 51, 66].map((width) => (
        <div key={width} className={classes.skeleton}>
          <span style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  );
}
