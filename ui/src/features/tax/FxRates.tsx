import { Button, Checkbox, Group, Modal, Stack } from "@mantine/core";
import { useState } from "react";
import { useActions } from "../../components/actions";
import { DateText } from "../../components/DateText";
import { Section } from "../../components/Facts";
import { ErrorNotice } from "../../components/Notice";
import { PathField } from "../../components/PathField";
import { SubmitButton } from "../../components/SubmitButton";
import small from "../../components/small.module.css";
import { toast } from "../../components/toast";
import { useAct, useRead } from "../../ipc/hooks";
import { counted, formatCount } from "../../lib/money";
import { isWholePath } from "../../lib/paths";
import classes from "./tax.module.css";
import { useTaxMay } from "./tax_desk";

const MOST = 50;

/** Dated rates with which other currencies come into box 1a. */
export function FxRates() {
  const rates = useRead("list_fx_rates", null);
  const may = useTaxMay();
  const [importing, setImporting] = useState(false);
  const all = rates.data ?? [];
  useActions(
    may.prepare
      ? [
          {
            label: "Import exchange rates",
            group: "This page",
            run: () => setImporting(true),
          },
        ]
      : [],
  );
  return (
    <Section title="Exchange rates">
      <p className="quiet">
        Forms are in US dollars. A transaction in another currency is converted at the rate of its
        day, or of the last day with one in the week before; without one its host is blocked.
      </p>
      <p style={{ margin: "8px 0" }}>
        <Button
          variant="default"
          size="xs"
          disabled={!may.prepare}
          onClick={() => setImporting(true)}
        >
          Import exchange rates…
        </Button>
      </p>
      <ErrorNotice error={rates.error} />
      {rates.data && all.length === 0 ? (
        <p className="quiet">No rates yet. Where every booking is in US dollars none are needed.</p>
      ) : null}
      {all.length > 0 ? (
        <div className={classes.scrollX}>
          <table className={small.plain}>
            <thead>
              <tr>
                <th scope="col">Date</th>
                <th scope="col">From</th>
                <th scope="col">To</th>
                <th scope="col" className={small.right}>
                  Rate
                </th>
                <th scope="col">Source</th>
              </tr>
            </thead>
            <tbody>
              {all.slice(0, MOST).map((rate) => (
                <tr key={`${rate.on} ${rate.from} ${rate.to}`}>
                  <td>
                    <DateText date={rate.on} />
                  </td>
                  <td>{rate.from}</td>
                  <td>{rate.to}</td>
                  <td className={small.right}>{rate.rate}</td>
                  <td>{rate.source}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {all.length > MOST ? (
            <p className="quiet small">
              The newest {MOST} of {formatCount(all.length)} rates.
            </p>
          ) : null}
        </div>
      ) : null}
      {importing ? <ImportRates onClose={() => setImporting(false)} /> : null}
    </Section>
  );
}

function ImportRates({ onClose }: { onClose: () => void }) {
  const [path, setPath] = useState("");
  const [jumps, setJumps] = useState(false);
  const [replace, setReplace] = useState(false);
  const take = useAct("import_fx_rates");
  const code = take.error?.code;
  return (
    <Modal opened onClose={onClose} title="Import exchange rates" size={560}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isWholePath(path) && !take.isPending) {
            take.mutate(
              { path: path.trim(), jumps_are_right: jumps, replace },
              {
                onSuccess: ({ rates }) => {
                  toast(rates === 0 ? "No rate is new." : `${counted(rates, "rate")} taken in.`);
                  onClose();
                },
              },
            );
          }
        }}
      >
        <Stack gap="md">
          <p>
            A CSV file with the columns date, from, to, rate and source, such as{" "}
            <span className="mono">2026-03-09, EUR, USD, 1.0842, ECB</span>: one EUR is 1.0842 USD
            on that day. All lines are taken in, or none.
          </p>
          <PathField label="File" purpose="TAX_FILE" value={path} onChange={setPath} autoFocus />
          <ErrorNotice error={take.error} />
          {jumps || code === "RATE_JUMP" ? (
            <Checkbox
              label="Rates more than a tenth away from the one before are right"
              checked={jumps}
              onChange={(event) => setJumps(event.currentTarget.checked)}
            />
          ) : null}
          {replace || code === "RATE_KNOWN" ? (
            <Checkbox
              label="Put the file's rates in place of those known for the same day"
              checked={replace}
              onChange={(event) => setReplace(event.currentTarget.checked)}
            />
          ) : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose} disabled={take.isPending}>
              Back
            </Button>
            <SubmitButton busy={take.isPending} disabled={!isWholePath(path)}>
              Import the rates
            </SubmitButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
