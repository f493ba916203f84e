import type { ReactNode } from "react";

/** The part of a page without a table of its own: scrolls under the header. */
export function Scroll({ children }: { children: ReactNode }) {
  return (
    <div style={{ flex: 1, minHeight: 0, overflow: "auto", padding: "4px 24px 32px" }}>
      {children}
    </div>
  );
}
