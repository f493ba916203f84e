// The use cases' messages name what to do on the command line. Here the same is done elsewhere.

const INSTEAD: [command: string | RegExp, here: string][] = [
  [
    "Add it under Settings or with `hostledger institutions set`",
    "Add it under Settings, Institutions",
  ],
  ["with `hostledger users recover`", "under Forgotten passphrase"],
  [
    /Say what left since with `hostledger restores sent --file PAYMENTFILE`, `--batch BATCH` or `--none`; then/g,
    "Say what left since under Settle it; then",
  ],
  ["with `hostledger restores confirm`", "under Settle it"],
  ["say what left since with `hostledger restores sent`", "say what left since under Settle it"],
  [/`hostledger restores sent` does, with a payment file, a batch or --none/g, "Say it first"],
  ["Take that back with `hostledger restores clear` and", "Take that back and"],
  [
    "Compare with Stripe's list first: `hostledger stripe reconcile`.",
    "Compare with Stripe's list first.",
  ],
  [
    /hand it over anew with `hostledger payouts submit \S+ --rail \S+` and/g,
    "submit it anew for that way and",
  ],
  [/Hand it over anew with `hostledger payouts submit \S+` and/g, "Submit it anew and"],
  ["Name another rail with --rail to submit it anew.", "Choose another way to submit it anew."],
  ["Make one with `hostledger backup`", "Make one under Books"],
  ["(setting approver_wait_days)", "(Settings, Payouts)"],
  [
    /if it is lost, `hostledger payouts resume \S+ --out FILE` writes a copy, which says that it is one/g,
    "if it is lost, the command line writes a copy, which says that it is one",
  ],
  [", or name another with --state-dir", ""],
  ["with `hostledger restore`", "with Restore a backup, before a ledger is opened"],
  ["Make one with `hostledger init`", "Look where its folder was moved to, create a ledger"],
  ["run `hostledger payouts resume`, with --out for another place", "resume sending"],
  [
    "Unlock it, or keep the key in a sealed file of the ledger with --key-store file",
    "Unlock it, or keep the key in a sealed file of the ledger",
  ],
  ["with `hostledger stripe connect`", "under Settings, Stripe"],
  [
    "run `hostledger stripe reconcile`",
    "choose Reconcile, or Compare with Stripe's list under Settings, Stripe",
  ],
  ["Run `hostledger stripe reconcile`", "Choose Compare with Stripe's list under Settings, Stripe"],
  ["with `hostledger hosts onboard`", "on the host's page, under Payout account"],
  ["with `hostledger payouts release`", "in the payout's details"],
  ["run `hostledger payouts resume`", "resume sending"],
  ["Run `hostledger payouts resume`", "Resume sending"],
  [
    /record that with `hostledger payouts settle \S+ --failed [^`]+`/g,
    "select it in its batch and record it as failed",
  ],
  ["`hostledger stripe sync` finds", "Sync with Stripe finds"],
  ["statement with --amount, or", "statement, or"],
  ["the setting file_lead_days says", "an administrator says under Settings, Payouts,"],
  [
    "`hostledger fx import FILE --replace` puts the file's rates in place of those known",
    "if the file's rates are, say so below",
  ],
  [
    "if the rate is right, `hostledger fx import FILE --accept-jumps` takes it in",
    "if the rate is right, say so below",
  ],
  ["Say which is right with --encoding NAME, or", "Choose which is right, or"],
  ["`hostledger check`", "the check under Books"],
  [
    /docs\/files\.md describes the columns; `hostledger \S+ \S+ --template FILE` writes an empty file that has them/g,
    "Empty file under Imports writes one that has them",
  ],
  [
    /An admin changes the setting with `hostledger --as-of \d{4}-12-31 settings set tax_who_files LEDGER`/g,
    "An administrator changes it under Settings, Tax forms, before the tax year ends",
  ],
  [
    'say which one is meant with --column "Theirs=Ours", and with nothing before the = that the value is left out',
    "name it below",
  ],
];

/** A message with the window's own ways in place of the command line's. */
export function inTheWindow(message: string): string {
  return INSTEAD.reduce((said, [command, here]) => said.replaceAll(command, here), message);
}
