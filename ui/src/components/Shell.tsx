import { Button } from "@mantine/core";
import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useSessionAct } from "../features/session/session_acts";
import { useIdleLock } from "../features/session/useIdleLock";
import { useLiveData, useRead } from "../ipc/hooks";
import { dateInWords } from "../lib/dates";
import { formatCount } from "../lib/money";
import { ROLE } from "../lib/words";
import { useActions } from "./actions";
import { CommandPalette } from "./CommandPalette";
import { JobsTray } from "./JobsTray";
import { useSignedIn } from "./ledger_context";
import classes from "./Shell.module.css";
import { ShortcutOverview } from "./ShortcutOverview";

const PLACES = [
  { to: "/", label: "Home", key: "h" },
  { to: "/imports", label: "Imports", key: "i" },
  { to: "/commissions", label: "Commissions", key: "c" },
  { to: "/disputes", label: "Disputes", key: "d" },
  { to: "/payouts", label: "Payouts", key: "p" },
  { to: "/hosts", label: "Hosts", key: "o" },
  { to: "/tax", label: "Tax", key: "t" },
  { to: "/books", label: "Books", key: "b" },
  { to: "/settings", label: "Settings", key: "s" },
] as const;

const TAX_PLACES = [
  { to: "/tax/forms", label: "Tax: forms 1099-K" },
  { to: "/tax/corrections", label: "Tax: corrections of forms" },
  { to: "/tax/profiles", label: "Tax: profiles, W-9 and W-8" },
  { to: "/tax/rules", label: "Tax: rules and exchange rates" },
] as const;

/** The rail at the left and the page beside it: always there once somebody is signed in. */
export function Shell() {
  const { ledger, user } = useSignedIn();
  const navigate = useNavigate();
  const lock = useSessionAct("lock");
  const counts = useRead("get_rail_counts", null);
  const restores = useRead("get_restores", null);
  const [palette, setPalette] = useState(false);
  const [overview, setOverview] = useState(false);
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  useLiveData();

  // A new page is read from its top: Tab goes on in it, not in the rail.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the page changes
  useEffect(() => focusFirst("#page"), [pathname]);
  useIdleLock(ledger.idle_lock_minutes, () => lock.mutate(null));

  useActions([
    ...PLACES.map((place) => ({
      label: place.label,
      group: "Go to" as const,
      keys: `g ${place.key}`,
      run: () => navigate({ to: place.to }),
    })),
    {
      label: "Stripe account, sync and notices",
      group: "Go to",
      run: () => navigate({ to: "/settings/stripe" }),
    },
    {
      label: "Restores: what left since",
      group: "Go to",
      run: () => navigate({ to: "/restores" }),
    },
    ...TAX_PLACES.map((place) => ({
      label: place.label,
      group: "Go to" as const,
      run: () => navigate({ to: place.to }),
    })),
    { label: "Palette", group: "Window", keys: "mod+k", run: () => setPalette(true) },
    { label: "Keyboard overview", group: "Window", keys: "?", run: () => setOverview(true) },
    { label: "Lock", group: "Window", keys: "mod+l", run: () => lock.mutate(null) },
    { label: "Filter", group: "Table", keys: "/", run: () => focusFirst("[data-filter-input]") },
    { label: "Next row", group: "Table", keys: "j", run: () => focusFirst("[data-ledger-table]") },
    {
      label: "Row before",
      group: "Table",
      keys: "k",
      run: () => focusFirst("[data-ledger-table]"),
    },
  ]);

  const waiting: Record<string, number | undefined> = {
    "/imports": counts.data?.exceptions,
    "/commissions": counts.data?.commissions,
    "/disputes": counts.data?.disputes,
    "/payouts": (counts.data?.batches ?? 0) + (counts.data?.adjustments ?? 0),
    "/tax": counts.data?.tax_forms,
    "/settings": counts.data?.stripe_notices,
  };

  return (
    <div className={classes.shell}>
      <button type="button" className="skip-link" onClick={() => focusFirst("#page")}>
        Skip to the page
      </button>
      <div className={classes.banners}>
        {ledger.practice_date ? (
          <aside className={classes.practice} aria-label="Practice ledger">
            Practice ledger: today is {dateInWords(ledger.practice_date)} here. Nothing in it is
            real money.
          </aside>
        ) : null}
        {restores.data?.stopped ? (
          <aside className={classes.stopped} aria-label="Nothing is sent">
            <span>
              {restores.data.read_only
                ? "This ledger is older than what this computer knows of it. It is read only, and nothing is sent."
                : "This ledger was restored, and money may have left since. Nothing is sent until two people settled it."}
            </span>
            {pathname === "/restores" ? null : <Link to="/restores">Settle it</Link>}
          </aside>
        ) : null}
      </div>
      <nav className={classes.rail} aria-label="Places">
        <div className={classes.ledger} title={ledger.path}>
          {ledger.name}
        </div>
        <ul className={classes.places}>
          {PLACES.map((place) => {
            const count = waiting[place.to];
            return (
              <li key={place.to}>
                <Link
                  to={place.to}
                  className={classes.place}
                  activeOptions={{ exact: place.to === "/", includeSearch: false }}
                  title={`g then ${place.key}`}
                >
                  {place.label}
                  {count ? (
                    <span className={`figure ${classes.count}`}>
                      <span aria-hidden="true">{formatCount(count)}</span>
                      <span className="visually-hidden">
                        {count === 1 ? "1 needs a person" : `${formatCount(count)} need a person`}
                      </span>
                    </span>
                  ) : null}
                </Link>
              </li>
            );
          })}
        </ul>
        <div className={classes.fill} />
        <JobsTray />
        <div className={classes.who}>
          <div className="truncate">
            <strong>{user.name}</strong>
          </div>
          <div className="quiet small">{user.roles.map((role) => ROLE[role].title).join(", ")}</div>
          <div className={classes.whoActions}>
            <Button variant="default" size="compact-xs" onClick={() => lock.mutate(null)}>
              Lock
            </Button>
            <Button variant="subtle" size="compact-xs" onClick={() => setPalette(true)}>
              Find or do
            </Button>
          </div>
        </div>
      </nav>
      <main className={classes.page} id="page" tabIndex={-1}>
        <Outlet />
      </main>
      {palette ? <CommandPalette onClose={() => setPalette(false)} /> : null}
      {overview ? <ShortcutOverview onClose={() => setOverview(false)} /> : null}
    </div>
  );
}

function focusFirst(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus();
}
