import type { ReactNode } from "react";
import type { TaxFormDetail } from "../../ipc";
import { EN_DASH, formatAmount, formatCount, isZero } from "../../lib/money";
import { MONTHS } from "./bridge_rows";
import classes from "./tax.module.css";

type BoxProps = {
  number?: string;
  caption: string;
  size?: "whole" | "half" | "third";
  figure?: boolean;
  children: ReactNode;
};

function Box({ number, caption, size = "half", figure = false, children }: BoxProps) {
  return (
    <div className={classes.box} data-size={size} data-figure={figure}>
      <dt>
        {number ? <span className={classes.number}>{number}</span> : null}
        {number ? " " : ""}
        {caption}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

function Lines({ lines }: { lines: string[] }) {
  return lines
    .filter((line) => line !== "")
    .map((line, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: two lines of an address may be the same
      <div key={`${index} ${line}`}>{line}</div>
    ));
}

/** The form as on paper: every box with its number, empty ones too. */
export function FormPaper({ detail, year }: { detail: TaxFormDetail; year: number | undefined }) {
  const { form } = detail;
  const corrected = form.kind === "CORRECTED" || form.kind === "ZEROED";
  const states = form.because.filter((name) => name === form.state);
  return (
    <section className={classes.paper} aria-label="The form as on paper">
      <div className={classes.paperHead}>
        <h2>Form 1099-K{year === undefined ? "" : `, ${year}`}</h2>
        <span className="quiet small">Amounts in {form.currency}</span>
        {corrected ? <span className={classes.mark}>CORRECTED</span> : null}
        {form.status === "VOID" ? <span className={classes.mark}>VOID</span> : null}
      </div>
      <dl className={classes.boxes}>
        <Box caption="Filer" size="whole">
          <Lines
            lines={[
              detail.filer_name || "No name set",
              ...detail.filer_address,
              detail.filer_phone,
            ]}
          />
        </Box>
        <Box caption="Filer's TIN">
          <span className="mono">{detail.filer_tin || EN_DASH}</span>
        </Box>
        <Box caption="Payee's TIN">
          <span className="mono">{form.tin || EN_DASH}</span>
        </Box>
        <Box caption="The filer is">
          {detail.filer_is_pse
            ? "Payment settlement entity (PSE)"
            : "Payment facilitator or other third party (EPF)"}
        </Box>
        <Box caption="Transactions reported are">Third party network</Box>
        <Box caption="Payee" size="whole">
          <Lines lines={[form.name, detail.business_name, ...detail.payee_address]} />
        </Box>
        <Box caption="Account number">{form.host_id}</Box>
        <Box caption="2nd TIN not.">{detail.second_tin_notice ? "Yes, ticked" : "No"}</Box>
        <Box number="1a" caption="Gross amount of third party network transactions" figure>
          <strong>{formatAmount(form.gross)}</strong>
        </Box>
        <Box number="1b" caption="Card not present transactions" figure>
          {EN_DASH}
        </Box>
        <Box number="2" caption="Merchant category code" figure>
          {EN_DASH}
        </Box>
        <Box number="3" caption="Number of payment transactions" figure>
          {formatCount(form.transactions)}
        </Box>
        <Box number="4" caption="Federal income tax withheld" size="whole" figure>
          {isZero(form.withheld) ? EN_DASH : formatAmount(form.withheld)}
        </Box>
        {detail.months.map((amount, index) => (
          <Box
            key={MONTHS[index]}
            number={`5${"abcdefghijkl".charAt(index)}`}
            caption={MONTHS[index] ?? ""}
            size="third"
            figure
          >
            {formatAmount(amount)}
          </Box>
        ))}
        <Box number="6" caption="State" size="third">
          {states.length > 0 ? states.join(", ") : EN_DASH}
        </Box>
        <Box number="7" caption="State identification no." size="third">
          {EN_DASH}
        </Box>
        <Box number="8" caption="State income tax withheld" size="third" figure>
          {EN_DASH}
        </Box>
      </dl>
    </section>
  );
}
