import { Button } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { BulkBar } from "../../components/BulkBar";
import { ConfirmModal } from "../../components/ConfirmModal";
import { EmptyState } from "../../components/EmptyState";
import { FilterChips } from "../../components/FilterChips";
import { FilteredTotal } from "../../components/FilteredTotal";
import { type LedgerColumn, LedgerTable } from "../../components/LedgerTable";
import { LinkButton } from "../../components/LinkButton";
import { useMay } from "../../components/ledger_context";
import { ErrorNotice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { StatusBadge } from "../../components/StatusBadge";
import { Tabs } from "../../components/Tabs";
import { bulkInWords, toast } from "../../components/toast";
import type { ExceptionRow, ExceptionState } from "../../ipc";
import { useAct, usePaged, useRead } from "../../ipc/hooks";
import { inTheWindow } from "../../lib/in_the_window";
import { counted, formatCount } from "../../lib/money";
import { ExceptionDrawer } from "./ExceptionDrawer";
import { IMPORT_TABS } from "./Imports";
import { IMPORT_KIND } from "./import_words";

const route = getRouteApi("/imports/exceptions");

const STATE: Record<ExceptionState, { word: string; tone: "amber" | "green" | "grey" }> = {
  OPEN: { word: "Open", tone: "amber" },
  RESOLVED: { word: "Resolved", tone: "green" },
  DISMISSED: { word: "Dismissed", tone: "grey" },
};

const COLUMNS: LedgerColumn<ExceptionRow>[] = [
  {
    id: "message",
    header: "Problem",
    width: 348,
    grow: true,
    cell: (row) => {
      const message = inTheWindow(row.message);
      return <span title={message}>{message}</span>;
    },
  },
  { id: "file", header: "File", width: 192, cell: (row) => row.file_name },
  { id: "line", header: "Line", width: 62, align: "right", cell: (row) => formatCount(row.line) },
  {
    id: "kind",
    header: "Kind",
    width: 90,
    hidden: true,
    cell: (row) => IMPORT_KIND[row.import_kind],
  },
  {
    id: "code",
    header: "Code",
    width: 168,
    cell: (row) => <span className="mono">{row.code}</span>,
  },
  {
    id: "state",
    header: "State",
    width: 110,
    hidden: true,
    cell: (row) => <StatusBadge {...STATE[row.state]} />,
  },
];

export type ExceptionSearch = { import_id?: string; code?: string; state?: ExceptionState };

const NEVER_TAKEN_IN =
  "These rows will never be taken in; nothing is paid for them. They stay on record with the reason.";

const NONE: ReadonlySet<string> = new Set();

export function Exceptions() {
  const search: ExceptionSearch = route.useSearch();
  const { code, import_id, state = "OPEN" } = search;
  const navigate = useNavigate({ from: "/imports/exceptions" });
  const may = useMay("IMPORT");
  const list = usePaged("list_exceptions", {
    import_id: import_id ?? null,
    code: code ?? null,
    state,
  });
  const codes = useRead("list_exception_codes", null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(NONE);
  const [opened, setOpened] = useState<ExceptionRow | null>(null);
  const [dismissing, setDismissing] = useState<"SELECTED" | "FILE" | null>(null);
  const retry = useAct("retry_exceptions");
  const dismiss = useAct("dismiss_exceptions");
  const dismissFile = useAct("dismiss_exceptions_of_import");
  const ids = list.rows.map((row) => row.exception_id).filter((id) => selected.has(id));

  const change = (next: ExceptionSearch) => {
    setSelected(NONE);
    navigate({ search: { ...search, ...next } });
  };
  const ofFile = may && import_id && !code && state === "OPEN" ? (list.totalRows ?? 0) : 0;
  const open = codes.data?.reduce((sum, group) => sum + group.count, 0) ?? 0;
  return (
    <>
      <PageHeader
        title="Exceptions"
        state={
          codes.data
            ? open === 0
              ? "No row waits for a person."
              : `${counted(open, "row")} could not be taken in; each is kept whole with the reason.`
            : null
        }
      />
      <Tabs name="Imports" tabs={IMPORT_TABS} />
      <ErrorNotice error={retry.error} />
      <LedgerTable
        name="Exceptions"
        columns={COLUMNS}
        {...list}
        rowId={(row) => row.exception_id}
        onOpen={setOpened}
        selected={selected}
        onSelect={may && state === "OPEN" ? setSelected : undefined}
        toolbar={
          ids.length > 0 ? (
            <BulkBar
              count={ids.length}
              one="exception"
              all={{
                total: list.totalRows,
                onSelect: async () =>
                  setSelected(new Set((await list.loadAll()).map((row) => row.exception_id))),
              }}
              onClear={() => setSelected(NONE)}
            >
              <Button
                size="xs"
                loading={retry.isPending}
                onClick={() =>
                  retry.mutate(
                    { exception_ids: ids },
                    {
                      onSuccess: (result) => {
                        toast(bulkInWords(result, "taken in", "not taken in"));
                        setSelected(NONE);
                      },
                    },
                  )
                }
              >
                Try again
              </Button>
              <Button size="xs" variant="default" onClick={() => setDismissing("SELECTED")}>
                Dismiss
              </Button>
            </BulkBar>
          ) : (
            <>
              <FilterChips
                chips={[
                  ...(state !== "OPEN"
                    ? [
                        {
                          key: "state",
                          words: STATE[state].word,
                          onRemove: () => change({ state: undefined }),
                        },
                      ]
                    : []),
                  ...(code
                    ? [
                        {
                          key: "code",
                          words: codes.data?.find((group) => group.code === code)?.title ?? code,
                          onRemove: () => change({ code: undefined }),
                        },
                      ]
                    : []),
                  ...(import_id
                    ? [
                        {
                          key: "import",
                          words: `From ${list.rows[0]?.file_name ?? "one file"}`,
                          onRemove: () => change({ import_id: undefined }),
                        },
                      ]
                    : []),
                ]}
                choices={[
                  {
                    label: "Problem",
                    options: (codes.data ?? []).map((group) => ({
                      label: `${group.title} (${formatCount(group.count)})`,
                      onPick: () => change({ code: group.code }),
                    })),
                  },
                  {
                    label: "State",
                    options: (Object.keys(STATE) as ExceptionState[]).map((value) => ({
                      label: STATE[value].word,
                      onPick: () => change({ state: value }),
                    })),
                  },
                ]}
              />
              {ofFile > 0 ? (
                <Button size="xs" variant="default" onClick={() => setDismissing("FILE")}>
                  Dismiss all of this file
                </Button>
              ) : null}
            </>
          )
        }
        footer={{
          label: (
            <FilteredTotal
              totalRows={list.totalRows}
              one="exception"
              filtered={code !== undefined || import_id !== undefined || state !== "OPEN"}
            />
          ),
        }}
        empty={
          <EmptyState
            title={state === "OPEN" ? "No open exceptions" : "Nothing here"}
            action={
              <LinkButton to="/imports" variant="default">
                To the files
              </LinkButton>
            }
          >
            A row that can't be taken in waits here with its line and the reason. You correct it,
            try it again after its cause is gone, or dismiss it with a reason.
          </EmptyState>
        }
      />
      {opened ? (
        <ExceptionDrawer
          key={opened.exception_id}
          exception={opened}
          may={may && opened.state === "OPEN"}
          onClose={() => setOpened(null)}
        />
      ) : null}
      {dismissing === "FILE" && import_id ? (
        <ConfirmModal
          title={`Dismiss all of ${list.rows[0]?.file_name ?? "this file"}`}
          confirm={`Dismiss ${counted(ofFile, "exception")}`}
          reason={{ label: "Reason", placeholder: "The corrected file went in" }}
          busy={dismissFile.isPending}
          error={dismissFile.error}
          onClose={() => setDismissing(null)}
          onConfirm={(reason) =>
            dismissFile.mutate(
              { import_id, reason },
              {
                onSuccess: (dismissed) => {
                  toast(`${counted(dismissed, "exception")} dismissed.`);
                  setDismissing(null);
                },
              },
            )
          }
        >
          {NEVER_TAKEN_IN}
        </ConfirmModal>
      ) : null}
      {dismissing === "SELECTED" ? (
        <ConfirmModal
          title={`Dismiss ${counted(ids.length, "exception")}`}
          confirm={`Dismiss ${counted(ids.length, "exception")}`}
          reason={{ label: "Reason", placeholder: "Test booking, not real money" }}
          busy={dismiss.isPending}
          error={dismiss.error}
          onClose={() => setDismissing(null)}
          onConfirm={(reason) =>
            dismiss.mutate(
              { exception_ids: ids, reason },
              {
                onSuccess: (result) => {
                  toast(bulkInWords(result, "dismissed", "not dismissed"));
                  setSelected(NONE);
                  setDismissing(null);
                },
              },
            )
          }
        >
          {NEVER_TAKEN_IN}
        </ConfirmModal>
      ) : null}
    </>
  );
}
