// Every action of the window, in one place: for its key, for the palette and for the overview.

import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { type KeyPress, matchKeys } from "../lib/keys";

export type Action = {
  label: string;
  group: "Go to" | "This page" | "Window" | "Table";
  /** "g c", "mod+k", "/": as lib/keys reads them. Without keys it is in the palette only. */
  keys?: string;
  run: () => void;
};

type Registry = {
  register: (actions: Action[]) => () => void;
  list: () => Action[];
};

const ActionsContext = createContext<Registry | null>(null);

/** Menus, option lists and calendars take Esc for themselves. */
const OPEN_LAYER = "[role='menu'], [role='listbox'], .mantine-Popover-dropdown";

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))
  );
}

export function ActionsProvider({ children }: { children: ReactNode }) {
  const registered = useRef(new Map<symbol, Action[]>());
  const list = useCallback(() => [...registered.current.values()].flat(), []);
  const register = useCallback((actions: Action[]) => {
    const key = Symbol("actions");
    registered.current.set(key, actions);
    return () => {
      registered.current.delete(key);
    };
  }, []);

  useEffect(() => {
    let pending: KeyPress | null = null;
    let forget: ReturnType<typeof setTimeout> | undefined;
    let modalOpen = false;
    let layerOpen = false;
    // Looked at before anybody handles the key: Esc takes a modal away, and is used up by that.
    const lookFirst = () => {
      modalOpen = document.querySelector("[aria-modal='true']") !== null;
      layerOpen = document.querySelector(OPEN_LAYER) !== null;
    };
    const onKeyDown = (event: KeyboardEvent) => {
      const press: KeyPress = {
        key: event.key,
        command: event.ctrlKey || event.metaKey,
        alt: event.altKey,
      };
      if (event.defaultPrevented || press.alt) {
        return;
      }
      if ((isTyping(event.target) || modalOpen) && !press.command) {
        pending = null;
        return;
      }
      const before = pending;
      pending = null;
      clearTimeout(forget);
      if (press.key === "Escape" && layerOpen) {
        return;
      }
      // What came last to the screen is asked first: Esc closes a drawer before it leaves the page.
      for (const action of list().reverse()) {
        const match = action.keys ? matchKeys(action.keys, before, press) : "no";
        if (match === "yes" && !(modalOpen && press.command)) {
          event.preventDefault();
          action.run();
          return;
        }
        if (match === "begun") {
          pending = press;
          forget = setTimeout(() => {
            pending = null;
          }, 1500);
        }
      }
    };
    window.addEventListener("keydown", lookFirst, true);
    window.addEventListener("keydown", onKeyDown);
    return () => {
      clearTimeout(forget);
      window.removeEventListener("keydown", lookFirst, true);
      window.removeEventListener("keydown", onKeyDown);
    };
  }, [list]);

  const value = useMemo(() => ({ register, list }), [register, list]);
  return <ActionsContext.Provider value={value}>{children}</ActionsContext.Provider>;
}

export function useActionRegistry(): Registry {
  const registry = useContext(ActionsContext);
  if (!registry) {
    throw new Error("no ActionsProvider above");
  }
  return registry;
}

/** Offers actions while the component is on the screen. */
export function useActions(actions: Action[]): void {
  const { register } = useActionRegistry();
  const latest = useRef(actions);
  latest.current = actions;
  const signature = actions.map((action) => `${action.label}|${action.keys ?? ""}`).join("\n");
  const [shape, setShape] = useState(signature);
  if (shape !== signature) {
    setShape(signature);
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: registered anew when its labels change
  useEffect(
    () =>
      register(
        latest.current.map((action, index) => ({
          ...action,
          run: () => latest.current[index]?.run(),
        })),
      ),
    [register, shape],
  );
}
