import { Button, Menu, TextInput } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { useActions } from "../../components/actions";
import { choosePath } from "../../components/choose";
import { InstantText } from "../../components/DateText";
import { EmptyState } from "../../components/EmptyState";
import { FilteredTotal } from "../../components/FilteredTotal";
import { type LedgerColumn, LedgerTable } from "../../components/LedgerTable";
import { useMay } from "../../components/ledger_context";
import { PageHeader } from "../../components/PageHeader";
import { SaveFileModal } from "../../components/SaveFileModal";
import { StatusBadge } from "../../components/StatusBadge";
import { Tabs } from "../../components/Tabs";
import { toast } from "../../components/toast";
import { type ImportKind, type ImportRow, onFileDrop } from "../../ipc";
import { useAct, usePaged, useRead } from "../../ipc/hooks";
import { dateInWords } from "../../lib/dates";
import { counted, EN_DASH, formatCount, formatMoney } from "../../lib/money";
import { isWholePath } from "../../lib/paths";
import { ImportDrawer } from "./ImportDrawer";
import { IMPORT_KIND } from "./import_words";
import classes from "./imports.module.css";

const route = getRouteApi("/imports");

export const IMPORT_TABS = [
  { to: "/imports", label: "Files", exact: true },
  { to: "/imports/exceptions", label: "Exceptions" },
];

const COLUMNS: LedgerColumn<ImportRow>[] = [
  { id: "file", header: "File", width: 220, grow: true, cell: (row) => row.file_name },
  { id: "kind", header: "Kind", width: 124, cell: (row) => IMPORT_KIND[row.kind] },
  {
    id: "status",
    header: "State",
    width: 122,
    cell: (row) =>
      row.status === "UNDONE" ? (
        <StatusBadge word="Undone" tone="grey" />
      ) : row.exceptions_open > 0 ? (
        <StatusBadge word={counted(row.exceptions_open, "exception")} tone="amber" />
      ) : (
        <StatusBadge word="Taken in" tone="green" />
      ),
  },
  figure("rows", "Rows", (row) => row.counts.rows),
  figure("inserted", "New", (row) => row.counts.inserted),
  figure("updated", "Changed", (row) => row.counts.updated),
  { ...figure("unchanged", "Unchanged", (row) => row.counts.unchanged), width: 104, hidden: true },
  { ...figure("stale", "Stale", (row) => row.counts.stale), hidden: true },
  {
    id: "price",
    header: "Price",
    width: 150,
    align: "right",
    cell: (row) =>
      row.totals.length === 0
        ? EN_DASH
        : row.totals.map((total) => formatMoney({ ...total, amount: total.price })).join(" · "),
  },
  { id: "at", header: "Taken in", width: 180, cell: (row) => <InstantText at={row.imported_at} /> },
  { id: "by", header: "By", width: 76, cell: (row) => row.by },
];

function figure(id: string, header: string, count: (row: ImportRow) => number) {
  return {
    id,
    header,
    width: 78,
    align: "right" as const,
    cell: (row: ImportRow) => formatCount(count(row)),
  };
}

