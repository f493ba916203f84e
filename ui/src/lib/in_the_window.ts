// The use cases' messages name what to do on the command line. Here the same is done elsewhere.

const INSTEAD: [command: string, here: string][] = [
  [
    "Add it under Settings or with `hostledger institutions set`",
    "Add it under Settings, Institutions",
  ],
  ["with `hostledger users recover`", "under Forgotten passphrase"],
  ["with `hostledger restore`", "with Restore a backup, before a ledger is opened"],
  ["Make one with `hostledger init`", "Look where its folder was moved to, create a ledger"],
  ["run `hostledger payouts resume`, with --out for another place", "resume sending"],
  ["`hostledger check`", "the check under Books"],
];

/** A message with the window's own ways in place of the command line's. */
export function inTheWindow(message: string): string {
  return INSTEAD.reduce((said, [command, here]) => said.replaceAll(command, here), message);
}
