import { DateInput } from "@mantine/dates";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useSignedIn } from "../../components/ledger_context";
import { Money } from "../../components/Money";
import { ErrorNotice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { Scroll } from "../../components/Scroll";
import small from "../../components/small.module.css";
import { Tabs } from "../../components/Tabs";
import type { TrialBalance, TrialBalanceRow } from "../../ipc";
import { useRead } from "../../ipc/hooks";
import { dateInWords } from "../../lib/dates";
import { counted, formatMoneyList, isZero } from "../../lib/money";

export const BOOK_TABS = [
  { to: "/books", label: "Trial balance", exact: true },
  { to: "/books/journal", label: "Journal" },
  { to: "/books/audit", label: "Audit trail" },
  { to: "/books/check", label: "Check and export" },
];

export function Books() {
  const { ledger } = useSignedIn();
  const [asOf, setAsOf] = useState<string | null>(null);
  const balance = useRead("get_trial_balance", { as_of: asOf });
  const found = balance.data;
  return (
    <>
      <PageHeader title="Books" state={found ? <Sentence balance={found} /> : null} />
      <Tabs name="Books" tabs={BOOK_TABS} />
      <Scroll>
        <ErrorNotice error={balance.error} />
        <DateInput
          label="As of"
          size="xs"
          w={170}
          mt={12}
          clearable
          valueFormat="YYYY-MM-DD"
          defaultDate={ledger.business_date}
          placeholder={ledger.business_date}
          value={asOf}
          onChange={setAsOf}
        />
        {found ? (
          <div className={balance.isPlaceholderData ? "dimmed" : undefined}>
            {currencies(found).map((currency) => (
              <CurrencyTable
                key={currency}
                currency={currency}
                rows={found.rows.filter((row) => row.currency === currency)}
                total={found.totals.find((total) => total.currency === currency)?.amount ?? "0"}
              />
            ))}
            {found.rows.length === 0 ? (
              <p className="quiet" style={{ marginTop: 16 }}>
                Nothing is posted yet. Entries are made by importing bookings, paying hosts and
                approving adjustments; nobody writes them by hand.
              </p>
            ) : null}
          </div>
        ) : null}
      </Scroll>
    </>
  );
}

function currencies(balance: TrialBalance): string[] {
  return [...new Set(balance.rows.map((row) => row.currency))];
}

function Sentence({ balance }: { balance: TrialBalance }) {
  const off = balance.totals.filter((total) => !isZero(total.amount));
  return (
    <>
      As of {dateInWords(balance.as_of)}:{" "}
      {off.length === 0
        ? "debits and credits are equal in every currency."
        : `debits and credits differ by ${formatMoneyList(off)}. Run the check.`}
    </>
  );
}

function CurrencyTable(props: { currency: string; rows: TrialBalanceRow[]; total: string }) {
  const { currency, rows, total } = props;
  const figure = (amount: string, strong = false) => (
    <td className={small.right}>
      <Money amount={amount} currency={currency} showCurrency={false} strong={strong} />
    </td>
  );
  return (
    <section style={{ marginTop: 20, maxWidth: 860 }}>
      <h2>{currency}</h2>
      <table className={small.plain}>
        <thead>
          <tr>
            <th scope="col">Account</th>
            <th scope="col" className={small.right}>
              Debits
            </th>
            <th scope="col" className={small.right}>
              Credits
            </th>
            <th scope="col" className={small.right}>
              Balance
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.account}>
              <td>
                {row.accounts > 1 ? (
                  <>
                    <Link to="/books/accounts" search={{ prefix: row.account }}>
                      {row.account}
                    </Link>{" "}
                    <span className="quiet">{counted(row.accounts, "account")}</span>
                  </>
                ) : (
                  <Link to="/books/journal" search={{ account: row.account, currency }}>
                    {row.account}
                  </Link>
                )}
              </td>
              {figure(row.debit)}
              {figure(row.credit)}
              {figure(row.balance)}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={3}>
              All accounts
            </th>
            {figure(total, true)}
          </tr>
        </tfoot>
      </table>
    </section>
  );
}