export function Imports() {
  const { open } = route.useSearch();
  const navigate = useNavigate();
  const may = useMay("IMPORT");
  const list = usePaged("list_imports", {});
  const week = useRead("get_week", null);
  const [over, setOver] = useState(false);

  const preview = useMemo(
    () => (path: string) => navigate({ to: "/imports/preview", search: { path } }),
    [navigate],
  );
  const choose = async () => {
    const path = await choosePath("IMPORT");
    if (path) {
      preview(path);
    }
  };
  useEffect(
    () =>
      may
        ? onFileDrop({
            over: () => setOver(true),
            left: () => setOver(false),
            dropped: ([path]) => {
              setOver(false);
              if (path) {
                preview(path);
              }
            },
          })
        : undefined,
    [may, preview],
  );
  useActions(
    may ? [{ label: "Choose a file to import", group: "This page", keys: "n", run: choose }] : [],
  );

  const imports = week.data?.imports;
  return (
    <>
      <PageHeader
        title="Imports"
        state={
          imports
            ? imports.bookings_until
              ? `Bookings until ${dateInWords(imports.bookings_until)}, ${counted(imports.hosts_known, "host")} known, ${counted(imports.exceptions_open, "exception")} open.`
              : "Nothing imported yet."
            : null
        }
        actions={
          <>
            <EmptyFileMenu />
            <Button onClick={choose} disabled={!may}>
              Choose a file
            </Button>
          </>
        }
      />
      <Tabs name="Imports" tabs={IMPORT_TABS} />
      <LedgerTable
        name="Imports"
        columns={COLUMNS}
        {...list}
        rowId={(row) => row.import_id}
        onOpen={(row) => navigate({ to: "/imports", search: { open: row.import_id } })}
        toolbar={
          may ? (
            <PathEntry onPath={preview} />
          ) : (
            <span className="quiet small">A preparer takes files in.</span>
          )
        }
        footer={{
          label: <FilteredTotal totalRows={list.totalRows} one="file" filtered={false} />,
        }}
        empty={
          <EmptyState
            title="No files yet"
            action={
              <Button onClick={choose} disabled={!may}>
                Choose a file
              </Button>
            }
          >
            Take in the hosts export first, then the bookings export, then disputes: CSV files as
            the platform writes them, or Stripe's payments export for its chargebacks. Tax profiles
            (the W-9 and W-8 of hosts) come the same way. You see what would happen before anything
            is stored, and every file can be undone while nothing paid depends on it.
          </EmptyState>
        }
      />
      {open ? (
        <ImportDrawer importId={open} onClose={() => navigate({ to: "/imports", search: {} })} />
      ) : null}
      {over ? <div className={classes.drop}>Drop to preview. Nothing is stored yet.</div> : null}
    </>
  );
}

/** Empty files with every column of a kind, to be filled in. */
function EmptyFileMenu() {
  const write = useAct("write_import_template");
  const [kind, setKind] = useState<ImportKind | null>(null);
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button variant="default">Empty file</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {(Object.keys(IMPORT_KIND) as ImportKind[]).map((value) => (
            <Menu.Item
              key={value}
              onClick={() => {
                write.reset();
                setKind(value);
              }}
            >
              {IMPORT_KIND[value]}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {kind ? (
        <SaveFileModal
          title={`Empty file: ${IMPORT_KIND[kind].toLowerCase()}`}
          purpose="IMPORT_TEMPLATE"
          suggestedName={`${kind.toLowerCase().replaceAll("_", "-")}.csv`}
          confirm="Write the file"
          busy={write.isPending}
          error={write.error}
          onSave={(path) =>
            write.mutate(
              { kind, path },
              {
                onSuccess: () => {
                  toast(`Every column and no row: ${path}`);
                  setKind(null);
                },
              },
            )
          }
          onClose={() => setKind(null)}
        >
          <p className="quiet small">
            It has every column of its kind and no row, and is never written over a file that is
            there.
          </p>
        </SaveFileModal>
      ) : null}
    </>
  );
}

/** For a path at hand: pasted, or typed without the system's dialog. */
function PathEntry({ onPath }: { onPath: (path: string) => void }) {
  const [path, setPath] = useState("");
  return (
    <form
      className={classes.path}
      onSubmit={(event) => {
        event.preventDefault();
        if (isWholePath(path)) {
          onPath(path.trim());
        }
      }}
    >
      <TextInput
        size="xs"
        w={280}
        aria-label="Path of a file to import"
        placeholder="Path of a file"
        value={path}
        onChange={(event) => setPath(event.currentTarget.value)}
        spellCheck={false}
        autoComplete="off"
      />
      <Button type="submit" size="xs" variant="default" disabled={!isWholePath(path)}>
        Preview
      </Button>
      <span className="quiet small">or drop a file anywhere here</span>
    </form>
  );
}
