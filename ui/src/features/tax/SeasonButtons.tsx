import { Button, Menu } from "@mantine/core";
import { useSignedIn } from "../../components/ledger_context";
import type { TaxSeason } from "../../ipc";
import { actLabel, nextAct, SEASON_ACTS, whyNot } from "./season_path";
import classes from "./tax.module.css";
import { useTaxMay } from "./tax_desk";
import type { SeasonActs } from "./useSeasonActs";

/** The season's next step as a button; every other one in the menu, with the reason where it can't be done. */
export function SeasonButtons({ season, acts }: { season: TaxSeason; acts: SeasonActs }) {
  const { ledger } = useSignedIn();
  const may = useTaxMay();
  const next = nextAct(season, may, ledger.business_date);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default">More</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {SEASON_ACTS.filter((act) => act !== next).map((act) => {
            const why = whyNot(act, season, may);
            return (
              <Menu.Item
                key={act}
                aria-disabled={why !== null}
                closeMenuOnClick={why === null}
                onClick={() => acts.start(act)}
              >
                <span className={why === null ? undefined : "quiet"}>{actLabel(act, season)}</span>
                {why === null ? null : <div className={classes.menuWhy}>{why}</div>}
              </Menu.Item>
            );
          })}
        </Menu.Dropdown>
      </Menu>
      {next ? (
        <Button loading={next === "MAKE" && acts.busy} onClick={() => acts.start(next)}>
          {actLabel(next, season)}
        </Button>
      ) : null}
    </>
  );
}
