import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { App } from "../../App";
import type { HandOver, LedgerInfo, Session } from "../../ipc";
import { IpcError } from "../../ipc";
import * as transport from "../../ipc/transport";

// The session's part of the application, answered in the test; everything else never answers.
const send = vi.spyOn(transport, "send");

const LEDGER: LedgerInfo = {
  ledger_id: "1",
  name: "Acme Live",
  path: "/ledgers/acme",
  time_zone: "UTC",
  business_date: "2026-03-16",
  practice_date: null,
  is_sample: false,
  user_names: ["Paula", "Andre"],
  approvers: 1,
  idle_lock_minutes: 15,
  practice_users: [],
};

function session(change: Partial<Session>): Session {
  return {
    phase: "LOCKED",
    app_version: "0.1.0",
    ledger: LEDGER,
    user: null,
    hand_over: null,
    locked_because: null,
    recent_ledgers: [],
    ...change,
  };
}

function signedInAs(name: string): Session {
  return session({
    phase: "SIGNED_IN",
    user: { name, roles: ["PREPARER", "ADMIN"], may: ["IMPORT"], since: "2026-03-16T09:00:00Z" },
  });
}

function answering(answers: Record<string, (request: unknown) => unknown>) {
  send.mockImplementation((async (command: string, request: unknown) => {
    const answer = answers[command];
    return answer ? answer(request) : new Promise(() => {});
  }) as typeof transport.send);
}

beforeEach(() => {
  send.mockReset();
  window.location.hash = "";
});

describe("before the ledger is open", () => {
  it("shows the recovery key once, then offers the second person, then the ledger", async () => {
    const user = userEvent.setup();
    let now = session({ phase: "CLOSED", ledger: null });
    const added = vi.fn(() => null);
    answering({
      get_session: () => now,
      choose_file: () => ({ path: "/ledgers/acme" }),
      create_ledger: () => {
        now = signedInAs("Paula");
        return { session: now, recovery_key: "K7QF-2M9D-XW4T" };
      },
      add_user: added,
    });
    render(<App />);
    await user.click(await screen.findByRole("button", { name: "Create a ledger" }));
    await user.type(screen.getByLabelText("Name of the ledger"), "Acme Live");
    await user.click(screen.getByRole("button", { name: "Choose" }));
    await user.type(screen.getByLabelText("Your name"), "Paula");
    await user.type(screen.getByLabelText("Passphrase"), "one two");
    await user.type(screen.getByLabelText("Passphrase again"), "one twoo");
    const create = screen.getByRole("button", { name: "Create the ledger" });
    expect(create).toHaveProperty("disabled", true);
    await user.type(screen.getByLabelText("Passphrase again"), "{Backspace}");
    await user.click(create);

    expect((await screen.findByTestId("recovery-key")).textContent).toBe("K7QF-2M9D-XW4T");
    const goOn = screen.getByRole("button", { name: "Go on" });
    expect(goOn).toHaveProperty("disabled", true);
    await user.click(screen.getByLabelText("I have written it down"));
    await user.click(goOn);

    expect(screen.getByRole("heading", { name: "Add the second person" })).toBeTruthy();
    expect(screen.queryByText("K7QF-2M9D-XW4T")).toBeNull();
    await user.type(screen.getByLabelText("Name"), "Andre");
    await user.type(screen.getByLabelText(/^Their passphrase/), "three four");
    await user.type(screen.getByLabelText("Passphrase again"), "three four");
    await user.click(screen.getByRole("button", { name: "Add this person" }));
    await waitFor(() =>
      expect(added).toHaveBeenCalledWith({
        name: "Andre",
        roles: ["APPROVER"],
        passphrase: "three four",
      }),
    );
    expect(await screen.findByRole("navigation", { name: "Places" })).toBeTruthy();
  });

  it("asks for the day when hosts were paid elsewhere before, and sends it along", async () => {
    const user = userEvent.setup();
    const created = vi.fn(() => ({ session: signedInAs("Paula"), recovery_key: "K7QF" }));
    answering({
      get_session: () => session({ phase: "CLOSED", ledger: null }),
      choose_file: () => ({ path: "/ledgers/acme" }),
      create_ledger: created,
    });
    render(<App />);
    await user.click(await screen.findByRole("button", { name: "Create a ledger" }));
    await user.type(screen.getByLabelText("Name of the ledger"), "Acme Live");
    await user.click(screen.getByRole("button", { name: "Choose" }));
    await user.type(screen.getByLabelText("Your name"), "Paula");
    await user.type(screen.getByLabelText("Passphrase"), "one two");
    await user.type(screen.getByLabelText("Passphrase again"), "one two");
    const create = screen.getByRole("button", { name: "Create the ledger" });
    expect(create).toHaveProperty("disabled", false);
    await user.click(screen.getByLabelText(/already paid its hosts until/));
    expect(create).toHaveProperty("disabled", true);
    await user.type(screen.getByLabelText("Paid until"), "2026-03-08{Tab}");
    expect(create).toHaveProperty("disabled", false);
    await user.click(create);
    await waitFor(() =>
      expect(created).toHaveBeenCalledWith(
        expect.objectContaining({ name: "Acme Live", paid_through: "2026-03-08" }),
      ),
    );
  });

  it("says what a wrong passphrase means and what to do", async () => {
    const user = userEvent.setup();
    answering({
      get_session: () => session({ ledger: { ...LEDGER, user_names: ["Paula"] } }),
      sign_in: () => {
        throw new IpcError({
          code: "WRONG_PASSPHRASE",
          message: "That is not Paula's passphrase.",
          details: null,
          remedy: "Passphrases are case-sensitive.",
        });
      },
    });
    render(<App />);
    await user.type(await screen.findByLabelText("Passphrase"), "nope{Enter}");
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("That is not Paula's passphrase.");
    expect(alert.textContent).toContain("Passphrases are case-sensitive.");
    expect(screen.queryByRole("navigation")).toBeNull();
  });

  it("shows a handed-over batch to those who may approve it, and opens on it", async () => {
    const user = userEvent.setup();
    const hand_over: HandOver = {
      batch_id: "b1",
      batch_date: "2026-03-16",
      totals: [{ currency: "USD", amount: "18204.11", payouts: 36 }],
      handed_over_by: "Paula",
      approvers: ["Andre"],
    };
    const signIn = vi.fn(() => signedInAs("Andre"));
    answering({ get_session: () => session({ hand_over }), sign_in: signIn });
    render(<App />);
    expect(await screen.findByText(/36 payouts, 18,204.11 USD/)).toBeTruthy();
    await user.type(screen.getByLabelText("Passphrase"), "three four{Enter}");
    await waitFor(() =>
      expect(signIn).toHaveBeenCalledWith({ name: "Andre", passphrase: "three four" }),
    );
    expect(window.location.hash).toBe("#/payouts/b1");
  });

  it("locks with Ctrl+L and shows nothing of the ledger any more", async () => {
    const user = userEvent.setup();
    answering({ get_session: () => signedInAs("Paula"), lock: () => session({}) });
    render(<App />);
    await screen.findByRole("navigation", { name: "Places" });
    await user.keyboard("{Control>}l{/Control}");
    expect(await screen.findByRole("button", { name: "Sign in" })).toBeTruthy();
    expect(screen.queryByRole("navigation")).toBeNull();
  });
});
