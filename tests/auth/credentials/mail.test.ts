import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { SMTPServer } from "smtp-server";
import { mailOutbox } from "../../../db/schema/hospital/credentials.ts";
import { mailHospital } from "../../../server/bridge/mail.ts";
import { pauseAfter } from "../../../server/mail/deliver.ts";
import { type Mail, type MailLanguage, sendMail } from "../../../server/mail/mail.ts";
import { portalOrigin } from "../../../server/mail/origin.ts";
import { renderMail } from "../../../server/mail/render.ts";
import type { TestHospital } from "../../support/app.ts";
import { emailOf } from "../../support/cast.ts";
import { anotherCopy, type Copy, ownHospital } from "./support.ts";

interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}

/** A mail server of the test: it takes what it is sent, or answers as it is told. */
async function startMailServer() {
  const received: Received[] = [];
  const state: { refuseWith: number | null } = { refuseWith: null };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onRcptTo(_address, _session, done) {
      if (state.refuseWith === null) return done();
      done(Object.assign(new Error("not here"), { responseCode: state.refuseWith }));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString("utf8"),
        });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    received,
    state,
    port,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

let hospital: TestHospital;
let server: Awaited<ReturnType<typeof startMailServer>>;
let copy: Copy;

beforeAll(async () => {
  hospital = (await ownHospital()).hospital;
  server = await startMailServer();
  copy = await anotherCopy({
    smtpUrl: `smtp://127.0.0.1:${server.port}`,
    mailFrom: "Wardline <wardline@care.example>",
    publicUrl: "https://care.example",
  });
}, 60_000);

afterAll(async () => {
  await copy.close();
  await server.close();
});

const pool = () => copy.services.connections.hospital(hospital.facts.place);
const rows = () => pool().db.select().from(mailOutbox);

const reset = (to: string): Mail => ({
  template: "password-reset",
  to,
  language: "en",
  data: { name: "Noor <b>Shah</b>", code: "12345678" },
  path: "/reset-password?token=abc",
});

async function write(mail: Mail): Promise<void> {
  await pool().transaction((tx) => sendMail(tx, { hospital: hospital.facts, clock: copy.clock }, mail));
}

async function empty(): Promise<void> {
  await pool().db.delete(mailOutbox);
  server.received.length = 0;
  server.state.refuseWith = null;
}

describe("the outbox", () => {
  test("holds a mail if and only if its act was done, sealed", async () => {
    await empty();
    const undone = pool().transaction(async (tx) => {
      await sendMail(tx, { hospital: hospital.facts, clock: copy.clock }, reset("a@b.example"));
      throw new Error("the act failed");
    });
    await expect(undone).rejects.toThrow("the act failed");
    expect(await rows()).toEqual([]);
    await write(reset("noor@elsewhere.example"));
    const [row] = await rows();
    for (const secret of ["noor@", "12345678", "Shah<", "token=abc"])
      expect(JSON.stringify(row)).not.toContain(secret);
  });

  test("is emptied by SMTP: text and HTML, links to the hospital's own portal, then nothing of it is kept", async () => {
    await empty();
    await write(reset("noor@elsewhere.example"));
    expect(await mailHospital(copy.services, hospital.id)).toEqual({ asked: 0, sent: 1, unsent: 0 });
    const [mail] = server.received;
    expect(mail).toMatchObject({ from: "wardline@care.example", to: ["noor@elsewhere.example"] });
    const whole = mail?.text.replaceAll(/=\r\n/g, "").replaceAll("=3D", "=") ?? "";
    expect(whole).toContain(`https://${hospital.subdomain}.care.example/reset-password?token=abc`);
    expect(whole).toContain("text/plain");
    expect(whole).toContain("text/html");
    expect(whole).toContain("Auto-Submitted: auto-generated");
    const [row] = await rows();
    expect(row).toMatchObject({ status: "sent", sealedMessage: null, attempts: 1 });
    expect(await mailHospital(copy.services, hospital.id)).toMatchObject({ sent: 0 });
    expect(server.received).toHaveLength(1);
  });

  test("two that empty it at once send each mail once", async () => {
    await empty();
    for (const one of ["a", "b", "c"]) await write(reset(`${one}@elsewhere.example`));
    await Promise.all([mailHospital(copy.services, hospital.id), mailHospital(copy.services, hospital.id)]);
    expect(server.received.map(({ to }) => to[0]).sort()).toEqual([
      "a@elsewhere.example",
      "b@elsewhere.example",
      "c@elsewhere.example",
    ]);
  });

  test("tries again after a pause that doubles, and gives up after a day", async () => {
    await empty();
    server.state.refuseWith = 451;
    await write(reset("noor@elsewhere.example"));
    expect(await mailHospital(copy.services, hospital.id)).toMatchObject({ sent: 0, unsent: 1 });
    const [first] = await rows();
    expect(first).toMatchObject({
      status: "waiting",
      attempts: 1,
      lastError: "The mail server answered 451.",
    });
    expect(first?.nextTryAt.getTime()).toBe(copy.clock.now().getTime() + 60_000);
    expect(await mailHospital(copy.services, hospital.id)).toMatchObject({ sent: 0, unsent: 0 });
    copy.clock.advance(60_000);
    await mailHospital(copy.services, hospital.id);
    const [second] = await rows();
    expect(second?.nextTryAt.getTime()).toBe(copy.clock.now().getTime() + 120_000);
    server.state.refuseWith = null;
    copy.clock.advance(120_000);
    expect(await mailHospital(copy.services, hospital.id)).toMatchObject({ sent: 1 });
    expect([pauseAfter(1), pauseAfter(4), pauseAfter(30)]).toEqual([60_000, 480_000, 3_600_000]);

    await empty();
    server.state.refuseWith = 451;
    await write(reset("noor@elsewhere.example"));
    copy.clock.advance(24 * 3_600_000);
    await mailHospital(copy.services, hospital.id);
    expect((await rows())[0]).toMatchObject({ status: "failed", sealedMessage: null });
  });

  test("gives up at once on an address that the server does not know", async () => {
    await empty();
    server.state.refuseWith = 550;
    await write(reset("nobody@elsewhere.example"));
    await mailHospital(copy.services, hospital.id);
    const [row] = await rows();
    expect(row).toMatchObject({ status: "failed", lastError: "The mail server answered 550.", attempts: 1 });
  });

  test("keeps mail where no mail server is set, outside demonstrations", async () => {
    await empty();
    const bare = await anotherCopy();
    await write(reset("noor@elsewhere.example"));
    bare.clock.advance(copy.clock.now().getTime() - bare.clock.now().getTime());
    expect(await mailHospital(bare.services, hospital.id)).toMatchObject({ sent: 0, unsent: 1 });
    expect((await rows())[0]?.status).toBe("waiting");
    await bare.close();
  });
});

