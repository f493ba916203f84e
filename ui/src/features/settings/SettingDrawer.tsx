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
                <td className="figure">{settingValue(setting, change.value)}</td>
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

function SettingForm({ setting, onDone }: { setting: Setting; onDone: () => void }) {
  const { ledger } = useSignedIn();
  const may = useMay("ADMIN");
  const [value, setValue] = useState(setting.value);
  const [reason, setReason] = useState("");
  const set = useAct("set_setting");
  const isFigure = ["AMOUNT", "PERCENT", "DAYS", "MINUTES"].includes(setting.kind);
  const whole = setting.kind === "DAYS" || setting.kind === "MINUTES";
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
              toast(`${setting.title}: ${settingValue(setting, value.trim())}.`);
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
        ) : (
          <TextInput
            label={
              setting.kind === "AMOUNT"
                ? `Amount, ${setting.currency}`
                : setting.kind === "PERCENT"
                  ? "Percent"
                  : setting.kind === "DAYS"
                    ? "Days"
                    : setting.kind === "MINUTES"
                      ? "Minutes"
                      : "Value"
            }
            value={value}
            error={wrong ? "A plain number like 25.00" : null}
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
