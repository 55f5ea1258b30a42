import { heapStats } from "bun:jsc";

/** How many objects each of `times` runs leaves in memory, once what was made for the first ones is there. */
export async function leftBehind(times: number, run: () => Promise<unknown>): Promise<number> {
  const objects = async (): Promise<number> => {
    // What a run closed may take a moment to be closed by its other end too.
    await Bun.sleep(100);
    Bun.gc(true);
    return heapStats().objectCount;
  };
  for (let n = 0; n < times; n += 1) await run();
  const before = await objects();
  for (let n = 0; n < times; n += 1) await run();
  return ((await objects()) - before) / times;
}
