import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
} from "@tanstack/react-router";
import { ActionsProvider } from "./components/actions";
import { EmptyState } from "./components/EmptyState";
import { LinkButton } from "./components/LinkButton";
import { Notice } from "./components/Notice";
import { PageHeader } from "./components/PageHeader";
import { Scroll } from "./components/Scroll";
import { Shell } from "./components/Shell";
import { Accounts } from "./features/books/Accounts";
import { Audit, type AuditSearch } from "./features/books/Audit";
import { Books } from "./features/books/Books";
import { Check } from "./features/books/Check";
import { Journal, type JournalSearch } from "./features/books/Journal";
import { CommissionPage } from "./features/commissions/CommissionPage";
import { Commissions } from "./features/commissions/Commissions";
import type { CommissionSearch } from "./features/commissions/commission_filter";
import { FlagRules } from "./features/commissions/FlagRules";
import { type FlagSearch, Flags } from "./features/commissions/Flags";
import { DisputePage } from "./features/disputes/DisputePage";
import { Disputes } from "./features/disputes/Disputes";
import type { DisputeSearch } from "./features/disputes/dispute_filter";
import { Exposure } from "./features/disputes/Exposure";
import { Home } from "./features/home/Home";
import { HostPage } from "./features/hosts/HostPage";
import { type HostSearch, Hosts } from "./features/hosts/Hosts";
import { type ExceptionSearch, Exceptions } from "./features/imports/Exceptions";
import { Imports } from "./features/imports/Imports";
import { Preview } from "./features/imports/Preview";
import { Adjustments } from "./features/payouts/Adjustments";
import { BatchPage } from "./features/payouts/BatchPage";
import { PayoutPage } from "./features/payouts/PayoutPage";
import { Payouts } from "./features/payouts/Payouts";
import type { View } from "./features/payouts/PayoutTables";
import { Prepare } from "./features/payouts/Prepare";
import { Restores } from "./features/restores/Restores";
import { Institutions } from "./features/settings/Institutions";
import { Settings } from "./features/settings/Settings";
import { StripeSettings } from "./features/settings/StripeSettings";
import { Users } from "./features/settings/Users";
import { WindowSettings } from "./features/settings/WindowSettings";
import { Corrections } from "./features/tax/Corrections";
import { FormPage } from "./features/tax/FormPage";
import { Season } from "./features/tax/Season";
import { TaxForms } from "./features/tax/TaxForms";
import { TaxProfiles } from "./features/tax/TaxProfiles";
import { TaxRules } from "./features/tax/TaxRules";
import type { FormSearch, ProfileSearch } from "./features/tax/tax_filter";

/** The address is written by this window only; a broken one falls back to the unfiltered page. */
function search<Search extends object>() {
  return (given: Record<string, unknown>): Search => given as Search;
}

const root = createRootRoute({
  component: () => (
    <ActionsProvider>
      <Shell />
    </ActionsProvider>
  ),
  errorComponent: ({ error }) => <PageFailed message={String(error)} />,
  notFoundComponent: () => (
    <EmptyState title="There is no such page" action={<LinkButton to="/">Home</LinkButton>}>
      The address leads nowhere.
    </EmptyState>
  ),
});

function PageFailed({ message }: { message: string }) {
  return (
    <>
      <PageHeader title="This page could not be drawn" />
      <Scroll>
        <Notice tone="red">
          <p>{message}</p>
          <p>Nothing was changed. Go to another page, or lock and sign in again.</p>
        </Notice>
      </Scroll>
    </>
  );
}

const routeTree = root.addChildren([
  createRoute({ getParentRoute: () => root, path: "/", component: Home }),
  createRoute({ getParentRoute: () => root, path: "/restores", component: Restores }),
  createRoute({
    getParentRoute: () => root,
    path: "/imports",
    component: Imports,
    validateSearch: search<{ open?: string }>(),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/imports/preview",
    component: Preview,
    validateSearch: search<{ path: string }>(),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/imports/exceptions",
    component: Exceptions,
    validateSearch: search<ExceptionSearch>(),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/commissions",
    component: Commissions,
    validateSearch: search<CommissionSearch>(),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/commissions/flags",
    component: Flags,
    validateSearch: search<FlagSearch>(),
  }),
  createRoute({ getParentRoute: () => root, path: "/commissions/rules", component: FlagRules }),
  createRoute({
    getParentRoute: () => root,
    path: "/commissions/$bookingId",
    component: CommissionPage,
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/disputes",
    component: Disputes,
    validateSearch: search<DisputeSearch>(),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/disputes/exposure",
    component: Exposure,
    validateSearch: search<{ open?: string }>(),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/disputes/$disputeId",
    component: DisputePage,
    validateSearch: search<{ view?: "story" | "evidence" }>(),
  }),
  createRoute({ getParentRoute: () => root, path: "/payouts", component: Payouts }),
  createRoute({
    getParentRoute: () => root,
    path: "/payouts/prepare",
    component: Prepare,
    validateSearch: search<{ date?: string; off_cycle?: string; view?: View }>(),
  }),
  createRoute({ getParentRoute: () => root, path: "/payouts/adjustments", component: Adjustments }),
  createRoute({
    getParentRoute: () => root,
    path: "/payouts/$batchId",
    component: BatchPage,
    validateSearch: search<{ view?: View; open?: string }>(),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/payouts/payout/$payoutId",
    component: PayoutPage,
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/hosts",
    component: Hosts,
    validateSearch: search<HostSearch>(),
  }),
  createRoute({ getParentRoute: () => root, path: "/hosts/$hostId", component: HostPage }),
  createRoute({
    getParentRoute: () => root,
    path: "/tax",
    component: Season,
    validateSearch: search<{ year?: number }>(),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/tax/forms",
    component: TaxForms,
    validateSearch: search<FormSearch>(),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/tax/form/$formId",
    component: FormPage,
    validateSearch: search<{ year?: number }>(),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/tax/corrections",
    component: Corrections,
    validateSearch: search<{ year?: number }>(),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/tax/profiles",
    component: TaxProfiles,
    validateSearch: search<ProfileSearch>(),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/tax/rules",
    component: TaxRules,
    validateSearch: search<{ year?: number }>(),
  }),
  createRoute({ getParentRoute: () => root, path: "/books", component: Books }),
  createRoute({
    getParentRoute: () => root,
    path: "/books/accounts",
    component: Accounts,
    validateSearch: search<{ prefix: string; text?: string }>(),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/books/journal",
    component: Journal,
    validateSearch: search<JournalSearch>(),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/books/audit",
    component: Audit,
    validateSearch: search<AuditSearch>(),
  }),
  createRoute({ getParentRoute: () => root, path: "/books/check", component: Check }),
  createRoute({ getParentRoute: () => root, path: "/settings", component: Settings }),
  createRoute({
    getParentRoute: () => root,
    path: "/settings/institutions",
    component: Institutions,
  }),
  createRoute({ getParentRoute: () => root, path: "/settings/users", component: Users }),
  createRoute({ getParentRoute: () => root, path: "/settings/stripe", component: StripeSettings }),
  createRoute({ getParentRoute: () => root, path: "/settings/window", component: WindowSettings }),
]);

export function makeRouter() {
  return createRouter({
    routeTree,
    history: createHashHistory(),
    defaultPreload: false,
    scrollRestoration: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
