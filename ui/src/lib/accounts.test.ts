import { expect, it } from "vitest";
import { hostAccount } from "./accounts";

it("a host's account is no other host's reserve", () => {
  expect(hostAccount("host-1")).toBe("liabilities:hosts:host-1");
  expect(hostAccount("h1:reserved")).toBe("liabilities:hosts:h1%3Areserved");
  expect(hostAccount("100%3A:x")).toBe("liabilities:hosts:100%253A%3Ax");
});
