import type { NodeReport } from "../../db/schema/control/nodes.ts";
import type { SignedDocument } from "../node/document.ts";
import { type NodeCommandKind, waitingCommands } from "../owner/nodes/commands.ts";
import { noteNode } from "../owner/nodes/nodes.ts";
import type { Node } from "../owner/nodes/tokens.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { documentVersionOf, signedDocumentOf } from "./node-document.ts";
import { ownerFor } from "./on-site.ts";

/** What a hospital's server asks: whether there is anything new beyond what it has. */
export interface NewsQuestion {
  readonly documentVersion: number;
  readonly issuedAt: number;
  /** How long it will wait for an answer. */
  readonly waitMs: number;
  readonly address?: string | null | undefined;
  readonly report: NodeReport;
}

export interface News {
  readonly document: SignedDocument | null;
  readonly commands: readonly {
    readonly id: string;
    readonly kind: NodeCommandKind;
    readonly input: Readonly<Record<string, unknown>>;
  }[];
}

/** A document is signed anew once a day, so that the time it holds for runs from the last that was heard. */
const renewAfterMs = 24 * 60 * 60_000;
/** Looked again this often even where no notice came. */
const lookAgainMs = 5_000;

const waiting = new Map<string, Set<() => void>>();
const hearing = new WeakMap<object, Promise<void>>();

/** One LISTEN for a process, however many hospitals wait. */
function hear(services: Services): Promise<void> {
  const { connections } = services;
  let heard = hearing.get(connections);
  if (heard === undefined) {
    heard = connections.listen("node_news", (tenantId) => {
      for (const wake of waiting.get(tenantId) ?? []) wake();
    });
    heard.catch(() => hearing.delete(connections));
    hearing.set(connections, heard);
  }
  return heard;
}

async function look(owner: OwnerContext, node: Node, asked: NewsQuestion): Promise<News> {
  const version = await documentVersionOf(owner, node.tenantId);
  const stale =
    version > asked.documentVersion || owner.clock.now().getTime() - asked.issuedAt > renewAfterMs;
  const commands = await waitingCommands(owner, node.tenantId);
  return {
    document: stale ? await signedDocumentOf(owner, node.tenantId) : null,
    commands: commands.map(({ id, kind, input }) => ({ id, kind: kind as NodeCommandKind, input })),
  };
}

/**
 * Keeps what a hospital's server tells of itself, and answers what is new for it: at once where there is
 * something, else when there is, or when its patience is over.
 */
// open: asked by the hospital's server, which has proved who it is
export async function readNews(
  services: Services,
  node: Node,
  asked: NewsQuestion,
  signal: AbortSignal,
): Promise<News> {
  const owner = ownerFor(services, node.name);
  const { report, documentVersion, address } = asked;
  await noteNode(owner, node.id, { report, documentVersion, ...(address === undefined ? {} : { address }) });
  await hear(services);
  const deadline = performance.now() + asked.waitMs;
  for (;;) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wakers = waiting.get(node.tenantId) ?? new Set();
    waiting.set(node.tenantId, wakers.add(resolve));
    try {
      const news = await look(owner, node, asked);
      const leftMs = deadline - performance.now();
      if (news.document !== null || news.commands.length > 0 || leftMs <= 0 || signal.aborted) return news;
      const timer = setTimeout(resolve, Math.min(leftMs, lookAgainMs));
      signal.addEventListener("abort", () => resolve(), { once: true });
      await promise;
      clearTimeout(timer);
    } finally {
      wakers.delete(resolve);
      if (wakers.size === 0) waiting.delete(node.tenantId);
    }
  }
}
