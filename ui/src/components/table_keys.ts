// What a key does in a table. Pure, so that the keyboard can be tested without a screen.

export type TableKey = { key: string; shift: boolean; command: boolean };

export type TableMove =
  | { do: "go"; to: number }
  | { do: "extend"; to: number }
  | { do: "toggle" }
  | { do: "open" }
  | { do: "select_all" }
  | { do: "clear" }
  | null;

type Place = { active: number; rows: number; pageRows: number; selected: number };

export function tableMove(key: TableKey, place: Place): TableMove {
  const { active, rows, pageRows } = place;
  if (rows === 0) {
    return null;
  }
  const go = (to: number): TableMove => ({
    do: key.shift ? "extend" : "go",
    to: Math.max(0, Math.min(rows - 1, to)),
  });
  if (key.command) {
    return key.key === "a" ? { do: "select_all" } : null;
  }
  switch (key.key) {
    case "j":
    case "J":
    case "ArrowDown":
      return go(active + 1);
    case "k":
    case "K":
    case "ArrowUp":
      return go(active < 0 ? 0 : active - 1);
    case "PageDown":
      return go(Math.max(active, 0) + pageRows);
    case "PageUp":
      return go(active - pageRows);
    case "Home":
      return go(0);
    case "End":
      return go(rows - 1);
    case " ":
      return active >= 0 ? { do: "toggle" } : null;
    case "Enter":
      return active >= 0 ? { do: "open" } : null;
    case "Escape":
      return place.selected > 0 ? { do: "clear" } : null;
    default:
      return null;
  }
}

/** The ids of the rows from one to another, both included, whichever comes first. */
export function rangeIds(ids: readonly string[], from: number, to: number): string[] {
  return ids.slice(Math.min(from, to), Math.max(from, to) + 1);
}
