import { formatClock, formatDuration, formatInstant } from "../format.ts";
import type { Page, Standing } from "../page.ts";
import { Banner } from "./banner.tsx";
import { LinkButton } from "./button.tsx";

/** Longer without a word from the hospital's server is told as silence, never as freshness. */
const silentAfterMs = 3 * 60_000;

/** Why records cannot be changed here, how fresh they are, and where they can. */
export function StandingBanner(props: { page: Page }): JSX.Element {
  const { page } = props;
  const { standing } = page;
  if (standing === null || standing === undefined) return "";
  const { onSite } = page.t;
  if (standing.why === "on-site" && standing.revokedAt !== null)
    return (
      <Banner
        tone="warning"
        title={onSite.takenOff}
        text={onSite.takenOffText(standing.asOf === null ? onSite.never : formatInstant(page, standing.asOf))}
      />
    );
  if (standing.why === "on-site")
    return (
      <Banner tone="info" title={onSite.title} text={freshness(page, standing)}>
        {standing.address === null ? (
          ""
        ) : (
          <LinkButton label={onSite.open} href={standing.address} size="small" />
        )}
      </Banner>
    );
  if (standing.why === "ending")
    return (
      <Banner
        tone="warning"
        title={onSite.ending}
        text={onSite.endingText(formatInstant(page, standing.until))}
      />
    );
  const { title, text } =
    standing.why === "lapsed"
      ? { title: onSite.lapsed, text: onSite.lapsedText }
      : { title: onSite.replaced, text: onSite.replacedText };
  return <Banner tone="danger" title={title} text={text} />;
}

function freshness(page: Page, { asOf, heardAt }: Extract<Standing, { why: "on-site" }>): string {
  const { onSite } = page.t;
  if (asOf === null || heardAt === null) return onSite.never;
  const now = page.now.getTime();
  if (now - heardAt.getTime() > silentAfterMs) return onSite.silent(formatInstant(page, heardAt));
  const behindMs = Math.max(1_000, Math.round((now - asOf.getTime()) / 1_000) * 1_000);
  return onSite.asOf(formatClock(page, asOf), formatDuration(page, behindMs));
}
