import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { Hospital } from "../tenancy/context.ts";
import type { AuditFacts } from "./chain.ts";

/** Looks at one hospital's records that are shown and not yet in its database, on disk. */
export interface LookFile {
  /** @returns false where the disk would not take it: then the look is written before it is shown. */
  keep(facts: AuditFacts): boolean;
  /** They are in the database: nothing is said here any more. */
  remove(): void;
}

/** A file that a process left behind which was killed before it had written its looks. */
export interface LeftFile {
  readonly hospitalId: string;
  /** What it says, without a half line at its end and what `hospital` did not seal. */
  read(hospital: Hospital): readonly AuditFacts[];
  remove(): void;
}

/** A process that lives writes its looks, or tries to, far more often than this. */
const leftAfterMs = 5_000;
const ending = ".looks";
/** So that no other text that the hospital's key has sealed can be put in a look's place. */
const mark = "look ";

/** A file that says nothing is one of a process that is gone, once it has said nothing for so long. */
const forgottenAfterMs = 3_600_000;

const run = Bun.randomUUIDv7();
let folder: string | null = null;
let made = 0;

/** An open file. It is used again and again: making and removing one makes the disk's journal wait, and with it us. */
interface Paper {
  readonly path: string;
  readonly open: number;
}

/** Those that say nothing at present, by hospital. */
const blank = new Map<string, Paper[]>();

/** Where looks of this process lie until they are in the database; null: nowhere, a command writes all before it ends. */
export function keepLooksIn(path: string | null): void {
  if (path !== null) mkdirSync(path, { recursive: true, mode: 0o700 });
  folder = path;
  for (const paper of [...blank.values()].flat()) tear(paper);
  blank.clear();
}

function tear({ path, open }: Paper): void {
  closeSync(open);
  rmSync(path, { force: true });
}

function takePaper(at: string, hospitalId: string): Paper {
  const paper = blank.get(hospitalId)?.pop();
  // Somebody may have taken it for forgotten.
  if (paper !== undefined && fstatSync(paper.open).nlink > 0) return paper;
  if (paper !== undefined) tear(paper);
  made += 1;
  const path = join(at, `${hospitalId}.${run}.${made}${ending}`);
  return { path, open: openSync(path, "wx", 0o600) };
}

/** Takes what a file said back; the file waits for the next looks. */
function clear(paper: Paper, hospitalId: string): void {
  try {
    writeSync(paper.open, "\n", 0);
    blank.set(hospitalId, [...(blank.get(hospitalId) ?? []), paper]);
  } catch {
    tear(paper);
  }
}

/** A file for the next looks: a line each, and an empty one after the last. */
export function lookFile(hospital: Hospital): LookFile {
  const at = folder;
  if (at === null) return { keep: () => true, remove() {} };
  let paper: Paper | null = null;
  let end = 0;
  return {
    keep(facts) {
      try {
        paper ??= takePaper(at, hospital.id);
        const line = Buffer.from(`${hospital.vault.seal(mark + JSON.stringify(facts))}\n\n`);
        writeSync(paper.open, line, 0, line.length, end);
        end += line.length - 1;
        return true;
      } catch {
        return false;
      }
    },
    remove() {
      if (paper === null) return;
      if (at === folder) clear(paper, hospital.id);
      else tear(paper);
      paper = null;
    },
  };
}

/** What other processes left, not this one and none that still writes; files that say nothing go after an hour. */
export function leftFiles(): readonly LeftFile[] {
  const at = folder;
  if (at === null) return [];
  return readdirSync(at)
    .filter((name) => name.endsWith(ending) && !name.includes(run))
    .flatMap((name) => {
      const path = join(at, name);
      const silentMs = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (silentMs <= leftAfterMs) return [];
      const lines = linesOf(path);
      const remove = () => rmSync(path, { force: true });
      if (lines.length === 0 && silentMs > forgottenAfterMs) remove();
      if (lines.length === 0) return [];
      const hospitalId = name.split(".")[0] ?? "";
      return [{ hospitalId, read: (hospital: Hospital) => factsIn(lines, hospital), remove }];
    });
}

/** What stands before the first empty line. */
function linesOf(path: string): readonly string[] {
  const lines = readFileSync(path, "utf8").split("\n");
  const end = lines.indexOf("");
  return end === -1 ? lines : lines.slice(0, end);
}

function factsIn(lines: readonly string[], hospital: Hospital): readonly AuditFacts[] {
  return lines.flatMap((line) => {
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
