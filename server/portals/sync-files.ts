import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { Elysia } from "elysia";
import { filesArrived, giveFilePiece, sweepFilesHere, takeFilePiece } from "../bridge/on-site-files.ts";
import { AppError } from "../errors.ts";
import { sha256Of } from "../files/piece.ts";
import { bodyText, nodeApi } from "../http/node.ts";
import type { Services } from "../tenancy/services.ts";

const sha = Type.String({ pattern: "^[0-9a-f]{64}$" });
const fileForm = Type.Object({ sha256: sha, bytes: Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 }) });
const stateForm = Type.Object({ files: Type.Array(fileForm, { minItems: 1, maxItems: 500 }) });
const offset = Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 });
const readForm = Type.Object({ ...fileForm.properties, offset });
/** A piece of a megabyte in base64. */
const pieceForm = Type.Object({
  ...{ ...readForm.properties, sum: sha },
  piece: Type.String({ minLength: 4, maxLength: 1_400_000, pattern: "^[A-Za-z0-9+/]+={0,2}$" }),
});

function parsed<T extends TSchema>(form: T, request: Request, bytes: Uint8Array): Static<T> {
  let value: unknown;
  try {
    value = JSON.parse(bodyText(request, bytes));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError("malformed", "body.unreadable", "The body could not be read as JSON.", { cause });
  }
  if (Value.Check(form, value)) return value;
  throw new AppError("invalid", "input.invalid", "This message is not in the known form.");
}

const raw = { parse: "none", detail: { hide: true } } as const;

/** The channel of files of hospitals' own servers: what is here, the next piece, a piece of it back, and the sweep. */
export const syncFiles = (services: Services) =>
  new Elysia({ prefix: "/files" })
    .use(nodeApi(services))
    .post(
      "/state",
      async ({ from, request }) => {
        const { files } = parsed(stateForm, request, from.bytes);
        return { arrived: await filesArrived(services, from.node, files) };
      },
      raw,
    )
    .post(
      "/pieces",
      async ({ from, request }) => {
        const { sum, piece, offset: at, ...file } = parsed(pieceForm, request, from.bytes);
        const bytes = new Uint8Array(Buffer.from(piece, "base64"));
        return { arrived: await takeFilePiece(services, from.node, file, at, { bytes, sum }) };
      },
      raw,
    )
    .post(
      "/source",
      async ({ from, request }) => {
        const { offset: at, ...file } = parsed(readForm, request, from.bytes);
        const bytes = await giveFilePiece(services, from.node, file, at);
        return { piece: Buffer.from(bytes).toString("base64"), sum: sha256Of(bytes) };
      },
      raw,
    )
    .post("/sweep", async ({ from }) => ({ gone: await sweepFilesHere(services, from.node) }), raw);
