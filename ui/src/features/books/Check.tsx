import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { useActions } from "../../components/actions";
import { InstantText } from "../../components/DateText";
import { Section } from "../../components/Facts";
import { JobProgress } from "../../components/JobProgress";
import { useSignedIn } from "../../components/ledger_context";
import { ErrorNotice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { SaveFileModal } from "../../components/SaveFileModal";
import { Scroll } from "../../components/Scroll";
import { StatusBadge } from "../../components/StatusBadge";
import small from "../../components/small.module.css";
import { Tabs } from "../../components/Tabs";
import { toast } from "../../components/toast";
import type { ExportFormat } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { counted } from "../../lib/money";
import { BOOK_TABS } from "./Books";
import { DateRange } from "./DateRange";

/** The proof that the books hold, and the ways out of the ledger. */
export function Check() {
  const { ledger } = useSignedIn();
  const check = useAct("run_check");
  const exporting = useAct("export_journal");
  const backup = useAct("backup");
  const found = check.data;

  const [saving, setSaving] = useState<ExportFormat | "BACKUP" | null>(null);
  const [period, setPeriod] = useState<Period>(ALL);
  const done = (said: string) => {
    toast(said);
    setSaving(null);
  };
  const exportAs = (format: ExportFormat) => {
    exporting.reset();
    setPeriod(ALL);
    setSaving(format);
  };
  const makeBackup = () => {
    backup.reset();
    setSaving("BACKUP");
  };
  useActions([
    { label: "Run the check", group: "This page", keys: "n", run: () => check.mutate(null) },
    { label: "Export for hledger", group: "This page", run: () => exportAs("HLEDGER") },
    { label: "Export as CSV", group: "This page", run: () => exportAs("CSV") },
    { label: "Make a backup", group: "This page", run: makeBackup },
  ]);
  return (
    <>
      <PageHeader
        title="Check and export"
        state={
          found
            ? found.ok
              ? `Everything holds: ${counted(found.checks.length, "check")} passed.`
              : `${counted(found.checks.filter((one) => !one.ok).length, "check")} failed. Stop paying out until it is explained.`
            : "Not checked since you signed in."
        }
        actions={
          <Button loading={check.isPending} onClick={() => check.mutate(null)}>
            Run the check
          </Button>
        }
      />
      <Tabs name="Books" tabs={BOOK_TABS} />
      <Scroll>
        <div style={{ maxWidth: 860 }}>
          {check.isPending ? <JobProgress progress={check.progress} label="Checking" /> : null}
          <ErrorNotice error={check.error} />
          {found ? (
            <>
              <p className="quiet" style={{ margin: "12px 0 4px" }}>
                Checked <InstantText at={found.checked_at} />
              </p>
              <table className={small.plain}>
                <thead>
                  <tr>
                    <th scope="col">Check</th>
                    <th scope="col">Result</th>
                    <th scope="col">Detail</th>
                  </tr>
                </thead>
                <tbody>
                  {found.checks.map((one) => (
                    <tr key={one.name}>
                      <td>{one.title}</td>
                      <td>
                        <StatusBadge
                          word={one.ok ? "Holds" : "Failed"}
                          tone={one.ok ? "green" : "red"}
                        />
                      </td>
                      <td>{one.detail}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </>
          ) : (
            <p className="quiet" style={{ marginTop: 12 }}>
              The check proves that every entry sums to zero, that balances equal what hosts are
              owed, that no commission is paid twice, that every row of every import is accounted
              for, and that the audit trail and the file are whole.
            </p>
          )}
          <Section title="Journal export">
            <p className="quiet">For hledger, or as CSV for other bookkeeping.</p>
            <div style={{ display: "flex", gap: 8, marginTop: 8 }}>
              <Button
                variant="default"
                disabled={exporting.isPending}
                onClick={() => exportAs("HLEDGER")}
              >
                Export for hledger
              </Button>
              <Button
                variant="default"
                disabled={exporting.isPending}
                onClick={() => exportAs("CSV")}
              >
                Export as CSV
              </Button>
            </div>
            {exporting.isPending ? (
              <JobProgress progress={exporting.progress} label="Writing the journal" />
            ) : null}
          </Section>
          <Section title="Backup">
            <p className="quiet">
              One file with the encrypted ledger and its key slots, read again after writing. It
              opens with the same passphrases. Keep one off this machine.
            </p>
            <div style={{ marginTop: 8 }}>
              <Button variant="default" disabled={backup.isPending} onClick={makeBackup}>
                Make a backup
              </Button>
            </div>
            {backup.isPending ? (
              <JobProgress progress={backup.progress} label="Writing the backup" />
            ) : null}
          </Section>
        </div>
      </Scroll>
      {saving === "BACKUP" ? (
        <SaveFileModal
          title="Make a backup"
          purpose="BACKUP_FILE"
          suggestedName={`${fileNamePart(ledger.name)}-${ledger.business_date}.hlbackup`}
          confirm="Make the backup"
          busy={backup.isPending}
          error={backup.error}
          onSave={(path) =>
            backup.mutate(
              { path },
              { onSuccess: (made) => done(`Backup written and verified: ${made.path}`) },
            )
          }
          onClose={() => setSaving(null)}
        />
      ) : saving ? (
        <SaveFileModal
          title={saving === "CSV" ? "Export the journal as CSV" : "Export the journal for hledger"}
          purpose="JOURNAL_EXPORT"
          suggestedName={`journal-${periodNamePart(period, ledger.business_date)}.${saving === "CSV" ? "csv" : "journal"}`}
          confirm="Export"
          busy={exporting.isPending}
          error={exporting.error}
          onSave={(path) =>
            exporting.mutate(
              { format: saving, path, ...period },
              {
                onSuccess: (made) =>
                  done(`${counted(made.entries, "entry", "entries")} written to ${made.path}`),
              },
            )
          }
          onClose={() => setSaving(null)}
        >
          <Group gap="xs" align="center">
            <DateRange {...period} onChange={(from, to) => setPeriod({ from, to })} />
            <span className="quiet small">Without days: the whole journal.</span>
          </Group>
          {period.from ? (
            <p className="quiet small">
              The file holds the entries of these days only, without the balances of before. Files
              of periods that follow each other add up to the whole journal.
            </p>
          ) : null}
        </SaveFileModal>
      ) : null}
    </>
  );
}

/** Effective dates, both included; null: no end on that side. */
type Period = { from: string | null; to: string | null };
const ALL: Period = { from: null, to: null };

/** A period as a part of a file name. */
function periodNamePart({ from, to }: Period, today: string): string {
  return from ? `${from}-to-${to ?? today}` : (to ?? today);
}

/** A ledger's name as the beginning of a file name. */
function fileNamePart(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}
