import { Button, Select, TextInput } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { InstantText } from "../../components/DateText";
import { Section } from "../../components/Facts";
import { JobProgress } from "../../components/JobProgress";
import { LinkButton } from "../../components/LinkButton";
import { ErrorNotice, Notice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { Scroll } from "../../components/Scroll";
import { SubjectLink } from "../../components/SubjectLink";
import small from "../../components/small.module.css";
import { toast } from "../../components/toast";
import { useBack } from "../../components/useBack";
import type { ImportPreview, IpcError, Money, PreviewImportRequest } from "../../ipc";
import { useAct, useLongRead } from "../../ipc/hooks";
import { dateInWords } from "../../lib/dates";
import { counted, formatAmount, formatCount, isDecimal } from "../../lib/money";
import { ImportTotals } from "./ImportTotals";
import { countsInWords, IMPORT_KIND } from "./import_words";
import classes from "./imports.module.css";

const route = getRouteApi("/imports/preview");

type Expected = { rows: number | null; totals: Money[] };

export function Preview() {
  const { path } = route.useSearch();
  const navigate = useNavigate();
  const [expected, setExpected] = useState<Expected>({ rows: null, totals: [] });
  const [encoding, setEncoding] = useState<string | null>(null);
  const request: PreviewImportRequest = {
    path,
    kind: null,
    encoding,
    expect_rows: expected.rows,
    expect_totals: expected.totals,
  };
  const preview = useLongRead("preview_import", request);
  const commit = useAct("commit_import");
  useBack("the imports", "/imports");
  const found = preview.data;
  const refusedBy = found?.control.filter((control) => !control.ok) ?? [];
  const fileName = path.split(/[\\/]/).at(-1) ?? path;

  const takeIn = () => {
    if (!found) {
      return;
    }
    commit.mutate(
      {
        path,
        kind: found.kind,
        digest: found.digest,
        encoding,
        expect_rows: expected.rows,
        expect_totals: expected.totals,
      },
      {
        onSuccess: (result) => {
          toast(`${found.file_name} is taken in. ${countsInWords(result.counts)}.`);
          if (result.counts.exceptions > 0) {
            navigate({ to: "/imports/exceptions", search: { import_id: result.import_id } });
          } else {
            navigate({ to: "/imports", search: { open: result.import_id } });
          }
        },
      },
    );
  };
  return (
    <>
      <PageHeader
        title={found?.file_name ?? fileName}
        state={
          found
            ? `${IMPORT_KIND[found.kind]} · ${countsInWords(found.counts)}${datesInWords(found)}. Nothing is stored yet.`
            : preview.error
              ? "Nothing of the file is stored."
              : "Reading the file. Nothing is stored."
        }
        actions={
          <>
            <LinkButton to="/imports" variant="default">
              Back
            </LinkButton>
            <Button
              onClick={takeIn}
              loading={commit.isPending}
              disabled={!found || found.already !== null || refusedBy.length > 0}
            >
              {found ? `Take in ${counted(found.counts.rows, "row")}` : "Take in"}
            </Button>
          </>
        }
      />
      <Scroll>
        {preview.isFetching ? <JobProgress progress={preview.progress} label="Reading" /> : null}
        {commit.isPending ? <JobProgress progress={commit.progress} label="Taking in" /> : null}
        <ErrorNotice
          error={preview.error}
          action={
            <Button variant="default" size="xs" onClick={() => preview.refetch()}>
              Read again
            </Button>
          }
        />
        <Readings error={preview.error} onEncoding={setEncoding} />
        <ErrorNotice error={commit.error} />
        {found ? (
          <Found
            found={found}
            expected={expected}
            onExpect={setExpected}
            encoding={encoding}
            onEncoding={setEncoding}
          />
        ) : null}
      </Scroll>
    </>
  );
}

type FoundProps = {
  found: ImportPreview;
  expected: Expected;
  onExpect: (expected: Expected) => void;
};

type EncodingProps = {
  encoding: string | null;
  onEncoding: (encoding: string | null) => void;
};

function Found({ found, expected, onExpect, encoding, onEncoding }: FoundProps & EncodingProps) {
  const { counts } = found;
  return (
    <div className={classes.preview}>
      {found.already ? (
        <Notice tone="amber">
          <p>
            This very file was taken in by {found.already.by} as {found.already.file_name},{" "}
            <InstantText at={found.already.imported_at} />. Taking it in again would change nothing.
          </p>
        </Notice>
      ) : null}
      {found.warnings.map((warning) => (
        <Notice key={warning} tone="amber">
          <p>{warning}</p>
        </Notice>
      ))}
      <dl className={classes.counts}>
        <Count name="Rows" count={counts.rows} />
        <Count name="New" count={counts.inserted} />
        <Count name="Changed" count={counts.updated} />
        <Count name="Unchanged" count={counts.unchanged} />
        <Count name="Stale" count={counts.stale} />
        <Count name="Exceptions" count={counts.exceptions} />
      </dl>
      {found.totals.length > 0 ? (
        <Section title="Totals of the file">
          <ImportTotals kind={found.kind} totals={found.totals} />
        </Section>
      ) : null}
      <ControlTotals found={found} expected={expected} onExpect={onExpect} />
      {found.first_exceptions.length > 0 ? (
        <Section title={shownOf("Problems", found.first_exceptions.length, counts.exceptions)}>
          <p className="quiet">
            These rows are kept as exceptions with the reason; all others are taken in.
          </p>
          <PlainTable heads={["Line", "Problem"]}>
            {found.first_exceptions.map((problem) => (
              <tr key={`${problem.line}-${problem.code}`}>
                <td className={small.right}>{formatCount(problem.line)}</td>
                <td>{problem.message}</td>
              </tr>
            ))}
          </PlainTable>
        </Section>
      ) : null}
      {found.changes.length > 0 ? (
        <Section title={shownOf("What changes", found.changes.length, found.changes_total)}>
          <PlainTable heads={["Line", "What", "Changes", "For the money"]}>
            {found.changes.map((change) => (
              <tr key={`${change.line}-${change.subject.id}`}>
                <td className={small.right}>{formatCount(change.line)}</td>
                <td style={{ whiteSpace: "nowrap" }}>
                  <SubjectLink subject={change.subject} />
                </td>
                <td>
                  {change.fields.map((field) => (
                    <div key={field.name}>
                      {field.name}: {field.before || "empty"} → {field.after || "empty"}
                    </div>
                  ))}
                </td>
                <td>{change.effect ?? "Nothing"}</td>
              </tr>
            ))}
          </PlainTable>
        </Section>
      ) : null}
      <Section title="Text">
        <p className="quiet">
          Read as {encodingName(found.encoding)}. If letters look wrong, read it as another.
        </p>
        <Select
          aria-label="Encoding of the text"
          w={320}
          size="xs"
          value={encoding ?? FROM_THE_FILE}
          data={[
            { value: FROM_THE_FILE, label: "As the file says" },
            ...Object.entries(ENCODING).map(([value, label]) => ({ value, label })),
          ]}
          allowDeselect={false}
          onChange={(value) => onEncoding(value === FROM_THE_FILE ? null : value)}
        />
      </Section>
      {found.columns.length > 0 ? (
        <Section title="Columns">
          {found.columns.map((sentence) => (
            <p key={sentence} className="quiet">
              {sentence}
            </p>
          ))}
        </Section>
      ) : null}
    </div>
  );
}

const FROM_THE_FILE = "file";

const ENCODING: Record<string, string> = {
  "windows-1252": "Windows, western Europe (windows-1252)",
  "windows-1250": "Windows, central Europe (windows-1250)",
  macintosh: "Old Mac (macintosh)",
  "UTF-16LE": "UTF-16, little endian",
  "UTF-16BE": "UTF-16, big endian",
};

function encodingName(encoding: string): string {
  return ENCODING[encoding] ?? encoding;
}

type Reading = { encoding: string; text: string };

function Readings({
  error,
  onEncoding,
}: { error: IpcError | null } & Pick<EncodingProps, "onEncoding">) {
  const readings = readingsOf(error);
  if (readings.length === 0) {
    return null;
  }
  return (
    <div className={classes.readings}>
      {readings.map(({ encoding, text }) => (
        <Button
          key={encoding}
          variant="default"
          size="xs"
          onClick={() => onEncoding(encoding === "UTF-8" ? null : encoding)}
        >
          {text ? `It is “${text}”` : "Read it as"} · {encodingName(encoding)}
        </Button>
      ))}
    </div>
  );
}

/** How a word of a file that isn't in the encoding it seemed to be would read in others. */
function readingsOf(error: IpcError | null): Reading[] {
  const readings = (error?.details as { readings?: Reading[] } | null)?.readings;
  return Array.isArray(readings) ? readings : [];
}

/** " · booked Mon 2 Mar 2026 to Sun 15 Mar 2026" */
function datesInWords({ kind, booked_from, booked_to }: ImportPreview): string {
  if (!booked_from || !booked_to) {
    return "";
  }
  const what = kind === "BOOKINGS" ? "booked" : "opened";
  const until = booked_to === booked_from ? "" : ` to ${dateInWords(booked_to)}`;
  return ` · ${what} ${dateInWords(booked_from)}${until}`;
}

function shownOf(title: string, shown: number, all: number): string {
  return shown < all ? `${title}: the first ${formatCount(shown)} of ${formatCount(all)}` : title;
}

function Count({ name, count }: { name: string; count: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={name === "Exceptions" && count > 0 ? "tone-amber" : undefined}>
        {formatCount(count)}
      </dd>
    </div>
  );
}

function PlainTable({ heads, children }: { heads: string[]; children: ReactNode }) {
  return (
    <table className={small.plain}>
      <thead>
        <tr>
          {heads.map((head) => (
            <th
              key={head}
              scope="col"
              className={head === "Line" ? small.right : undefined}
              style={head === "Line" ? { width: 56 } : undefined}
            >
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

/** What the platform's report says should be in the file; a difference refuses it. */
function ControlTotals({ found, expected, onExpect }: FoundProps) {
  const [rows, setRows] = useState(expected.rows === null ? "" : String(expected.rows));
  const [totals, setTotals] = useState<Record<string, string>>({});
  const rowsWrong = rows !== "" && !/^\d+$/.test(rows);
  const wrong = (text: string) => text !== "" && !isDecimal(text);
  const anyWrong = rowsWrong || Object.values(totals).some(wrong);
  return (
    <Section title="Control totals">
      <p className="quiet">
        Optional. What the platform's own report says; a file that differs is refused.
      </p>
      <form
        className={classes.controls}
        onSubmit={(event) => {
          event.preventDefault();
          if (!anyWrong) {
            onExpect({
              rows: rows === "" ? null : Number(rows),
              totals: Object.entries(totals)
                .filter(([, amount]) => amount !== "")
                .map(([currency, amount]) => ({ currency, amount })),
            });
          }
        }}
      >
        <TextInput
          label="Rows"
          w={110}
          size="xs"
          value={rows}
          error={rowsWrong}
          onChange={(event) => setRows(event.currentTarget.value.trim())}
        />
        {found.totals.map(({ currency }) => (
          <TextInput
            key={currency}
            label={`${found.kind === "BOOKINGS" ? "Price" : "Amount"}, ${currency}`}
            w={140}
            size="xs"
            value={totals[currency] ?? ""}
            error={wrong(totals[currency] ?? "")}
            onChange={(event) => {
              const amount = event.currentTarget.value.trim();
              setTotals((before) => ({ ...before, [currency]: amount }));
            }}
          />
        ))}
        <Button type="submit" variant="default" size="xs" disabled={anyWrong}>
          Compare
        </Button>
      </form>
      {found.control.map((control) => (
        <p
          key={`${control.what}-${control.currency}`}
          className={control.ok ? "tone-green" : "tone-red"}
        >
          {control.what === "ROWS" ? "Rows" : `Total, ${control.currency}`}: expected{" "}
          {formatAmount(control.expected)}, found {formatAmount(control.found)}.{" "}
          {control.ok ? "They agree." : "They differ: the file can't be taken in."}
        </p>
      ))}
    </Section>
  );
}
