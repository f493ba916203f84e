import { expect, it } from "vitest";
import { inTheWindow } from "./in_the_window";

it("names what to do in the window, not on the command line", () => {
  expect(inTheWindow("Nothing was approved. Run `hostledger check`.")).toBe(
    "Nothing was approved. Run the check under Books.",
  );
  expect(
    inTheWindow(
      "There is no ledger in /a. Make one with `hostledger init`, or choose another folder.",
    ),
  ).toBe(
    "There is no ledger in /a. Look where its folder was moved to, create a ledger, or choose another folder.",
  );
});

it("names the window's ways with Stripe", () => {
  expect(
    inTheWindow("What was sent is recorded. Once it is mended, run `hostledger payouts resume`."),
  ).toBe("What was sent is recorded. Once it is mended, resume sending.");
  expect(inTheWindow("An admin connects one with `hostledger stripe connect`.")).toBe(
    "An admin connects one under Settings, Stripe.",
  );
});

it("names where returns and payment files ahead are dealt with", () => {
  expect(
    inTheWindow(
      "This payout isn't settled yet. If the bank refused it, record that with `hostledger payouts settle b-1 --failed p-1=REASON`.",
    ),
  ).toBe(
    "This payout isn't settled yet. If the bank refused it, select it in its batch and record it as failed.",
  );
  expect(
    inTheWindow(
      "Where the bank takes payment files ahead, the setting file_lead_days says how many business days.",
    ),
  ).toBe(
    "Where the bank takes payment files ahead, an administrator says under Settings, Payouts, how many business days.",
  );
});

it("leaves every other message as it is", () => {
  expect(inTheWindow("The file has no column for the host.")).toBe(
    "The file has no column for the host.",
  );
});

it("names where it is set who files", () => {
  expect(
    inTheWindow(
      "For 2026 Stripe files. An admin changes the setting with `hostledger --as-of 2026-12-31 settings set tax_who_files LEDGER`.",
    ),
  ).toBe(
    "For 2026 Stripe files. An administrator changes it under Settings, Tax forms, before the tax year ends.",
  );
});
