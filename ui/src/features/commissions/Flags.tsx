import { Button } from "@mantine/core";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useActions } from "../../components/actions";
import { hostColumn, moneyColumn } from "../../components/columns";
import { DateText, InstantText } from "../../components/DateText";
import { EmptyState } from "../../components/EmptyState";
import { Facts, Section } from "../../components/Facts";
import { FilterChips } from "../../components/FilterChips";
import { FilteredTotal } from "../../components/FilteredTotal";
import { type LedgerColumn, LedgerTable } from "../../components/LedgerTable";
import { useMay } from "../../components/ledger_context";
import { Money } from "../../components/Money";
import { PageHeader } from "../../components/PageHeader";
import { RightDrawer } from "../../components/RightDrawer";
import { SubjectLink } from "../../components/SubjectLink";
import { Tabs } from "../../components/Tabs";
import type { FlagRow, FraudRule } from "../../ipc";
import { usePaged } from "../../ipc/hooks";
import { counted, formatMoneyList, onlyCurrency } from "../../lib/money";
import { CAUSE } from "../../lib/words";
import { type BulkAction, BulkActionModal } from "./BulkActionModal";
import { COMMISSION_TABS } from "./Commissions";
import classes from "./commissions.module.css";

const route = getRouteApi("/commissions/flags");

export type FlagSearch = { rule?: FraudRule; open?: string };

export const RULES: FraudRule[] = [
  "PRICE_OUTLIER",
  "SELF_BOOKING",
  "VELOCITY",
  "IMPOSSIBLE_SESSION",
  "REFUND_RATE",
  "SHARED_CHARGE",
];

function columns(currency: string | null): LedgerColumn<FlagRow>[] {
  const money = (id: string, title: string, width: number, amount: (row: FlagRow) => string) =>
    moneyColumn(currency, { id, title, width: currency ? width : 140, amount });
  return [
    {
      id: "booking",
      header: "Booking",
      width: 132,
      cell: (row) => <span title={row.booking_id}>{row.booking_id}</span>,
    },
    {
      id: "rule",
      header: "Flag",
      width: 218,
      grow: true,
      cell: (row) => CAUSE[row.rule].title,
    },
    hostColumn("host", 122, { grow: true }),
    money("price", "Price", 94, (row) => row.price),
    money("host_amount", "Host amount", 134, (row) => row.host_amount),
    {
      id: "raised",
      header: "Raised",
      width: 114,
      cell: (row) => <DateText date={row.raised_on} />,
    },
  ];
}

/** Every open flag with the evidence beside it; each is settled once, by release or void. */
export function Flags() {
  const search: FlagSearch = route.useSearch();
  const navigate = useNavigate({ from: "/commissions/flags" });
  const list = usePaged("list_flags", { rule: search.rule ?? null });
  const [action, setAction] = useState<BulkAction | null>(null);
  const currency = onlyCurrency(list.totals);
  const shown = useMemo(() => columns(currency), [currency]);
  const index = list.rows.findIndex((row) => row.block_id === search.open);
  const opened = list.rows[index];
  const go = (row: FlagRow | undefined) =>
    navigate({ search: { rule: search.rule, open: row?.block_id } });
  return (
    <>
      <PageHeader
        title="Fraud flags"
        state={
          list.totalRows === null
            ? null
            : list.totalRows === 0
              ? "No flag waits for a person."
              : `${counted(list.totalRows, "flag")} ${list.totalRows === 1 ? "waits" : "wait"} for a person, ${formatMoneyList(list.totals)} of host amounts.`
        }
      />
      <Tabs name="Commissions" tabs={COMMISSION_TABS} />
      <LedgerTable
        name="Fraud flags"
        columns={shown}
        {...list}
        rowId={(row) => row.block_id}
        onOpen={go}
        toolbar={
          <FilterChips
            chips={
              search.rule
                ? [
                    {
                      key: "rule",
                      words: CAUSE[search.rule].title,
                      onRemove: () => navigate({ search: {} }),
                    },
                  ]
                : []
            }
            choices={[
              {
                label: "Flag",
                options: RULES.map((rule) => ({
                  label: CAUSE[rule].title,
                  onPick: () => navigate({ search: { rule } }),
                })),
              },
            ]}
          />
        }
        footer={{
          label: (
            <FilteredTotal
              totalRows={list.totalRows}
              one="flag"
              filtered={search.rule !== undefined}
              totals={list.totals}
            />
          ),
        }}
        empty={
          <EmptyState title={search.rule ? "Nothing matches" : "No open flags"}>
            The daily job flags bookings that look wrong: prices far above the usual, hosts who book
            themselves, sessions that can't be. Each stands here with what raised it until somebody
            releases or voids it.
          </EmptyState>
        }
      />
      {opened ? (
        <FlagDrawer
          key={opened.block_id}
          row={opened}
          place={`${index + 1} of ${list.rows.length}`}
          onNext={() => go(list.rows[index + 1] ?? opened)}
          onBefore={() => go(list.rows[index - 1] ?? opened)}
          onAction={setAction}
          onClose={() => go(undefined)}
        />
      ) : null}
      {action ? (
        <BulkActionModal
          action={action}
          onClose={() => setAction(null)}
          onDone={() => {
            setAction(null);
            // On to the next one: the settled flag leaves the list.
            go(list.rows[index + 1]);
          }}
        />
      ) : null}
    </>
  );
}

