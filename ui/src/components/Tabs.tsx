import { Link } from "@tanstack/react-router";
import classes from "./small.module.css";

type Props = { name: string; tabs: { to: string; label: string; exact?: boolean }[] };

/** The parts of a place, as links: each has its own address. */
export function Tabs({ name, tabs }: Props) {
  return (
    <nav className={classes.tabs} aria-label={name}>
      {tabs.map((tab) => (
        <Link
          key={tab.to}
          to={tab.to}
          className={classes.tab}
          activeOptions={{ exact: tab.exact ?? false, includeSearch: false }}
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
