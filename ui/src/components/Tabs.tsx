import { Link } from "@tanstack/react-router";
import classes from "./small.module.css";

export type Tab = {
  to: string;
  label: string;
  exact?: boolean;
  /** What all parts of the place share, such as the year looked at. */
  search?: Record<string, unknown>;
};
type Props = { name: string; tabs: Tab[] };

/** The parts of a place, as links: each has its own address. */
export function Tabs({ name, tabs }: Props) {
  return (
    <nav className={classes.tabs} aria-label={name}>
      {tabs.map((tab) => (
        <Link
          key={tab.to}
          to={tab.to}
          search={tab.search}
          className={classes.tab}
          activeOptions={{ exact: tab.exact ?? false, includeSearch: false }}
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
