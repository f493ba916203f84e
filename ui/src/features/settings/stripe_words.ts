// Stripe's keys and accounts in words. Pure; what is refused is decided by the application.

import type { StripeRail } from "../../ipc";

/** What a person is told while a key is pasted; null where nothing speaks against it. */
export function keyProblem(pasted: string): string | null {
  const key = pasted.trim();
  if (key === "") {
    return null;
  }
  if (key.startsWith("sk_live_")) {
    return "That is a full secret key of the live account: whoever has it can do anything there. Make a restricted key, rk_live_….";
  }
  if (key.startsWith("pk_")) {
    return "That is a publishable key, which can't send payouts. Make a restricted key, rk_….";
  }
  return /^(rk_live_|rk_test_|sk_test_)/.test(key)
    ? null
    : "A restricted key begins with rk_live_ or rk_test_.";
}

/** The mode a key works in, told by its beginning. */
export function keyMode(pasted: string): "live" | "test" | null {
  const key = pasted.trim();
  if (/^[rs]k_test_/.test(key)) {
    return "test";
  }
  return key.startsWith("rk_live_") ? "live" : null;
}

/** "live mode", "test mode". */
export function modeInWords({ live }: Pick<StripeRail, "live">): string {
  return live ? "live mode" : "test mode";
}

/** What a key must be allowed. */
export const PERMISSIONS: { name: string; access: string; why: string }[] = [
  { name: "Transfers", access: "Write", why: "to send payouts, and to read what was sent" },
  { name: "Balance", access: "Read", why: "whether the money for a batch is there" },
  { name: "Balance transactions", access: "Read", why: "what came back" },
  { name: "Payouts", access: "Read", why: "whether a host's bank took the money" },
  { name: "Disputes", access: "Read", why: "what guests' banks take back" },
  { name: "Accounts", access: "Write", why: "hosts' standing; read is enough without onboarding" },
  { name: "Account Links", access: "Write", why: "onboarding links for hosts" },
];
