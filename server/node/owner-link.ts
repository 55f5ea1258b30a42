import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { AppError, type ErrorKind, statusOf } from "../errors.ts";
import { signedText, signText, wireHeaders } from "../sync/wire-signing.ts";

const zip = promisify(gzip);

/** Packs a large text on its way, off the main thread. */
export async function pack(text: string): Promise<Packed> {
  return { gzip: new Uint8Array(await zip(text, { level: 3 })) };
}

export interface Packed {
  readonly gzip: Uint8Array<ArrayBuffer>;
}

/** The owner's server was not reached, or did not answer in time. */
export class OwnerAway extends Error {
  override readonly name = "OwnerAway";

  constructor(cause: unknown) {
    super("The owner's server cannot be reached.", { cause });
  }
}

export interface Answer {
  readonly headers: Headers;
  readonly text: string;
}

/** Signed requests to the owner's server, as one server that has joined. */
export interface OwnerLink {
  /** Sends text (packed where `packed`), or what was packed before, and reads the answer. @throws OwnerAway; AppError with the owner's code. */
  send(
    path: string,
    body: string | Packed,
    options?: { readonly packed?: boolean; readonly timeoutMs?: number; readonly signal?: AbortSignal },
  ): Promise<Answer>;
}

export interface LinkParts {
  readonly ownerUrl: string;
  readonly nodeId: string;
  readonly privateKey: string;
}

const kinds = new Map(Object.entries(statusOf).map(([kind, status]) => [status, kind as ErrorKind]));

/** What the owner refused, as it was said there. */
export function refusalOf(status: number, text: string): AppError {
  let said: { code?: unknown; detail?: unknown; details?: unknown } = {};
  try {
    said = JSON.parse(text) as typeof said;
  } catch {
    // A proxy's own page: its status says enough.
  }
  return new AppError(
    kinds.get(status) ?? (status >= 500 ? "unavailable" : "conflict"),
    typeof said.code === "string" ? said.code : "owner.refused",
    typeof said.detail === "string" ? said.detail : `The owner's server answered ${status}.`,
    typeof said.details === "object" && said.details !== null
      ? { details: said.details as Record<string, unknown> }
      : {},
  );
}

/** Posts to the owner's server. @throws OwnerAway where nobody answers. */
export async function post(
  url: string,
  init: { headers: Record<string, string>; body: BodyInit; signal: AbortSignal },
): Promise<{ readonly status: number } & Answer> {
  try {
    const response = await fetch(url, { method: "POST", redirect: "error", ...init });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (cause) {
    throw new OwnerAway(cause);
  }
}

/**
 * Opens the link; nothing is sent yet. A clock that is wrong by more than the owner takes is made up for: the
 * owner's time is used to sign, and for nothing else.
 */
export function createOwnerLink({ ownerUrl, nodeId, privateKey }: LinkParts): OwnerLink {
  const base = new URL("/api/v1/sync", ownerUrl);
  let skewMs = 0;

  const attempt = async (
    path: string,
    bytes: Uint8Array<ArrayBuffer>,
    packed: boolean,
    signal: AbortSignal,
  ) => {
    const address = `${base.pathname}${path}`;
    const time = String(Math.round(Date.now() + skewMs));
    const nonce = randomBytes(16).toString("base64url");
    const text = signedText({ method: "POST", address, time, nonce, body: bytes });
    return post(new URL(address, base).href, {
      headers: {
        "content-type": packed ? "application/gzip" : "application/json",
        [wireHeaders.node]: nodeId,
        [wireHeaders.time]: time,
        [wireHeaders.nonce]: nonce,
        [wireHeaders.signature]: signText(privateKey, text),
      },
      body: bytes,
      signal,
    });
  };

  return {
    async send(path, given, { packed = false, timeoutMs = 30_000, signal } = {}) {
      const body = packed && typeof given === "string" ? await pack(given) : given;
      const isText = typeof body === "string";
      const bytes = isText ? new TextEncoder().encode(body) : body.gzip;
      for (let tries = 1; ; tries += 1) {
        const timeout = AbortSignal.timeout(timeoutMs);
        const ends = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
        const answer = await attempt(path, bytes, !isText, ends);
        if (answer.status < 300) return answer;
        const refusal = refusalOf(answer.status, answer.text);
        const theirs = refusal.details?.["now"];
        if (refusal.code !== "node.clock" || typeof theirs !== "number" || tries > 1) throw refusal;
        skewMs = theirs - Date.now();
      }
    },
  };
}
