import { Button, Checkbox, Group, Modal, Radio, Stack, Textarea, TextInput } from "@mantine/core";
import { DateInput } from "@mantine/dates";
import { useState } from "react";
import { useSignedIn } from "../../components/ledger_context";
import { ErrorNotice } from "../../components/Notice";
import { SubmitButton } from "../../components/SubmitButton";
import { toast } from "../../components/toast";
import type { TaxRule } from "../../ipc";
import { useAct } from "../../ipc/hooks";
import { isDecimal } from "../../lib/money";
import { ruleInWords, ruleName, yearsInWords } from "./tax_words";

const YEAR = /^\d{4}$/;

type Props = {
  /** The rule to change; null: a state's new one. */
  before: TaxRule | null;
  onClose: () => void;
};

/** A rule with its source. The one of the same place and first year gives way to it. */
export function RuleForm({ before, onClose }: Props) {
  const { ledger } = useSignedIn();
  const [place, setPlace] = useState(before?.jurisdiction ?? "");
  const [fromYear, setFromYear] = useState(
    String(before?.from_year ?? ledger.business_date.slice(0, 4)),
  );
  const [toYear, setToYear] = useState(before?.to_year ? String(before.to_year) : "");
  const [amount, setAmount] = useState(before?.amount.amount ?? "");
  const [inclusive, setInclusive] = useState(before?.inclusive ?? true);
  const [least, setLeast] = useState(String(before?.min_transactions ?? 0));
  const [isOn, setIsOn] = useState(before?.is_on ?? true);
  const [isSure, setIsSure] = useState(before?.is_sure ?? false);
  const [source, setSource] = useState(before?.source ?? "");
  const [verifiedOn, setVerifiedOn] = useState<string | null>(
    before ? before.verified_on : ledger.business_date,
  );
  const [reason, setReason] = useState("");
  const set = useAct("set_tax_rule");

  const plain = amount.trim().replaceAll(",", "");
  const amountWrong = plain !== "" && (!isDecimal(plain) || plain.startsWith("-"));
  const placeWrong = place.trim() !== "" && !/^[A-Za-z]{2}$/.test(place.trim());
  const leastWrong = !/^\d{1,6}$/.test(least);
  const toWrong = toYear !== "" && (!YEAR.test(toYear) || Number(toYear) < Number(fromYear));
  const figuresRight = plain !== "" && !amountWrong && !leastWrong;
  const complete =
    place.trim() !== "" &&
    !placeWrong &&
    YEAR.test(fromYear) &&
    !toWrong &&
    figuresRight &&
    source.trim() !== "" &&
    verifiedOn !== null &&
    reason.trim() !== "";
  const words = figuresRight
    ? ruleInWords({
        amount: { amount: plain, currency: "USD" },
        inclusive,
        min_transactions: Number(least),
      })
    : null;

  const save = () => {
    if (!complete || verifiedOn === null) {
      return;
    }
    set.mutate(
      {
        jurisdiction: place.trim().toUpperCase(),
        from_year: Number(fromYear),
        to_year: toYear === "" ? null : Number(toYear),
        amount: plain,
        inclusive,
        min_transactions: Number(least),
        is_on: isOn,
        is_sure: isSure,
        source: source.trim(),
        verified_on: verifiedOn,
        reason: reason.trim(),
      },
      {
        onSuccess: () => {
          toast("The rule is kept. Forms are made again where it changes them.");
          onClose();
        },
      },
    );
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size={560}
      title={
        before ? `${ruleName(before.jurisdiction)}, ${yearsInWords(before)}` : "Add a state's rule"
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!set.isPending) {
            save();
          }
        }}
      >
        <Stack gap="sm">
          <Group gap="xs" align="flex-start" grow>
            <TextInput
              label="State"
              description="Two letters, such as VT"
              value={place}
              maxLength={2}
              readOnly={before !== null}
              error={placeWrong ? "Two letters" : null}
              data-autofocus={before === null ? true : undefined}
              onChange={(event) => setPlace(event.currentTarget.value.toUpperCase())}
            />
            <TextInput
              label="First tax year"
              description="It holds from then on"
              value={fromYear}
              readOnly={before !== null}
              error={YEAR.test(fromYear) ? null : "A year like 2026"}
              onChange={(event) => setFromYear(event.currentTarget.value.trim())}
            />
            <TextInput
              label="Last tax year"
              description="Empty: it goes on"
              value={toYear}
              error={toWrong ? "A year like 2026, not before the first" : null}
              onChange={(event) => setToYear(event.currentTarget.value.trim())}
            />
          </Group>
          <Group gap="xs" align="flex-start" grow>
            <TextInput
              label="Amount, USD"
              value={amount}
              error={amountWrong ? "An amount like 600.00" : null}
              onChange={(event) => setAmount(event.currentTarget.value)}
            />
            <TextInput
              label="Least number of transactions"
              description="201 says more than 200; 0: any number"
              value={least}
              error={leastWrong ? "A whole number" : null}
              onChange={(event) => setLeast(event.currentTarget.value.trim())}
            />
          </Group>
          <Radio.Group
            label="A form is due for"
            value={inclusive ? "OR_MORE" : "MORE"}
            onChange={(value) => setInclusive(value === "OR_MORE")}
          >
            <Group gap="lg" mt={4}>
              <Radio value="OR_MORE" label="The amount or more" />
              <Radio value="MORE" label="More than the amount" />
            </Group>
          </Radio.Group>
          {words ? (
            <p className="quiet small" role="status">
              A form is due for {words}.
            </p>
          ) : null}
          <Group gap="lg" align="flex-start">
            <Checkbox
              label="On"
              description="Off: it makes no form due"
              checked={isOn}
              onChange={(event) => setIsOn(event.currentTarget.checked)}
            />
            <Checkbox
              label="Sure"
              description="Somebody read the source and it says so"
              checked={isSure}
              onChange={(event) => setIsSure(event.currentTarget.checked)}
            />
          </Group>
          <Group gap="xs" align="flex-start" grow>
            <TextInput
              label="Source"
              description="The law, notice or page"
              value={source}
              onChange={(event) => setSource(event.currentTarget.value)}
            />
            <DateInput
              label="Looked at on"
              description="When somebody read it"
              valueFormat="YYYY-MM-DD"
              value={verifiedOn}
              onChange={setVerifiedOn}
            />
          </Group>
          <Textarea
            label="Reason"
            description="Kept with the rule and in the audit trail"
            autosize
            minRows={2}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <ErrorNotice error={set.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose} disabled={set.isPending}>
              Back
            </Button>
            <SubmitButton busy={set.isPending} disabled={!complete}>
              {before ? "Change the rule" : "Add the rule"}
            </SubmitButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
