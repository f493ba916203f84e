import { describe, expect, it } from "vitest";
import { isWholePath } from "./paths";

describe("a path", () => {
  it("is whole on Linux, macOS and Windows when it begins at a root", () => {
    for (const path of ["/home/ana/a.csv", "C:\\Users\\ana\\a.csv", "d:/a.csv", "\\\\nas\\a.csv"]) {
      expect(isWholePath(path), path).toBe(true);
    }
  });
  it("is not whole when it leans on a folder nobody sees", () => {
    for (const path of ["", "a.csv", "./a.csv", "~/a.csv", "C:a.csv"]) {
      expect(isWholePath(path), path).toBe(false);
    }
  });
});
