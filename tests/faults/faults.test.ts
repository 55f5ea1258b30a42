import { expect, test } from "bun:test";
import { join } from "node:path";

/** One run of the laboratory as a command: its last line, and how it ended. */
async function laboratory(...given: string[]): Promise<{ readonly line: string; readonly code: number }> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "main.ts"), ...given], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const words = await new Response(child.stdout).text();
  const code = await child.exited;
  const line = words.trim().split("\n").at(-1) ?? "";
  if (code !== 0 && !given.includes("--negative")) console.log(words);
  return { line, code };
}

const form = /^faults (\d+) acknowledged (\d+) lost (\d+) doubled (\d+) torn (\d+) equal (yes|no)$/;

test("through half a minute of faults of every kind nothing is lost, doubled or torn, and both sides end equal", async () => {
  const { line, code } = await laboratory("--minutes", "0.5", "--seed", "7");
  expect(line).toMatch(form);
  const [faults = 0, acknowledged = 0] = (form.exec(line) ?? []).slice(1, 3).map(Number);
  expect(faults).toBeGreaterThan(15);
  expect(acknowledged).toBeGreaterThan(50);
  expect(line).toEndWith("lost 0 doubled 0 torn 0 equal yes");
  expect(code).toBe(0);
}, 240_000);

test("a follower that believes in a watermark loses rows in the same laboratory, and it says so", async () => {
  const { line, code } = await laboratory("--minutes", "0.3", "--seed", "7", "--negative", "seq");
  expect(line).toMatch(form);
  expect(line).not.toContain(" lost 0 ");
  expect(line).toEndWith("equal no");
  expect(code).toBe(1);
}, 120_000);
