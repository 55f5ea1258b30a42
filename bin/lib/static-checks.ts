/** A check that reads the code without running it. */
export interface Check {
  readonly name: string;
  /** A program of node_modules and its arguments. */
  readonly command: readonly string[];
  /** What it must have said besides ending well; some end well after stumbling. */
  readonly says?: string;
}

export interface Verdict {
  readonly passed: boolean;
  readonly seconds: number;
  readonly words: string;
}

export const checks: readonly Check[] = [
  { name: "types agree", command: ["node_modules/typescript-7/bin/tsc", "--noEmit", "--checkers", "1"] },
  {
    name: "no markup without escaping",
    command: ["node_modules/@kitajs/ts-html-plugin/dist/cli.js"],
    says: "No XSS vulnerabilities found",
  },
  {
    name: "imports run one way",
    command: [
      "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs",
      "--config",
      ".dependency-cruiser.cjs",
      "server",
      "views",
      "jobs",
      "db",
    ],
  },
  { name: "style", command: ["node_modules/@biomejs/biome/bin/biome", "check", "."] },
];

/** Node runs the type checker faster; where there is none, Bun stands in. */
const runtime = Bun.which("node") === null ? [process.execPath, "--bun"] : ["node"];
const bunOnly = "dependency-cruiser";

export async function runCheck(check: Check): Promise<Verdict> {
  const started = performance.now();
  const runner = check.command[0]?.includes(bunOnly) ? [process.execPath, "--bun"] : runtime;
  const child = Bun.spawn([...runner, ...check.command], {
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  const words = `${out}${err}`.trim();
  const passed = code === 0 && words.includes(check.says ?? "");
  return { passed, seconds: (performance.now() - started) / 1000, words };
}
