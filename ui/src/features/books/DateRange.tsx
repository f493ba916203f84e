import { DateInput } from "@mantine/dates";

import { useSignedIn } from "../../components/ledger_context";

type Props = {
  from: string | null;
  to: string | null;
  onChange: (from: string | null, to: string | null) => void;
};

export function DateRange({ from, to, onChange }: Props) {
  const { ledger } = useSignedIn();
  return (
    <>
      <DateInput
        size="xs"
        w={130}
        clearable
        aria-label="From date"
        placeholder="From"
        valueFormat="YYYY-MM-DD"
        defaultDate={ledger.business_date}
        value={from}
        onChange={(value) => onChange(value, to)}
      />
      <DateInput
        size="xs"
        w={130}
        clearable
        aria-label="Until date"
        placeholder="Until"
        valueFormat="YYYY-MM-DD"
        defaultDate={ledger.business_date}
        value={to}
        onChange={(value) => onChange(from, value)}
      />
    </>
  );
}
