import { afterAll, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { checkFiles, type FilesAway, fetchFiles, pieceBytes, sendFiles } from "../../server/files/channel.ts";
import type { FileName } from "../../server/files/folder.ts";
import { receiveInto } from "../../server/files/receive.ts";
import { nameOf, ownOf, scratchFolder, someBytes } from "./support.ts";

const here = scratchFolder();
const there = scratchFolder();
afterAll(() => {
  here.remove();
  there.remove();
});

const contents = [1, 5_000, pieceBytes, pieceBytes + 1, 3 * pieceBytes + 77].map(someBytes);
const files = contents.map(nameOf);
const turn = { budgetMs: 60_000 };

const namedAll = (known: readonly FileName[]) => async (names: readonly string[]) =>
  new Map(known.filter(({ sha256 }) => names.includes(sha256)).map(({ sha256, bytes }) => [sha256, bytes]));

test("files travel in pieces of a megabyte at most, and arrive as they were", async () => {
  for (const content of contents) await here.folder.keep(nameOf(content), content);
  const own = ownOf(here.folder, files);
  const away = receiveInto(there.folder, namedAll(files));
  const sizes: number[] = [];
  const watched: FilesAway = {
    ...away,
    take: (file, offset, piece, sum) => {
      sizes.push(piece.length);
      return away.take(file, offset, piece, sum);
    },
  };
  const sent = await sendFiles(own, watched, turn);
  expect(sent).toEqual({
    files: files.length,
    bytes: contents.reduce((sum, { length }) => sum + length, 0),
    missing: 0,
    more: false,
  });
  expect(Math.max(...sizes)).toBe(pieceBytes);
  for (const [index, { sha256 }] of files.entries())
    expect(readFileSync(there.at(sha256)).equals(contents[index] ?? new Uint8Array())).toBe(true);
  expect(await sendFiles(own, watched, turn)).toMatchObject({ files: 0, bytes: 0 });
  expect(await checkFiles(own, away)).toEqual({ named: files.length, copied: files.length, missing: 0 });
});

test("cut off anywhere, each turn goes on from the byte where the last one stopped", async () => {
  const copy = scratchFolder();
  const own = ownOf(here.folder, files);
  const away = receiveInto(copy.folder, namedAll(files));
  let carried = 0;
  let turns = 0;
  const cutting: FilesAway = {
    ...away,
    async take(file, offset, piece, sum) {
      const now = await away.take(file, offset, piece, sum);
      carried += piece.length;
      // It arrived, and nobody heard.
      throw Object.assign(new Error(`the line is cut at ${now}`), { code: "ECONNRESET" });
    },
  };
  const total = contents.reduce((sum, { length }) => sum + length, 0);
  for (; turns < 50; turns += 1) {
    const ended = await sendFiles(own, cutting, turn).catch(() => null);
    if (ended !== null) break;
  }
  // Nothing was carried twice: what arrived was asked for.
  expect(carried).toBe(total);
  expect(own.copied.size).toBe(files.length);
  for (const { sha256 } of files) expect(await copy.folder.isSound(sha256)).toBe(true);
  copy.remove();
});

test("a time that is up ends the turn between two pieces", async () => {
  const copy = scratchFolder();
  const own = ownOf(here.folder, files);
  const away = receiveInto(copy.folder, namedAll(files));
  expect(await sendFiles(own, away, { budgetMs: -1 })).toMatchObject({ bytes: 0, more: true });
  const stopped = { budgetMs: 60_000, signal: AbortSignal.abort() };
  expect(await sendFiles(own, away, stopped)).toMatchObject({ bytes: 0, more: true });
  copy.remove();
});

test("a damaged piece, a file that no row names, and a false size are refused", async () => {
  const copy = scratchFolder();
  const [, content = someBytes(1)] = contents;
  const file = nameOf(content);
  const away = receiveInto(copy.folder, namedAll([file]));
  const sum = file.sha256;
  await expect(away.take(file, 0, someBytes(content.length), sum)).rejects.toMatchObject({
    code: "files.damaged",
  });
  const stranger = nameOf(someBytes(3));
  await expect(away.take(stranger, 0, content, sum)).rejects.toMatchObject({ code: "files.unnamed" });
  const larger = { ...file, bytes: file.bytes + 1 };
  await expect(away.take(larger, 0, content, sum)).rejects.toMatchObject({ code: "files.unnamed" });
  expect(await away.arrived([file, stranger, larger])).toEqual([0, null, null]);
  copy.remove();
});

test("rows that have not arrived, and a file that is lost here, keep no other waiting", async () => {
  const copy = scratchFolder();
  const lost = nameOf(someBytes(10));
  const all = [...files, lost];
  const [early] = files;
  const later = all.filter((file) => file !== early);
  const own = ownOf(here.folder, all);
  const sent = await sendFiles(own, receiveInto(copy.folder, namedAll(later)), turn);
  expect(sent).toMatchObject({ files: files.length - 1, missing: 1 });
  const whole = await sendFiles(own, receiveInto(copy.folder, namedAll(all)), turn);
  expect(whole).toMatchObject({ files: 1, missing: 1 });
  copy.remove();
});

test("a file that was altered on this disk is not sent for ever", async () => {
  const from = scratchFolder();
  const copy = scratchFolder();
  const content = someBytes(2_000);
  const file = nameOf(content);
  await from.folder.keep(file, content);
  writeFileSync(from.at(file.sha256), someBytes(2_000));
  const own = ownOf(from.folder, [file]);
  const sent = await sendFiles(own, receiveInto(copy.folder, namedAll([file])), turn);
  expect(sent).toEqual({ files: 0, bytes: 2_000, missing: 1, more: false });
  expect(await copy.folder.sizeOf(file.sha256)).toBeNull();
  from.remove();
  copy.remove();
});

test("the way back fetches what is lacking, cut off and resumed; what is nowhere is counted", async () => {
  const fresh = scratchFolder();
  const nowhere = nameOf(someBytes(9));
  const own = ownOf(fresh.folder, [...files, nowhere]);
  const away = receiveInto(there.folder, namedAll(files));
  let pieces = 0;
  let given = 0;
  const cutting: FilesAway = {
    ...away,
    async give(file, offset) {
      if (file === nowhere) return away.give(file, offset);
      pieces += 1;
      if (pieces % 2 === 0) throw new Error("the line is cut");
      const piece = await away.give(file, offset);
      given += piece?.length ?? 0;
      return piece;
    },
  };
  let ended = null;
  for (let turns = 0; turns < 50 && ended === null; turns += 1)
    ended = await fetchFiles(own, cutting, turn).catch(() => null);
  expect(ended).toMatchObject({ missing: 1, more: false });
  expect(given).toBe(contents.reduce((sum, { length }) => sum + length, 0));
  for (const { sha256 } of files) expect(await fresh.folder.isSound(sha256)).toBe(true);
  fresh.remove();
});

test("what the copy has lost is found by asking, and sent again", async () => {
  const own = ownOf(here.folder, files);
  const away = receiveInto(there.folder, namedAll(files));
  await sendFiles(own, away, turn);
  const [, , third] = files;
  await there.folder.remove(third?.sha256 ?? "");
  expect(await checkFiles(own, away)).toMatchObject({ copied: files.length - 1, missing: 0 });
  expect(await sendFiles(own, away, turn)).toMatchObject({ files: 1 });
  expect(await checkFiles(own, away)).toMatchObject({ copied: files.length });
});

test("the sweep takes away what no row names, begun or whole, and nothing else", async () => {
  const copy = scratchFolder();
  const [named, gone, begun] = [someBytes(20), someBytes(30), someBytes(40)];
  for (const content of [named, gone]) await copy.folder.keep(nameOf(content), content);
  await copy.folder.append(nameOf(begun), 0, begun.subarray(0, 10));
  const away = receiveInto(copy.folder, namedAll([nameOf(named)]));
  expect(await away.sweep()).toBe(2);
  expect(await copy.folder.sizeOf(nameOf(named).sha256)).toBe(20);
  expect(await copy.folder.sizeOf(nameOf(gone).sha256)).toBeNull();
  expect(await copy.folder.arrived(nameOf(begun))).toBe(0);
  copy.remove();
});
