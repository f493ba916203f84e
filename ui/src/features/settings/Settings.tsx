import { Button } from "@mantine/core";
import { useState } from "react";
import { DateText } from "../../components/DateText";
import { Section } from "../../components/Facts";
import { ErrorNotice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { Scroll } from "../../components/Scroll";
import small from "../../components/small.module.css";
import { Tabs } from "../../components/Tabs";
import type { Setting } from "../../ipc";
import { useRead } from "../../ipc/hooks";
import { EN_DASH, formatAmount, formatCount, formatRate } from "../../lib/money";
import { SettingDrawer } from "./SettingDrawer";

export const SETTING_TABS = [
  { to: "/settings", label: "Rules", exact: true },
  { to: "/settings/institutions", label: "Institutions" },
  { to: "/settings/users", label: "Users" },
  { to: "/settings/stripe", label: "Stripe" },
  { to: "/settings/window", label: "This window" },
];

const GROUPS: Record<Setting["group"], string> = {
  PAYOUTS: "Payouts",
  FEES: "Processing fee",
  DISPUTES: "Disputes",
  TAX: "Tax forms",
  FLAGS: "Fraud flags",
  LEDGER: "Ledger",
  WINDOW: "Window",
};

/** A setting's value as a person reads it. */
export function settingValue(setting: Setting, value: string): string {
  if (value === "") {
    return EN_DASH;
  }
  switch (setting.kind) {
    case "AMOUNT":
      return `${formatAmount(value)} ${setting.currency ?? ""}`.trim();
    case "PERCENT":
      return formatRate(value);
    case "DAYS":
      return `${value} days`;
    case "MINUTES":
      return value === "0" ? "Never" : `${value} minutes`;
    case "HOURS":
      return value === "1" ? "1 hour" : `${value} hours`;
    case "COUNT":
      return value;
    case "TIMES":
      return value === "1" ? "1 time" : `${value} times`;
    case "CHOICE":
      return setting.choices.find((choice) => choice.value === value)?.title ?? value;
    case "YES_NO":
      return value === "true" ? "Yes" : "No";
    case "TEXT":
    case "LONG_TEXT":
      return value;
  }
}

export function Settings() {
  const settings = useRead("list_settings", null);
  const [openKey, setOpenKey] = useState<string | null>(null);
  const opened = settings.data?.find((setting) => setting.key === openKey);
  return (
    <>
      <PageHeader
        title="Settings"
        state="A change holds from its business date on. What was already split or paid stays as it was."
      />
      <Tabs name="Settings" tabs={SETTING_TABS} />
      <Scroll>
        <ErrorNotice error={settings.error} />
        <div style={{ maxWidth: 920 }}>
          {(Object.keys(GROUPS) as Setting["group"][]).map((group) => {
            const members = (settings.data ?? []).filter((setting) => setting.group === group);
            return members.length === 0 ? null : (
              <Section key={group} title={GROUPS[group]}>
                <SettingTable settings={members} onOpen={setOpenKey} />
              </Section>
            );
          })}
        </div>
      </Scroll>
      {opened ? (
        <SettingDrawer key={opened.key} setting={opened} onClose={() => setOpenKey(null)} />
      ) : null}
    </>
  );
}

function SettingTable(props: { settings: Setting[]; onOpen: (key: string) => void }) {
  return (
    <table className={small.plain}>
      <thead>
        <tr>
          <th scope="col" style={{ width: "44%" }}>
            Rule
          </th>
          <th scope="col" style={{ width: "17%" }}>
            Value
          </th>
          <th scope="col" style={{ width: "15%" }}>
            Since
          </th>
          <th scope="col" style={{ width: "14%" }}>
            By
          </th>
          <th scope="col">
            <span className="visually-hidden">Change</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.settings.map((setting) => (
          <tr key={setting.key}>
            <td>
              {setting.title}
              <div className="quiet">{setting.explanation}</div>
            </td>
            <td className="figure">
              {setting.kind === "LONG_TEXT" && setting.value !== ""
                ? `${formatCount(setting.value.length)} characters`
                : settingValue(setting, setting.value)}
            </td>
            <td>{setting.since ? <DateText date={setting.since} /> : "As shipped"}</td>
            <td>{setting.by ?? EN_DASH}</td>
            <td className={small.right}>
              <Button
                variant="subtle"
                size="compact-xs"
                aria-label={`Change or see the history of: ${setting.title}`}
                onClick={() => props.onOpen(setting.key)}
              >
                Change
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