type DrawerProps = {
  row: FlagRow;
  place: string;
  onNext: () => void;
  onBefore: () => void;
  onAction: (action: BulkAction) => void;
  onClose: () => void;
};

function FlagDrawer({ row, place, onNext, onBefore, onAction, onClose }: DrawerProps) {
  const may = useMay("REVIEW");
  const navigate = useNavigate();
  const { title, explanation } = CAUSE[row.rule];
  const act = (verb: "RELEASE" | "VOID") => onAction({ verb, rows: [row], cause: row.rule });
  useActions([
    { label: "Next flag", group: "This page", keys: "j", run: onNext },
    { label: "Flag before", group: "This page", keys: "k", run: onBefore },
    ...(may
      ? [
          {
            label: "Release this flag",
            group: "This page" as const,
            keys: "r",
            run: () => act("RELEASE"),
          },
          {
            label: "Void this commission",
            group: "This page" as const,
            keys: "v",
            run: () => act("VOID"),
          },
        ]
      : []),
  ]);
  return (
    <RightDrawer
      title={title}
      subtitle={`${row.booking_id} · ${row.host_name} · ${place}`}
      onClose={onClose}
      onFullPage={() =>
        navigate({ to: "/commissions/$bookingId", params: { bookingId: row.booking_id } })
      }
      footer={
        may ? (
          <>
            <Button onClick={() => act("RELEASE")}>Release</Button>
            <Button variant="default" onClick={() => act("VOID")}>
              Void
            </Button>
            <span className="quiet small" style={{ alignSelf: "center" }}>
              <kbd>r</kbd> release, <kbd>v</kbd> void, <kbd>j</kbd> next, <kbd>k</kbd> before
            </span>
          </>
        ) : null
      }
    >
      <p>{explanation}</p>
      <Section title="What raised it">
        <Facts facts={row.facts.map((fact) => [fact.name, fact.value || "empty"])} />
        {row.others.length > 0 ? (
          <p style={{ marginTop: 8 }}>
            With it:{" "}
            {row.others.map((id, index) => (
              <span key={id}>
                {index > 0 ? ", " : ""}
                <Link to="/commissions/$bookingId" params={{ bookingId: id }}>
                  {id}
                </Link>
              </span>
            ))}
          </p>
        ) : null}
        <p className={`quiet small ${classes.reason}`}>{row.reason}</p>
      </Section>
      <Section title="Booking">
        <Facts
          facts={[
            [
              "Booking",
              <SubjectLink
                key="booking"
                subject={{ kind: "BOOKING", id: row.booking_id, label: row.booking_id }}
              />,
            ],
            [
              "Host",
              <SubjectLink
                key="host"
                subject={{ kind: "HOST", id: row.host_id, label: row.host_name }}
              />,
            ],
            ["Participant", row.participant_id || "not named"],
            ["Booked", <InstantText key="booked" at={row.booked_at} />],
            ["Price", <Money key="price" amount={row.price} currency={row.currency} />],
            ["Host amount", <Money key="h" amount={row.host_amount} currency={row.currency} />],
            ["Payable on", <DateText key="payable" date={row.payable_on} words />],
            ["Raised", <DateText key="raised" date={row.raised_on} words />],
          ]}
        />
      </Section>
    </RightDrawer>
  );
}
