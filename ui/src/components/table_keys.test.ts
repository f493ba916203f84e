import { describe, expect, it } from "vitest";
import { rangeIds, tableMove } from "./table_keys";

const plain = (key: string) => ({ key, shift: false, command: false });
const place = { active: 3, rows: 10, pageRows: 5, selected: 0 };

describe("keys in a table", () => {
  it("move by row, page and end, and stop at both ends", () => {
    expect(tableMove(plain("j"), place)).toEqual({ do: "go", to: 4 });
    expect(tableMove(plain("ArrowUp"), place)).toEqual({ do: "go", to: 2 });
    expect(tableMove(plain("PageDown"), place)).toEqual({ do: "go", to: 8 });
    expect(tableMove(plain("PageDown"), { ...place, active: 8 })).toEqual({ do: "go", to: 9 });
    expect(tableMove(plain("k"), { ...place, active: 0 })).toEqual({ do: "go", to: 0 });
    expect(tableMove(plain("End"), place)).toEqual({ do: "go", to: 9 });
  });

  it("extend the selection with Shift", () => {
    expect(tableMove({ key: "J", shift: true, command: false }, place)).toEqual({
      do: "extend",
      to: 4,
    });
  });

  it("leave Escape alone when nothing is selected, so that it closes what is around", () => {
    expect(tableMove(plain("Escape"), place)).toBeNull();
    expect(tableMove(plain("Escape"), { ...place, selected: 2 })).toEqual({ do: "clear" });
  });

  it("leave the browser its own keys", () => {
    expect(tableMove({ key: "c", shift: false, command: true }, place)).toBeNull();
    expect(tableMove(plain("x"), place)).toBeNull();
    expect(tableMove(plain("j"), { ...place, rows: 0 })).toBeNull();
  });

  it("name a range in either direction", () => {
    expect(rangeIds(["a", "b", "c", "d"], 3, 1)).toEqual(["b", "c", "d"]);
    expect(rangeIds(["a", "b", "c", "d"], 0, 1)).toEqual(["a", "b"]);
  });
});
