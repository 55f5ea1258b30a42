import { counter } from "../counter.ts";

const count = counter("en");

/** A hospital's copying as its owner sees it, and its restore from the copy. */
export const copying = {
  title: "Copying and restore",
  titleOf: (name: string) => `Copying of ${name}`,
  lead: "How far the online copy is, proof that it is equal, and the way back if the hospital's database is lost.",
  behindRows: "Changes not yet online",
  behindTime: "Behind by",
  lastTick: "Last change online",
  tick: (n: string) => `Tick ${n}`,
  rate: "Rows a second",
  rateNote: "Of the last copying that sent anything",
  files: "Files copied",
  filesOf: (copied: string, named: string) => `${copied} of ${named}`,
  filesRestored: (named: number, missing: number) =>
    missing === 0
      ? count(named, { one: "# file is here.", other: "All # files are here." })
      : `${count(named, { one: "# file is named", other: "# files are named" })}; ${count(missing, { one: "# is on no side", other: "# are on no side" })}.`,
  proof: "Last proof",
  equal: "Equal on both sides",
  unequal: "Not equal",
  notProved: "Not yet proved",
  history: "Changes waiting, last day",
  historyText: (n: number) => count(n, { one: "The last look.", other: "The last # looks." }),
  noHistory: "Nobody has looked yet",
  noHistoryHint: "The databases are asked once a minute; the picture begins with the second look.",
  parked: "Copying waits until someone looks",
  noCopy: "This hospital has no online copy",
  noCopyHint: "Nothing is copied, and nothing could be restored. Put a server for copies on record.",
  verify: "Prove equality now",
  proofTitle: "Proof, table by table",
  reseed: "Ship everything again",
  reseedTitle: (name: string) => `Ship all of ${name} again?`,
  reseedText:
    "Every table is sent to the online copy again. The hospital works on; the copy is not whole until it is done.",
  reseedAsked: "Every table is being sent again.",
  restore: "Restore",
  restoreTitle: (name: string) => `Restore ${name} from its online copy`,
  restoreLead:
    "A new database is made from the copy and proved equal, and the hospital moves to it. The old one is never written over.",
  restoreBegun: "The restore has begun.",
  restoreText:
    "From the first step on, nothing more is taken from the old database. This cannot be taken back.",
  confirm: "Restore this hospital",
  from: "From the copy",
  to: "Into",
  size: "Size",
  tables: (n: number) => count(n, { one: "# table", other: "# tables" }),
  rows: (n: number) => count(n, { one: "# row", other: "# rows" }),
  lost: "What may be lost",
  lostText: (span: string, since: string) => `What was written in the ${span} since ${since}.`,
  lostNothing: "Nothing: the old database had sent all that it held.",
  lostUnknown: "Nobody knows: the copy does not say when it last heard.",
  waiting: (n: number) =>
    count(n, {
      one: "# change was known to wait when it was last heard.",
      other: "# changes were known to wait when it was last heard.",
    }),
  answers: "The hospital's database answers",
  answersText: "It need not be lost. If it is replaced all the same, it sends its last changes first.",
  incomplete: "The online copy is not whole",
  incompleteText: "It was being filled when the hospital was lost. What it lacks does not come back.",
  anyway: "Replace it all the same",
  server: "Server",
  sameServer: "The one it was on",
  look: "Show what would be done",
  reason: "Reason",
  impossible: "This cannot be restored now",
  steps: "Steps",
  names: {
    fence: "Take nothing more from the old database",
    database: "Make the new database",
    load: "Bring the rows over",
    verify: "Prove every table equal",
    writer: "Move numbers on and wake the database",
    switch: "Move the hospital over",
    sync: "Go on copying",
    files: "Bring the files over",
  },
  running: "The hospital is being restored",
  runningText: "You may leave this page: the restore goes on.",
  failed: "The restore has stopped",
  failedText:
    "It goes on by itself within a minute, or at once with the button at the step. Nothing is lost.",
  done: "The hospital is restored",
  doneText: (tables: number) =>
    count(tables, {
      one: "# table is equal to the copy. People can work.",
      other: "All # tables are equal to the copy. People can work.",
    }),
  again: "Restore once more",
  replaced: "Databases that were replaced",
  replacedAt: "Replaced",
  unsent: "Never sent",
  away: "Does not answer",
  refused: "An earlier database of this hospital answers again",
  refusedText:
    "Nothing is taken from it, and it is read only. List what it never sent with restore:unsent before it is removed.",
};
