import { describe, expect, it } from "vitest";
import { IpcError, normaliseError } from "./transport";

describe("errors of the application", () => {
  it("keep code, message, details and remedy", () => {
    const error = normaliseError({
      code: "LEASE_HELD",
      message: "Another import runs.",
      details: { holder: "cli" },
      remedy: "Wait until it ends.",
    });
    expect(error).toBeInstanceOf(IpcError);
    expect(error.code).toBe("LEASE_HELD");
    expect(error.message).toBe("Another import runs.");
    expect(error.details).toEqual({ holder: "cli" });
    expect(error.remedy).toBe("Wait until it ends.");
  });

  it("stay what they are when they pass twice", () => {
    const error = normaliseError({ code: "X", message: "m", details: null, remedy: null });
    expect(normaliseError(error)).toBe(error);
  });

  it("never show the inner text of something unexpected", () => {
    const error = normaliseError("SQLITE_CORRUPT: malformed disk image");
    expect(error.code).toBe("UNEXPECTED");
    expect(error.message).not.toContain("SQLITE");
    expect(error.remedy).not.toBeNull();
  });
});
