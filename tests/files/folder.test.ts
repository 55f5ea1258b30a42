import { afterEach, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdir, truncate } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "../../server/errors.ts";
import { fileFolder } from "../../server/files/folder.ts";
import { mediaTypeOf } from "../../server/files/media.ts";
import { nameOf, type ScratchFolder, scratchFolder, someBytes } from "./support.ts";

const made: ScratchFolder[] = [];
const scratch = (): ScratchFolder => {
  const one = scratchFolder();
  made.push(one);
  return one;
};
afterEach(() => {
  for (const one of made.splice(0)) one.remove();
});

const content = someBytes(300_000);
const file = nameOf(content);

const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "taken",
    (error: unknown) => (error instanceof AppError ? `${error.status} ${error.code}` : String(error)),
  );

test("a kept file lies under its content's name, for the server's own eyes, and twice is once", async () => {
  const { folder, at } = scratch();
  await folder.keep(file, content);
  await folder.keep(file, content);
  expect(readFileSync(at(file.sha256)).equals(content)).toBe(true);
  expect(readdirSync(dirname(at(file.sha256)))).toEqual([file.sha256]);
  expect(statSync(at(file.sha256)).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(at(file.sha256))).mode & 0o777).toBe(0o700);
  expect(await folder.sizeOf(file.sha256)).toBe(content.length);
  expect(await folder.isSound(file.sha256)).toBe(true);
  expect(await folder.read(file.sha256, 299_990, 100)).toEqual(content.subarray(299_990));
});

test("content that is not what its name says is never kept, and leaves nothing", async () => {
  const { root, folder } = scratch();
  const other = { sha256: nameOf(someBytes(10)).sha256, bytes: content.length };
  expect(await refusal(folder.keep(other, content))).toContain("not what its name says");
  expect(await folder.sizeOf(other.sha256)).toBeNull();
  expect(readdirSync(root)).toEqual([]);
});

test("pieces make a file whole only in their order and only if all of it is right", async () => {
  const { folder, at } = scratch();
  expect(await folder.append(file, 0, content.subarray(0, 100_000))).toBe(100_000);
  expect(await folder.arrived(file)).toBe(100_000);
  expect(await folder.append(file, 200_000, content.subarray(200_000))).toBe(100_000);
  expect(await folder.append(file, 0, content.subarray(0, 100_000))).toBe(100_000);
  expect(await folder.sizeOf(file.sha256)).toBeNull();
  expect(await folder.append(file, 100_000, content.subarray(100_000))).toBe(300_000);
  expect(await folder.isSound(file.sha256)).toBe(true);
  expect(readdirSync(dirname(at(file.sha256)))).toEqual([file.sha256]);
  // Once whole, nothing more is taken.
  expect(await folder.append(file, 0, someBytes(10))).toBe(300_000);
  expect(await folder.isSound(file.sha256)).toBe(true);
});

test("a wrong whole is thrown away and begun anew", async () => {
  const { folder, at } = scratch();
  const wrong = Uint8Array.from(content);
  wrong[17] = (wrong[17] ?? 0) ^ 1;
  await folder.append(file, 0, wrong.subarray(0, 200_000));
  expect(await folder.append(file, 200_000, wrong.subarray(200_000))).toBe(0);
  expect(await folder.arrived(file)).toBe(0);
  expect(readdirSync(dirname(at(file.sha256)))).toEqual([]);
  await folder.append(file, 0, content);
  expect(await folder.isSound(file.sha256)).toBe(true);
});

test("cut off right before it was looked through, or with more than it should have, it goes on", async () => {
  const { folder, at } = scratch();
  await mkdir(dirname(at(file.sha256)), { recursive: true });
  writeFileSync(`${at(file.sha256)}.part`, content);
  const have = await folder.arrived(file);
  expect(have).toBe(content.length - 1);
  expect(await folder.append(file, have, content.subarray(have))).toBe(content.length);
  const more = scratch();
  await mkdir(dirname(more.at(file.sha256)), { recursive: true });
  writeFileSync(`${more.at(file.sha256)}.part`, content);
  await truncate(`${more.at(file.sha256)}.part`, content.length + 5);
  expect(await more.folder.append(file, 0, content)).toBe(0);
  expect(await more.folder.append(file, 0, content)).toBe(content.length);
});

test("a full disk is told as that, and nothing is acknowledged", async () => {
  const { folder, at } = scratch();
  await mkdir(dirname(at(file.sha256)), { recursive: true });
  symlinkSync("/dev/full", `${at(file.sha256)}.part`);
  expect(await refusal(folder.append(file, 0, content))).toBe("503 files.no-room");
  expect(await folder.sizeOf(file.sha256)).toBeNull();
});

test("a disk that cannot be written to is told as that, and leaves nothing", async () => {
  const { root } = scratch();
  const id = Bun.randomUUIDv7();
  writeFileSync(`${root}/${id}`, "a file where a folder should be");
  const folder = fileFolder(root, id);
  expect(await refusal(folder.keep(file, content))).toBe("503 files.away");
  expect(await refusal(folder.append(file, 0, content))).toBe("503 files.away");
});

test("no name but a content's own leads to a place on the disk", async () => {
  const { root, folder } = scratch();
  for (const name of ["", "..", "../../etc/passwd", `${"a".repeat(63)}/`, "A".repeat(64)])
    expect(await refusal((async () => folder.sizeOf(name))())).toContain("not the name of a file");
  for (const id of ["", "..", "../other", "a".repeat(36)])
    expect(() => fileFolder(root, id)).toThrow("not the id of a hospital");
});

const bytes = (text: string) => new TextEncoder().encode(text);

test("a file is what its first bytes say", () => {
  const known: readonly (readonly [Uint8Array, string | null])[] = [
    [bytes("%PDF-1.7\n"), "application/pdf"],
    [new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), "image/png"],
    [new Uint8Array([0xff, 0xd8, 0xff, 0xe0]), "image/jpeg"],
    [bytes("RIFF\0\0\0\0WEBPVP8 "), "image/webp"],
    [bytes("Dear colleague,\r\n\tثناء is well.\n"), "text/plain"],
    [bytes("RIFF\0\0\0\0WAVEfmt "), null],
    [bytes("<!doctype html><script>alert(1)</script>"), null],
    [bytes('\uFEFF  <svg onload="alert(1)"/>'), null],
    [bytes("#!/bin/sh\nrm -rf /\n"), null],
    [bytes("with a \0 in it"), null],
    [new Uint8Array([0x4d, 0x5a, 0x90, 0x00]), null],
    [new Uint8Array([0xff, 0xfe, 0x6e, 0x00]), null],
    [new Uint8Array(), null],
  ];
  for (const [content, type] of known) expect(mediaTypeOf(content)).toBe(type as never);
});
