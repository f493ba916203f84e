import { expect, it } from "vitest";
import { keyMode, keyProblem } from "./stripe_words";

it("says which key is the wrong one, and why, while it is pasted", () => {
  expect(keyProblem("")).toBeNull();
  expect(keyProblem(" rk_live_abcdefgh1234 ")).toBeNull();
  expect(keyProblem("rk_test_abcdefgh1234")).toBeNull();
  expect(keyProblem("sk_test_abcdefgh1234")).toBeNull();
  expect(keyProblem("sk_live_abcdefgh1234")).toContain("full secret key");
  expect(keyProblem("pk_test_abcdefgh1234")).toContain("publishable");
  expect(keyProblem("hello")).toContain("begins with rk_live_ or rk_test_");
});

it("tells the mode of a key", () => {
  expect(keyMode("rk_live_x")).toBe("live");
  expect(keyMode("rk_test_x")).toBe("test");
  expect(keyMode("sk_test_x")).toBe("test");
  expect(keyMode("sk_live_x")).toBeNull();
});
