import { describe, expect, it } from "vitest";
import { filterInWords, toFilter, without } from "./commission_filter";

const words = (search: Parameters<typeof filterInWords>[0]) =>
  filterInWords(search).map((word) => word.words);

describe("the filter in words", () => {
  it("opens on what needs a person", () => {
    expect(words({})).toEqual(["Needs a person"]);
    expect(toFilter({}).blocked).toBe(true);
  });

  it("names every part", () => {
    expect(
      words({
        all: true,
        status: "PROCESSED",
        currency: "USD",
        payable_to: "2026-03-16",
        host_id: "host_7",
      }),
    ).toEqual(["Processed", "Host host_7", "In USD", "Payable until Mon 16 Mar 2026"]);
    expect(words({ cause: "SELF_BOOKING" })).toEqual(["Host booked their own session"]);
  });

  it("says nothing of sort order, the open row or an empty text", () => {
    expect(words({ all: true, sort: "price", descending: true, open: "b1", text: " " })).toEqual(
      [],
    );
    expect(toFilter({ all: true, text: " " }).text).toBeNull();
  });

  it("takes one part away and leaves the rest", () => {
    expect(without({}, "all")).toEqual({ all: true });
    expect(without({ cause: "VELOCITY", currency: "EUR" }, "cause")).toEqual({ currency: "EUR" });
    expect(without({ all: true, status: "PAID", text: "ann" }, "status")).toEqual({
      all: true,
      text: "ann",
    });
  });
});
