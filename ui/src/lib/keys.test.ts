import { describe, expect, it } from "vitest";
import { keysInWords, matchKeys } from "./keys";

const press = (key: string, command = false) => ({ key, command, alt: false });

describe("shortcuts", () => {
  it("take one key alone", () => {
    expect(matchKeys("/", null, press("/"))).toBe("yes");
    expect(matchKeys("?", null, press("?"))).toBe("yes");
    expect(matchKeys("/", press("g"), press("/"))).toBe("no");
  });

  it("take two keys one after the other", () => {
    expect(matchKeys("g c", null, press("g"))).toBe("begun");
    expect(matchKeys("g c", press("g"), press("c"))).toBe("yes");
    expect(matchKeys("g c", press("g"), press("p"))).toBe("no");
    expect(matchKeys("g c", null, press("c"))).toBe("no");
  });

  it("take a key with Ctrl or Cmd, and only then", () => {
    expect(matchKeys("mod+k", null, press("k", true))).toBe("yes");
    expect(matchKeys("mod+k", null, press("k"))).toBe("no");
    expect(matchKeys("k", null, press("k", true))).toBe("no");
  });

  it("are named as the keyboard names them", () => {
    expect(keysInWords("mod+k", false)).toEqual(["Ctrl+K"]);
    expect(keysInWords("mod+k", true)).toEqual(["Cmd+K"]);
    expect(keysInWords("g h", false)).toEqual(["g", "then", "h"]);
  });
});
