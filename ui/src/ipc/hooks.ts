// Commands as TanStack Query hooks. Reads keep the old figures while new ones load; every
// write asks everything again, because one booking can move any figure on any page.

import {
  type InfiniteData,
  keepPreviousData,
  MutationCache,
  QueryCache,
  QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Answer, CommandName, Page, Progress, Request } from "./index";
import { commands, onEvent } from "./index";
import { type IpcError, normaliseError } from "./transport";

export const PAGE_ROWS = 200;

export function makeQueryClient(): QueryClient {
  // The application locked itself (idle, or the user was removed): show the sign-in.
  const onError = (error: unknown) => {
    if (["NOT_SIGNED_IN", "SIGN_IN_FAILED"].includes(normaliseError(error).code)) {
      client.invalidateQueries({ queryKey: ["get_session"] });
    }
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: { retry: false, staleTime: 5_000, refetchOnWindowFocus: false },
      // What was sent, a passphrase or a key among it, isn't kept once it was answered.
      mutations: { retry: false, gcTime: 0 },
    },
  });
  return client;
}

type AnyCall = (request: unknown, onProgress: (progress: Progress) => void) => Promise<unknown>;

function call<Name extends CommandName>(
  name: Name,
  request: Request<Name>,
  onProgress: (progress: Progress) => void,
): Promise<Answer<Name>> {
  return (commands[name] as AnyCall)(request, onProgress) as Promise<Answer<Name>>;
}

const ignoreProgress = () => {};

/** Reads one answer. */
export function useRead<Name extends CommandName>(
  name: Name,
  request: Request<Name>,
  options: {
    enabled?: boolean;
    keep?: boolean;
    /** Milliseconds until it is asked again, told from the answer before. */
    refetchEvery?: (answer: Answer<Name> | undefined) => number | false;
  } = {},
) {
  return useQuery<Answer<Name>, IpcError>({
    queryKey: [name, request],
    queryFn: () => call(name, request, ignoreProgress),
    enabled: options.enabled ?? true,
    placeholderData: options.keep === false ? undefined : keepPreviousData,
    refetchInterval: (query) => options.refetchEvery?.(query.state.data) ?? false,
  });
}

type PagedName = {
  [Name in CommandName]: Answer<Name> extends Page<unknown> ? Name : never;
}[CommandName];
type RowOf<Name extends PagedName> = Answer<Name> extends Page<infer Row> ? Row : never;
type Unpaged<Name extends PagedName> = Omit<NonNullable<Request<Name>>, "cursor" | "limit">;

export type Paged<Row> = {
  rows: Row[];
  /** null until the first page is there. */
  totalRows: number | null;
  totals: Page<Row>["totals"];
  loading: boolean;
  /** The rows shown belong to the filter before. */
  stale: boolean;
  error: IpcError | null;
  hasMore: boolean;
  loadMore: () => void;
  /** Loads every page and answers all rows the filter lets through. */
  loadAll: () => Promise<Row[]>;
};

const NO_ROWS: never[] = [];

/** Reads a list page by page; rows gathered so far, totals over everything filtered. */
export function usePaged<Name extends PagedName>(
  name: Name,
  request: Unpaged<Name>,
  options: { enabled?: boolean } = {},
): Paged<RowOf<Name>> {
  type Row = RowOf<Name>;
  const query = useInfiniteQuery<
    Page<Row>,
    IpcError,
    InfiniteData<Page<Row>>,
    unknown[],
    string | null
  >({
    queryKey: [name, request],
    queryFn: ({ pageParam }) =>
      call(
        name,
        { ...request, cursor: pageParam, limit: PAGE_ROWS } as Request<Name>,
        ignoreProgress,
      ) as Promise<Page<Row>>,
    initialPageParam: null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    enabled: options.enabled ?? true,
  });
  const [rows, setRows] = useState<{ from: unknown; rows: Row[] }>({ from: null, rows: NO_ROWS });
  if (query.data && rows.from !== query.data) {
    setRows({ from: query.data, rows: query.data.pages.flatMap((page) => page.rows) });
  }
  const last = query.data?.pages.at(-1);
  return {
    rows: rows.rows,
    totalRows: last?.total_rows ?? null,
    totals: last?.totals ?? NO_ROWS,
    loading: query.isPending,
    stale: query.isPlaceholderData,
    error: query.error,
    hasMore: query.hasNextPage,
    loadMore: () => {
      if (query.hasNextPage && !query.isFetchingNextPage) {
        query.fetchNextPage();
      }
    },
    loadAll: async () => {
      let pages = query.data?.pages ?? [];
      let more = query.hasNextPage;
      while (more) {
        const next = await query.fetchNextPage();
        pages = next.data?.pages ?? pages;
        more = next.hasNextPage && next.error === null;
      }
      return pages.flatMap((page) => page.rows);
    },
  };
}

/** Previews read a whole file, or ask Stripe: they run again when asked, not at every write. */
const NOT_AGAIN = new Set<unknown>(["preview_import", "preflight_batch"]);

export function askAgain(client: QueryClient): Promise<void> {
  return client.invalidateQueries({ predicate: (query) => !NOT_AGAIN.has(query.queryKey[0]) });
}

/** A read that takes long: reports progress and can be cancelled through its job. */
export function useLongRead<Name extends CommandName>(name: Name, request: Request<Name>) {
  const [progress, setProgress] = useState<Progress | null>(null);
  const query = useQuery<Answer<Name>, IpcError>({
    queryKey: [name, request],
    queryFn: () => call(name, request, setProgress),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  return { ...query, progress: query.isFetching ? progress : null };
}

/** Runs a command that changes something, then asks everything on the screen again. */
export function useAct<Name extends CommandName>(name: Name) {
  const client = useQueryClient();
  const [progress, setProgress] = useState<Progress | null>(null);
  const mutation = useMutation<Answer<Name>, IpcError, Request<Name>>({
    mutationKey: [name],
    mutationFn: (request) => {
      let first = true;
      return call(name, request, (progress) => {
        setProgress(progress);
        if (first) {
          first = false;
          client.invalidateQueries({ queryKey: ["list_jobs"] });
        }
      });
    },
    onMutate: () => setProgress(null),
    onSettled: () => askAgain(client),
  });
  return { ...mutation, progress };
}

/** Asks again when anything was written, here or by another process, and when a job moves. */
export function useLiveData(): void {
  const client = useQueryClient();
  useEffect(() => {
    const stopLedger = onEvent("ledger_changed", () => askAgain(client));
    const stopJobs = onEvent("jobs_changed", () =>
      client.invalidateQueries({ queryKey: ["list_jobs"] }),
    );
    return () => {
      stopLedger();
      stopJobs();
    };
  }, [client]);
}
