import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, join } from "node:path";
import type { Hospital } from "../tenancy/context.ts";
import type { AuditFacts } from "./chain.ts";

/** Looks at one hospital's records that are shown and not yet in its database, in a file of their own. */
export interface LookFile {
  /** @returns false where the disk would not take it: then the look is written before it is shown. */
  keep(facts: AuditFacts): boolean;
  /** They are in the database. */
  remove(): void;
}

/** A file that a process left behind which was killed before it had written its looks. */
export interface LeftFile {
  readonly hospitalId: string;
  /** What it says, the half line at its end left out, and what `hospital` did not seal. */
  read(hospital: Hospital): readonly AuditFacts[];
  remove(): void;
}

/** A process that lives writes its looks, or tries to, far more often than this. */
const leftAfterMs = 5_000;
const ending = ".looks";
/** So that no other text that the hospital's key has sealed can be put in a look's place. */
const mark = "look ";

const run = Bun.randomUUIDv7();
let folder: string | null = null;
let made = 0;

/** Where looks of this process lie until they are in the database; null: nowhere, a command writes all before it ends. */
export function keepLooksIn(path: string | null): void {
  if (path !== null) mkdirSync(path, { recursive: true, mode: 0o700 });
  folder = path;
}

/** A file for the next looks; it is made with the first of them. */
export function lookFile(hospital: Hospital): LookFile {
  const at = folder;
  if (at === null) return { keep: () => true, remove() {} };
  made += 1;
  const path = join(at, `${hospital.id}.${run}.${made}${ending}`);
  let open: number | null = null;
  return {
    keep(facts) {
      try {
        open ??= openSync(path, "a", 0o600);
        writeSync(open, `${hospital.vault.seal(mark + JSON.stringify(facts))}\n`);
        return true;
      } catch {
        return false;
      }
    },
    remove() {
      if (open !== null) closeSync(open);
      open = null;
      rmSync(path, { force: true });
    },
  };
}

/** What other processes left, not this one and none that still writes. */
export function leftFiles(): readonly LeftFile[] {
  const at = folder;
  if (at === null) return [];
  return readdirSync(at)
    .filter((name) => name.endsWith(ending) && !name.includes(run))
    .map((name) => join(at, name))
    .filter((path) => {
      const told = statSync(path, { throwIfNoEntry: false });
      return told !== undefined && Date.now() - told.mtimeMs > leftAfterMs;
    })
    .map((path) => ({
      hospitalId: basename(path).split(".")[0] ?? "",
      read: (hospital) => factsIn(readFileSync(path, "utf8"), hospital),
      remove: () => rmSync(path, { force: true }),
    }));
}

function factsIn(text: string, hospital: Hospital): readonly AuditFacts[] {
  return text.split("\n").flatMap((line) => {
    try {
      const said = hospital.vault.unseal(line);
      if (!said.startsWith(mark)) return [];
      const facts = JSON.parse(said.slice(mark.length)) as Omit<AuditFacts, "at"> & { readonly at: string };
      return [{ ...facts, at: new Date(facts.at) }];
    } catch {
      return [];
    }
  });
}
