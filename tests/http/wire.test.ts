import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect } from "node:net";
import { type TestApp, testApp } from "../support/app.ts";
import { type ServedApp, serve } from "../support/browser.ts";

let app: TestApp;
let served: ServedApp;

beforeAll(async () => {
  app = await testApp();
  served = serve(app.app);
}, 60_000);
afterAll(() => served.close());

/** Writes bytes to the port as they are, and reads until the server hangs up: what is on the wire, not what a client makes of it. */
function raw(text: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(served.port, "127.0.0.1", () => socket.write(Buffer.from(text, "latin1")));
  let got = "";
  socket.setTimeout(5_000, () => socket.destroy());
  socket.on("data", (bytes) => {
    got += bytes.toString("latin1");
  });
  socket.on("error", () => resolve(got));
  socket.on("close", () => resolve(got));
  return promise;
}

const get = (host: string, path = "/sign-in") =>
  raw(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);

test("a hospital is found by its host in any case, with a port, with the root's dot", async () => {
  const { port } = served;
  for (const host of [
    "abdullah.localhost",
    "ABDULLAH.LocalHost",
    `abdullah.localhost:${port}`,
    "abdullah.localhost.",
    "abdullah.localhost.:80",
  ]) {
    const answer = await get(host);
    expect({ host, status: statusOf(answer) }).toEqual({ host, status: 200 });
    expect(answer).toContain("Abdullah Hospital");
  }
});

test("any other host is answered without a hospital and without a fault", async () => {
  const odd = [
    "",
    ".",
    "..",
    "localhost",
    "127.0.0.1",
    "[::1]",
    "[::1]:80",
    "[::ffff:127.0.0.1]",
    "abdullah_.localhost",
    "ab_dullah.localhost",
    "-abdullah.localhost",
    "abdullah.localhost.evil.example",
    "abdullah.evil.example",
    "evil.example#abdullah.localhost",
    "evil.example/abdullah.localhost",
    "a@abdullah.localhost",
    "abdullah.localhost:99999",
    "abdullah.localhost:x",
    "abdullah.localhost abdullah.localhost",
    "%61bdullah.localhost",
    "xn--.localhost",
    "\xe9.localhost",
    `${"a".repeat(300)}.localhost`,
    `${"a.".repeat(2_000)}localhost`,
    "'; drop table tenants; --",
    "<script>.localhost",
  ];
  for (const host of odd) {
    const answer = await get(host);
    const status = statusOf(answer);
    expect({ host, fault: status >= 500 || status === 0 }).toEqual({ host, fault: false });
    expect({
      host,
      leak: answer.includes("Abdullah Hospital") && !/^abdullah\.localhost(:|$)/.test(host),
    }).toEqual({ host, leak: false });
  }
});

test("HEAD sends headers and not one byte of body", async () => {
  for (const path of ["/sign-in", "/docs/json", "/nothing-here"]) {
    const answer = await raw(
      `HEAD ${path} HTTP/1.1\r\nHost: abdullah.localhost\r\nConnection: close\r\n\r\n`,
    );
    expect(statusOf(answer)).toBeLessThan(500);
    expect(answer.slice(answer.indexOf("\r\n\r\n") + 4)).toBe("");
  }
});

test("bytes that are no request are refused, and the next one is served", async () => {
  const faults = [
    "GET\r\n\r\n",
    "\u0000\u0001\u0002\r\n\r\n",
    "GET /%00%ff%zz HTTP/1.1\r\nHost: abdullah.localhost\r\nConnection: close\r\n\r\n",
    "GET //evil.example/ HTTP/1.1\r\nHost: abdullah.localhost\r\nConnection: close\r\n\r\n",
    "GET http://evil.example/ HTTP/1.1\r\nHost: abdullah.localhost\r\nConnection: close\r\n\r\n",
    `GET /${"a".repeat(14_000)} HTTP/1.1\r\nHost: abdullah.localhost\r\nConnection: close\r\n\r\n`,
    "POST /sign-in HTTP/1.1\r\nHost: abdullah.localhost\r\nContent-Length: -5\r\nConnection: close\r\n\r\n",
    "POST /sign-in HTTP/1.1\r\nHost: abdullah.localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
    "POST /sign-in HTTP/1.1\r\nHost: abdullah.localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\nConnection: close\r\n\r\n%=&",
    "GET /sign-in HTTP/1.1\r\nHost: abdullah.localhost\r\nHost: ramzan.localhost\r\nConnection: close\r\n\r\n",
  ];
  for (const fault of faults) {
    const answer = await raw(fault);
    expect({ fault: fault.slice(0, 60), status: statusOf(answer) >= 500 }).toEqual({
      fault: fault.slice(0, 60),
      status: false,
    });
  }
  expect(statusOf(await get("abdullah.localhost"))).toBe(200);
});

test("a body announced as 5 GB is refused before it is read", async () => {
  const admin = await app.abdullah.as("admin");
  const answer = await raw(
    `POST /api/v1/tenant/patients HTTP/1.1\r\nHost: abdullah.localhost\r\nAuthorization: Bearer ${admin.token}\r\nContent-Type: application/json\r\nContent-Length: 5000000000\r\nConnection: close\r\n\r\n{`,
  );
  expect(statusOf(answer)).toBe(413);
});

test("an optional body may be left out, with its Content-Type or without", async () => {
  const admin = await app.abdullah.as("admin");
  const made = await admin.send("/api/v1/tenant/patients", {
    json: { firstName: "Sara", lastName: "Khan", sex: "female", bornOn: "1990-05-17" },
  });
  const address = made.headers.get("location") ?? "";
  for (const type of ["", "Content-Type: application/json\r\n"]) {
    const head = `Host: abdullah.localhost\r\nAuthorization: Bearer ${admin.token}\r\nConnection: close\r\nContent-Length: 0\r\n`;
    const gone = await raw(`DELETE ${address}?reason=Entered%20twice HTTP/1.1\r\n${head}${type}\r\n`);
    expect({ type, status: statusOf(gone) }).toEqual({ type, status: 200 });
    const back = await raw(`POST ${address}/restoration HTTP/1.1\r\n${head}${type}\r\n`);
    expect({ type, status: statusOf(back) }).toEqual({ type, status: 200 });
  }
});
