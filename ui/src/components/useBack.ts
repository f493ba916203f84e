import { type LinkProps, useNavigate } from "@tanstack/react-router";
import { useActions } from "./actions";

/** Esc goes back to the list a full page was opened from. */
export function useBack(
  label: string,
  to: LinkProps["to"],
  search: LinkProps["search"] = {},
): void {
  const navigate = useNavigate();
  useActions([
    {
      label: `Back to ${label}`,
      group: "This page",
      keys: "Escape",
      run: () => navigate({ to, search }),
    },
  ]);
}
