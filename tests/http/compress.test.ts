import { expect, test } from "bun:test";
import { testApp } from "../support/app.ts";
import { emailOf, password } from "../support/cast.ts";
import { Client } from "../support/client.ts";

const far = "203.0.113.20";

test("pages and JSON go packed to another machine that takes them so, and hold the same", async () => {
  const { app, abdullah } = await testApp();
  const near = await abdullah.stranger().get("/docs/json", { "accept-encoding": "gzip, zstd" });
  expect(near.headers.get("content-encoding")).toBeNull();
  expect(near.headers.get("vary")).toContain("accept-encoding");
  const plain = await near.text();
  const distant = new Client(app, abdullah.host, far);
  const unpack = { gzip: Bun.gunzipSync, zstd: Bun.zstdDecompressSync };
  for (const packing of ["gzip", "zstd"] as const) {
    const packed = await distant.get("/docs/json", { "accept-encoding": packing });
    expect(packed.headers.get("content-encoding")).toBe(packing);
    expect(packed.headers.get("vary")).toContain("accept-encoding");
    const bytes = await packed.bytes();
    expect(bytes.length).toBeLessThan(plain.length / 4);
    expect(new TextDecoder().decode(unpack[packing](bytes))).toBe(plain);
  }
  const page = await distant.get("/sign-in", { "accept-encoding": "br, gzip;q=0.8" });
  expect(page.headers.get("content-encoding")).toBe("gzip");
  expect(new TextDecoder().decode(Bun.gunzipSync(await page.bytes()))).toContain("Abdullah Hospital");
});

test("what is small, refused, asked for without packing, or made as it goes stays as it is", async () => {
  const { app, abdullah } = await testApp();
  const distant = await new Client(app, abdullah.host, far).signIn(emailOf("admin", "abdullah"), password);
  const none = async (path: string, accepted: string) => {
    const response = await distant.get(path, { "accept-encoding": accepted });
    expect(response.headers.get("content-encoding")).toBeNull();
    return response.text();
  };
  expect(await none("/docs/json", "gzip;q=0, zstd;q=0.0, br")).toContain('"openapi"');
  expect(await none("/docs/json", "identity")).toContain('"openapi"');
  expect(await none("/api/v1/tenant/patients/01980000-0000-7000-8000-000000000000", "gzip")).toContain(
    "not-found",
  );
  expect(await none("/api/v1/tenant/patients/export.csv", "gzip")).toContain(",");
});

test("a row's ETag packed is the same to If-None-Match and If-Match", async () => {
  const { app, abdullah } = await testApp();
  const distant = await new Client(app, abdullah.host, far).signIn(emailOf("admin", "abdullah"), password);
  const made = await distant.send("/api/v1/tenant/patients", {
    json: {
      firstName: "Sara",
      lastName: "Long",
      sex: "female",
      bornOn: "1990-05-17",
      notes: "word ".repeat(399),
    },
  });
  const address = made.headers.get("location") ?? "";
  const packed = await distant.get(address, { "accept-encoding": "gzip" });
  expect(packed.headers.get("etag")).toBe('W/"1"');
  expect((await distant.get(address, { "if-none-match": 'W/"1"' })).status).toBe(304);
  const changed = await distant.send(address, {
    method: "PATCH",
    json: { city: "Lahore" },
    headers: { "if-match": 'W/"1"' },
  });
  expect(changed.status).toBe(200);
});