describe("a mail", () => {
  const mails: readonly Mail[] = [
    reset("x@y.example"),
    { ...reset("x@y.example"), template: "verify-email" } as Mail,
    { template: "password-changed", to: "x@y.example", language: "en", data: { name: "Noor" } },
    { template: "email-changed", to: "x@y.example", language: "en", data: { name: "Noor" } },
    { template: "invite", to: "x@y.example", language: "en", data: { name: "Noor", inviter: "Olga" } },
    {
      template: "access-alert",
      to: "x@y.example",
      language: "en",
      data: { name: "Noor", kind: "break-glass", who: "Dr Shah" },
    },
  ];

  test("is written in each language, with no secret and no person in its subject, and its HTML escapes names", () => {
    for (const mail of mails)
      for (const language of ["en", "ur", "hi"] satisfies MailLanguage[]) {
        const message = { to: mail.to, data: mail.data, path: mail.path ?? null, place: "Abdullah Hospital" };
        const { subject, text, html } = renderMail(mail.template, language, message, "https://a.example");
        expect(subject).toContain("Abdullah Hospital");
        for (const word of ["12345678", "abc", "Noor", "Shah", "Olga"]) expect(subject).not.toContain(word);
        expect(text).toContain(mail.data.name);
        expect(html).not.toContain("<b>Shah</b>");
        expect(html).toContain(`lang="${language}"`);
      }
  });

  test("leads to the portal that the environment names, never to what a request claims", () => {
    const env = { baseDomain: "localhost", port: 3000, publicUrl: null };
    expect(portalOrigin(env, "abdullah")).toBe("http://abdullah.localhost:3000");
    expect(portalOrigin({ ...env, baseDomain: "care.example" }, null)).toBe("https://owner.care.example");
    expect(portalOrigin({ ...env, publicUrl: "http://care.lan:8080" }, "abdullah")).toBe(
      "http://abdullah.care.lan:8080",
    );
  });
});

describe("the mailbox page", () => {
  test("shows in a demonstration what would have been sent, with links that work", async () => {
    await empty();
    const demo = await anotherCopy({ demo: true });
    demo.clock.advance(copy.clock.now().getTime() - demo.clock.now().getTime());
    const browser = demo.client(hospital.host);
    const email = emailOf("doctor", hospital.subdomain);
    await browser.send("/forgot-password", { form: { email } });
    const page = await browser.page("/mailbox");
    expect(page).toContain(email);
    const path = /href="(\/reset-password\?token=[\w-]+)"/.exec(page)?.[1];
    expect((await browser.get(path ?? "/none")).status).toBe(200);
    const [row] = await pool().db.select().from(mailOutbox).where(eq(mailOutbox.template, "password-reset"));
    expect(row).toBeDefined();
    expect((await demo.client("owner.localhost").get("/mailbox")).status).toBe(200);
    await demo.close();
  });

  test("is nowhere outside a demonstration, nor where a mail server is set", async () => {
    const plain = await anotherCopy();
    const withServer = await anotherCopy({ demo: true, smtpUrl: `smtp://127.0.0.1:${server.port}` });
    for (const { client } of [plain, withServer])
      for (const host of [hospital.host, "owner.localhost"])
        expect((await client(host).get("/mailbox")).status).toBe(404);
    await plain.close();
    await withServer.close();
  });
});
