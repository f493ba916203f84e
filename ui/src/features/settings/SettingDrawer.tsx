import { Select, Stack, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { DateText } from "../../components/DateText";
import { Section } from "../../components/Facts";
import { useMay, useSignedIn } from "../../components/ledger_context";
import { ErrorNotice } from "../../components/Notice";
import { RightDrawer } from "../../components/RightDrawer";
import { SubmitButton } from "../../components/SubmitButton";
import small from "../../components/small.module.css";
import { toast } from "../../components/toast";
import type { Setting } from "../../ipc";
import { useAct, useRead } from "../../ipc/hooks";
import { dateInWords } from "../../lib/dates";
import { EN_DASH, isDecimal } from "../../lib/money";
import { settingValue } from "./Settings";

export function SettingDrawer({ setting, onClose }: { setting: Setting; onClose: () => void }) {
  const history = useRead("list_setting_history", { key: setting.key });
  return (
    <RightDrawer
      title={setting.title}
      subtitle={<span className="mono">{setting.key}</span>}
      onClose={onClose}
    >
      <p>{setting.explanation}</p>
      <Section title="Change">
        <SettingForm setting={setting} onDone={onClose} />
      </Section>
      <Section title="History">
        <ErrorNotice error={history.error} />
        {history.data?.length === 0 ? <p className="quiet">As shipped, never changed.</p> : null}
        <table className={small.plain}>
          <tbody>
            {(history.data ?? []).map((change) => (
              <tr key={`${change.since}-${change.at}-${change.value}`}>
                <td className={setting.kind === "LONG_TEXT" ? small.text : "figure"}>
                  {settingValue(setting, change.value)}
                </td>
                <td>{change.since ? <DateText date={change.since} /> : "As shipped"}</td>
                <td>
                  {change.by ?? EN_DASH}
                  {change.reason ? <div className="quiet">{change.reason}</div> : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Section>
    </RightDrawer>
  );
}

const LABEL: Record<Setting["kind"], string> = {
  AMOUNT: "Amount",
  PERCENT: "Percent",
  DAYS: "Days",
  MINUTES: "Minutes",
  HOURS: "Hours",
  COUNT: "Number",
  TIMES: "Times",
  CHOICE: "Value",
  YES_NO: "Value",
  TEXT: "Value",
  LONG_TEXT: "Text",
};

function SettingForm({ setting, onDone }: { setting: Setting; onDone: () => void }) {
  const { ledger } = useSignedIn();
  const may = useMay("ADMIN");
  const [value, setValue] = useState(setting.value);
  const [reason, setReason] = useState("");
  const set = useAct("set_setting");
  const isFigure = ["AMOUNT", "PERCENT", "DAYS", "MINUTES", "HOURS", "COUNT", "TIMES"].includes(
    setting.kind,
  );
  const whole = isFigure && setting.kind !== "AMOUNT" && setting.kind !== "PERCENT";
  const wrong =
    isFigure && value !== "" && !(whole ? /^\d+$/.test(value) : isDecimal(value.trim()));
  const choices =
    setting.kind === "YES_NO"
      ? [
          { value: "true", label: "Yes" },
          { value: "false", label: "No" },
        ]
      : setting.choices.map((choice) => ({ value: choice.value, label: choice.title }));

  if (!may) {
    return <p className="quiet">An administrator changes settings.</p>;
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        set.mutate(
          { key: setting.key, value: value.trim(), reason: reason.trim() },
          {
            onSuccess: () => {
              toast(
                setting.kind === "LONG_TEXT"
                  ? `${setting.title} is set.`
                  : `${setting.title}: ${settingValue(setting, value.trim())}.`,
              );
              onDone();
            },
          },
        );
      }}
    >
      <Stack gap="sm">
        {choices.length > 0 ? (
          <Select
            label="Value"
            allowDeselect={false}
            data={choices}
            value={value}
            onChange={(next) => setValue(next ?? "")}
          />
        ) : setting.kind === "LONG_TEXT" ? (
          <Textarea
            label="Text"
            autosize
            minRows={6}
            maxRows={18}
            value={value}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
        ) : (
          <TextInput
            label={setting.kind === "AMOUNT" ? `Amount, ${setting.currency}` : LABEL[setting.kind]}
            value={value}
            error={wrong ? `A plain number like ${whole ? "5" : "25.00"}` : null}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
        )}
        <Textarea
          label="Reason"
          autosize
          minRows={2}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <ErrorNotice error={set.error} />
        <div>
          <SubmitButton
            busy={set.isPending}
            disabled={wrong || value === setting.value || reason.trim() === ""}
          >
            Set from {dateInWords(ledger.business_date)} on
          </SubmitButton>
        </div>
      </Stack>
    </form>
  );
}
