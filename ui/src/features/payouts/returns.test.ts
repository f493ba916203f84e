import { describe, expect, it } from "vitest";
import { amountError } from "./ReturnActions";

describe("what came back of a payout", () => {
  it("is some of what is left, in figures", () => {
    expect(amountError("", "16.24", "USD")).toBeNull();
    expect(amountError("16.24", "16.24", "USD")).toBeNull();
    expect(amountError("0.01", "16.24", "USD")).toBeNull();
    expect(amountError("16.25", "16.24", "USD")).toBe("Only 16.24 USD is left");
    for (const wrong of ["0.00", "-1.00", "ten"]) {
      expect(amountError(wrong, "16.24", "USD")).toBe("An amount like 12.50");
    }
  });
});
