import { describe, expect, it } from "vitest";
import { addDays, dateInWords, instantInZone, isDate, relativeDay } from "./dates";

describe("dates", () => {
  it("read as words in sentences", () => {
    expect(dateInWords("2026-03-09")).toBe("Mon 9 Mar 2026");
    expect(dateInWords("2026-01-31")).toBe("Sat 31 Jan 2026");
  });

  it("count days across month ends and leap years", () => {
    expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
    expect(addDays("2026-03-01", -1)).toBe("2026-02-28");
    expect(relativeDay("2026-03-16", "2026-03-11")).toBe("in 5 days");
    expect(relativeDay("2026-03-11", "2026-03-11")).toBe("today");
    expect(relativeDay("2026-03-08", "2026-03-11")).toBe("3 days ago");
  });

  it("are told from other text", () => {
    expect(isDate("2026-03-09")).toBe(true);
    expect(isDate("2026-13-09")).toBe(false);
    expect(isDate("9 Mar 2026")).toBe(false);
  });

  it("show instants with their zone", () => {
    expect(instantInZone("2026-03-09T23:30:00Z", "UTC")).toBe("2026-03-09 23:30 UTC");
    expect(instantInZone("2026-03-09T23:30:00Z", "Europe/Berlin")).toMatch(
      /^2026-03-10 00:30 (CET|GMT\+1)$/,
    );
  });
});
