import { cleanup, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { App } from "../../App";
import type { Permission } from "../../ipc";
import * as transport from "../../ipc/transport";
import { ANSWERS, FORM, LEDGER, page, SEASON } from "./tax_answers";

// The pages of Tax as they are drawn; the application's part is answered in the test.
const send = vi.spyOn(transport, "send");
const ALL: Permission[] = ["IMPORT", "PREPARE", "APPROVE", "SEND", "ADMIN"];

function open(hash: string, answers: Record<string, unknown> = {}, may = ALL) {
  const given: Record<string, unknown> = { ...ANSWERS, ...answers };
  const session = {
    phase: "SIGNED_IN",
    app_version: "0.1.0",
    ledger: LEDGER,
    user: { name: "Paula", roles: ["PREPARER"], may, since: "2026-11-25T09:00:00Z" },
    hand_over: null,
    recent_ledgers: [],
  };
  send.mockImplementation((async (command: string) =>
    command === "get_session"
      ? session
      : command in given
        ? given[command]
        : new Promise(() => {})) as typeof transport.send);
  window.location.hash = hash;
  render(<App />);
}

const asked = (command: string) =>
  send.mock.calls.filter(([name]) => name === command).map(([, request]) => request);

beforeEach(() => {
  send.mockReset();
  localStorage.clear();
});

describe("the season", () => {
  it("says where it stands and takes the next step", async () => {
    const user = userEvent.setup();
    open("#/tax", { make_tax_forms: { forms: 8 } });
    expect(await screen.findByRole("heading", { name: "Tax year 2026" })).toBeTruthy();
    expect(
      await screen.findByText(
        "8 forms due, 1 host blocked, 182,430.11 USD in box 1a; payees' copies by Mon 1 Feb 2027.",
      ),
    ).toBeTruthy();
    const path = screen.getByRole("list", { name: "The season as a path" });
    expect(
      within(path)
        .getAllByRole("heading")
        .map((one) => one.textContent),
    ).toEqual(["Profiles", "Make", "Review", "Furnish", "File", "Correct"]);
    await user.click(screen.getByRole("button", { name: "Make 2 forms" }));
    await waitFor(() => expect(asked("make_tax_forms")).toEqual([{ year: 2026 }]));
    expect(screen.getByRole("link", { name: "Ada Byron" }).getAttribute("href")).toContain(
      "/tax/profiles?year=2026&host=h9",
    );
  });

  it("says plainly that somebody else files", async () => {
    open("#/tax", { get_tax_season: { ...SEASON, who_files: "STRIPE" } });
    expect(await screen.findByText(/Stripe files forms 1099-K for 2026/)).toBeTruthy();
    expect(screen.queryByRole("list", { name: "The season as a path" })).toBeNull();
  });

  it("teaches the first action where nothing happened", async () => {
    open("#/tax", { get_tax_season: { ...SEASON, hosts: 0 } });
    expect(await screen.findByRole("link", { name: "Import tax profiles" })).toBeTruthy();
  });
});

describe("forms", () => {
  it("are listed, looked at beside the list and opened", async () => {
    const user = userEvent.setup();
    open("#/tax/forms?year=2026");
    await user.click(await screen.findByText("Grace Hopper"));
    const drawer = await screen.findByRole("dialog", { name: "Grace Hopper" });
    expect(await within(drawer).findByText(/more than 200 transactions/)).toBeTruthy();
    await user.click(within(drawer).getByRole("link", { name: "Open the form" }));
    expect(
      await screen.findByRole("heading", { name: "Form 1099-K of Grace Hopper" }),
    ).toBeTruthy();
    const bridge = screen.getByRole("region", { name: "Bridge in USD" });
    expect(within(bridge).getAllByText("−400.00")).toHaveLength(13);
    expect(screen.getAllByText("December"), "on paper and in the bridge").toHaveLength(2);
  });

  it("are reviewed by somebody else, all that aren't one's own", async () => {
    const user = userEvent.setup();
    const counts = { ...SEASON.counts, draft: 2 };
    open("#/tax/forms", {
      get_tax_season: { ...SEASON, counts, to_make: [], to_review: 1 },
      list_tax_forms: page([FORM, { ...FORM, form_id: "f2", host_id: "h2", made_by: "Paula" }]),
      review_tax_forms: { forms: 1 },
    });
    await user.click(await screen.findByRole("button", { name: "Review 1 form" }));
    const modal = await screen.findByRole("dialog", { name: "Review the drafts of 2026" });
    expect(within(modal).getByText(/1 draft made by you is left out/)).toBeTruthy();
    await user.click(within(modal).getByRole("button", { name: "Review 1 form" }));
    await waitFor(() =>
      expect(asked("review_tax_forms")).toEqual([{ year: 2026, form_ids: ["f1"] }]),
    );
  });

  it("are furnished to a folder, and what was written is said", async () => {
    const user = userEvent.setup();
    const counts = { ...SEASON.counts, reviewed: 8 };
    open("#/tax/forms?year=2025", {
      get_tax_season: { ...SEASON, year: 2025, counts, to_make: [] },
      furnish_tax_forms: {
        forms: 8,
        still_drafts: 0,
        files: 11,
        folder: "/tmp/out",
        unused_columns: [],
      },
    });
    await user.click(await screen.findByRole("button", { name: "Furnish 8 forms" }));
    const modal = await screen.findByRole("dialog", { name: "Furnish 8 forms" });
    await user.type(within(modal).getByLabelText("Folder"), "/tmp/out");
    await user.click(within(modal).getByRole("button", { name: "Furnish 8 forms" }));
    expect(
      await screen.findByText("8 forms furnished; 11 files written to /tmp/out."),
    ).toBeTruthy();
    expect(asked("furnish_tax_forms")).toEqual([{ year: 2025, folder: "/tmp/out", bridge: true }]);
    expect(screen.getByRole("button", { name: "Show in folder" })).toBeTruthy();
  });

  it("are filed with an archive only under a long passphrase typed twice", async () => {
    const user = userEvent.setup();
    const counts = { ...SEASON.counts, furnished: 8 };
    open("#/tax/forms", { get_tax_season: { ...SEASON, counts, to_make: [] } });
    await user.click(await screen.findByRole("button", { name: "Write the filing…" }));
    const modal = await screen.findByRole("dialog", { name: "Write the filing of 2026" });
    const write = within(modal).getByRole("button", { name: "Write the filing of 8 forms" });
    await user.type(within(modal).getByLabelText("Folder"), "/tmp/out");
    expect(write).toHaveProperty("disabled", false);
    await user.click(within(modal).getByLabelText(/All files in an encrypted archive too/));
    expect(write).toHaveProperty("disabled", true);
    await user.type(within(modal).getByLabelText("Archive"), "/tmp/a.zip");
    await user.type(within(modal).getByLabelText("Passphrase of the archive"), "twelve chars");
    await user.type(within(modal).getByLabelText("The same again"), "twelve char");
    expect(write).toHaveProperty("disabled", true);
    await user.type(within(modal).getByLabelText("The same again"), "s");
    expect(write).toHaveProperty("disabled", false);
  });
});

describe("profiles", () => {
  it("show a whole TIN to an administrator who says so, until they are closed", async () => {
    const user = userEvent.setup();
    open("#/tax/profiles?host=h1", { reveal_tin: { tin: "123-45-1234" } });
    await user.click(await screen.findByRole("button", { name: "Show the whole TIN" }));
    await screen.findByRole("dialog", { name: "Show the whole TIN" });
    await user.keyboard("{Escape}");
    await waitFor(() =>
      expect(screen.queryByRole("dialog", { name: "Show the whole TIN" })).toBeNull(),
    );
    expect(screen.getByRole("dialog", { name: "Grace" }), "only the modal closes").toBeTruthy();
    await user.click(await screen.findByRole("button", { name: "Show the whole TIN" }));
    const modal = await screen.findByRole("dialog", { name: "Show the whole TIN" });
    expect(within(modal).getByText(/kept in the audit trail/)).toBeTruthy();
    await user.click(within(modal).getByRole("button", { name: "Show the whole TIN" }));
    expect(await screen.findByText("123-45-1234")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Close details" }));
    await waitFor(() => expect(screen.queryByText("123-45-1234")).toBeNull());
  });

  it("ask which part of a name is the last name", async () => {
    const user = userEvent.setup();
    const sentence = 'The legal name "Hopper, Grace" has a comma.';
    const question = { kind: "NAME_ORDER", sentence, swapped: "Grace Hopper" };
    const detail = { ...(ANSWERS.get_tax_profile as object), questions: [question] };
    open("#/tax/profiles?host=h1", { get_tax_profile: detail, answer_tax_question: null });
    expect(await screen.findByText(sentence)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "It is Grace Hopper" }));
    await waitFor(() =>
      expect(asked("answer_tax_question")).toEqual([
        expect.objectContaining({ host_id: "h1", says: "SWAP_NAME" }),
      ]),
    );
  });

  it("keep the TIN that is known unless another is typed", async () => {
    const user = userEvent.setup();
    open("#/tax/profiles?host=h1", { enter_tax_profile: null });
    await user.click(await screen.findByRole("button", { name: "Change" }));
    const modal = await screen.findByRole("dialog", { name: "Change the tax profile of Grace" });
    await user.click(within(modal).getByRole("button", { name: "Keep the W-9" }));
    await waitFor(() =>
      expect(asked("enter_tax_profile")).toEqual([
        expect.objectContaining({ host_id: "h1", tin: "", keeps_tin: true, tin_type: "SSN" }),
      ]),
    );
  });
});

it("every part can be read by a screen reader", async () => {
  const parts: [string, string][] = [
    ["#/tax", "Deadlines"],
    ["#/tax/corrections", "What a correction is"],
    ["#/tax/rules", "Exchange rates"],
    ["#/tax/form/f1?year=2026", "Why it is due"],
    ["#/tax/profiles?host=h1", "Profile"],
    ["#/tax/forms?open=f1", "Why it is due"],
  ];
  for (const [hash, heading] of parts) {
    open(hash);
    await screen.findByRole("heading", { name: heading });
    const found = await axe.run(document.body, { rules: { "color-contrast": { enabled: false } } });
    expect(
      found.violations.map((one) => [hash, one.id, one.nodes.map((node) => node.html)]),
    ).toEqual([]);
    cleanup();
  }
}, 30_000);
