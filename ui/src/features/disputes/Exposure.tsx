import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { hostColumn, moneyColumn } from "../../components/columns";
import { DateText } from "../../components/DateText";
import { EmptyState } from "../../components/EmptyState";
import { Facts } from "../../components/Facts";
import { FilteredTotal } from "../../components/FilteredTotal";
import { type LedgerColumn, LedgerTable } from "../../components/LedgerTable";
import { Money } from "../../components/Money";
import { ErrorNotice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { RightDrawer } from "../../components/RightDrawer";
import { SubjectLink } from "../../components/SubjectLink";
import small from "../../components/small.module.css";
import { Tabs } from "../../components/Tabs";
import type { Exposure as Found, HostExposure } from "../../ipc";
import { useRead } from "../../ipc/hooks";
import { dateInWords, relativeDay } from "../../lib/dates";
import {
  counted,
  EN_DASH,
  formatCount,
  formatMoney,
  formatMoneyList,
  formatRate,
} from "../../lib/money";
import { HostActions } from "../hosts/HostActions";
import { HostReserveFacts } from "../hosts/HostReserveFacts";
import { DISPUTE_TABS } from "./Disputes";
import classes from "./disputes.module.css";
import { type Day, daysOf } from "./exposure_days";

const route = getRouteApi("/disputes/exposure");

const rowId = (row: HostExposure) => `${row.host_id} ${row.currency}`;

function columns(currency: string | null): LedgerColumn<HostExposure>[] {
  return [
    hostColumn("host", 160, { grow: true }),
    moneyColumn(currency, {
      id: "amount",
      title: "Disputable",
      width: 128,
      amount: (row) => row.amount,
    }),
    {
      id: "bookings",
      header: "Bookings",
      width: 82,
      align: "right",
      cell: (row) => formatCount(row.bookings),
    },
    {
      id: "loss_rate",
      header: "Loss rate",
      width: 84,
      align: "right",
      cell: (row) => formatRate(row.loss_rate),
    },
    moneyColumn(currency, {
      id: "suggested",
      title: "Suggested",
      width: 124,
      amount: (row) => row.suggested,
    }),
    {
      id: "reserve",
      header: "Held back",
      width: 118,
      cell: (row) =>
        row.reserve ? (
          <span title={row.reserve.reason}>
            {formatRate(row.reserve.percent)} for {counted(row.reserve.days, "day")}
          </span>
        ) : (
          EN_DASH
        ),
    },
    {
      id: "last",
      header: "Until",
      width: 120,
      cell: (row) => <DateText date={row.last_on} />,
    },
  ];
}

/** What was paid and can still be disputed, and what is held back for it. */
export function Exposure() {
  const { open } = route.useSearch();
  const navigate = useNavigate({ from: "/disputes/exposure" });
  const found = useRead("get_exposure", null);
  const exposure = found.data;
  const rows = exposure?.hosts ?? [];
  const only = exposure?.totals.length === 1 ? exposure.totals[0] : undefined;
  const shown = useMemo(() => columns(only?.currency ?? null), [only?.currency]);
  const opened = rows.find((row) => rowId(row) === open);
  return (
    <>
      <PageHeader
        title="Exposure"
        state={
          exposure
            ? exposure.totals.length === 0
              ? `Nothing that was paid can still be disputed; sessions count for ${exposure.days} days.`
              : `${formatMoneyList(exposure.totals)} paid to hosts can still be disputed; sessions count for ${exposure.days} days.`
            : null
        }
      />
      <Tabs name="Disputes" tabs={DISPUTE_TABS} />
      <ErrorNotice error={found.error} />
      {exposure && exposure.totals.length > 0 ? <ByDay exposure={exposure} /> : null}
      <LedgerTable
        name="Exposure by host"
        columns={shown}
        rows={rows}
        rowId={rowId}
        totalRows={rows.length}
        loading={found.isPending}
        stale={found.isPlaceholderData}
        onOpen={(row) => navigate({ search: { open: rowId(row) } })}
        toolbar={
          <span className="quiet small">
            {exposure && exposure.loss_rates.length > 0
              ? `Lost to disputes in a year: ${exposure.loss_rates.map((rate) => `${formatRate(rate.rate)} of ${rate.currency} prices`).join(", ")}. A host's own share counts where it is larger.`
              : ""}
          </span>
        }
        footer={{
          label: (
            <FilteredTotal
              totalRows={exposure ? rows.length : null}
              one="host"
              filtered={false}
              totals={only ? [] : (exposure?.totals ?? [])}
            />
          ),
          cells: only ? { amount: <Money {...only} showCurrency={false} /> } : {},
        }}
        empty={
          <EmptyState title="Nothing paid can be disputed now">
            What hosts were paid for sessions of the last days is listed here until nobody can
            dispute it any more, with what lost disputes cost each host so far.
          </EmptyState>
        }
      />
      {opened ? <ExposureDrawer row={opened} onClose={() => navigate({ search: {} })} /> : null}
    </>
  );
}

/** One bar a day: how much stops being disputable after it. */
function ByDay({ exposure }: { exposure: Found }) {
  return (
    <div className={classes.exposed}>
      {exposure.totals.map(({ currency }) => {
        const days = daysOf(exposure.ends, currency, exposure.as_of);
        const some = days.filter((day) => day.height > 0);
        const first = days[0];
        const last = days.at(-1);
        return first && last ? (
          <figure key={currency} style={{ margin: "8px 0 0" }}>
            <figcaption className="quiet small">
              Stops being disputable, by day, {currency}; at most{" "}
              {formatMoney({ amount: largest(days), currency })} a day
            </figcaption>
            <div className={classes.days} aria-hidden="true">
              {days.map((day) => (
                <span
                  key={day.on}
                  style={{ height: day.height > 0 ? `max(2px, ${day.height * 100}%)` : 0 }}
                  title={`${dateInWords(day.on)}: ${formatMoney({ amount: day.amount, currency })}`}
                />
              ))}
            </div>
            <div className={classes.axis} aria-hidden="true">
              <span>{dateInWords(first.on)}</span>
              {days.length > 2 ? (
                <span>
                  {dateInWords(last.on)}, {relativeDay(last.on, exposure.as_of)}
                </span>
              ) : null}
            </div>
            <details className={classes.details}>
              <summary>By day as a table</summary>
              <div style={{ maxHeight: 220, overflow: "auto", maxWidth: 360 }}>
                <table className={small.plain}>
                  <tbody>
                    {some.map((day) => (
                      <tr key={day.on}>
                        <td>
                          <DateText date={day.on} words />
                        </td>
                        <td className={small.right}>
                          <Money amount={day.amount} currency={currency} />
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </details>
          </figure>
        ) : null;
      })}
    </div>
  );
}

function largest(days: readonly Day[]): string {
  return days.find((day) => day.height === 1)?.amount ?? "0";
}

function ExposureDrawer({ row, onClose }: { row: HostExposure; onClose: () => void }) {
  const host = useRead("get_host", { host_id: row.host_id }, { keep: false });
  const navigate = useNavigate();
  return (
    <RightDrawer
      title={row.host_name}
      subtitle={`${formatMoney({ amount: row.amount, currency: row.currency })} can still be disputed`}
      onClose={onClose}
      onFullPage={() => navigate({ to: "/hosts/$hostId", params: { hostId: row.host_id } })}
      footer={host.data ? <HostActions detail={host.data} /> : null}
    >
      <ErrorNotice error={host.error} />
      <Facts
        facts={[
          [
            "Host",
            <SubjectLink
              key="host"
              subject={{ kind: "HOST", id: row.host_id, label: row.host_name }}
            />,
          ],
          ["Disputable", <Money key="a" amount={row.amount} currency={row.currency} />],
          ["Bookings", formatCount(row.bookings)],
          ["Until", row.last_on ? <DateText key="l" date={row.last_on} words /> : null],
          [
            "Loss rate",
            <span key="rate">
              {formatRate(row.loss_rate)} of the prices
              <div className="quiet small">
                What lost disputes cost in a year: the host's own share, or the platform's where
                that is larger.
              </div>
            </span>,
          ],
          [
            "Suggested",
            <span key="s">
              <Money amount={row.suggested} currency={row.currency} />
              <div className="quiet small">A reserve that would cover that share.</div>
            </span>,
          ],
          [
            "Balance",
            host.data ? (
              <span key="b" className="figure">
                {formatMoneyList(host.data.host.balances)}
              </span>
            ) : null,
          ],
        ]}
      />
      <HostReserveFacts reserve={row.reserve} />
    </RightDrawer>
  );
}
